"""Forms that are not read are named, with the way from each."""

import subprocess

import pytest

from msra_ner.corpus.folder import open_corpus
from msra_ner.errors import CorpusError


@pytest.mark.parametrize(
    ("name", "data", "found", "remedy"),
    [
        ("train.txt", "{{person_name:周敏}}在{{location:苏州}}。\n", "BosonNLP", '"entities"'),
        ("train.txt", "[@周敏#PER*]在[@苏州#LOC*]。\n", "YEDDA", '"entities"'),
        ("train.txt", '<ENAMEX TYPE="PERSON">周敏</ENAMEX>在\n', "MUC", '"entities"'),
        ("train.xml", "<s>\n<PER>周敏</PER>在苏州\n</s>\n", "inline XML", '"entities"'),
        ("train.tsv", "周\x02敏\x02在\tB-PER\x02I-PER\x02O\n", "PaddleNLP", "sentences.txt"),
        ("train.txt", "周/B-PER 敏/I-PER 在/O\n", "token/tag pairs", "sed"),
        ("train.json", '[{"sentence": ["周"], "ner": [{"index": [0]}]}]', "W2NER", '"entities"'),
        ("train.json", '[{"context": "x", "entity_label": "PER"}]', "BERT-MRC", "the corpus that"),
        ("train.json", "[('周敏', {'entities': [(0, 2, 'PER')]})]", "Python's", "json.dump"),
        ("train.parquet", "PAR1....", "Parquet", "folder"),
        ("train.pkl", b"\x80\x04\x95", "pickle", "Python"),
        ("train.xlsx", b"PK\x03\x04", "Excel", "CSV"),
        ("train.ann", "T1\tPER 0 2\t周敏\n", "brat", ".txt"),
    ],
)
def test_a_known_form_is_named_with_the_way_from_it(tmp_path, name, data, found, remedy):
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(CorpusError) as caught:
        open_corpus(tmp_path / name)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / name}: found ")
    assert found in message
    assert remedy in message


def test_the_way_from_pairs_in_a_line_leads_to_columns(tmp_path):
    (tmp_path / "in.txt").write_text("周/B-PER 敏/I-PER //O\n今/O\n", encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        open_corpus(tmp_path / "in.txt")
    command = str(caught.value).partition("a token a line: ")[2].removesuffix(".")
    done = subprocess.run(
        command.replace("FILE", "in.txt"), shell=True, cwd=tmp_path, capture_output=True, check=True
    )
    (tmp_path / "train.txt").write_bytes(done.stdout)
    found = list(open_corpus(tmp_path / "train.txt").splits["train"].sentences())
    assert [row.tokens for row in found] == [["周", "敏", "/"], ["今"]]
    assert found[0].tags == ["B-PER", "I-PER", "O"]
