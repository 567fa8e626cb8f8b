import pytest

import msra_ner
from msra_ner.errors import ArgumentsError


@pytest.mark.parametrize(
    "call",
    [
        lambda **more: msra_ner.load_msra("sample", **more),
        lambda **more: msra_ner.check_corpus("sample", **more),
        lambda **more: msra_ner.convert_corpus("sample", "nowhere", "columns", **more),
        lambda **more: msra_ner.diagnose(predictions="nowhere", data_dir="sample", **more),
    ],
    ids=["load_msra", "check_corpus", "convert_corpus", "diagnose"],
)
def test_an_unknown_reading_option_is_refused_with_the_nearest(call, request):
    name = request.node.callspec.id
    with pytest.raises(ArgumentsError, match=rf"^{name}\(\) has no argument 'schem'.* scheme\?"):
        call(schem="bmes")
    with pytest.raises(ArgumentsError, match=rf"^{name}\(\) has no argument 'xyz'. It reads by"):
        call(xyz=1)
