"""What is wrong with a corpus ends in one line with file and line number, and writes nothing."""

import codecs
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_columns, write_corpus

import msra_ner.corpus.lines
from msra_ner import load_msra
from msra_ner.cli.entry import main
from msra_ner.errors import CorpusError, CorpusNotFoundError

GOOD = "中\tB-LOC\n国\tI-LOC\n\n好\tO\n\n"
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Case:
    """Files to write, and what the refusal must say: its place, something found, flags given."""

    files: dict[str, str | bytes]
    where: str
    found: str
    flags: tuple[str, ...] = ()


def columns(content, line, found, *flags):
    where = "train.txt" if line is None else f"train.txt:{line}"
    return Case({"train.txt": content}, where, found, flags)


def pair(sentences, tags, where, found, *flags):
    files = {"train/sentences.txt": sentences, "train/tags.txt": tags}
    return Case(files, f"train/{where}", found, flags)


def rows(*items, line=1, found, flags=()):
    """Return the case of a JSON lines file; items that are no text are written as JSON."""
    lines = (item if isinstance(item, str) else json.dumps(item) for item in items)
    return Case({"train.jsonl": "\n".join(lines) + "\n"}, f"train.jsonl:{line}", found, flags)


def spans(*entities, text="李娜到巴黎", found, flags=(), key="entities"):
    value = entities[0] if isinstance(entities[0], str | dict) and key == "label" else entities
    return rows({"text": text, key: value}, found=found, flags=flags)


def span(start, end, text=None, label="PER"):
    item = {"start": start, "end": end, "label": label}
    return item if text is None else {**item, "text": text}


def brat(text, annotation, where, found, *flags):
    return Case({"train/a.txt": text, "train/a.ann": annotation}, f"train/{where}", found, flags)


CASES = {
    # Bytes
    "GB18030": columns("中\tO\n".encode("gb18030"), 1, "byte 0xD6 at byte 1"),
    "Big5": columns("好\tO\n\n中\tO\n".encode("big5"), 1, "not UTF-8"),
    "UTF-16 with its mark": columns(
        codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"), 1, "iconv -f UTF-16"
    ),
    "UTF-16 without its mark": columns("a\tO\n".encode("utf-16-le"), 1, "NUL"),
    "a file cut inside a character": columns(GOOD.encode() + "国".encode()[:2], 6, "0xE5"),
    "a surrogate in UTF-8": columns(b"\xed\xa0\x80\tO\n", 1, "byte 0xED"),
    "an overlong encoding": columns(GOOD.encode() + b"\xc0\xaf\tO\n", 6, "byte 0xC0"),
    "a NUL in a token": columns("中\tO\n国\0\tO\n", 2, "a NUL character"),
    "nothing but NUL": columns(bytes(1000), 1, "a NUL character"),
    "a compressed file": columns(b"\x1f\x8b\x08\x00\xff\xff", None, "a gzip archive"),
    "lines that end in CR": columns("中\tO\r国\tO\r", 1, "a carriage return inside"),
    "a carriage return in a token": columns("中\tO\n国\r人\tO\n", 2, "a carriage return inside"),
    "a line of 10 MB": columns(
        GOOD.encode() + b"a" * (10 * MEBIBYTE), 6, "a line of more than 4 MiB"
    ),
    "a line of 10 MB in JSON lines": rows(
        '{"tokens":["a"],"ner_tags":["O"]}',
        '{"tokens":["' + "a" * (10 * MEBIBYTE) + '"],"ner_tags":["O"]}',
        line=2, found="a line of more than 4 MiB",
    ),
    "a line of 10 MB in sentences": pair(
        b"a " * (5 * MEBIBYTE), "O\n", "sentences.txt:1", "a line of more than 4 MiB"
    ),
    "bytes that are not UTF-8 behind the first megabyte": columns(
        GOOD.encode() * 40_000 + b"\xff\tO\n", 200_001, "byte 0xFF at byte 1"
    ),
    # Columns
    "a space where the file has tabs": columns(GOOD + "国 O\n", 6, "no tab in '国 O'"),
    "a tab where the file has spaces": columns("中 O\n国\tO\n", 2, "a tab in"),
    "a tab beside a space": columns("中 O\n国\t人 O\n", 2, "a tab in"),
    "a token without a tag": columns("中\tO\n国\t\n", 2, "a token without a tag"),
    "a tag without a token": columns("中\tO\n\tO\n", 2, "an empty token"),
    "a line without a separator": columns("中\tO\n国\n", 2, "no tab in '国'"),
    "no separator in the whole file": columns("中国\n", 1, "no tab or space in '中国'"),
    "a third column on one line": columns("中\tO\n国\tNN\tO\n", 2, "3 fields"),
    "a column too few": columns("中 NN O\n国 O\n", 2, "2 fields"),
    "a space in a token": columns("中 国\tO\n", 1, "a space in the token"),
    "a tag in small letters": columns("中\tb-per\n", 1, "the tag 'b-per'"),
    "a tag without a type": columns("中\tO\n国\tB-\n", 2, "the tag 'B-'"),
    "a type without a prefix": columns("\n\n中\tPER\n", 3, "the tag 'PER'"),
    "a prefix of no scheme": columns("中\tQ-PER\n", 1, "the tag 'Q-PER'"),
    "a zero for O": columns("中\t0\n", 1, "the tag '0'"),
    "a full-width hyphen": columns("中\tO\n\n国\tB－PER\n", 3, "the tag 'B－PER'"),
    "a space behind a tag": columns("中\tB-PER \n", 1, "the tag 'B-PER '"),
    "an invisible character in a tag": columns("中\tB-PER\u200b\n", 1, r"'B-PER\u200b'"),
    "both separators in the tags": columns("中\tB-A\n国\tB_A\n", 2, "the tag 'B_A'"),
    "I after O": columns("中\tB-A\n国\tO\n人\tI-A\n", 3, "I-A after O"),
    "I of another type": columns("中\tB-A\n国\tI-B\n", 2, "I-B after B-A"),
    "an entity that is not closed": columns("中\tB-A\n国\tM-A\n\n人\tS-A\n", 2, "the end of the"),
    "an end that was not opened": columns("中\tO\n国\tE-A\n", 2, "E-A after O"),
    "prefixes of two schemes": columns("中\tM-A\n国\tL-A\n", 1, "the tag 'M-A'"),
    "another scheme than asked for": columns("中\tS-A\n", 1, "'S-A'", "--scheme", "iob2"),
    "a wrong tag on a token #": columns("#\tB-\n", 1, "the tag 'B-'"),
    "a column that is not there": columns(GOOD, None, "2 columns", "--tag_column", "7"),
    "a column before the first": columns(GOOD, None, "2 columns", "--token_column", "-3"),
    "an empty file": columns("", None, "no sentence"),
    "blank lines alone": columns("\n\r\n\n", None, "no sentence"),
    "comments alone": columns("# nothing\n\n-DOCSTART- -X- O\n\n", None, "no sentence"),
    "a byte order mark alone": columns("\ufeff", None, "no sentence"),
    "a tag of a megabyte": columns(b"a\tB-" + b"\x01" * MEBIBYTE, 1, "the tag 'B-"),
    # Two files
    "fewer tags than tokens": pair("中 国\n", "O\n", "tags.txt:1", "1 tags for the 2 tokens"),
    "a line of tags is missing": pair("中\n国\n", "O\n", "tags.txt:2", "the end of the file"),
    "a sentence is missing": pair("中\n", "O\nO\n", "sentences.txt:2", "the end of the file"),
    "two spaces in a row": pair("中  国\n", "O O\n", "sentences.txt:1", "nothing where item 2"),
    "a space at the end of a line": pair("中\n", "O \n", "tags.txt:1", "nothing where item 2"),
    "an empty line in the middle": pair("中\n\n国\n", "O\n\nO\n", "sentences.txt:2", "an empty"),
    "tabs between tags": pair("中 国\n", "O\tO\n", "tags.txt:1", "1 tags for the 2"),
    "two empty files": pair("", "\n", "", "no sentence"),
    "no tags.txt": Case({"train/sentences.txt": "中\n"}, "train/tags.txt", "no such file"),
    "no sentences.txt": Case({"train/tags.txt": "O\n"}, "train/sentences.txt", "no such file"),
    # JSON lines with tokens
    "no JSON": rows("{nonsense", found="Expecting property name"),
    "JSON cut off": rows('{"tokens": ["中"], "ner_tags": ["O"', found="Expecting ',' delimiter"),
    "a list where an object should be": rows([1, 2], found="a JSON int"),
    "a list a line": rows([1], [2], found="a JSON list"),
    "an array without an end": rows("[", '{"tokens": ["a"], "ner_tags": ["O"]}', line=3,
                                    found="the end of the file inside an array"),
    "an array with a comma too many": rows('[{"tokens": ["a"], "ner_tags": ["O"]},', "]", line=2,
                                           found="a comma behind the last item"),
    "two arrays": rows("[", '{"tokens": ["a"], "ner_tags": ["O"]}', "]", "[]", line=4,
                       found="something behind the array"),
    "an item of an array": rows("[", '{"tokens": ["a"]}', "]", line=2, found="the keys 'tokens'"),
    "the second item of a line": rows('[{"tokens": ["a"], "ner_tags": ["O"]}, {"x": 1}]',
                                      line="1 (item 2)", found="the keys 'x'"),
    "an object over many lines": rows("{", '"tokens": ["a"]', "}", found="the keys 'tokens'"),
    "an object without an end": rows("{", '"tokens": ["a"]', found="in line 3"),
    "a list wrapped in an object": rows({"data": [{"tokens": ["a"]}]}, found="jq"),
    "a key twice in an array": rows('[{"a": 1,', '"a": 2}]', found="occurs twice"),
    "two objects on a line": rows('{"tokens":["a"],"ner_tags":["O"]}{}', found="Extra data"),
    "true for a sentence": rows("true", found="a JSON bool"),
    "the keys of nobody": rows({"words": ["a"], "pos": ["X"]}, found="the keys 'words, pos'"),
    "a text for tokens": rows({"tokens": "中国", "ner_tags": ["O"]}, found='"中国" under "tokens"'),
    "a number for a token": rows({"tokens": ["a", 3], "ner_tags": ["O", "O"]}, found="token 3"),
    "NaN for a token": rows('{"tokens": [NaN], "ner_tags": ["O"]}', found="the token NaN"),
    "null for tags": rows({"tokens": ["a"], "ner_tags": None}, found="the keys"),
    "too few tags": rows({"tokens": ["a", "b"], "ner_tags": ["O"]}, found="1 tags for 2 tokens"),
    "no tokens": rows({"tokens": [], "ner_tags": []}, found="no token"),
    "an empty token": rows({"tokens": [""], "ner_tags": ["O"]}, found='the token ""'),
    "an escaped NUL": rows('{"tokens": ["a\\u0000"], "ner_tags": ["O"]}', found=r'"a\u0000"'),
    "half of a surrogate pair": rows('{"tokens": ["\\ud800"], "ner_tags": ["O"]}', found="half"),
    "numbers without their names": rows({"tokens": ["a"], "ner_tags": [1]}, found="number 1 for"),
    "a number too high": rows(
        {"tokens": ["a"], "ner_tags": [7]},
        found="the number 7", flags=("--tag_names", "O,B-A,I-A"),
    ),
    "a negative number": rows(
        {"tokens": ["a"], "ner_tags": [-2]},
        found="the number -2", flags=("--tag_names", "O,B-A,I-A"),
    ),
    "true for a tag": rows({"tokens": ["a"], "ner_tags": [True]}, found="the tag true"),
    "an empty tag": rows({"tokens": ["a"], "ner_tags": [""]}, found="an empty tag"),
    "an empty name of a number": rows(
        {"tokens": ["a"], "ner_tags": [1]}, found="an empty tag", flags=("--tag_names", "O,,B-PER")
    ),
    "a key that occurs twice": rows(
        '{"tokens":["a"],"tokens":["b"],"ner_tags":["O"]}', found="the key 'tokens' occurs twice"
    ),
    "a wrong tag in JSON": rows(
        {"tokens": ["a"], "ner_tags": ["O"]}, {"tokens": ["a"], "ner_tags": ["PER"]},
        line="2 (token 1)", found="the tag 'PER'",
    ),
    "a line of full-width spaces": rows("\u3000", found="Expecting value"),
    "a space in a token of JSON": rows({"tokens": ["a b"], "ner_tags": ["O"]}, found="'a b'"),
    # JSON lines with spans
    "ends that nobody states": spans(span(0, 2), found="spans without their text"),
    "a span that is a string": spans("0-2", found='the span "0-2"'),
    "a start that is a string": spans(span("0", 2), found="the span"),
    "a start that is a fraction": spans(span(0.0, 2), found="the span"),
    "a start that is true": spans(span(True, 2), found="the span"),
    "a start without end": spans({"start": 0, "label": "PER"}, found="the span"),
    "a label that is a number": spans(span(0, 2, "李娜", 3), found="the span"),
    "a label with a space": spans(span(0, 2, "李娜", "full name"), found="the label 'full name'"),
    "an empty label": spans(span(0, 2, "李娜", ""), found="the label ''"),
    "an end before the start": spans(
        span(2, 0), found="a span from 2 to 0", flags=("--ends", "exclusive")
    ),
    "an end behind the text": spans(
        span(3, 6), found="a span from 3 to 6 in a text of 5", flags=("--ends", "exclusive")
    ),
    "a negative start": spans(span(-2, 5), found="from -2", flags=("--ends", "exclusive")),
    "a huge number": spans(span(0, 10**300), found="a span", flags=("--ends", "exclusive")),
    "a number of 5,000 digits": rows(
        '{"text": "ab", "entities": [[0, ' + "9" * 5000 + ', "A"]]}', found="4300 digits"
    ),
    "another text beside a span": spans(span(0, 2, "巴黎"), found="but '巴黎' as the text"),
    "offsets in bytes": spans(
        span(9, 15, "巴黎"), found="--offsets bytes", flags=("--offsets", "characters")
    ),
    "offsets in UTF-16": spans(
        span(3, 5, "李娜"), text="😀a李娜", found="--offsets utf-16", flags=("--offsets", "bytes")
    ),
    "offsets of two kinds": spans(
        span(0, 2, "李娜"), span(9, 15, "巴黎"), found="offsets bytes"
    ),
    "offsets inside a character": spans(span(1, 3, "李"), found="", flags=("--offsets", "bytes")),
    "a character of two units": spans(
        span(0, 1), text="😀李娜", found="once (Python) or twice", flags=("--ends", "exclusive")
    ),
    "overlapping spans": spans(
        span(0, 2, "李娜"), span(1, 3, "娜到"), found="inside or across another"
    ),
    "the same span twice": spans(
        span(0, 2, "李娜"), span(0, 2, "李娜"), found="inside or across another"
    ),
    "a span of white space": spans(
        span(2, 4, "  "), text="李娜  到", found="nothing but white space"
    ),
    "a span that cuts a word": spans(
        span(0, 3, "New"), text="Newark is", found="cuts a word", flags=("--units", "words")
    ),
    "spans for a text without characters": spans(
        span(0, 1, "a"), text="", found="but 'a' as the text"
    ),
    "an empty text": rows({"text": "", "entities": []}, found="a text without a token"),
    "a text that is a list": rows({"text": ["a"], "entities": []}, found="under \"text\""),
    "a text without spans": rows({"id": 1, "text": "李娜"}, found="the keys 'id, text'"),
    "a word for the spans": spans("positive", key="label", found='"positive" under "label"'),
    "a label in CLUENER's format that occurs twice": rows(
        '{"text": "李娜", "label": {"name": {"李": [[0, 0]]}, "name": {"娜": [[1, 1]]}}}',
        found="the key 'name' occurs twice",
    ),
    "a pair too few in CLUENER's format": spans(
        {"name": {"李娜": [0, 1]}}, key="label", found="0 for the label 'name'"
    ),
    "no place in CLUENER's format": spans(
        {"name": {"李娜": []}}, key="label", found="[] for the label 'name'"
    ),
    "brackets in brackets": rows(
        '{"text": "a", "entities": ' + "[" * 100_000 + "]" * 100_000 + "}", found="too deeply"
    ),
    "a NUL in a text": rows('{"text": "a\\u0000b", "entities": []}', found="a NUL character"),
    # brat
    "a span in pieces": brat("abcd\n", "T1\tA 0 1;2 3\ta c\n", "a.ann:1", "a span in pieces"),
    "a span over a line end": brat("ab\ncd\n", "T1\tA 1 4\tb c\n", "a.ann:1", "over the end of"),
    "a span behind the text": brat("ab\n", "T1\tA 0 9\tab\n", "a.ann:1", "a span from 0 to 9"),
    "an empty span": brat("ab\n", "T1\tA 1 1\t\n", "a.ann:1", "a span from 1 to 1"),
    "another text beside a span of brat": brat(
        "ab\n", "T1\tA 0 1\ta\nT2\tA 0 1\tb\n", "a.ann:2", "'b' beside"
    ),
    "offsets that count CR": brat(
        "ab\r\ncd\r\n", "T1\tA 4 5\tc\n", "a.ann:1", "'c' beside a span that holds 'd'"
    ),
    "offsets of thousands of digits": brat(
        "ab\n", f"T1\tA 0 {'1' * 5000}\tab\n", "a.ann:1", "the offsets"
    ),
    "spaces for tabs in brat": brat("ab\n", "T1 A 0 1 a\n", "a.ann:1", "'T1 A 0 1 a'"),
    "a line of no kind in brat": brat("ab\n", "N1\tx\n\nhello\n", "a.ann:3", "'hello'"),
    "a label that tags cannot hold": brat("ab\n", "T1\tA\u200b 0 1\ta\n", "a.ann:1", "the label"),
    "overlapping spans in brat": brat(
        "abc\n", "T1\tA 0 2\tab\nT2\tA 1 3\tbc\n", "a.txt:1", "inside or across another"
    ),
    "white space alone in brat": brat(" \n\n", "", "", "no sentence"),
    "annotations that are not UTF-8": brat("ab\n", b"T1\tA 0 1\t\xff\n", "a.ann:1", "byte 0xFF"),
    "annotations without a text": Case({"train/a.ann": ""}, "train/a.txt", "no such file"),
    "a text without annotations": Case(
        {"train/a.ann": "", "train/a.txt": "a\n", "train/b.txt": "b\n"}, "train/b.ann", "no such"
    ),
    "brat documents of two splits in one folder": Case(
        {"train.txt": "a\n", "train.ann": "", "test.txt": "b\n", "test.ann": ""},
        "", "test.ann, train.ann in a folder that is a split itself",
    ),
    # The folder
    "nothing that is a split": Case({"README.md": "hi\n"}, "", "found no split"),
    "a folder named train with nothing in it": Case({"train/": ""}, "train", "a folder that is"),
    "two files for one split": Case(
        {"train.txt": GOOD, "train.jsonl": '{"tokens": ["a"], "ner_tags": ["O"]}\n'},
        "", "train.jsonl, train.txt for the split 'train'",
    ),
    "two names of one split": Case(
        {"dev.txt": GOOD, "valid.txt": GOOD}, "", "dev.txt, valid.txt for the split 'validation'"
    ),
    "an empty test": Case({"train.txt": GOOD, "test.txt": "\n"}, "test.txt", "no sentence"),
    "an error in the last split": Case(
        {"train.txt": GOOD, "dev.txt": GOOD, "test.txt": "中\tPER\n"}, "test.txt:1", "'PER'"
    ),
    "a tag that is not in the label list": Case(
        {"train.txt": GOOD, "tags.txt": "O\nB-PER\n"}, "train.txt:1", "the unknown tag 'B-LOC'"
    ),
    "a label that is not in the label list": Case(
        {"train.jsonl": json.dumps({"text": "李娜", "entities": [span(0, 2, "李娜")]}),
         "tags.txt": "O\nB-LOC\n"},
        "train.jsonl:1", "the unknown label 'PER'",
    ),
    "a label list that is wrong": Case(
        {"train.txt": GOOD, "tags.txt": "O\nPER\n"}, "tags.txt:2", "the tag 'PER'"
    ),
    "a label list that is a folder": Case(
        {"train.txt": GOOD, "tags.txt/": ""}, "tags.txt", "found a folder"
    ),
    "a folder in place of sentences.txt": Case(
        {"train/sentences.txt/": "", "train/tags.txt": "O\n"}, "train/sentences.txt", "a folder"
    ),
    "a folder in place of an annotation": Case(
        {"train/a.txt": "a\n", "train/a.ann/": ""}, "train/a.ann", "a folder"
    ),
    "more sentences for val than there are": columns(GOOD, None, "2 sentences, of which 9",
                                                     "--val_size", "9"),
    "the raw file of another corpus": Case(
        {"msra_train_bio": GOOD}, "msra_train_bio", "2 sentences, of which 3000"
    ),
    "Parquet beside another format": Case(
        {"train.txt": GOOD, "data/train.parquet": b"PAR1"}, "", "train.txt and data/train.parquet"
    ),
    "another format than asked for": Case(
        {"train.txt": GOOD}, "train.txt:1", "Expecting value", ("--format", "json-tokens")
    ),
    "a file where the format wants a folder": Case(
        {"train.txt": GOOD}, "train.txt", "a file that is not a corpus", ("--format", "pair")
    ),
    "a folder where the format wants a file": Case(
        {"train/sentences.txt": "a\n"}, "train", "a folder that is no", ("--format", "columns")
    ),
}  # fmt: skip


def write_files(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files as given; a name with a slash at its end is an empty folder."""
    folder.mkdir()
    for name, content in files.items():
        path = folder / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def refusal(capsys, source, out, *flags):
    """Convert, check that it is refused as all must be, and return the message."""
    assert main(["convert", str(source), str(out), "--to", "pair", *flags]) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert not os.path.lexists(out)
    return the_line(shown.err)


def the_line(shown: str) -> str:
    """Return the message of an error, which must be the last line, and the only such."""
    assert "Traceback" not in shown
    *others, last = shown.splitlines()
    assert last.startswith("msra-ner: error: ")
    assert not any("error" in line for line in others)
    assert len(last) < 8000
    return last.removeprefix("msra-ner: error: ")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "new" / "out"


def test_there_are_enough_malformed_corpora():
    assert len(CASES) > 100


@pytest.mark.parametrize("name", CASES)
def test_refused_in_one_line(tmp_path, capsys, out, name):
    case = CASES[name]
    folder = write_files(tmp_path / "in", case.files)
    message = refusal(capsys, folder, out, *case.flags)
    assert message.startswith(f"{folder / case.where}: ")
    assert case.found in message
    assert not (tmp_path / "new").exists()


# What is no file with something wrong in it, but no file


def test_a_missing_folder(tmp_path, capsys, out):
    assert refusal(capsys, tmp_path / "in", out).startswith(f"{tmp_path / 'in'}: no such folder")


def test_a_folder_without_anything(tmp_path, capsys, out):
    (tmp_path / "in").mkdir()
    assert refusal(capsys, tmp_path / "in", out).startswith(f"{tmp_path / 'in'}: found no split")


@pytest.mark.parametrize("name", ["in", "in/train.txt", "in/tags.txt", "in/train/sentences.txt"])
def test_a_link_to_itself(tmp_path, capsys, out, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(path)
    if name == "in/tags.txt":
        write_columns(tmp_path / "in" / "train.txt", EXAMPLE_SENTENCES)
    message = refusal(capsys, tmp_path / "in", out)
    assert message.startswith(f"{path}: cannot be read (Too many levels of symbolic links)")


@pytest.mark.parametrize("name", ["in", "in/train.txt", "in/tags.txt", "in/train/sentences.txt"])
def test_a_link_to_nothing(tmp_path, capsys, out, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(tmp_path / "gone")
    if name == "in/tags.txt":
        write_columns(tmp_path / "in" / "train.txt", EXAMPLE_SENTENCES)
    assert refusal(capsys, tmp_path / "in", out).startswith(f"{path}: no such file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["in", "in/train.txt", "in/train/sentences.txt", "in/train/a.ann"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, capsys, out, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    if name.endswith(".txt"):
        (path.parent / "tags.txt").write_text("O\n")
    if name.endswith(".ann"):
        path.with_suffix(".txt").write_text("a\n")
    assert refusal(capsys, tmp_path / "in", out).startswith(
        f"{path}: found a pipe or device, expected a regular file"
    )


@pytest.mark.parametrize("name", ["train.txt", "train.jsonl", "train/sentences.txt", "tags.txt"])
def test_a_file_that_may_not_be_read(tmp_path, capsys, out, monkeypatch, name):
    folder = write_files(
        tmp_path / "in", {name: GOOD} if "tags" not in name else {name: "O\n", "train.txt": GOOD}
    )
    if "/" in name:
        (folder / "train" / "tags.txt").write_text("O\n")

    def closed_open(path, *args):
        if path == folder / name:
            raise PermissionError(13, "Permission denied", str(path))
        return open(path, *args)

    # By the rights of a file this could not be tested as root, who may read everything.
    monkeypatch.setattr(msra_ner.corpus.lines, "open", closed_open, raising=False)
    message = refusal(capsys, folder, out)
    assert message.startswith(f"{folder / name}: cannot be read (Permission denied)")


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="needs a file that fails on read")
@pytest.mark.parametrize("name", ["train.txt", "train/sentences.txt"])
def test_a_file_whose_reading_fails(tmp_path, capsys, out, name):
    folder = write_files(tmp_path / "in", {"train/tags.txt": "O\n"} if "/" in name else {})
    (folder / name).symlink_to("/proc/self/mem")
    message = refusal(capsys, folder, out)
    assert message.startswith(f"{folder / name}: cannot be read (Input/output error)")


@pytest.mark.parametrize("name", ["x" * 300, "in\0side", "x" * 5000], ids=["long", "NUL", "path"])
def test_a_name_that_no_file_can_have(tmp_path, capsys, out, name):
    message = refusal(capsys, tmp_path / name, out)
    assert name.replace("\0", "\\x00")[:300] in message


@pytest.mark.parametrize("mark", ["\n", "\r", "\u2028", "\x1b[31m"], ids=ascii)
def test_a_name_that_would_break_the_line(tmp_path, capsys, out, mark):
    folder = write_files(tmp_path / f"in{mark}msra-ner: fine", {"train.txt": "中\tPER\n"})
    message = refusal(capsys, folder, out)
    escaped = mark.encode("unicode_escape").decode()
    assert message.startswith(f"{tmp_path}/in{escaped}msra-ner: fine/train.txt:1: found ")


def test_a_name_that_is_not_utf8(tmp_path, capsys, out):
    folder = tmp_path / os.fsdecode(b"in\xff")
    write_files(folder, {"train.txt": "中\tPER\n"})
    said = refusal(capsys, folder, out)
    assert r"in\udcff" in said
    assert "expected text in utf-8, which file names are read as here. Rename" in said


@pytest.mark.parametrize("name", ["hub:nobody/nothing", "hub:nothing", "hub:", "hub:../x"])
def test_a_dataset_that_is_not_there(capsys, out, name):
    assert refusal(capsys, name, out).startswith(f"{name.removeprefix('hub:') or name}: ")


def test_parquet_that_is_none(tmp_path, capsys, out):
    folder = write_files(tmp_path / "in", {"data/train-0.parquet": b"PAR1 and no more"})
    assert refusal(capsys, folder, out).startswith(f"{folder}: cannot be loaded as a dataset")


# Where to


def test_what_is_at_the_target_stays(tmp_path, capsys):
    folder = write_files(tmp_path / "in", {"train.txt": "中\tPER\n"})
    target = write_files(tmp_path / "out", {"train/sentences.txt": "mine\n"})
    assert main(["convert", str(folder), str(target), "--to", "pair", "--overwrite"]) == 2
    assert the_line(capsys.readouterr().err).startswith(f"{folder}/train.txt:1: ")
    assert [path.name for path in sorted(target.rglob("*"))] == ["train", "sentences.txt"]
    assert (target / "train" / "sentences.txt").read_text() == "mine\n"


def test_a_target_that_is_a_file(tmp_path, capsys):
    folder = write_files(tmp_path / "in", {"train.txt": GOOD})
    target = tmp_path / "out"
    target.write_text("mine")
    assert main(["convert", str(folder), str(target), "--to", "pair"]) == 2
    assert str(target) in the_line(capsys.readouterr().err)
    assert target.read_text() == "mine"


@pytest.mark.parametrize("format", ["columns", "json-spans", "brat"])
def test_a_token_that_a_format_cannot_hold(tmp_path, capsys, format):
    files = {"train.jsonl": '{"tokens": ["a", "b\\tc"], "ner_tags": ["O", "O"]}\n'}
    folder = write_files(tmp_path / "in", files)
    assert main(["convert", str(folder), str(tmp_path / "out"), "--to", format]) == 2
    message = the_line(capsys.readouterr().err)
    assert message.startswith(rf"{folder}/train.jsonl:1: found the token 'b\tc'")
    assert not (tmp_path / "out").exists()


# The same through a process of its own, and through load_msra


@pytest.mark.parametrize(
    "name", ["GB18030", "I after O", "overlapping spans", "a NUL in a token", "a span in pieces"]
)
def test_a_process_ends_with_code_2_and_one_line(tmp_path, name):
    case = CASES[name]
    write_files(tmp_path / "in", case.files)
    done = subprocess.run(
        [sys.executable, "-m", "msra_ner", "convert", "in", "out", "--to", "pair"],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 2
    assert not done.stdout
    message = the_line(done.stderr.decode())
    assert message.startswith(f"in/{case.where}: ")
    assert case.found in message
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    "name",
    [
        "GB18030", "a tag without a type", "fewer tags than tokens", "too few tags",
        "offsets of two kinds", "a span over a line end", "two files for one split",
        "a tag that is not in the label list", "an empty test",
    ],
)  # fmt: skip
def test_load_msra_refuses_with_the_same_words(tmp_path, name):
    case = CASES[name]
    folder = write_files(tmp_path / "in", case.files)
    with pytest.raises(CorpusError) as caught:
        load_msra(folder)
    assert str(caught.value).startswith(f"{folder / case.where}: ")
    assert case.found in str(caught.value)


def test_load_msra_tells_what_is_missing(tmp_path):
    with pytest.raises(CorpusNotFoundError, match="no such folder"):
        load_msra(tmp_path / "in")
    write_corpus(tmp_path / "c", {"train": EXAMPLE_SENTENCES})
    (tmp_path / "c" / "train" / "tags.txt").unlink()
    with pytest.raises(CorpusNotFoundError, match=r"train/tags.txt: no such file"):
        load_msra(tmp_path / "c")
