import json

from helpers.builders import EXAMPLE_SENTENCES

from msra_ner.report.predictions import write_predictions

GOLD = [sentence.tags for sentence in EXAMPLE_SENTENCES]


def test_predictions_are_one_json_line_a_sentence(tmp_path):
    path = tmp_path / "predictions.jsonl"
    write_predictions(path, EXAMPLE_SENTENCES, [["O"] * len(row) for row in GOLD])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [row["tokens"] for row in rows] == [s.tokens for s in EXAMPLE_SENTENCES]
    assert [row["gold_tags"] for row in rows] == GOLD
    assert all(row["pred_entities"] == [] for row in rows)
    assert rows[0]["gold_entities"][0] == {"type": "PER", "start": 0, "end": 3, "text": "王海燕"}
