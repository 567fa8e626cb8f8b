"""Other corpora, in the files and formats in which people have them, through the same commands."""

import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES, marked

import msra_ner
import msra_ner.errors
from msra_ner import load_msra
from msra_ner.cli.entry import main
from msra_ner.corpus.schemes import encode_scheme
from msra_ner.corpus.sentence import Sentence

ROWS = EXAMPLE_SENTENCES[:6]


def lines(rows, scheme="iob2", separator=" ", before="", prefix=""):
    """Return sentences as columns: the token, what is between, and the tag."""
    text = prefix
    for row in rows:
        for token, tag in zip(row.tokens, encode_scheme(row.tags, scheme), strict=True):
            text += f"{token}{separator}{before}{tag}\n"
        text += "\n"
    return text


def renamed(rows, **types):
    """Return sentences with other names for the types of their entities."""
    changed = []
    for row in rows:
        tags = [
            tag if tag == "O" else f"{tag[0]}-{types.get(tag[2:], tag[2:])}" for tag in row.tags
        ]
        changed.append(Sentence(row.tokens, tags))
    return changed


def resume(folder):
    """BMES with spaces, as Resume NER and the OntoNotes of the lattice papers."""
    rows = renamed(ROWS, PER="NAME", LOC="CONT")
    for split in ("train", "dev", "test"):
        (folder / f"{split}.char.bmes").write_text(lines(rows, "bmes"))
    return rows


def weibo(folder):
    """Each character with its position in its word; types with a dot."""
    rows = renamed(ROWS, PER="PER.NAM", ORG="ORG.NAM", LOC="GPE.NAM")
    words = [
        Sentence([f"{token}{number % 3}" for number, token in enumerate(row.tokens)], row.tags)
        for row in rows
    ]
    for split in ("train", "dev", "test"):
        (folder / f"weiboNER_2nd_conll.{split}").write_text(lines(words, separator="\t"))
    return rows


def cluener(folder):
    """Text with nested labels and inclusive ends; the test file has no labels."""
    text = []
    for row in ROWS:
        item = {"text": "".join(row.tokens), "label": {}}
        for entity in msra_ner.decode_entities(row.tags):
            surface = item["text"][entity.start : entity.end]
            ranges = item["label"].setdefault(entity.type, {}).setdefault(surface, [])
            ranges.append([entity.start, entity.end - 1])
        text.append(json.dumps(item, ensure_ascii=False) + "\n")
    (folder / "train.json").write_text("".join(text))
    (folder / "dev.json").write_text("".join(text))
    (folder / "test.json").write_text('{"id": 0, "text": "四川敦煌学"}\n')
    return ROWS


def conll_2003(folder):
    """Four columns in IOB1, documents with a line of their own, and English words."""
    rows = [
        Sentence(["EU", "rejects", "German", "call", "."], ["B-ORG", "O", "B-MISC", "O", "O"]),
        Sentence(
            ["Peter", "Blackburn", "saw", "John", "Smith"],
            ["B-PER", "I-PER", "O", "B-PER", "I-PER"],
        ),
        Sentence(["BRUSSELS", "1996-08-22"], ["B-LOC", "O"]),
    ]
    for name in ("eng.train", "eng.testa", "eng.testb"):
        prefix = "-DOCSTART- -X- -X- O\n\n"
        (folder / name).write_text(lines(rows, "iob1", before="NNP I-NP ", prefix=prefix))
    return rows


def multiconer(folder):
    """Comments before each sentence, and columns of nothing."""
    for name in ("zh_train.conll", "zh_dev.conll", "zh_test.conll"):
        text = "".join(
            f"# id {number}\tdomain=zh\n" + lines([row], before="_ _ ")
            for number, row in enumerate(ROWS)
        )
        (folder / name).write_text(text)
    return ROWS


@pytest.mark.parametrize("write", [resume, weibo, cluener, conll_2003, multiconer])
def test_what_is_read_is_what_the_corpus_says(tmp_path, write):
    rows = write(tmp_path)
    loaded = load_msra(tmp_path)
    names = loaded["train"].features["ner_tags"].feature.names
    for split in loaded.values():
        found = [Sentence(row["tokens"], [names[tag] for tag in row["ner_tags"]]) for row in split]
        assert found == rows
    assert list(loaded) == ["train", "validation", "test"][: 2 if write is cluener else 3]


@pytest.mark.slow
@pytest.mark.parametrize("write", [resume, weibo, cluener, conll_2003, multiconer])
def test_it_fine_tunes_with_the_same_command(tmp_path, tiny_encoder, write, capsys):
    corpus, run = tmp_path / "corpus", tmp_path / "run"
    corpus.mkdir()
    rows = write(corpus)
    flags = ["--data_dir", corpus, "--model_name_or_path", tiny_encoder, "--output_dir", run]
    flags += ["--max_steps", "1", "--use_cpu", "--cpu_threads", "1", "--disable_tqdm", "true"]
    assert main(["train", *map(str, flags)]) == 0
    results = json.loads((run / "all_results.json").read_text())
    types = {tag[2:] for row in rows for tag in row.tags if tag != "O"}
    for entity_type in types:
        assert f"eval_{entity_type}_f1" in results
    assert main(["evaluate", str(run), "--data_dir", str(corpus), "--split", "val"]) == 0
    assert main(["predict", str(run), "--text", "王海燕在北京 EU"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["text"] == "王海燕在北京 EU"


def test_a_token_without_its_position_is_refused(tmp_path):
    weibo(tmp_path)
    path = tmp_path / "weiboNER_2nd_conll.dev"
    path.write_text(path.read_text() + "甲\tO\n")
    with pytest.raises(msra_ner.errors.CorpusError, match="'甲' without the position"):
        load_msra(tmp_path)


def test_positions_can_be_kept(tmp_path):
    weibo(tmp_path)
    loaded = load_msra(tmp_path, word_positions="keep")
    assert loaded["train"][0]["tokens"][:4] == ["王0", "海1", "燕2", "昨0"]


def test_digits_among_characters_are_no_positions(tmp_path):
    row = marked("1998年[LOC 北京]２０００年")
    (tmp_path / "train.txt").write_text(lines([row, row], separator="\t"))
    assert load_msra(tmp_path)["train"][0]["tokens"] == row.tokens
