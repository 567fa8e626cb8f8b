import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES

from msra_ner.errors import CorpusError
from msra_ner.report.predictions import read_predictions, write_predictions

GOLD = [sentence.tags for sentence in EXAMPLE_SENTENCES]


def test_predictions_are_one_json_line_a_sentence(tmp_path):
    path = tmp_path / "predictions.jsonl"
    write_predictions(path, EXAMPLE_SENTENCES, [["O"] * len(row) for row in GOLD])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [row["tokens"] for row in rows] == [s.tokens for s in EXAMPLE_SENTENCES]
    assert [row["gold_tags"] for row in rows] == GOLD
    assert all(row["pred_entities"] == [] for row in rows)
    assert rows[0]["gold_entities"][0] == {"type": "PER", "start": 0, "end": 3, "text": "王海燕"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"tokens": 5}, "'5' under tokens"),
        ({"tokens": None}, "'null' under tokens"),
        ({"tokens": ["a", 1]}, "under tokens; expected a list of texts"),
        ({"gold_tags": [0, 1]}, "the tag '0'; expected names of tags"),
        ({"pred_tags": ["O", None]}, "the tag 'null'"),
    ],
)
def test_a_value_of_another_type_is_one_line(tmp_path, row, says):
    """R20: a traceback; and numbers for tags counted as O."""
    file = tmp_path / "p.jsonl"
    whole = {"tokens": ["a", "b"], "gold_tags": ["O", "O"], "pred_tags": ["O", "O"], **row}
    file.write_text(f"{json.dumps(whole)}\n")
    with pytest.raises(CorpusError, match=r"p\.jsonl:1: ") as caught:
        read_predictions(file)
    assert says in str(caught.value)


def test_positions_without_a_label_may_be_numbers_and_a_text_its_characters(tmp_path):
    file = tmp_path / "p.jsonl"
    row = {"text": "ab", "labels": [-100, "O"], "predictions": ["O", "O"], "gold_entities": None}
    file.write_text(f"{json.dumps(row)}\n")
    (found,) = read_predictions(file)
    assert (found.tokens, found.gold) == (["a", "b"], ["-100", "O"])
