import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES

from msra_ner.metrics.scores import entity_names, score_tags
from msra_ner.report.predictions import write_predictions
from msra_ner.report.scores import format_coverage, format_scores

GOLD = [sentence.tags for sentence in EXAMPLE_SENTENCES]


@pytest.fixture
def scores():
    """Scores of predictions that miss everything in the first sentence."""
    predicted = [["O"] * len(GOLD[0]), *GOLD[1:]]
    return score_tags(EXAMPLE_SENTENCES, predicted, entity_names(EXAMPLE_SENTENCES[:4]))


def test_the_table_holds_each_figure_in_its_row(scores):
    rows = {
        line.rsplit(maxsplit=4)[0].strip(): line.split()[-4:]
        for line in format_scores(scores, "test").splitlines()[1:-1]
    }
    entities = sum(tag.startswith("B-") for row in GOLD for tag in row)
    missed = sum(tag.startswith("B-") for tag in GOLD[0])
    recall = f"{100 * (entities - missed) / entities:.2f}"
    assert rows["all entities (strict IOB2)"][:2] == ["100.00", recall]
    assert rows["all entities (strict IOB2)"][3] == str(entities)
    assert set(rows) >= {"PER", "ORG", "LOC", "lenient (conlleval)"}


def test_accuracy_stands_beside_what_all_o_would_get(scores):
    last = format_scores(scores, "test").splitlines()[-1]
    assert "no score" in last
    assert f"{100 * scores['all_o_accuracy']:.2f}" in last


def test_unseen_names_are_left_out_where_train_is_not_known():
    scores = score_tags(EXAMPLE_SENTENCES, GOLD)
    assert "names" not in format_scores(scores, "test")


def test_coverage_counts_the_files_by_itself(scores):
    text = format_coverage(scores | {"entities": 5}, EXAMPLE_SENTENCES)
    entities = sum(tag.startswith("B-") for row in GOLD for tag in row)
    assert text.startswith(f"scored 5 of {entities} entities, ")
    assert text.endswith("16 of 16 sentences")


def test_predictions_are_one_json_line_a_sentence(tmp_path):
    path = tmp_path / "predictions.jsonl"
    write_predictions(path, EXAMPLE_SENTENCES, [["O"] * len(row) for row in GOLD])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [row["tokens"] for row in rows] == [s.tokens for s in EXAMPLE_SENTENCES]
    assert [row["gold_tags"] for row in rows] == GOLD
    assert all(row["pred_entities"] == [] for row in rows)
    assert rows[0]["gold_entities"][0] == {"type": "PER", "start": 0, "end": 3, "text": "王海燕"}
