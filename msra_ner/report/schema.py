"""What ``report.json`` and ``compare.json`` hold, as types.

docs/how-to/report.md says what each key is.

Scores are fractions; ``start`` and ``end`` count tokens, ``end`` exclusive.
"""

from typing import Any, NotRequired, TypedDict

from msra_ner.report.lineage import TrainedStage

# An entity: its start, its end, its type.
Span = tuple[int, int, str]
# A step of training and the value there.
Point = tuple[float, float]


class IntervalData(TypedDict):
    """The interval of a score; ``level`` 0.95 is a 95 % interval."""

    low: float
    high: float
    level: float


class ScoreData(TypedDict):
    """Strict scores of some entities, and the counts behind them.

    >>> ScoreData(precision=0.5, recall=1.0, f1=2 / 3, gold=1, predicted=2, correct=1)["gold"]
    1
    """

    precision: float | None
    recall: float | None
    f1: float | None
    gold: int
    predicted: int
    correct: int


class Headline(ScoreData):
    """The scores of all entities, each with its interval, and token accuracy beside all-``O``.

    ``split`` is test or val, ``recorded`` whether the run wrote a score to compare with, and
    ``lenient_f1`` F1 as conlleval counts, None where the run did not write it. Of the ``tokens``,
    ``open_tokens`` have no accuracy, and ``open_entities`` count nowhere: there nobody looked.
    """

    intervals: dict[str, IntervalData]
    split: str
    recorded: bool
    lenient_f1: float | None
    sentences: int
    tokens: int
    token_accuracy: float
    all_o_accuracy: float
    open_tokens: int
    open_entities: int


class NamedScores(ScoreData):
    """The scores of the entities in a row of a breakdown, for example those of 2 to 4 tokens."""

    name: str


class TypeScores(NamedScores):
    """The scores of an entity type, with the interval of F1."""

    interval: IntervalData


class KindRow(TypedDict):
    """The errors of a kind (one of ``msra_ner.metrics.KINDS``) and the entities in them.

    ``repaired_f1`` is F1 if all of them were repaired, ``gain`` what that adds to F1.
    """

    kind: str
    errors: int
    gold: int
    predicted: int
    repaired_f1: float
    meaning: str
    gain: float


class Breakdowns(TypedDict):
    """Scores by what entities are like; the last two are None where train is not known."""

    length: list[NamedScores]
    position: list[NamedScores]
    train_count: list[NamedScores] | None
    seen: list[NamedScores] | None


class Curves(TypedDict):
    """The curves of training; ``best_step`` is the step that was kept, None where not known."""

    loss: list[Point]
    val_loss: list[Point]
    val_f1: list[Point]
    best_step: int | None


class Stage(TypedDict):
    """What of a split there was at a stage on its way from the files to the score.

    ``stage`` is used, predicted or scored; ``of`` (sentences in the files) and ``windows`` belong
    to used alone; ``complete`` says whether all of the stage before is there, None for the first.
    """

    split: str
    stage: str
    sentences: int
    of: NotRequired[int]
    tokens: int
    entities: int
    windows: NotRequired[int | None]
    complete: bool | None


class RepeatedError(TypedDict):
    """An error made several times: entities as ``LOC 北京``, joined by `` + ``."""

    kind: str
    gold: str
    predicted: str
    count: int


class ErrorRow(TypedDict):
    """An error: entities of a sentence (by its index) that are wrong together."""

    sentence: int
    kind: str
    gold: list[Span]
    predicted: list[Span]


class SentenceRow(TypedDict):
    """A sentence with all its entities, right and wrong."""

    tokens: list[str]
    gold: list[Span]
    predicted: list[Span]


class Provenance(TypedDict):
    """What made the run; ``settings`` begins with those that ``main_settings`` names.

    ``toy`` says whether it trained the small encoder of the sample corpus, which is made up.
    """

    toy: bool
    command: str
    data: str | None
    seed: int | None
    processes: int | None
    settings: dict[str, Any]
    main_settings: list[str]
    versions: dict[str, str]
    machine: str | None
    timing: dict[str, Any]


class RunReport(Breakdowns):
    """What the reports of one run and of two have in common; see the types of the parts."""

    name: str
    headline: Headline
    types: list[TypeScores]
    kinds: list[KindRow]
    curves: Curves
    provenance: Provenance


class ConfusionData(TypedDict):
    """How many entities of each gold type (rows) got each predicted type (columns)."""

    names: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]


class CalibrationRow(TypedDict):
    """Predicted entities with scores from ``low`` on: their mean score, and how many are right."""

    low: float
    entities: int
    score: float
    precision: float


class CalibrationData(TypedDict):
    """The expected calibration error (0 to 1) over ``entities``, and the bins it is made of."""

    error: float
    entities: int
    bins: list[CalibrationRow]


class Advice(TypedDict):
    """A sentence on what to do first, in English and Chinese.

    ``href`` is the part of the page that it is about, empty for none. Of the errors it is about
    those of a ``kind``, with a ``type``, in sentences with the text of ``search``; empty for any.
    """

    en: str
    zh: str
    href: str
    kind: str
    type: str
    search: str


class ScoreQuality(TypedDict):
    """Whether the scores of entities are what they say, and what ``--min_score`` would do.

    Without scores ``calibration`` is None and ``lowest_scores`` is empty.
    """

    calibration: CalibrationData | None
    lowest_scores: list[NamedScores]


class Report(RunReport, ScoreQuality):
    """``report.json``; ``joiner`` goes between two tokens, ``sentences`` has indices as keys."""

    joiner: str
    first: list[Advice]
    confusion: ConfusionData
    lost_points: int
    stages: list[Stage]
    trained_on: list[TrainedStage]
    repeated: list[RepeatedError]
    errors: list[ErrorRow]
    sentences: dict[str, SentenceRow]


class PairedTestData(TypedDict):
    """The paired test of B against A: F1 of B less F1 of A, and whether chance explains it."""

    difference: float
    p_value: float
    interval: IntervalData
    changed: int
    samples: int


class TypeTest(PairedTestData):
    """The paired test of an entity type."""

    name: str


class Difference(TypedDict):
    """A setting or version in which two runs differ; None for a run without it."""

    name: str
    A: Any
    B: Any


class Change(TypedDict):
    """A sentence in which two runs predict different entities.

    ``A`` and ``B`` are the entities that only this run predicts, ``gold`` those that only one of
    the two finds; ``wrong`` counts, by run, entities not found and predictions that are not gold.
    """

    sentence: int
    kind: str
    gold: list[Span]
    A: list[Span]
    B: list[Span]
    wrong: dict[str, int]


class ComparedSentence(TypedDict):
    """A sentence with its gold entities and those that each run predicts."""

    tokens: list[str]
    gold: list[Span]
    A: list[Span]
    B: list[Span]


class Comparison(TypedDict):
    """``compare.json``; ``runs`` has the keys ``A`` and ``B``, ``sentences`` indices as strings."""

    joiner: str
    runs: dict[str, RunReport]
    test: PairedTestData
    types: list[TypeTest]
    settings: list[Difference]
    verdicts: dict[str, int]
    changes: list[Change]
    sentences: dict[str, ComparedSentence]
