import json
import shutil

import pytest
from helpers.builders import EXAMPLE_SENTENCES, marked, write_corpus
from helpers.pages import Page

from msra_ner import Tagger, find_label_errors
from msra_ner.annotation import folds as folds_module, list_suspects, read_texts, write_label_errors
from msra_ner.annotation.label_error_page import KIND_WORDS
from msra_ner.annotation.label_errors import KINDS
from msra_ner.cli.entry import main
from msra_ner.corpus import Sentence
from msra_ner.errors import ArgumentsError, OutputExistsError
from msra_ner.inference import WeighedSentence, weigh_tags
from msra_ner.labels import decode_entities, label_list
from msra_ner.metrics import KINDS as ERROR_KINDS


@pytest.mark.parametrize(
    ("labelled", "found", "kind"),
    [
        ("去北京", "去[LOC 北京]", "left out"),
        ("去[LOC 北京]", "去北京", "not an entity"),
        ("去[LOC 北京]", "去[ORG 北京]", "type"),
        ("去[LOC 北京]", "[LOC 去北京]", "border"),
        ("去[LOC 北京]", "[PER 去北京]", "type and border"),
        ("去[LOC 北京]", "去[LOC 北][LOC 京]", "several"),
    ],
)
def test_a_suspect_has_its_kind_and_both_readings(labelled, found, kind):
    row = WeighedSentence([0.5, 0.5, 0.5], marked(found).tags)
    (suspect,) = list_suspects([marked(labelled)], [row])
    assert suspect.kind == kind
    assert list(suspect.labelled) == decode_entities(marked(labelled).tags)
    assert list(suspect.found) == decode_entities(row.tags)


def test_the_doubt_is_how_far_a_tag_is_below_what_is_usual_for_it():
    rows = [marked("去北京"), marked("去[LOC 南京]"), marked("去[LOC 天津]")]
    found = [
        WeighedSentence([0.9, 0.1, 0.2], marked("去[LOC 北京]").tags),
        WeighedSentence([0.9, 0.6, 0.9], rows[1].tags),
        WeighedSentence([0.9, 0.2, 0.9], rows[0].tags),
    ]
    first, second = list_suspects(rows, found)
    assert first.doubt == pytest.approx((0.9 * 3 + 0.1 + 0.2) / 5 - 0.1)  # O
    assert second.doubt == pytest.approx((0.6 + 0.2) / 2 - 0.2)  # B-LOC


def test_where_both_read_alike_nothing_is_suspect():
    row = marked("去[LOC 北京]")
    assert list(list_suspects([row], [WeighedSentence([0.01] * 3, row.tags)])) == []


def test_every_kind_has_words():
    assert KINDS.keys() == ERROR_KINDS.keys()
    assert set(KINDS.values()) == KIND_WORDS.keys()


def test_the_tags_are_those_of_the_tagger(tiny_encoder):
    tagger = Tagger.from_pretrained(tiny_encoder)
    rows = [Sentence(row.tokens, ["O"] * len(row.tokens)) for row in EXAMPLE_SENTENCES]
    found = list(weigh_tags(tagger, rows))
    assert [row.tags for row in found] == tagger.tag_tokens([row.tokens for row in rows])
    assert all(0 <= share <= 1 for row in found for share in row.given)
    with pytest.raises(ArgumentsError, match="found the tags B-CITY"):
        list(weigh_tags(tagger, [Sentence(["a"], ["B-CITY"])]))


@pytest.fixture
def suspicious(tiny_encoder, tmp_path):
    """A corpus whose labels say that there is no entity, and what a random model says of it."""
    rows = [Sentence(row.tokens, ["O"] * len(row.tokens)) for row in EXAMPLE_SENTENCES]
    folder = write_corpus(tmp_path / "corpus", {"train": rows, "test": rows[:2]})
    (folder / "tags.txt").write_text("".join(f"{tag}\n" for tag in label_list(["A"])))
    return folder


def test_suspects_are_ranked_and_written_for_people(suspicious, tiny_encoder, tmp_path):
    found = find_label_errors(suspicious, tiny_encoder, min_doubt=-1.0)
    doubts = [item.doubt for item in found.suspects]
    assert len(doubts) > 3
    assert doubts == sorted(doubts, reverse=True)
    assert {item.kind for item in found.suspects} == {"left out"}
    half = find_label_errors(suspicious, tiny_encoder, min_doubt=doubts[2])
    assert [item.doubt for item in half.suspects] == [x for x in doubts if x >= doubts[2]]
    assert str(found).startswith(f"corpus: train: {len(doubts)} places in 16 sentences")
    page = write_label_errors(found, tmp_path / "out")
    shown = Page(page.read_text(encoding="utf-8")).data
    assert [item["sentence"] for item in shown["items"]] == [x.sentence for x in found.suspects]
    assert shown["items"][0]["note"] == f"{100 * doubts[0]:.2f}"
    tasks = json.loads((tmp_path / "out" / "label_studio.json").read_text(encoding="utf-8"))
    assert tasks[0]["data"]["sentence"] == found.suspects[0].sentence + 1
    assert tasks[0]["predictions"][0]["result"][0]["value"]["labels"] == ["A"]
    # As it stands, the file is read as the labels are now; what is corrected in it replaces them.
    texts = [document for _, document in read_texts(tmp_path / "out" / "label_studio.json")]
    assert {document.text for document in texts} <= {
        "".join(row.tokens) for row in EXAMPLE_SENTENCES
    }
    assert not any(document.spans for document in texts)
    with pytest.raises(OutputExistsError):
        write_label_errors(found, tmp_path / "out")


def test_the_command_prints_and_writes_them(suspicious, tiny_encoder, tmp_path, capsys):
    words = ["check", str(suspicious), "--model", str(tiny_encoder)]
    code = main([*words, "--split", "test", "--output", str(tmp_path / "out")])
    shown = capsys.readouterr().out
    assert "corpus: test: " in shown
    assert code == (" 0 places" not in shown)
    assert (tmp_path / "out" / "label_errors.html").is_file()
    assert main([*words, "--split", "val"]) == 2
    assert "found no val" in capsys.readouterr().err
    assert main(["check", str(suspicious), "--split", "test"]) == 2
    assert "--model" in capsys.readouterr().err
    assert main([*words, "--max_length", "8"]) == 2
    assert "--max_length" in capsys.readouterr().err


def test_a_model_that_knows_the_corpus_is_named(suspicious, tiny_encoder, tmp_path, caplog):
    run = tmp_path / "run"
    shutil.copytree(tiny_encoder, run)
    (run / "run.json").write_text(json.dumps({"data": str(suspicious)}))
    find_label_errors(suspicious, run, split="test")
    assert "does not doubt" not in caplog.text
    find_label_errors(suspicious, run)
    assert "what it has learned it does not doubt. Give the encoder and --folds 5" in caplog.text
    with pytest.raises(ArgumentsError, match=r"folds: found the run .* expected an encoder"):
        find_label_errors(suspicious, run, folds=2)


@pytest.mark.slow
def test_each_sentence_is_judged_by_a_model_of_the_others(
    tiny_encoder, tmp_path, capsys, monkeypatch
):
    corpus = write_corpus(tmp_path / "corpus", {"train": EXAMPLE_SENTENCES})
    trained, judged = [], []
    plain_train, plain_weigh = folds_module.train, folds_module.weigh_tags

    def train(corpus, run, **settings):
        text = (corpus / "train" / "sentences.txt").read_text(encoding="utf-8")
        trained.append(set(text.splitlines()))
        return plain_train(corpus, run, max_steps=1, use_cpu=True, **settings)

    def weigh(tagger, sentences):
        judged.append({" ".join(row.tokens) for row in sentences})
        return plain_weigh(tagger, sentences)

    monkeypatch.setattr(folds_module, "train", train)
    monkeypatch.setattr(folds_module, "weigh_tags", weigh)
    words = ["check", str(corpus), "--model", str(tiny_encoder), "--folds"]
    assert main([*words, "2", "--output", str(tmp_path / "out")]) in (0, 1)
    assert "where 2 models of " in capsys.readouterr().out
    assert (tmp_path / "out" / "label_errors.html").is_file()
    everything = {" ".join(row.tokens) for row in EXAMPLE_SENTENCES}
    assert set.union(*judged) == everything
    for seen, asked in zip(trained, judged, strict=True):
        assert seen | asked == everything
        assert not seen & asked
    assert main([*words, "1000"]) == 2
    assert "--folds: found 1000, expected 2 to" in capsys.readouterr().err
