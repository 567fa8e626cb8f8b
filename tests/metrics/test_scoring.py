import random

import evaluate
import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, marked
from hypothesis import given, strategies as st
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2

from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import ScoreError
from msra_ner.labels import decode_entities, label_list
from msra_ner.metrics import entity_metric
from msra_ner.metrics.scores import Scores
from msra_ner.metrics.scoring import collect_names, score_entities, score_tags

LABELS = label_list(["PER", "ORG", "LOC"])


def gold_tags(sentences):
    return [sentence.tags for sentence in sentences]


def noisy(sentences, seed, rate=0.2):
    chance = random.Random(seed)
    return [
        [tag if chance.random() > rate else chance.choice(LABELS) for tag in sentence.tags]
        for sentence in sentences
    ]


def counts_f1(gold, predicted):
    """An independent statement of F1: shared entities over the mean number of entities."""
    shared = total = 0
    for gold_entities, pred_entities in zip(gold, predicted, strict=True):
        shared += len(set(gold_entities) & set(pred_entities))
        total += len(gold_entities) + len(pred_entities)
    return 2 * shared / total if total else 0.0


@PROPERTY
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1),
        min_size=1,
        max_size=6,
    )
)
def test_scores_equal_seqeval_strict_and_lenient_on_any_tags(rows):
    gold = [[pair[0] for pair in row] for row in rows]
    predicted = [[pair[1] for pair in row] for row in rows]
    scores = score_entities(gold, predicted)
    if any(tag != "O" for row in [*gold, *predicted] for tag in row):
        strict = f1_score(gold, predicted, mode="strict", scheme=IOB2, zero_division=0)
        assert scores["f1"] == pytest.approx(strict)
        assert scores["lenient_f1"] == pytest.approx(f1_score(gold, predicted, zero_division=0))
    expected = counts_f1(map(decode_entities, gold), map(decode_entities, predicted))
    assert scores["f1"] == pytest.approx(expected)


def test_perfect_tags_score_one_everywhere():
    scores = score_tags(
        EXAMPLE_SENTENCES, gold_tags(EXAMPLE_SENTENCES), collect_names([])
    ).to_dict()
    for key in ("f1", "precision", "recall", "lenient_f1", "unseen_f1", "first_180_f1"):
        assert scores[key] == 1.0
    assert scores["token_accuracy"] == 1.0
    assert scores["seen_support"] == 0
    assert scores["unseen_support"] == scores["support"] == scores["entities"]


def test_all_o_gives_zeros_beside_a_high_accuracy():
    silent = [["O"] * len(sentence.tokens) for sentence in EXAMPLE_SENTENCES]
    scores = score_tags(EXAMPLE_SENTENCES, silent).to_dict()
    assert scores["f1"] == scores["recall"] == scores["lenient_f1"] == 0
    assert scores["token_accuracy"] == scores["all_o_accuracy"] > 0.5


def test_a_split_without_any_entity_has_no_score_and_raises_nothing():
    plain = [marked("今天没有新闻。")]
    scores = score_tags(plain, gold_tags(plain), collect_names([]))
    figures = scores.to_dict()
    assert [figures[name] for name in ("f1", "precision", "recall", "seen_f1")] == [None] * 4
    assert figures["support"] == 0
    assert figures["token_accuracy"] == 1.0
    assert Scores.from_dict(figures) == scores
    assert " 0.00" not in str(scores)


def test_a_type_that_is_only_predicted_has_a_precision_and_no_more():
    sentence = marked("[PER 王海燕]在北京")
    tags = [*sentence.tags[:4], "B-LOC", "I-LOC"]
    found = score_tags([sentence], [tags])["LOC"]
    assert (found.precision, found.recall, found.f1, found.support) == (0.0, None, None, 0)


def test_a_stray_inside_tag_counts_for_the_lenient_figure_alone():
    sentence = Sentence(list("在北京"), ["O", "B-LOC", "I-LOC"])
    scores = score_tags([sentence], [["O", "I-LOC", "I-LOC"]]).to_dict()
    assert (scores["f1"], scores["lenient_f1"]) == (0.0, 1.0)


def test_seen_and_unseen_names_split_the_entities():
    train = [marked("[PER 王海燕]在[LOC 北京]")]
    sentences = [marked("[PER 王海燕]见到[PER 李明]"), marked("从[LOC 北京]到[LOC 巴黎]")]
    predicted = [list(sentence.tags) for sentence in sentences]
    predicted[0][-2:] = ["O", "O"]  # misses 李明
    scores = score_tags(sentences, predicted, collect_names(train)).to_dict()
    assert (scores["seen_support"], scores["unseen_support"]) == (2, 2)
    assert scores["seen_f1"] == 1.0
    assert scores["unseen_f1"] == pytest.approx(2 / 3)


def test_subsets_equal_an_independent_count():
    train = EXAMPLE_SENTENCES[:8]
    names = collect_names(train)
    predicted = noisy(EXAMPLE_SENTENCES, seed=3)
    scores = score_tags(EXAMPLE_SENTENCES, predicted, names).to_dict()
    for key, keep in (("seen_f1", True), ("unseen_f1", False)):
        kept = [
            [
                [
                    e
                    for e in decode_entities(tags)
                    if ("".join(s.tokens[e.start : e.end]) in names) is keep
                ]
                for s, tags in zip(EXAMPLE_SENTENCES, side, strict=True)
            ]
            for side in (gold_tags(EXAMPLE_SENTENCES), predicted)
        ]
        assert scores[key] == pytest.approx(counts_f1(*kept))


def test_the_first_180_characters_alone():
    long = marked("远" * 178 + "[LOC 北京]" + "远" * 20 + "[LOC 巴黎]")
    edge = marked("远" * 179 + "[LOC 北京]")
    predicted = [list(long.tags), list(edge.tags)]
    predicted[0][-2:] = ["O", "O"]
    scores = score_tags([long, edge], predicted).to_dict()
    assert scores["support"] == 3
    assert (scores["first_180_f1"], scores["first_180_support"]) == (1.0, 1)
    assert scores["f1"] == pytest.approx(2 * 2 / (3 + 2))


def test_order_of_sentences_does_not_matter():
    predicted = noisy(EXAMPLE_SENTENCES, seed=5)
    order = list(range(len(predicted)))
    random.Random(1).shuffle(order)
    turned = score_tags([EXAMPLE_SENTENCES[i] for i in order], [predicted[i] for i in order])
    assert turned == score_tags(EXAMPLE_SENTENCES, predicted)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda rows: rows[:-1], "predictions for 15 sentences, expected the 16"),
        (lambda rows: [*rows, rows[0]], "predictions for 17 sentences"),
        (lambda rows: [rows[0][:-1], *rows[1:]], "sentence 0: found"),
    ],
    ids=["a sentence lost", "a sentence scored twice", "a token lost"],
)
def test_incomplete_predictions_are_an_error(damage, message):
    with pytest.raises(ScoreError, match=message):
        score_tags(EXAMPLE_SENTENCES, damage(gold_tags(EXAMPLE_SENTENCES)))


def test_the_metric_loads_by_path_through_evaluate():
    metric = evaluate.load(entity_metric.__file__, keep_in_memory=True)
    tags = [["B-PER", "I-PER", "O"]]
    assert metric.compute(predictions=tags, references=tags)["PER_f1"] == 1.0


@pytest.mark.parametrize(
    "name", ["lenient", "macro", "seen", "unseen", "first_180", "seen_type", "my-avg"]
)
def test_a_type_may_be_called_as_a_figure_is(name):
    """R26: its figures and those of the same name overwrote each other."""
    gold = [f"B-{name}", "O", "B-PER"]
    sentences = [Sentence(list("甲乙丙"), gold)]
    scores = score_tags(sentences, [[f"B-{name}", "O", "O"]], frozenset())
    assert list(scores) == sorted([name, "PER"], key=list(scores).index)
    assert (scores[name].f1, scores[name].support, scores["PER"].f1) == (1.0, 1, 0.0)
    assert (scores.lenient.recall, scores.seen.support, scores.unseen.support) == (0.5, 0, 2)
    assert Scores.from_dict(scores.to_dict()) == scores
