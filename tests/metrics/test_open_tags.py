"""What is predicted where nobody looked counts neither as right nor as wrong."""

import pytest
from helpers.builders import PROPERTY, TYPES, any_tags, valid_tags
from hypothesis import given, strategies as st

from msra_ner.corpus import Sentence
from msra_ner.labels import OUTSIDE, can_agree, decode_entities
from msra_ner.metrics import EntityMetric, Scores, close_row, format_coverage, score_tags

GOLD = ["B-PER", "I-PER", "O", "?", "?", "?-LOC", "O"]


@pytest.mark.parametrize(
    ("predicted", "left_out"),
    [
        ("B-PER I-PER O B-ORG I-ORG I-ORG O", 1),  # ORG is open at all of its tokens
        ("B-PER I-PER O B-LOC I-LOC O O", 1),
        ("B-PER I-PER O B-LOC I-LOC I-LOC O", 0),  # LOC was looked for at the last one
        ("B-PER I-PER B-ORG I-ORG O O O", 0),  # O says that none begins there
        ("B-PER I-PER O O O B-ORG I-ORG", 0),
        ("B-PER I-PER O B-ORG B-ORG B-ORG O", 3),
    ],
)
def test_only_what_nobody_could_contradict_is_left_out(predicted, left_out):
    row = close_row(GOLD, predicted.split())
    assert row.kept.count(False) == left_out
    assert row.gold == ["B-PER", "I-PER", "O", "O", "O", "O", "O"]
    scores = score_tags([Sentence(list("王明去北京大了"), GOLD)], [predicted.split()])
    spurious = len(row.kept) - 1 - left_out
    assert (scores.recall, scores.precision) == (1, 1 / (1 + spurious))
    assert (scores.open_tokens, scores.open_entities) == (3, left_out)
    assert Scores.from_dict(scores.to_dict()) == scores
    metric = EntityMetric(keep_in_memory=True)
    figures = metric.compute(predictions=[predicted.split()], references=[GOLD])
    assert (figures["precision"], figures["support"]) == (scores.precision, 1)


def test_accuracy_is_of_tokens_that_somebody_looked_at():
    predicted = ["B-PER", "O", "O", "B-ORG", "O", "O", "O"]
    scores = score_tags([Sentence(list("王明去北京大了"), GOLD)], [predicted])
    assert (scores.token_accuracy, scores.all_o_accuracy) == (3 / 4, 2 / 4)
    assert "1 of 1 entities, 7 of 7 characters" in format_coverage(scores, [Sentence(GOLD, GOLD)])
    assert "left open (?): 3 characters, where 1 predicted entities" in str(scores)


def test_lenient_scores_see_no_stray_tag_there():
    predicted = ["B-PER", "I-PER", "O", "I-ORG", "O", "O", "O"]
    scores = score_tags([Sentence(list("王明去北京大了"), GOLD)], [predicted])
    assert scores.lenient is not None and scores.lenient.precision == 1  # noqa: PT018


@st.composite
def opened(draw):
    """Gold tags and what was there before some were opened."""
    tags = draw(valid_tags())
    outside = st.sampled_from(["O", "?", "?-PER", f"?-{','.join(TYPES)}"])
    return [draw(outside) if tag == "O" else tag for tag in tags], tags


@given(opened(), st.data())
@PROPERTY
def test_what_was_looked_for_is_scored_as_before(sides, data):
    gold, closed = sides
    predicted = data.draw(any_tags())[: len(gold)]
    predicted += ["O"] * (len(gold) - len(predicted))
    row = close_row(gold, predicted)
    assert row.gold == closed
    entities = decode_entities(predicted)
    kept = [entity for entity, yes in zip(entities, row.kept, strict=True) if yes]
    assert decode_entities(row.predicted) == kept
    for entity, is_kept in zip(entities, row.kept, strict=True):
        span = range(entity.start, entity.end)
        agrees = all(can_agree(gold[at], predicted[at]) for at in span)
        known = {gold[at] for at in span if not gold[at].startswith("?")}
        # Right or contradicted somewhere: it counts. Else it can be right, and nobody knows.
        assert is_kept == (bool(known) or not agrees)
    for at, tag in enumerate(gold):
        if not tag.startswith("?"):
            assert row.predicted[at] == predicted[at]
        elif row.predicted[at] != predicted[at]:
            assert row.predicted[at] == OUTSIDE
