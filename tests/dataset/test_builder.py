import json

import pytest
from helpers import tiny_models
from helpers.builders import EXAMPLE_SENTENCES, marked, write_corpus

from msra_ner import load_msra
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.sentence import Sentence
from msra_ner.dataset.builder import MsraNer
from msra_ner.dataset.projection import project_rows
from msra_ner.errors import CorpusError, CorpusNotFoundError, ScoreError, TokenizerError

MSRA_LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]


@pytest.fixture
def corpus(tmp_path):
    splits = {"train": EXAMPLE_SENTENCES[:8], "val": EXAMPLE_SENTENCES[8:12]}
    return write_corpus(tmp_path / "corpus", {**splits, "test": EXAMPLE_SENTENCES[12:]})


def cache_files(dataset_dict):
    return {file["filename"] for split in dataset_dict.values() for file in split.cache_files}


def test_the_raw_columns_hold_the_files(corpus):
    loaded = load_msra(corpus)
    assert list(loaded) == ["train", "validation", "test"]
    assert loaded["train"].column_names == ["id", "tokens", "ner_tags"]
    names = loaded["train"].features["ner_tags"].feature.names
    assert names == MSRA_LABELS
    for split, sentences in (("train", EXAMPLE_SENTENCES[:8]), ("test", EXAMPLE_SENTENCES[12:])):
        rows = loaded[split]
        assert [
            Sentence(row["tokens"], [names[tag] for tag in row["ner_tags"]]) for row in rows
        ] == sentences
        assert rows["id"][:] == [str(index) for index in range(len(sentences))]


def test_another_label_set_works_from_tags_alone(tmp_path):
    sentences = [marked("[GENE 甲乙]与[DRUG 丙]"), marked("[DRUG 丁]")]
    corpus = write_corpus(tmp_path / "other", {"train": sentences, "test": sentences})
    (corpus / "tags.txt").unlink()
    names = load_msra(corpus)["train"].features["ner_tags"].feature.names
    assert names == ["O", "B-DRUG", "I-DRUG", "B-GENE", "I-GENE"]


def test_the_order_of_tags_txt_is_kept_for_other_labels_and_msra_has_its_own(tmp_path, corpus):
    sentences = [marked("[GENE 甲乙]与[DRUG 丙]")]
    other = write_corpus(tmp_path / "other", {"train": sentences})
    (other / "tags.txt").write_text("O\nB-GENE\nI-GENE\nB-DRUG\nI-DRUG\n")
    names = load_msra(other)["train"].features["ner_tags"].feature.names
    assert names == ["O", "B-GENE", "I-GENE", "B-DRUG", "I-DRUG"]
    (corpus / "tags.txt").write_text("I-LOC\nB-LOC\nO\nB-PER\nI-PER\nB-ORG\nI-ORG\n")
    assert load_msra(corpus)["train"].features["ner_tags"].feature.names == MSRA_LABELS


def test_an_aligned_row_is_a_window_and_finds_its_way_back(corpus):
    tokenizer = tiny_models.wordpiece()
    aligned = load_msra(corpus, tokenizer, max_length=12, overlap=4)
    raw = load_msra(corpus)
    assert list(aligned) == list(raw)
    for split in raw:
        rows = aligned[split]
        assert len(rows) > len(raw[split]), "the test wants sentences of several windows"
        assert max(rows["length"]) <= 12
        assert rows["attention_mask"][0] == [1] * rows["length"][0]
        lengths = [len(tokens) for tokens in raw[split]["tokens"]]
        shuffled = rows.shuffle(seed=1)
        back = project_rows(shuffled, shuffled["labels"], lengths)
        assert [row.tolist() for row in back] == raw[split]["ner_tags"][:]


def test_a_lost_or_doubled_row_is_an_error(corpus):
    rows = load_msra(corpus, tiny_models.wordpiece(), max_length=12, overlap=4)["test"]
    lengths = [len(sentence.tokens) for sentence in EXAMPLE_SENTENCES[12:]]
    for wrong in (range(1, len(rows)), [0, *range(len(rows))]):
        part = rows.select(wrong)
        with pytest.raises(ScoreError, match="exactly one window"):
            project_rows(part, part["labels"], lengths)


def test_the_same_content_reuses_the_cache_and_a_changed_file_never_does(corpus, tmp_path):
    tokenizer = tiny_models.wordpiece()
    first, aligned = load_msra(corpus), load_msra(corpus, tokenizer)
    assert cache_files(load_msra(corpus)) == cache_files(first)
    assert cache_files(load_msra(corpus, tokenizer)) == cache_files(aligned)
    copy = corpus.rename(tmp_path / "elsewhere")
    assert cache_files(load_msra(copy)) == cache_files(first), "the path does not matter"

    # One tag changed, with size and modification time as they were.
    import os

    tags = copy / "train" / "tags.txt"
    stat = tags.stat()
    text = tags.read_text()
    assert text.startswith("B-PER")
    tags.write_text("B-ORG I-ORG I-ORG" + text[len("B-PER I-PER I-PER") :])
    os.utime(tags, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    changed = load_msra(copy)
    assert cache_files(changed).isdisjoint(cache_files(first))
    assert changed["train"][0]["ner_tags"][0] == MSRA_LABELS.index("B-ORG")
    assert cache_files(load_msra(copy, tokenizer)).isdisjoint(cache_files(aligned))


def test_settings_and_tokenizer_are_part_of_the_cache_key(corpus):
    found = [
        cache_files(load_msra(corpus, tokenizer, **settings))
        for tokenizer, settings in (
            (tiny_models.wordpiece(), {}),
            (tiny_models.unigram(), {}),
            (tiny_models.wordpiece(), {"max_length": 20, "overlap": 4}),
            (tiny_models.wordpiece(), {"max_length": 20, "overlap": 5}),
            (tiny_models.wordpiece(), {"label_all_pieces": True}),
        )
    ]
    assert len(set().union(*found)) == sum(map(len, found))


def test_a_tokenizer_folder_counts_by_its_content(corpus, tmp_path):
    tiny_models.wordpiece().save_pretrained(tmp_path / "tokenizer")
    by_name = load_msra(corpus, tmp_path / "tokenizer")
    assert cache_files(by_name) == cache_files(load_msra(corpus, tiny_models.wordpiece()))
    tiny_models.unigram().save_pretrained(tmp_path / "tokenizer")
    assert cache_files(load_msra(corpus, tmp_path / "tokenizer")) != cache_files(by_name)


def test_a_broken_file_ends_in_its_own_error_and_leaves_no_cache(corpus):
    (corpus / "val" / "tags.txt").write_text("O O\n")
    with pytest.raises(CorpusError, match=r"val/tags\.txt:1: found 2 tags"):
        load_msra(corpus)


def test_a_missing_folder_says_what_to_give(tmp_path):
    with pytest.raises(CorpusNotFoundError, match="no such folder"):
        load_msra(tmp_path / "nowhere")
    with pytest.raises(CorpusNotFoundError, match="found no split"):
        open_corpus(tmp_path)


def test_the_builder_alone_is_enough(corpus):
    builder = MsraNer(config_name="raw", data_dir=str(corpus))
    builder.download_and_prepare()
    assert builder.as_dataset(split="test").num_rows == len(EXAMPLE_SENTENCES[12:])
    builder = MsraNer(
        config_name="aligned", data_dir=str(corpus), tokenizer=tiny_models.wordpiece()
    )
    builder.download_and_prepare()
    assert "word_ids" in builder.as_dataset(split="test").column_names


def test_the_aligned_configuration_wants_a_tokenizer_and_there_is_no_other(corpus):
    with pytest.raises(TokenizerError, match="found no tokenizer"):
        MsraNer(config_name="aligned", data_dir=str(corpus))
    with pytest.raises(ValueError, match="'other' not found"):
        MsraNer(config_name="other", data_dir=str(corpus))


def test_a_label_list_from_outside_replaces_that_of_the_corpus(corpus):
    turned = (*MSRA_LABELS[:1], *MSRA_LABELS[3:], *MSRA_LABELS[1:3])
    loaded = load_msra(corpus, labels=turned)
    assert loaded["train"].features["ner_tags"].feature.names == list(turned)
    assert loaded["train"][0]["ner_tags"][0] == turned.index("B-PER")
    with pytest.raises(CorpusError, match="unknown tag 'B-PER'"):
        load_msra(corpus, labels=MSRA_LABELS[:1])


def test_a_split_of_no_sentences_is_refused(corpus):
    for name in ("sentences.txt", "tags.txt"):
        (corpus / "val" / name).write_text("")
    with pytest.raises(CorpusError, match="val: found no sentence"):
        load_msra(corpus)
    (corpus / "val" / "tags.txt").write_text("O\n")
    with pytest.raises(CorpusError, match="0 sentences and 1 lines of tags"):
        load_msra(corpus)


def test_repair_is_a_setting_of_the_data_set(tmp_path):
    sentence = Sentence(list("甲乙丙丁"), ["O", "I-PER", "B-LOC", "I-LOC"])
    corpus = write_corpus(tmp_path / "stray", {"train": [sentence, marked("在[LOC 北京]")]})
    with pytest.raises(CorpusError, match="I-PER after O"):
        load_msra(corpus)
    tags = load_msra(corpus, repair_tags=True)["train"][0]["ner_tags"]
    assert tags == [0, 1, 3, 4]


def test_a_tokenizer_that_is_none_is_one_line_and_runs_nothing(tmp_path):
    marker = tmp_path / "RAN"
    (tmp_path / "own.py").write_text(f"open({str(marker)!r}, 'w').close()")
    config = {"model_type": "own", "auto_map": {"AutoTokenizer": ["own.Own", None]}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    for name in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(TokenizerError, match="found no usable tokenizer") as caught:
            load_msra("sample", tokenizer=str(name))
        assert len(str(caught.value).splitlines()) == 1
    assert not marker.exists()
