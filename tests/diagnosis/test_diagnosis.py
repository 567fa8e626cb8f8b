"""Each fault, planted where it would arise, is named first; a sound run has no finding."""

import random
from dataclasses import replace

import pytest
from helpers import planted_faults
from helpers.builders import EXAMPLE_SENTENCES, marked
from helpers.planted_faults import FAULTS

from msra_ner.corpus.schemes import encode_scheme
from msra_ner.corpus.sentence import Sentence
from msra_ner.diagnosis.diagnosis import Evidence, diagnose_evidence
from msra_ner.diagnosis.findings import pad_tags, score_predictions
from msra_ner.diagnosis.text import TextFacts
from msra_ner.diagnosis.training import TrainingFacts
from msra_ner.labels import decode_entities, encode_entities
from msra_ner.report.predictions import Prediction

# Long enough that a share of errors is a number of entities.
SENTENCES = [
    Sentence([*row.tokens, *other.tokens], [*row.tags, *other.tags], f"test.txt:{n}")
    for n, (row, other) in enumerate(
        [(a, b) for a in EXAMPLE_SENTENCES for b in EXAMPLE_SENTENCES if a != b][:120], 1
    )
]
TRAIN = [Sentence([*row.tokens, "。"], [*row.tags, "O"]) for row in EXAMPLE_SENTENCES] * 3


def sound(seed=1):
    """Return what a good model predicts: one entity in ten has an error of some kind."""
    chance = random.Random(seed)
    rows = []
    for sentence in SENTENCES:
        entities = []
        end = 0
        for entity in decode_entities(sentence.tags):
            kind = chance.random()
            if kind < 0.03:
                continue
            if kind < 0.06 and entity.end < len(sentence.tokens):
                entity = replace(entity, end=entity.end + 1)
            elif kind < 0.1:
                entity = replace(entity, type=chance.choice(["PER", "ORG", "LOC"]))
            if entity.start >= end:
                entities.append(entity)
                end = entity.end
        tags = encode_entities(entities, len(sentence.tokens))
        rows.append(Prediction(sentence.tokens, sentence.tags, tags, sentence.location))
    return rows


def list_checks(*facts, **more):
    """Return the names of the findings of this evidence.

    That there is no gold entity, which most tests of texts do without, is not among them.
    """
    checks = [finding.check for finding in diagnose_evidence(Evidence(*facts, **more)).findings]
    return [name for name in checks if name != "no_gold_entity"]


@pytest.mark.parametrize("scheme", ["bioes", "bmes"])
def test_a_scheme_that_gold_and_predicted_share_is_named_whatever_f1_becomes(scheme):
    """Scored as BIO, an entity is its first token, and those of one token are not there."""
    rows = [
        replace(
            row,
            gold=encode_scheme(row.gold, scheme),
            predicted=encode_scheme(row.predicted, scheme),
        )
        for row in sound()
    ]
    finding = diagnose_evidence(Evidence(rows)).findings[0]
    assert finding.check == "other_scheme"
    assert finding.f1_after == pytest.approx(score_predictions(sound()).f1)
    assert score_predictions(rows).gold < score_predictions(sound()).gold


def test_types_that_the_model_has_no_label_for_are_a_finding():
    gold = ["B-NAME", "O", "B-LOC"]
    rows = [Prediction(["张", "去", "京"], gold, ["O", "O", "B-LOC"], "f:1")] * 3
    (found,) = diagnose_evidence(Evidence(rows, types=["LOC", "PER"])).findings
    assert found.check == "missing_types"
    assert found.title.startswith("the model has no label for NAME: 3 of 6 gold entities")
    assert found.evidence[-1] == "F1 can be 66.67 at best"
    assert list_checks(rows, types=["LOC", "NAME"]) == []


def test_a_frequent_type_that_is_never_predicted_is_a_finding_of_a_file_too():
    row = Prediction(["张", "去", "京"], ["B-NAME", "O", "B-LOC"], ["O", "O", "B-LOC"], "f:1")
    assert list_checks([row] * 20) == ["missing_types"]
    assert list_checks([row] * 19) == []
    nothing = replace(row, predicted=["O", "O", "O"])
    assert "missing_types" not in list_checks([nothing] * 20)


@pytest.mark.parametrize("predicted", [["O", "O"], ["B-PER", "I-PER"]])
def test_without_a_gold_entity_f1_is_not_defined_and_that_is_a_finding(predicted):
    found = diagnose_evidence(Evidence([Prediction(["天", "下"], ["O", "O"], predicted, "f:1")]))
    assert [finding.check for finding in found.findings] == ["no_gold_entity"]
    assert "F1 - (precision" in str(found)
    assert "Nothing is wrong" not in str(found)
    figures = found.to_json()
    assert (figures["wrong"], figures["score"]["f1"], figures["score"]["recall"]) == (
        True,
        None,
        None,
    )
    assert figures["score"]["precision"] == (0.0 if "B-PER" in predicted else None)


def mapped(change):
    return planted_faults.mapped(sound(), change)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_labels_or_scoring_is_named_first(name):
    plant, check = FAULTS[name]
    sentences = SENTENCES if check == "lost" else None
    evidence = Evidence(plant(sound()), sentences, TRAIN if check == "lost" else ())
    found = diagnose_evidence(evidence)
    finding = found.findings[0]
    assert finding.check == check
    assert finding.f1_after > (finding.f1_now if finding.f1_now is not None else found.score.f1)
    assert finding.remedy
    if check not in ("lost", "shifted_behind_a_token"):
        # Putting it right gives back what the sound model had, but for what a shift cut off.
        assert finding.f1_after == pytest.approx(score_predictions(sound()).f1, abs=0.12)


def test_a_sound_model_has_no_finding():
    found = diagnose_evidence(Evidence(sound(), SENTENCES, TRAIN, text=TextFacts(TRAIN)))
    assert found.findings == []
    assert 0.85 < found.score.f1 < 1
    text = str(found)
    assert "No finding." in text
    assert "errors by kind" in text


def test_what_the_figures_mean_comes_first_with_a_sentence_of_ones_own():
    found = diagnose_evidence(Evidence(sound()))
    text = str(found)
    first = text.splitlines()
    assert first[0] == "No finding."
    assert first[2].startswith(f"F1 {100 * found.score.f1:.2f}")
    assert f"tagging every token O has {100 * found.all_o_accuracy:.2f}" in " ".join(first[2:7])
    assert found.example.location in text
    assert "tags are right" in text


# Training


def history(losses, rates=None, norms=None, **last):
    rates = rates or [5e-5] * len(losses)
    norms = norms or [1.0] * len(losses)
    steps = zip(losses, rates, norms, strict=True)
    entries = [
        {"loss": loss, "learning_rate": rate, "grad_norm": norm, "step": 100 * number}
        for number, (loss, rate, norm) in enumerate(steps, 1)
    ]
    return [*entries, *([last | {"step": 100 * len(losses)}] if last else [])]


FALLING = [1.0, 0.6, 0.4, 0.3, 0.25, 0.2]
STUCK = [0.6, 0.55, 0.54, 0.55, 0.54, 0.54]
TRAINING = {
    "a learning rate far too low": (
        TrainingFacts(history([2.0, 1.99, 1.98, 1.97, 1.96, 1.95], [1e-7] * 6)),
        "stuck",
    ),
    "a learning rate far too high": (
        TrainingFacts(history([1.0, 0.7, 0.5, 0.9, 1.1, 1.2], [1e-2] * 6)),
        "rate_too_high",
    ),
    "numbers that ran over": (
        TrainingFacts(history([1.0, 0.8, float("nan"), float("nan")]), {"fp16": True}),
        "overflow",
    ),
    "a head that never moved": (
        TrainingFacts(head={"classifier.weight": [0.1], "classifier.bias": [0.0, 0.0]}),
        "untrained_head",
    ),
    "a frozen encoder": (
        TrainingFacts(history(FALLING), {"freeze_encoder": True}),
        "frozen_encoder",
    ),
    "a warm-up longer than the run": (
        TrainingFacts(history(FALLING, [1e-6, 2e-6, 3e-6, 4e-6, 5e-6, 6e-6])),
        "warm_up_too_long",
    ),
    "too few steps": (
        TrainingFacts([{"loss": 1.0, "step": 10, "learning_rate": 5e-5, "grad_norm": 1.0}]),
        "few_steps",
    ),
    "stopped while F1 rose": (
        TrainingFacts([*history(FALLING, eval_f1=0.1), {"eval_f1": 0.4, "step": 700}]),
        "still_rising",
    ),
}


def collapsed():
    return mapped(lambda row: ["O"] * len(row.gold))


@pytest.mark.parametrize("name", TRAINING)
def test_a_fault_in_training_is_named_first(name):
    facts, check = TRAINING[name]
    assert list_checks(collapsed(), SENTENCES, training=facts) == [check, "all_o"]


def test_a_collapse_is_named_where_nothing_else_is_known():
    found = diagnose_evidence(Evidence(collapsed()))
    assert [finding.check for finding in found.findings] == ["all_o"]
    assert found.score.f1 == 0
    assert found.token_accuracy == found.all_o_accuracy


@pytest.mark.parametrize("name", TRAINING)
def test_a_trained_model_is_not_blamed_for_its_curves(name):
    facts, check = TRAINING[name]
    checks = list_checks(sound(), training=facts)
    assert checks == ([check] if check == "overflow" else [])


def test_labels_are_to_blame_before_training_is():
    rows = mapped(lambda row: ["O", *row.predicted[:-1]])
    facts = TRAINING["too few steps"][0]
    assert list_checks(rows, training=facts) == ["shifted_labels"]


# Train against test


@pytest.mark.parametrize(
    ("rates", "width", "remedy"),
    [
        ([5e-5] * 6, 312, "Raise the learning rate: it was 5e-05, and 0.0003 suits an encoder"),
        ([4e-4] * 6, 312, "Train for more epochs"),
        ([5e-5] * 6, None, "Train for more epochs"),
    ],
)
def test_a_model_that_does_not_know_its_own_train(rates, width, remedy):
    def half(rows):
        """Every second sentence is tagged O, so that F1 is about two thirds."""
        return [
            replace(row, predicted=["O"] * len(row.gold)) if number % 2 else row
            for number, row in enumerate(rows)
        ]

    facts = TrainingFacts(history(FALLING, rates), width=width)
    poor = half(sound())
    found = diagnose_evidence(Evidence(poor, SENTENCES, TRAIN, half(sound(2)), training=facts))
    (finding,) = found.findings
    assert finding.check == "underfitted"
    assert finding.title.startswith("F1 is only 6")
    assert finding.remedy.startswith(remedy)
    learned = Evidence(sound(), SENTENCES, TRAIN, sound(2), training=facts)
    assert diagnose_evidence(learned).findings == []


def test_learned_by_heart():
    poor = [
        replace(row, predicted=["O"] * len(row.gold)) if number % 2 else row
        for number, row in enumerate(sound())
    ]
    on_train = [Prediction(row.tokens, row.tags, row.tags) for row in TRAIN]
    assert list_checks(poor, SENTENCES, TRAIN, on_train)[0] == "overfitted"


def test_sentences_that_leaked():
    train = [Sentence(row.tokens, row.tags) for row in SENTENCES[:60]]
    found = diagnose_evidence(Evidence(sound(), SENTENCES, train))
    assert found.findings[0].check == "leaked"
    assert found.findings[0].title.startswith("60 of 120")


def test_test_annotated_by_other_rules_than_train():
    def untagged(sentence, tags):
        """Leave out what stands for a place in test, as train does."""
        entities = [entity for entity in decode_entities(tags) if entity.type != "LOC"]
        return encode_entities(entities, len(sentence.tokens))

    train = [Sentence(row.tokens, untagged(row, row.tags)) for row in TRAIN]
    rows = mapped(lambda row: untagged(row, row.predicted))
    found = diagnose_evidence(Evidence(rows, SENTENCES, train))
    assert [finding.check for finding in found.findings] == ["annotated_otherwise"]
    assert found.findings[0].f1_after > found.score.f1 + 0.1


# Text

WIDE = [marked("[PER 王海燕]在１９９８年０７月０１日到[LOC 北京]") for _ in range(20)]


def narrow(text):
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)


def retag_wide(texts):
    """A model that knows the full-width form alone."""
    return [WIDE[0].tags if "１" in row else ["O"] * len(row) for row in texts]


def test_half_width_text_for_a_model_of_full_width():
    rows = [Prediction([*map(narrow, row.tokens)], row.tags, ["O"] * len(row.tags)) for row in WIDE]
    found = diagnose_evidence(Evidence(rows, text=TextFacts(WIDE, retag=retag_wide)))
    assert found.findings[0].check == "written_otherwise"
    assert found.findings[0].f1_after == 1.0


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        (
            "这个国家的人们来学会说话，他对我们说经济问题与发展",
            "這個國家的人們來學會說話對我們經濟發",
        ),
        ("听读写诗词谢谢请坐铁路桥梁", "聽讀寫詩詞謝謝請坐鐵路橋樑"),
    ],
)
def test_traditional_text_for_a_model_of_simplified(simplified, traditional):
    train = [marked(simplified) for _ in range(5)]
    outside = ["O"] * len(traditional)
    rows = [Prediction(list(traditional), outside, outside) for _ in range(5)]
    assert list_checks(rows, text=TextFacts(train)) == ["written_otherwise"]


def test_the_same_script_in_other_words_is_no_finding():
    train = [marked("这个国家的人们来学会说话") for _ in range(5)]
    rows = [
        Prediction(list("听读写诗词谢谢请坐铁路桥梁"), ["O"] * 13, ["O"] * 13) for _ in range(5)
    ]
    assert list_checks(rows, text=TextFacts(train)) == []


def test_text_in_pieces_of_several_characters():
    rows = [
        Prediction(["王海燕", "昨天", "从", "北京"], ["B-PER", "O", "O", "B-LOC"], ["O"] * 4)
        for _ in range(20)
    ]

    def retag(texts):
        tags = ["B-PER", "I-PER", "I-PER", "O", "O", "O", "B-LOC", "I-LOC"]
        return [tags if len(text) == 8 else ["O"] * len(text) for text in texts]

    found = diagnose_evidence(Evidence(rows, text=TextFacts(EXAMPLE_SENTENCES, retag=retag)))
    assert found.findings[0].check == "split_otherwise"
    assert found.findings[0].f1_after == 1.0


def test_a_tokenizer_of_another_language_and_one_of_another_model(tiny_encoder):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    rows = [Prediction(list("ありがとうございます"), ["O"] * 10, ["O"] * 10) for _ in range(30)]
    text = TextFacts(tokenizer=tokenizer, vocabulary=len(tokenizer) - 1)
    assert list_checks(rows, text=text) == ["unknown_pieces", "wrong_tokenizer"]
    known = [Prediction(row.tokens, row.tags, row.tags) for row in EXAMPLE_SENTENCES]
    text = TextFacts(tokenizer=tokenizer, vocabulary=len(tokenizer))
    assert list_checks(known, text=text) == []


@pytest.mark.parametrize("lowercase", [True, False])
def test_capitals_that_a_tokenizer_does_not_know(lowercase):
    from transformers import BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "Paris", "paris", "Ab", "ab", "in"]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = BertTokenizer(vocab=vocabulary, do_lower_case=lowercase)
    rows = [Prediction(["Ab", "in", "Paris"], ["O"] * 3, ["O"] * 3) for _ in range(5)]
    checks = list_checks(rows, text=TextFacts(tokenizer=tokenizer))
    assert checks == (["lower_casing"] if lowercase else [])


def test_lengths_where_tools_cut_are_suspicious_even_without_the_corpus():
    rows = [Prediction([], ["O"] * n, ["O"] * n, f"p:{n}") for n in [*range(5, 100), *[128] * 5]]
    assert list_checks(rows) == ["cut_length"]


def test_padding_scored_as_outside_is_seen_by_the_equal_lengths():
    rows = [
        Prediction([], pad_tags(row.gold, 256), pad_tags(row.predicted, 256)) for row in sound()
    ]
    assert list_checks(rows) == ["padded_length"]


def test_no_sentence_at_all_is_no_finding():
    assert list_checks([]) == list_checks([], []) == []


def test_what_nobody_looked_for_is_in_no_figure():
    def leave_open(tags):
        return ["?" if tag == "O" and at % 2 else tag for at, tag in enumerate(tags)]

    rows = [replace(row, gold=leave_open(row.gold)) for row in sound()]
    invented = [
        replace(
            row,
            predicted=[*row.predicted, "B-PER"],
            gold=[*row.gold, "?"],
            tokens=[*row.tokens, "某"],
        )
        for row in rows
    ]
    plain, found = (diagnose_evidence(Evidence(side)) for side in (rows, invented))
    assert found.open_tokens == plain.open_tokens + len(rows) > len(rows)
    assert (found.score, found.token_accuracy) == (plain.score, plain.token_accuracy)
    known = [tag for row in rows for tag in row.gold if tag != "?"]
    assert found.all_o_accuracy == pytest.approx(known.count("O") / len(known))
    assert f"{found.open_tokens:,} tokens are left open (?)" in " ".join(str(found).split())
