"""Language and licence of a card are words that the Hub knows."""

import pytest

from msra_ner.cli import main
from msra_ner.errors import ArgumentsError
from msra_ner.hub import check_card_words


@pytest.mark.parametrize("language", [None, "zh", "en", "und", "yue", "multilingual"])
@pytest.mark.parametrize("license", [None, "mit", "apache-2.0", "cc-by-sa-4.0", "other", "unknown"])
def test_the_hubs_own_words_go_through(language, license):
    check_card_words(language, license)


@pytest.mark.parametrize(
    ("language", "license", "says"),
    [
        ("Chinese", None, "Did you mean zh?"),
        ("cn", None, "Did you mean zh?"),
        ("zh-CN", None, "Did you mean zh?"),
        ("中文", None, "zh is Chinese"),
        (None, "Apache 2", "Did you mean apache-2.0?"),
        (None, "MIT", "Did you mean mit?"),
        (None, "my own", "and other for one that it does not list"),
    ],
)
def test_another_word_is_refused_with_the_one_that_is_meant(language, license, says):
    with pytest.raises(ArgumentsError) as caught:
        check_card_words(language, license)
    assert says in str(caught.value)


def test_both_commands_look_before_they_write(tmp_path, capsys):
    """``../shared/cases``, 20."""
    run, out = tmp_path / "run", tmp_path / "out"
    run.mkdir()
    push = ["push", str(run), "me/x", "--dry_run", "--language", "Chinese"]
    export = ["dataset", "export", str(out), "--data_dir", "sample", "--license", "Apache 2"]
    assert (main(push), main(export)) == (2, 2)
    assert not out.exists()
    lines = capsys.readouterr().err.splitlines()
    assert ("zh" in lines[0], "apache-2.0" in lines[1], len(lines)) == (True, True, 2)
