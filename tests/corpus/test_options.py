import re
from pathlib import Path
from typing import get_args

import pytest

import msra_ner
from msra_ner.corpus.formats.catalogue import FORMATS, WRITTEN_FORMATS
from msra_ner.corpus.options import Format
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


def test_every_format_can_be_named_and_is_in_the_page():
    names = set(get_args(Format)) - {"auto"}
    assert names == {*FORMATS, "hub"}
    page = (Path(__file__).parents[2] / "docs/reference/corpus.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| .* \| (yes|no) \|$", page, re.MULTILINE)
    assert {name for name, _ in rows} == names
    assert {name for name, written in rows if written == "yes"} == set(WRITTEN_FORMATS)
