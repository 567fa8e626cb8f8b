import re
from dataclasses import replace

import pytest
from helpers.builders import EXAMPLE_SENTENCES

from msra_ner.metrics.scores import EntityScore, Scores, format_scores
from msra_ner.metrics.scoring import collect_names, format_coverage, score_tags

GOLD = [sentence.tags for sentence in EXAMPLE_SENTENCES]


@pytest.fixture
def scores():
    """Scores of predictions that miss everything in the first sentence."""
    predicted = [["O"] * len(GOLD[0]), *GOLD[1:]]
    return score_tags(EXAMPLE_SENTENCES, predicted, collect_names(EXAMPLE_SENTENCES[:4]))


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
    assert "not a score" in last
    assert f"{100 * scores.all_o_accuracy:.2f}" in last


def test_unseen_names_are_left_out_where_train_is_not_known():
    scores = score_tags(EXAMPLE_SENTENCES, GOLD)
    assert "names" not in format_scores(scores, "test")


def test_coverage_counts_the_files_by_itself(scores):
    text = format_coverage(replace(scores, entities=5), EXAMPLE_SENTENCES)
    entities = sum(tag.startswith("B-") for row in GOLD for tag in row)
    assert text.startswith(f"scored 5 of {entities} entities, ")
    assert text.endswith("16 of 16 sentences")


def test_figures_are_attributes_and_types_are_items(scores):
    figures = scores.to_dict()
    assert (scores.f1, scores.support) == (figures["f1"], figures["support"])
    assert list(scores) == ["LOC", "ORG", "PER"]
    assert scores["PER"].f1 == figures["PER_f1"]
    assert scores.unseen.support + scores.seen.support == scores.entities
    assert scores.lenient.f1 == figures["lenient_f1"]


def test_macro_counts_each_type_of_gold_the_same(scores):
    figures = {"PER": (1.0, 1000), "LOC": (0.5, 10), "NEW": (None, 0)}
    types = {name: EntityScore(*found) for name, found in figures.items()}
    found = replace(scores, types=types)
    assert found.macro_f1 == found.to_dict()["macro_f1"] == 0.75
    assert re.search(r"mean of the types \(macro\) +75.00", str(found))
    none = replace(scores, types={})
    assert none.macro_f1 is None
    assert "macro" not in str(none)


def test_the_flat_dictionary_gives_the_scores_back(scores):
    assert Scores.from_dict(scores.to_dict()) == scores
    with_loss = Scores.from_dict({**scores.to_dict(), "loss": 0.5})
    assert with_loss.to_dict() == {**scores.to_dict(), "loss": 0.5}
    assert with_loss != scores


def test_an_unknown_type_is_named_with_those_there_are(scores):
    with pytest.raises(KeyError, match="'f1' is not a type of these scores; found LOC, ORG, PER"):
        scores["f1"]


def test_scores_print_well(scores):
    assert repr(scores).startswith(f"Scores(precision=1.0000, recall={scores.recall:.4f}, f1=")
    assert str(scores) == format_scores(scores)
    html = scores._repr_html_()
    assert f"<td>{100 * scores.f1:.2f}</td>" in html
    odd = replace(scores, types={"<b>": EntityScore(0.5, 1)})
    assert "&lt;b&gt;" in odd._repr_html_()
