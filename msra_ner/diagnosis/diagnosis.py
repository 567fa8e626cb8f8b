"""Why F1 is low though accuracy is high: findings ranked by the F1 they explain, with evidence."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from msra_ner.corpus import Sentence
from msra_ner.diagnosis.coverage import check_coverage, find_no_gold
from msra_ner.diagnosis.findings import (
    MIN_GAIN,
    Finding,
    drop_other_tags,
    find_entities,
    measure_token_accuracy,
    pad_tags,
    score_predictions,
)
from msra_ner.diagnosis.generalisation import check_generalisation
from msra_ner.diagnosis.labels import check_labels
from msra_ner.diagnosis.missing_types import find_missing_types
from msra_ner.diagnosis.text import TextFacts, check_text
from msra_ner.diagnosis.text_report import EXAMPLE_TOKENS, format_diagnosis
from msra_ner.diagnosis.training import TrainingFacts, check_training
from msra_ner.labels import OUTSIDE, close_tags
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
from msra_ner.report import Prediction, close_prediction
from msra_ner.tables import format_percent

# What a model that is not trained yet does by itself, beside what stopped its training.
SYMPTOMS = ("started_inside",)


@dataclass(frozen=True)
class Evidence:
    """All that is known of a model's predictions.

    Attributes:
        predictions: Sentences with gold and predicted tags.
        sentences: The same split as it is in the files; None where that is not known.
        train: Sentences of train; empty where they are not known.
        on_train: Predictions for some of them.
        text: What is known of the model's tokenizer.
        training: What the run left behind.
        types: The entity types that the model has labels for; None where that is not known.
    """

    predictions: Sequence[Prediction]
    sentences: Sequence[Sentence] | None = None
    train: Sequence[Sentence] = ()
    on_train: Sequence[Prediction] = ()
    text: TextFacts = field(default_factory=TextFacts)
    training: TrainingFacts = field(default_factory=TrainingFacts)
    types: Sequence[str] | None = None


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What lowers F1, and the errors that are left; ``print`` shows it as text.

    Attributes:
        findings: What lowers F1 beside the errors of a good model, the largest first.
        score: The strict score of the predictions.
        token_accuracy: Share of right tags (0 to 1), padding and all.
        all_o_accuracy: Token accuracy of tagging every token ``O``.
        example: A sentence with an error, short enough to be shown whole.
        kinds: The errors that are left, by kind, with F1 if each kind were right.
        breakdowns: Scores by length, by position and, where train is known, by how often the name
            occurs in it.
        forms: The texts that are most often wrong; empty without tokens.
        open_tokens: Tokens in no figure, because nobody looked for all types there.
    """

    findings: list[Finding]
    score: BreakdownRow
    token_accuracy: float
    all_o_accuracy: float
    example: Prediction | None
    kinds: list[KindSummary]
    breakdowns: dict[str, list[BreakdownRow]]
    forms: list[FormRow]
    open_tokens: int = 0

    def __repr__(self) -> str:
        """Return F1 and the names of the findings in one line."""
        names = ", ".join(finding.check for finding in self.findings) or "no finding"
        return f"<Diagnosis: F1 {format_percent(self.score.list_ratios()['f1'])}, {names}>"

    def __str__(self) -> str:
        """Return the report for a terminal."""
        return format_diagnosis(self)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain data, ratios as fractions."""
        data = asdict(self)
        ratios = self.score.list_ratios()
        if example := data["example"]:
            # These play no part here.
            del example["train_counts"], example["scores"], example["open_tokens"]
            example["place"] = example.pop("location")  # the key is older than the name
        return {
            "wrong": bool(self.findings),
            "score": data["score"] | {"accuracy": self.token_accuracy} | ratios,
            "all_o_accuracy": self.all_o_accuracy,
            "open_tokens": self.open_tokens,
            "example": example,
            "causes": data["findings"],
            "kinds": data["kinds"],
            "breakdowns": {
                name: [asdict(row) | row.list_ratios() for row in rows]
                for name, rows in self.breakdowns.items()
            },
            "forms": data["forms"],
        }


def _close(evidence: Evidence) -> Evidence:
    """Return the evidence without open tags; those of train stay, which show what is not known."""
    sentences = evidence.sentences
    if sentences is not None:
        sentences = [replace(sentence, tags=close_tags(sentence.tags)) for sentence in sentences]
    return replace(
        evidence,
        predictions=list(map(close_prediction, evidence.predictions)),
        on_train=list(map(close_prediction, evidence.on_train)),
        sentences=sentences,
    )


def diagnose_evidence(evidence: Evidence) -> Diagnosis:
    """Return what lowers F1, and the errors that are left.

    What nobody looked for (open tags) is left out.
    """
    evidence = _close(evidence)
    rows = list(evidence.predictions)
    base = score_predictions(rows)
    first = [found] if (found := find_no_gold(base)) else []
    token_accuracy = measure_token_accuracy(rows)
    coverage = check_coverage(rows, evidence.sentences, base)
    labels = check_labels(rows, base)
    # Training is to blame only for what no mistake in labels or scoring explains.
    best = max([base.f1, *(finding.f1_after or 0.0 for finding in [*labels, *coverage])])
    facts = evidence.training
    training = check_training(facts, base, best, token_accuracy, evidence.on_train)
    text = check_text(rows, evidence.text, base)
    known = [row for row in rows if row.tokens]
    general = (
        check_generalisation(known, evidence.train, evidence.on_train, base)
        if evidence.train and known
        else []
    )
    # Labels that stand for others hide what the types are; a file's own say less than a repair.
    proven = labels if evidence.types is not None else [*labels, *general]
    if not any(finding.f1_after for finding in proven):
        first += find_missing_types(rows, base, evidence.types)
    whole = [_fit_tags(row) for row in rows]
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
    opened = sum(len(row.open_tokens) for row in rows)
    total = sum(map(len, gold)) - opened
    outside = sum(row.count(OUTSIDE) for row in gold) - opened
    return Diagnosis(
        findings=[*first, *_rank([*labels, *coverage, *text, *general], training, base.f1)],
        score=base,
        token_accuracy=token_accuracy,
        all_o_accuracy=outside / total if total else 0.0,
        open_tokens=opened,
        example=_choose_example(whole),
        kinds=[row for row in summarise_kinds(gold, predicted) if row.errors],
        breakdowns=breakdowns,
        forms=forms,
    )


def _rank(findings: list[Finding], training: list[Finding], base: float) -> list[Finding]:
    """Return all findings: those proven by a repair first, by what it gains."""

    def gain(finding: Finding) -> float:
        return (finding.f1_after or 0.0) - (base if finding.f1_now is None else finding.f1_now)

    proven = [
        finding
        for finding in findings
        if finding.f1_after is not None
        and gain(finding) >= MIN_GAIN
        and not (finding.check in SYMPTOMS and training)
    ]
    rest = [finding for finding in findings if finding not in proven]
    return [*sorted(proven, key=gain, reverse=True), *training, *rest]


def _fit_tags(row: Prediction) -> Prediction:
    """Return a sentence with as many predicted as gold tags, all of them IOB2."""
    predicted = pad_tags(row.predicted, len(row.gold))[: len(row.gold)]
    return replace(row, gold=drop_other_tags(row.gold), predicted=drop_other_tags(predicted))


def _choose_example(rows: Sequence[Prediction]) -> Prediction | None:
    """Return a short sentence with most tags right and an entity wrong, if there is one."""
    best: tuple[float, int] | None = None
    for index, row in enumerate(rows):
        wrong = sum(a != b for a, b in zip(row.gold, row.predicted, strict=True))
        has_error = set(find_entities(row.gold)) != set(find_entities(row.predicted))
        if wrong and has_error and any(tag != OUTSIDE for tag in row.gold):
            length = len(row.gold)
            # Close to the limit in length, and as right as can be, it shows the contrast best.
            merit = (length - 3 * wrong if length <= EXAMPLE_TOKENS else -length, -index)
            best = max(best, merit) if best else merit
    return rows[-best[1]] if best else None
