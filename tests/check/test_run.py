import json
from dataclasses import asdict

import pytest
from helpers import tiny_models
from helpers.builders import EXAMPLE_SENTENCES, marked, msra_folder, write_corpus
from helpers.checked_corpora import SPLITS, add_to_healthy, by_name, find_only, make_healthy

from msra_ner.check.findings import MAX_LOCATIONS
from msra_ner.check.report import format_report
from msra_ner.check.run import check_corpus, check_sentences
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.formats.pair import read_pair
from msra_ner.corpus.options import ReadOptions
from msra_ner.dataset.alignment import Aligner
from msra_ner.errors import ArgumentsError, CorpusError


def test_a_healthy_corpus_has_no_finding():
    report = check_sentences(make_healthy(), aligner=Aligner(tiny_models.byte_bpe(), 128))
    assert report.findings == []
    assert not report.wrong


def test_the_example_sentences_are_only_too_few():
    splits = dict(zip(SPLITS, (EXAMPLE_SENTENCES[:8], EXAMPLE_SENTENCES[8:12]), strict=False))
    report = check_sentences(splits | {"test": EXAMPLE_SENTENCES[12:]})
    assert not report.wrong
    assert by_name(report).keys() == {"few_mentions"}


def test_no_sentence_at_all():
    assert by_name(check_sentences({})).keys() == {"empty_splits", "missing_splits"}
    report = check_sentences({"train": []}, aligner=Aligner(tiny_models.wordpiece(), 16))
    assert report.wrong


def test_what_is_wrong_comes_first():
    splits = add_to_healthy(validation=[marked("有雨。")] * 2, test=[marked("[GPE 巴黎]很大。")])
    report = check_sentences(splits)
    assert [finding.check for finding in report.findings] == ["types_not_in_train", "duplicates"]
    assert report.wrong


def test_only_so_many_locations_are_kept_and_all_are_counted(monkeypatch):
    monkeypatch.setattr("msra_ner.check.findings.MAX_LOCATIONS", 5)
    rows = [marked(text) for text in ("有雨。", "有雪。", "有风。") for _ in range(4)]
    finding = find_only(add_to_healthy(train=rows), "duplicates")
    assert finding.total == 3
    assert [(case.count, len(case.locations)) for case in finding.cases] == [(4, 4), (4, 1)]
    assert MAX_LOCATIONS > 1000


def test_the_report_is_json():
    splits = add_to_healthy(test=[marked("[GPE 巴黎]很大。")])
    report = check_sentences(splits, aligner=Aligner(tiny_models.wordpiece(), 16))
    data = asdict(report)
    assert json.loads(json.dumps(data, ensure_ascii=False)) == data
    assert list(data) == [
        "wrong", "splits", "entity_lengths", "type_lengths", "tokenizer", "findings",
    ]  # fmt: skip


@pytest.fixture
def corpus(tmp_path):
    """A corpus with a stray I- in its test split."""
    splits = {"train": EXAMPLE_SENTENCES[:8], "test": EXAMPLE_SENTENCES[8:12]}
    folder = write_corpus(tmp_path / "corpus", splits)
    tags = folder / "test" / "tags.txt"
    tags.write_text(tags.read_text().replace("B-", "I-", 1))
    return folder


def test_a_folder_and_an_open_corpus_give_the_same_report(corpus):
    report = check_corpus(corpus)
    illegal = by_name(report)["illegal_tags"]
    assert illegal.total == 1
    assert (
        illegal.cases[0].locations[0].location.startswith(f"{corpus / 'test' / 'sentences.txt'}:")
    )
    assert check_corpus(str(corpus)) == report
    assert check_corpus(open_corpus(corpus, ReadOptions(repair_tags=True))) == report
    with pytest.raises(CorpusError, match="repair_tags"):
        check_corpus(open_corpus(corpus))


def test_a_tokenizer_is_given_by_name_or_as_it_is(corpus, tmp_path):
    tokenizer = tiny_models.wordpiece()
    model = tiny_models.save_tagger(tmp_path / "model", ("O",))
    named = check_corpus(corpus, model, max_length=12)
    assert named.tokenizer.max_length == 12
    assert "long_sentences" in by_name(named)
    assert named.findings == check_corpus(corpus, tokenizer, max_length=12).findings
    assert check_corpus(corpus, tokenizer).tokenizer.max_length == tokenizer.model_max_length


def test_the_files_are_read_as_the_options_say(tmp_path):
    (tmp_path / "train.txt").write_text("O 王\nO 在\nB-LOC 京\n")
    options = {"token_column": 1, "tag_column": 0}
    assert check_corpus(tmp_path / "train.txt", **options).splits["train"].tokens == 3
    with pytest.raises(ArgumentsError, match="token_colum"):
        check_corpus(tmp_path, token_colum=1)


def test_a_report_prints_as_text(corpus):
    report = check_corpus(corpus)
    assert str(report) == repr(report) == format_report(report)


def test_figures_of_the_real_corpus():
    folder = msra_folder()
    splits = {
        name: list(read_pair(folder / part))
        for name, part in (("train", "train"), ("validation", "val"), ("test", "test"))
    }
    # One piece a character, known or not.
    report = check_sentences(splits, aligner=Aligner(tiny_models.wordpiece(), 512))
    train, test = report.splits["train"], report.splits["test"]
    assert (train.sentences, train.tokens, train.entities.mentions) == (37297, 1762576, 59626)
    assert (test.entities.mentions, test.lengths.longest) == (6190, 2427)
    assert {name: item.mentions for name, item in test.types.items()} == {
        "PER": 1973, "ORG": 1331, "LOC": 2886,
    }  # fmt: skip
    assert (test.entities.unseen, test.outside) == (1809, 152509)
    assert report.tokenizer.splits["test"].entities_cut == 516
    found = by_name(report)
    assert not found.keys() & {
        "leaks",
        "conflicts",
        "illegal_tags",
        "types_not_in_train",
        "doubled_tokens",
    }
    assert found["duplicates"].title.startswith("5 of 3,442 sentences of test")
