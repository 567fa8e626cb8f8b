import json

import pytest

from msra_ner import align_drafts
from msra_ner.annotation import Mention, read_drafts, read_texts
from msra_ner.cli.entry import main
from msra_ner.corpus import Span
from msra_ner.errors import ArgumentsError, CorpusError, OutputExistsError


def write(path, *rows):
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    "entities",
    [
        [{"text": "北京", "type": "LOC"}],
        [{"surface": " 北京\n", "label": "LOC"}],
        [{"entity": "北京", "type": "LOC"}],
        [{"word": "北京", "entity": "LOC"}],
        [["北京", "LOC"]],
        {"LOC": ["北京"], "PER": []},
        {"LOC": "北京"},
        {"LOC": {"北京": [[7, 8]]}},
    ],
    ids=str,
)
def test_entities_come_in_many_shapes(tmp_path, entities):
    (draft,) = read_drafts(write(tmp_path / "d.jsonl", {"text": "去北京", "entities": entities}))
    assert draft.mentions == (Mention("北京", "LOC"),)


@pytest.mark.parametrize(
    "entity", ["北京", 3, None, {}, {"type": "LOC"}, ["北京", "LOC", 1], [1, 2]], ids=str
)
def test_what_is_no_entity_is_listed(tmp_path, entity):
    path = write(tmp_path / "d.jsonl", {"text": "去北京", "entities": [entity]})
    report = align_drafts(path, tmp_path / "out.jsonl")
    assert len(report.unplaced) == 1
    assert f"{path}:1: " in str(report)


@pytest.mark.parametrize("row", [{"text": "北京"}, {"entities": []}, {"text": 1, "entities": []}])
def test_an_object_without_text_or_entities_is_refused_with_its_line(tmp_path, row):
    path = write(tmp_path / "d.jsonl", {"text": "去", "entities": []}, row)
    with pytest.raises(CorpusError, match=r"d\.jsonl:2: found the keys"):
        align_drafts(path, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_what_is_written_is_a_corpus_and_says_what_was_done(tmp_path):
    entities = [["王小明", "PER"], ["台湾", "LOC"], ["上海", "LOC"]]
    path = write(tmp_path / "d.jsonl", {"text": "王小明在臺灣", "entities": entities})
    report = align_drafts(path, tmp_path / "train.jsonl")
    row = json.loads((tmp_path / "train.jsonl").read_text(encoding="utf-8"))
    assert row["entities"][1] == {
        **{"start": 4, "end": 6, "label": "LOC", "text": "臺灣"},
        **{"how": "folded", "draft": "台湾"},
    }
    assert row["unplaced"] == [{"text": "上海", "label": "LOC", "reason": "not in the text"}]
    assert report.placed == {"exact": 1, "folded": 1}
    ((_, document),) = read_texts(tmp_path / "train.jsonl")
    assert document.spans == (Span(0, 3, "PER"), Span(4, 6, "LOC"))


def test_nothing_is_replaced_unasked(tmp_path):
    path = write(tmp_path / "d.jsonl", {"text": "去北京", "entities": []})
    with pytest.raises(ArgumentsError, match="the draft"):
        align_drafts(path, path, overwrite=True)
    align_drafts(path, tmp_path / "out.jsonl")
    with pytest.raises(OutputExistsError, match="overwrite"):
        align_drafts(path, tmp_path / "out.jsonl")
    with pytest.raises(ArgumentsError, match="0 or more"):
        align_drafts(path, tmp_path / "other.jsonl", fuzzy=-1)


def test_the_command_lists_what_has_no_place(tmp_path, capsys):
    path = write(
        tmp_path / "d.jsonl", {"text": "去北京", "entities": [["北京", "LOC"], ["上海", "LOC"]]}
    )
    assert main(["align", str(path), "--to", str(tmp_path / "out.jsonl")]) == 1
    assert f"{path}:1: LOC '上海': not in the text" in capsys.readouterr().out
    words = ["align", str(path), "--to", str(tmp_path / "out.jsonl"), "--overwrite"]
    assert main([*words, "--types", "PER, LOC", "--occurrences", "listed"]) == 1
