import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, any_tags
from helpers.pages import Page
from helpers.run_folders import RECORD, nasty_sentences, worse, write_run
from hypothesis import given, strategies as st

from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import CorpusNotFoundError, OutputExistsError, ScoreError
from msra_ner.metrics.surface_forms import count_names
from msra_ner.report.compare import VERDICTS, build_comparison, compare_runs
from msra_ner.report.run_files import read_run

GOLD = [sentence.tags for sentence in EXAMPLE_SENTENCES]
NOTHING = [["O"] * len(row) for row in GOLD]


def compare(tmp_path, first, second, sentences=EXAMPLE_SENTENCES, **files):
    folders = [
        write_run(tmp_path / name, sentences, tags, **files)
        for name, tags in (("first", first), ("second", second))
    ]
    return build_comparison(*map(read_run, folders))


def test_a_better_run_is_better_in_every_figure(tmp_path):
    data = compare(tmp_path, worse(EXAMPLE_SENTENCES), GOLD)
    assert data["runs"]["B"]["headline"]["f1"] == 1
    assert data["test"]["difference"] == pytest.approx(1 - data["runs"]["A"]["headline"]["f1"])
    assert data["test"]["interval"]["low"] > 0
    assert data["test"]["p_value"] < 0.05
    assert all(row["difference"] > 0 for row in data["types"])
    assert data["verdicts"]["worse in B"] == 0


def test_exchanged_runs_turn_the_sign(tmp_path):
    there = compare(tmp_path / "there", worse(EXAMPLE_SENTENCES), GOLD)
    back = compare(tmp_path / "back", GOLD, worse(EXAMPLE_SENTENCES))
    assert back["test"]["difference"] == -there["test"]["difference"]
    assert back["test"]["p_value"] == there["test"]["p_value"]
    assert back["verdicts"]["worse in B"] == there["verdicts"]["better in B"]


def test_equal_runs_change_nothing(tmp_path):
    data = compare(tmp_path, worse(EXAMPLE_SENTENCES), worse(EXAMPLE_SENTENCES))
    assert data["changes"] == []
    assert data["settings"] == []
    assert data["test"]["difference"] == 0
    assert data["test"]["p_value"] == 1


@given(st.lists(st.tuples(any_tags(), any_tags(), any_tags()), min_size=1, max_size=6))
@PROPERTY
def test_changes_add_up_to_the_difference(tmp_path_factory, rows):
    rows = [
        (gold, *((side + ["O"] * len(gold))[: len(gold)] for side in sides))
        for gold, *sides in rows
    ]
    sentences = [Sentence(["字"] * len(gold), gold) for gold, *_ in rows]
    folder = tmp_path_factory.mktemp("runs")
    data = compare(folder, [row[1] for row in rows], [row[2] for row in rows], sentences)
    wrong = {
        key: run["headline"]["gold"] + run["headline"]["predicted"] - 2 * run["headline"]["correct"]
        for key, run in data["runs"].items()
    }
    changed = [row["wrong"] for row in data["changes"]]
    assert wrong["B"] - wrong["A"] == sum(row["B"] - row["A"] for row in changed)
    assert sum(data["verdicts"].values()) == len(changed) == len(data["sentences"])
    assert all(row["A"] or row["B"] for row in data["changes"])


def test_a_change_tells_what_differs(tmp_path):
    data = compare(tmp_path, NOTHING[:1], GOLD[:1], EXAMPLE_SENTENCES[:1])
    [change] = data["changes"]
    assert change["kind"] == "better in B"
    assert change["wrong"] == {"A": 4, "B": 0}
    assert change["A"] == []
    assert change["B"] == change["gold"] == data["sentences"]["0"]["gold"]


def test_a_type_that_one_run_alone_predicts_is_tested_too(tmp_path):
    other = [[tag.replace("PER", "GPE") for tag in row] for row in GOLD]
    data = compare(tmp_path, GOLD, other)
    rows = {row["name"]: row for row in data["types"]}
    assert rows["GPE"]["difference"] == 0
    assert rows["PER"]["difference"] == -1


def test_settings_that_differ_are_listed(tmp_path):
    settings = {**RECORD["settings"], "seed": 8, "output_dir": "elsewhere"}
    other = {**RECORD, "settings": settings, "versions": {"torch": "2.12"}}
    first = write_run(tmp_path / "first")
    second = write_run(tmp_path / "second", run=other)
    data = build_comparison(read_run(first), read_run(second))
    assert data["settings"] == [
        {"name": "seed", "A": 7, "B": 8},
        {"name": "torch", "A": "2.11", "B": "2.12"},
    ]


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        (EXAMPLE_SENTENCES[:-1], "16 test sentences in first and 15 in second"),
        ([*EXAMPLE_SENTENCES[1::-1], *EXAMPLE_SENTENCES[2:]], "different tokens in sentence 1"),
        (
            [Sentence(EXAMPLE_SENTENCES[0].tokens, NOTHING[0]), *EXAMPLE_SENTENCES[1:]],
            "different gold tags in sentence 1",
        ),
    ],
    ids=["fewer", "another order", "another gold"],
)
def test_runs_over_different_sentences_are_refused(tmp_path, sentences, message):
    first = write_run(tmp_path / "first")
    second = write_run(tmp_path / "second", sentences)
    with pytest.raises(ScoreError, match=f"{message}.*data_dir"):
        compare_runs(first, second, tmp_path / "out", overwrite=False)
    assert not (tmp_path / "out").exists()


def test_a_missing_run_is_named(tmp_path):
    first = write_run(tmp_path / "first")
    with pytest.raises(CorpusNotFoundError, match="second"):
        compare_runs(first, tmp_path / "second", tmp_path / "out", overwrite=False)


def test_page_data_and_plots_are_written_once(tmp_path):
    names = count_names(EXAMPLE_SENTENCES[:6])
    first = write_run(tmp_path / "first", train_names=names)
    second = write_run(tmp_path / "second", predicted=GOLD, train_names=names)
    path = compare_runs(first, second, tmp_path / "out", overwrite=False)
    page = Page(path.read_text(encoding="utf-8"))
    data = json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf-8"))
    assert page.data["items"] == data["changes"]
    assert page.names.count("svg") == 1
    assert len(page.ids) == len(set(page.ids))
    assert f"{data['test']['p_value']:.4f}" in page.text
    assert all(verdict in page.text for verdict in VERDICTS)
    assert {path.name for path in (tmp_path / "out" / "compare_plots").iterdir()} >= {
        "types.png",
        "seen.svg",
    }
    with pytest.raises(OutputExistsError):
        compare_runs(first, second, tmp_path / "out", overwrite=False)
    before = path.read_bytes()
    assert compare_runs(first, second, tmp_path / "out", overwrite=True).read_bytes() == before


def test_markup_in_the_corpus_stays_text(tmp_path):
    sentences = nasty_sentences()
    first = write_run(tmp_path / "<u>", sentences, [["O"] * len(s.tags) for s in sentences])
    second = write_run(tmp_path / "<s>", sentences, [s.tags for s in sentences])
    path = compare_runs(first, second, tmp_path / "out", overwrite=False)
    page = Page(path.read_text(encoding="utf-8"))
    shown = [row["tokens"] for row in page.data["sentences"].values()]
    assert shown == [row.tokens for row in sentences]
    assert page.names.count("script") == 2
    assert not {"u", "s"} & set(page.names)


def test_runs_over_other_open_tags_are_refused(tmp_path):
    row = EXAMPLE_SENTENCES[-1]
    opened = Sentence(row.tokens, ["?" if tag == "O" else tag for tag in row.tags])
    first = write_run(tmp_path / "first", [row], [row.tags])
    second = write_run(tmp_path / "second", [opened], [row.tags])
    with pytest.raises(ScoreError, match="different open tags in sentence 1"):
        build_comparison(read_run(first), read_run(second))
