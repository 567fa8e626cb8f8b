"""The scores of a split as one object, and as the flat dictionary that files of results hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from msra_ner.metrics.type_keys import make_type_key, read_type_key
from msra_ner.tables import format_percent, format_table
from msra_ner.wording import translate, translate_all

# The length at which NER-BERT-pytorch, the source of the 94.62 often quoted, cuts sentences.
PUBLISHED_CUT = 180
# Figures by name, as `EntityMetric` returns them and the files of results hold them.
# None is a ratio of nothing, which is not 0.
Figures = dict[str, float | int | None]

_RATIOS = ("precision", "recall", "f1")
_SUBSETS = {
    "seen": "names seen in train",
    "unseen": "names not seen in train",
    f"first_{PUBLISHED_CUT}": f"first {PUBLISHED_CUT} tokens of each sentence",
}


@dataclass(frozen=True, slots=True)
class EntityScore:
    """How well some entities were found.

    Attributes:
        f1: The harmonic mean of precision and recall, as a fraction; None without a gold entity.
        support: How many gold entities there are.
        precision: Correct entities over predicted ones; None where there are none, or only F1 is
            kept.
        recall: Correct entities over gold ones; None where there are none, or only F1 is kept.
    """

    f1: float | None
    support: int
    precision: float | None = None
    recall: float | None = None


@dataclass(frozen=True, repr=False)
class Scores(Mapping[str, EntityScore]):
    """The scores of a split; a mapping from each entity type to its :class:`EntityScore`.

    All ratios are fractions. Entities count as found only with the gold type and both ends (strict
    IOB2), but for ``lenient``.

    >>> scores = Scores.from_dict(
    ...     {"f1": 0.5, "PER_precision": 1.0, "PER_f1": 0.5, "PER_support": 2}
    ... )
    >>> scores.f1, scores["PER"].f1
    (0.5, 0.5)

    Attributes:
        overall: Of the entities of all types (micro average).
        types: Of each type.
        lenient: With any ``I-`` starting an entity, as conlleval counts.
        seen: Of entities whose name train holds too; None where train is not known.
        unseen: Of the others.
        first_180: Of entities that end within the first 180 tokens of their sentence.
        token_accuracy: Share of tokens with the gold tag.
        all_o_accuracy: The same for a model that tags every token ``O``.
        sentences: How many were scored, as of ``tokens`` and gold ``entities``.
        open_tokens: Of the tokens those for which nobody looked for all types; the accuracies are
            of the others.
        open_entities: Predicted entities that lie where nobody looked for their type, and count
            nowhere.
        loss: Mean loss, where the Trainer computed one.
    """

    overall: EntityScore
    types: dict[str, EntityScore]
    lenient: EntityScore | None = None
    seen: EntityScore | None = None
    unseen: EntityScore | None = None
    first_180: EntityScore | None = None
    token_accuracy: float = 0.0
    all_o_accuracy: float = 0.0
    sentences: int = 0
    tokens: int = 0
    entities: int = 0
    open_tokens: int = 0
    open_entities: int = 0
    loss: float | None = None

    @property
    def f1(self) -> float | None:
        """F1 of the entities of all types; None without a gold entity."""
        return self.overall.f1

    @property
    def precision(self) -> float | None:
        """Precision of the entities of all types; None where none was predicted."""
        return self.overall.precision

    @property
    def recall(self) -> float | None:
        """Recall of the entities of all types; None without a gold entity."""
        return self.overall.recall

    @property
    def macro_f1(self) -> float | None:
        """The mean F1 of the types that gold has; None without a gold entity."""
        found = [score.f1 for score in self.types.values() if score.f1 is not None]
        return sum(found) / len(found) if found else None

    @property
    def support(self) -> int:
        """How many gold entities there are."""
        return self.overall.support

    def __getitem__(self, name: str) -> EntityScore:
        """Return the score of a type.

        Raises:
            KeyError: There is no such type; the message has those that there are.
        """
        if name in self.types:
            return self.types[name]
        types = ", ".join(self.types) or "none"
        raise KeyError(
            f"{name!r} is not a type of these scores; found {types}. Figures of all types together "
            "are attributes (scores.f1); to_dict() has every figure by its name"
        )

    def __iter__(self) -> Iterator[str]:
        """Iterate over the types."""
        return iter(self.types)

    def __len__(self) -> int:
        """Return the number of types."""
        return len(self.types)

    def __repr__(self) -> str:
        """Return the figures that matter in one line."""
        ratios = {name: getattr(self, name) for name in _RATIOS}
        figures = ", ".join(
            f"{name}={'-' if ratio is None else f'{ratio:.4f}'}" for name, ratio in ratios.items()
        )
        return f"Scores({figures}, support={self.support}, types={list(self.types)})"

    def __str__(self) -> str:
        """Return the table of :func:`format_scores`."""
        return format_scores(self)

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        text = ""
        for index, row in enumerate(_list_rows(self, "scores")):
            tag = "td" if index else "th"
            text += f"<tr>{''.join(f'<{tag}>{escape(x.strip())}</{tag}>' for x in row)}</tr>"
        return f"<table>{text}</table><p>{escape(_describe_accuracy(self))}</p>"

    @classmethod
    def from_dict(cls, figures: Mapping[str, float | int | None]) -> "Scores":
        """Return the scores of a flat dictionary, as :meth:`to_dict` and the files have it."""
        names = [key.removesuffix("_precision") for key in figures if key.endswith("_precision")]
        types = [name for name in names if f"{name}_support" in figures]
        return cls(
            overall=_pick(figures, "", is_predicted=bool(types)),
            types={read_type_key(name): _pick(figures, f"{name}_") for name in types},
            lenient=_pick(figures, "lenient_", is_predicted=bool(types))
            if "lenient_f1" in figures
            else None,
            **{name: _pick(figures, f"{name}_") for name in _SUBSETS if f"{name}_f1" in figures},
            token_accuracy=figures.get("token_accuracy") or 0.0,
            all_o_accuracy=figures.get("all_o_accuracy") or 0.0,
            sentences=int(figures.get("sentences") or 0),
            tokens=int(figures.get("characters") or 0),
            entities=int(figures.get("entities") or 0),
            open_tokens=int(figures.get("open_characters") or 0),
            open_entities=int(figures.get("open_entities") or 0),
            loss=figures.get("loss"),
        )

    def to_dict(self) -> Figures:
        """Return all figures by name, as ``all_results.json`` has them without its prefixes.

        ``precision``, ``recall``, ``f1``, ``support``; ``macro_f1``; ``PER_precision`` and so on
        (those of a type that is called ``seen`` begin with ``seen_type_``); ``lenient_f1`` and so
        on; ``seen_f1``, ``unseen_f1``, ``first_180_f1`` and their support;
        ``token_accuracy``, ``all_o_accuracy``; ``sentences``, ``characters`` (the tokens),
        ``entities``; ``open_characters`` and ``open_entities``, where there are open tags; and
        before them ``loss``, if there is one. A ratio of nothing is None.
        """
        figures: Figures = {} if self.loss is None else {"loss": self.loss}
        named = {f"{make_type_key(name)}_": score for name, score in self.types.items()}
        for prefix, score in {"": self.overall, **named}.items():
            figures |= {f"{prefix}{name}": getattr(score, name) for name in (*_RATIOS, "support")}
        figures["macro_f1"] = self.macro_f1
        if self.lenient:
            figures |= {f"lenient_{name}": getattr(self.lenient, name) for name in _RATIOS}
        for name in _SUBSETS:
            if score := getattr(self, name):
                figures |= {f"{name}_f1": score.f1, f"{name}_support": score.support}
        figures |= {
            "token_accuracy": self.token_accuracy,
            "all_o_accuracy": self.all_o_accuracy,
            "sentences": self.sentences,
            "characters": self.tokens,
            "entities": self.entities,
        }
        if self.open_tokens:
            figures["open_characters"] = self.open_tokens
            figures["open_entities"] = self.open_entities
        return figures


def format_scores(scores: Scores, title: str = "scores") -> str:
    """Return the scores of a split as a table with what each figure means.

    Args:
        scores: The scores.
        title: The head of the first column, for example the name of the split.
    """
    lines = [format_table(_list_rows(scores, title)), _describe_accuracy(scores)]
    return "\n".join([*lines, format_open(scores)] if scores.open_tokens else lines)


def format_open(scores: Scores) -> str:
    """Return the sentence that says where nobody looked, and what was predicted there."""
    return translate(
        f"left open (?): {scores.open_tokens:,} characters, where {scores.open_entities:,} "
        "predicted entities count neither as right nor as wrong"
    )


def _list_rows(scores: Scores, title: str) -> list[list[str]]:
    every = translate("all entities (strict IOB2)")
    named: dict[str, EntityScore | None] = {every: scores.overall}
    named |= {f"  {name}": score for name, score in scores.items()}
    macro = EntityScore(scores.macro_f1, scores.support)
    named[translate("mean of the types (macro)")] = macro if len(scores) > 1 else None
    named[translate("lenient (conlleval)")] = scores.lenient
    subsets = {translate(meaning): getattr(scores, name) for name, meaning in _SUBSETS.items()}
    named |= subsets
    rows = [[title, *translate_all(["precision", "recall", "F1", "support"])]]
    for name, score in named.items():
        if score:
            ratios = (score.precision, score.recall, score.f1)
            cells = list(map(format_percent, ratios))
            if name in subsets or score is macro:  # only their F1 is kept
                cells[:2] = ["", ""]
            rows.append([name, *cells, f"{score.support:,}"])
    return rows


def _describe_accuracy(scores: Scores) -> str:
    reached, all_o = map(format_percent, (scores.token_accuracy, scores.all_o_accuracy))
    return translate(f"token accuracy {reached} (not a score: tagging every token O gets {all_o})")


def _pick(
    figures: Mapping[str, float | int | None], prefix: str, *, is_predicted: bool = True
) -> EntityScore:
    """Return the figures of some entities; what seqeval gives for a ratio of nothing is left out.

    A type without a gold entity is there because it was predicted, so its precision is known.
    """
    support = figures.get(f"{prefix}support", figures.get("support"))
    undefined = support == 0
    return EntityScore(
        f1=None if undefined else figures[f"{prefix}f1"],
        support=int(support or 0),
        precision=figures.get(f"{prefix}precision") if is_predicted or not undefined else None,
        recall=None if undefined else figures.get(f"{prefix}recall"),
    )
