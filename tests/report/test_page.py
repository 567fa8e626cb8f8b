import json
import re

import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY
from helpers.pages import Page
from helpers.run_folders import NASTY_WORDS, RECORD, many_sentences, nasty_sentences, write_run
from hypothesis import given, strategies as st

from msra_ner.corpus.sentence import Sentence
from msra_ner.labels import encode_entities
from msra_ner.metrics.error_kinds import KINDS
from msra_ner.metrics.surface_forms import count_names
from msra_ner.report import page as report_page
from msra_ner.report.data import build_report
from msra_ner.report.page import format_script_json, translate_plot, write_report
from msra_ner.report.run_files import read_run
from msra_ner.report.words import KINDS_ZH, REMEDIES

FILES = {"report.html", "report.json", "plots"}


def page_of(folder):
    return Page(write_report(folder).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a run with its report."""
    folder = tmp_path_factory.mktemp("runs") / "some run"
    write_report(write_run(folder, train_names=count_names(EXAMPLE_SENTENCES[:6])))
    return folder


@pytest.fixture(scope="module")
def page(run):
    return Page((run / "report.html").read_text(encoding="utf-8"))


def test_page_data_and_plots_are_written(run):
    assert {path.name for path in run.iterdir()} >= FILES
    plots = {path.name for path in (run / "plots").iterdir()}
    names = "types", "kinds", "confusion", "length", "position", "train_count", "seen", "curves"
    assert plots == {f"{name}.{form}" for name in names for form in ("svg", "png")}
    data = json.loads((run / "report.json").read_text(encoding="utf-8"))
    assert data == json.loads(json.dumps(build_report(read_run(run))))


def test_the_page_shows_every_part(page, run):
    data = json.loads((run / "report.json").read_text(encoding="utf-8"))
    parts = ("first", "types", "kinds", "confusion", "breakdowns", "curves", "stages", "errors")
    for part in parts:
        assert part in page.ids
    assert f"{100 * data['headline']['f1']:.2f}" in page.text
    assert f"{100 * data['headline']['intervals']['f1']['low']:.2f}" in page.text
    assert f"{100 * data['headline']['all_o_accuracy']:.2f}" in page.text
    assert "msra-ner train --output_dir 'runs/a b'" in page.text
    for text in ("weight_decay", "2.11", "3.11.7", "12.5 seconds"):
        assert text in page.text
    assert page.names.count("svg") == 1
    assert page.data["items"] == data["errors"]


def test_ids_are_unique(page):
    assert len(page.ids) == len(set(page.ids))


def test_nothing_is_loaded_from_anywhere(page):
    assert not {"link", "img", "iframe", "object"} & set(page.names)
    loading = {"src", "srcset", "data", "action", "background"}
    assert not loading & {name for name, _ in page.attributes}
    links = [value for name, value in page.attributes if name in ("href", "xlink:href")]
    assert all(link.startswith(("#", "data:image/png;")) for link in links)
    policy = next(value for name, value in page.attributes if value and "default-src" in value)
    assert "default-src 'none'" in policy
    assert page.names.count("script") == 2


def test_every_text_comes_in_both_languages(page):
    classes = [value for name, value in page.attributes if name == "class"]
    assert classes.count("en") == classes.count("zh") > 100


def test_kinds_have_their_names_in_chinese():
    assert list(KINDS_ZH) == list(KINDS)
    assert set(REMEDIES) == set(KINDS)


@given(st.lists(st.lists(st.text(min_size=1), min_size=1, max_size=8), min_size=1, max_size=3))
@PROPERTY
def test_any_text_reaches_the_page_as_it_is(rows):
    sentences = {
        str(index): {"tokens": tokens, "gold": [[0, 1, "</script>"]], "predicted": []}
        for index, tokens in enumerate(rows)
    }
    html = f'<script type="application/json">{format_script_json(sentences)}</script><p>after</p>'
    page = Page(html)
    assert page.data == sentences
    assert page.names == ["script", "p"]
    assert page.text == "after"


def test_markup_in_the_corpus_stays_text(tmp_path):
    sentences = nasty_sentences()
    folder = write_run(tmp_path / "<b>run", sentences, [["O"] * len(s.tags) for s in sentences])
    page = page_of(folder)
    shown = {key: row["tokens"] for key, row in page.data["sentences"].items()}
    assert shown == {str(index): row.tokens for index, row in enumerate(sentences)}
    assert page.names.count("script") == 2
    assert "img" not in page.names
    assert page.text.count("<b>run") == 2
    # The repeated errors are in the page itself, through the template.
    for word in ("<script>window.hacked=1</script>", "&lt;", "{{ 7*7 }}", "\u2028"):
        assert word in NASTY_WORDS
        assert f"LOC {word}" in page.text
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_types_may_be_named_like_markup(tmp_path):
    names = ["<script>", '"onload="x', "a&b", "地名"]
    tags = [f"B-{name}" for name in names]
    sentence = Sentence(list("甲乙丙丁"), tags)
    page = page_of(write_run(tmp_path / "run", [sentence], [["O"] * 4]))
    assert page.names.count("script") == 2
    options = [value for name, value in page.attributes if name == "value"]
    assert set(names) <= set(options)


def test_settings_named_like_markup_stay_text(tmp_path):
    record = {"command": ["x", "<script>"], "settings": {"<i>": "</dd><script>"}, "versions": {}}
    page = page_of(write_run(tmp_path / "run", run=record))
    assert page.names.count("script") == 2
    assert "</dd><script>" in page.text


def test_a_report_replaces_the_one_before_and_nothing_else(tmp_path):
    folder = write_run(tmp_path / "run")
    first = write_report(folder).read_bytes()
    (folder / "notes.txt").write_text("mine")
    (folder / "plots" / "mine.png").write_text("mine")
    old = folder / "plots" / "calibration.png"  # of predictions with scores
    assert not old.exists()
    old.write_text("old")
    assert write_report(folder).read_bytes() == first
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "plots" / "mine.png").read_text() == "mine"
    assert not old.exists()


def test_a_report_that_fails_leaves_the_one_before(tmp_path, monkeypatch):
    folder = write_run(tmp_path / "run")
    write_report(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def fail(*args):
        raise OSError("disk full")

    monkeypatch.setattr(report_page, "render_report", fail)
    with pytest.raises(OSError, match="disk full"):
        write_report(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("sentences", "predicted"),
    [
        (EXAMPLE_SENTENCES, [row.tags for row in EXAMPLE_SENTENCES]),
        ([Sentence(["字"], ["O"])], [["O"]]),
        ([Sentence(["字"], ["O"])], [["B-LOC"]]),
    ],
    ids=["no error", "no entity", "no gold entity"],
)
def test_a_test_set_without_something_has_a_page(tmp_path, sentences, predicted):
    page = page_of(write_run(tmp_path / "run", sentences, predicted))
    assert "headline" in page.ids


def test_a_run_that_left_only_predictions_has_a_page(tmp_path):
    folder = write_run(tmp_path / "run", trainer_state=None, run=None, timing=None)
    text = page_of(folder).text
    assert "run.json is missing" in text
    assert "has no curves" in text
    assert "is left out" in text


def test_an_older_run_says_that_it_did_not_count_what_it_read(tmp_path):
    assert "what the run read is not known" not in page_of(write_run(tmp_path / "new")).text
    folder = write_run(tmp_path / "old", run={**RECORD, "splits": {}})
    assert "what the run read is not known" in page_of(folder).text


def test_what_was_not_tested_is_said(tmp_path):
    folder = write_run(tmp_path / "run")
    path = folder / "predictions.jsonl"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(True)[:-1]))
    assert "not that of the whole test set" in page_of(folder).text


def test_a_page_lists_no_more_errors_than_a_browser_bears(tmp_path, monkeypatch):
    monkeypatch.setattr(report_page, "MAX_LISTED", 3)
    page = page_of(write_run(tmp_path / "run"))
    assert len(page.data["items"]) == 3
    assert {str(item["sentence"]) for item in page.data["items"]} == set(page.data["sentences"])
    assert re.search(r"first 3 of \d+ errors", page.text)


def test_five_thousand_errors_stay_small(tmp_path):
    sentences = many_sentences(2500)
    folder = write_run(tmp_path / "run", sentences, [["O"] * len(s.tags) for s in sentences])
    path = write_report(folder)
    assert path.stat().st_size < 3_000_000


def test_words_in_plots_come_in_both_languages():
    svg = translate_plot("<svg><text>loss</text><text>PER</text></svg>")
    assert '<tspan class="en">loss</tspan><tspan class="zh">损失</tspan>' in svg
    assert "<text>PER</text>" in svg


def test_entities_of_a_sentence_are_all_there(tmp_path):
    sentence = EXAMPLE_SENTENCES[0]
    page = page_of(write_run(tmp_path / "run", [sentence], [["O"] * len(sentence.tags)]))
    from msra_ner.labels import Entity

    row = page.data["sentences"]["0"]
    found = [Entity(start, end, name) for start, end, name in row["gold"]]
    assert encode_entities(found, len(sentence.tokens)) == sentence.tags


def test_the_end_of_a_real_run_has_all_that_the_report_needs(tmp_path, tiny_corpus, tiny_encoder):
    from msra_ner.training.run import train

    folder = tmp_path / "run"
    results = train(
        data_dir=str(tiny_corpus),
        output_dir=str(folder),
        model_name_or_path=str(tiny_encoder),
        num_train_epochs=1,
        per_device_train_batch_size=4,
        logging_steps=1,
        use_cpu=True,
    )
    data = json.loads((write_report(folder).parent / "report.json").read_text(encoding="utf-8"))
    assert data["headline"]["recorded"]
    assert data["headline"]["f1"] == pytest.approx(results["test_f1"])
    assert data["curves"]["loss"]
    assert data["curves"]["val_f1"]
    stages = {(row["split"], row["stage"]): row for row in data["stages"]}
    assert stages["train", "used"]["windows"]
    assert stages["test", "used"]["sentences"] == results["test_sentences"]
    assert stages["test", "predicted"]["complete"]
    assert stages["test", "scored"]["complete"]
