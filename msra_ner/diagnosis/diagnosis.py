"""Why F1 is low though accuracy is high: causes ranked by the F1 they explain, with evidence."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from msra_ner.corpus import Sentence
from msra_ner.diagnosis.causes import MIN_GAIN, Cause, Score, entities_of, is_tag, padded, score
from msra_ner.diagnosis.coverage import coverage_causes
from msra_ner.diagnosis.generalisation import generalisation_causes
from msra_ner.diagnosis.labels import label_causes
from msra_ner.diagnosis.text import TextFacts, text_causes
from msra_ner.diagnosis.training import TrainingFacts, training_causes
from msra_ner.labels import OUTSIDE
from msra_ner.metrics import (
    BreakdownRow,
    FormRow,
    KindSummary,
    count_names,
    find_wrong_forms,
    score_by_length,
    score_by_position,
    score_by_train_count,
    summarise_kinds,
)
from msra_ner.report import Prediction

# A sentence that is shown whole, tag by tag, has so many tokens at most.
EXAMPLE_TOKENS = 24
# What a model that is not trained yet does by itself, beside what stopped its training.
SYMPTOMS = ("started_inside",)


@dataclass(frozen=True)
class Evidence:
    """All that is known of a model's predictions.

    Attributes:
        predictions: Sentences with gold and predicted tags.
        sentences: The same split as it stands in the files; None where that is not known.
        train: Sentences of train; empty where they are not known.
        on_train: Predictions for some of them.
        text: What is known of the model's tokenizer.
        training: What the run left behind.
    """

    predictions: Sequence[Prediction]
    sentences: Sequence[Sentence] | None = None
    train: Sequence[Sentence] = ()
    on_train: Sequence[Prediction] = ()
    text: TextFacts = field(default_factory=TextFacts)
    training: TrainingFacts = field(default_factory=TrainingFacts)


@dataclass(frozen=True)
class Diagnosis:
    """What was found.

    Attributes:
        wrong: Whether there is any cause.
        score: The strict score of what the evidence holds.
        all_o_accuracy: Token accuracy of tagging every token ``O``.
        example: A sentence of the evidence with an error, short enough to be shown whole.
        causes: What lowers F1 beside the errors of a sound model, the largest first.
        kinds: The errors that are left, by kind, with F1 if each kind were right.
        breakdowns: Scores by length, by position and, where train is known, by how often the name
            stands in it.
        forms: The texts that are most often wrong; empty without tokens.
    """

    wrong: bool
    score: Score
    all_o_accuracy: float
    example: Prediction | None
    causes: list[Cause]
    kinds: list[KindSummary]
    breakdowns: dict[str, list[BreakdownRow]]
    forms: list[FormRow]

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain data, ratios as fractions."""
        data = asdict(self)
        ratios = ("precision", "recall", "f1")
        data["score"] |= {name: getattr(self.score, name) for name in ratios}
        for name, rows in self.breakdowns.items():
            for row, plain in zip(rows, data["breakdowns"][name], strict=True):
                plain |= {ratio: getattr(row, ratio) for ratio in ratios}
        return data


def diagnose(evidence: Evidence) -> Diagnosis:
    """Return what lowers F1, and the errors that are left."""
    rows = list(evidence.predictions)
    shown = score(rows)
    coverage = coverage_causes(rows, evidence.sentences, shown)
    labels = label_causes(rows, shown)
    # Training is to blame only for what no mistake in labels or scoring explains.
    best = max([shown.f1, *(cause.f1_after or 0.0 for cause in [*labels, *coverage])])
    training = training_causes(evidence.training, shown, best)
    text = text_causes(rows, evidence.text, shown)
    known = [row for row in rows if row.tokens]
    general = (
        generalisation_causes(known, evidence.train, evidence.on_train, shown)
        if evidence.train and known
        else []
    )
    whole = _scored_rows(evidence)
    gold = [row.gold for row in whole]
    predicted = [row.predicted for row in whole]
    breakdowns = {
        "length": score_by_length(gold, predicted),
        "position": score_by_position(gold, predicted),
    }
    forms: list[FormRow] = []
    if all(len(row.tokens) == len(row.gold) for row in whole):
        tokens = [row.tokens for row in whole]
        forms = find_wrong_forms(tokens, gold, predicted)
        if evidence.train:
            names = count_names(evidence.train)
            breakdowns["times in train"] = score_by_train_count(tokens, gold, predicted, names)
    total = sum(map(len, gold))
    causes = _ranked([*labels, *coverage, *text, *general], training, shown.f1)
    return Diagnosis(
        wrong=bool(causes),
        score=shown,
        all_o_accuracy=sum(row.count(OUTSIDE) for row in gold) / total if total else 0.0,
        example=_example(whole),
        causes=causes,
        kinds=[row for row in summarise_kinds(gold, predicted) if row.errors],
        breakdowns=breakdowns,
        forms=forms,
    )


def _ranked(causes: list[Cause], training: list[Cause], base: float) -> list[Cause]:
    """Return all causes: those proven by a repair first, by what it gains."""

    def gain(cause: Cause) -> float:
        return (cause.f1_after or 0.0) - (base if cause.f1_now is None else cause.f1_now)

    proven = [
        cause
        for cause in causes
        if cause.f1_after is not None
        and gain(cause) >= MIN_GAIN
        and not (cause.check in SYMPTOMS and training)
    ]
    rest = [cause for cause in causes if cause not in proven]
    return [*sorted(proven, key=gain, reverse=True), *training, *rest]


def _scored_rows(evidence: Evidence) -> list[Prediction]:
    """Return the sentences with as many predicted as gold tags, all of them IOB2."""
    return [
        replace(
            row,
            gold=[tag if is_tag(tag) else OUTSIDE for tag in row.gold],
            predicted=[
                tag if is_tag(tag) else OUTSIDE
                for tag in padded(row.predicted, len(row.gold))[: len(row.gold)]
            ],
        )
        for row in evidence.predictions
    ]


def _example(rows: Sequence[Prediction]) -> Prediction | None:
    """Return a short sentence with most tags right and an entity wrong, if there is one."""
    best: tuple[float, int] | None = None
    for index, row in enumerate(rows):
        wrong = sum(a != b for a, b in zip(row.gold, row.predicted, strict=True))
        has_error = set(entities_of(row.gold)) != set(entities_of(row.predicted))
        if wrong and has_error and any(tag != OUTSIDE for tag in row.gold):
            length = len(row.gold)
            # Close to the limit in length, and as right as can be, it shows the contrast best.
            merit = (length - 3 * wrong if length <= EXAMPLE_TOKENS else -length, -index)
            best = max(best, merit) if best else merit
    return rows[-best[1]] if best else None
