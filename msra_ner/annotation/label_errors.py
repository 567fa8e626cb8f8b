"""Entities of a corpus that a model contradicts with confidence: errors of the labels, perhaps.

The model must not have been trained on these sentences: what it has learned it does not doubt.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msra_ner.annotation.folds import weigh_by_folds
from msra_ner.argument_types import check_argument_types, check_choice
from msra_ner.corpus import SPLIT_KEYS, Sentence, make_read_options, open_corpus
from msra_ner.errors import ArgumentsError
from msra_ner.inference import Tagger, WeighedSentence, weigh_tags
from msra_ner.labels import Entity, entity_types
from msra_ner.metrics import close_row, entity_text, find_errors
from msra_ner.report import is_own_corpus
from msra_ner.tables import format_percent, format_table
from msra_ner.wording import translate, translate_all

logger = logging.getLogger(__name__)

# Kinds of suspects, seen from the labels, for the kinds of errors, seen from a model.
KINDS = {
    "missed": "not an entity",
    "spurious": "left out",
    "type": "type",
    "too long": "border",
    "too short": "border",
    "shifted": "border",
    "type and boundary": "type and border",
    "split": "several",
    "merged": "several",
    "tangled": "several",
}
# A suspect below this is more likely an error of the model.
MIN_DOUBT = 0.5
SHOWN = 20  # in a terminal


@dataclass(frozen=True, slots=True)
class Suspect:
    """Entities of a sentence that the labels and the model read differently.

    Attributes:
        sentence: The index of the sentence.
        kind: ``left out`` (by the labels), ``not an entity``, ``type``, ``border``,
            ``type and border`` or ``several``.
        doubt: How much less probable the model finds a tag here than it usually finds the same
            tag: the largest difference among the tokens, at most 1. The model misses some
            entities everywhere, so that it doubts a labelled entity less than one that is left out.
        labelled: The entities of the labels; none where they leave one out.
        found: The entities that the model finds; none where it finds none.
    """

    sentence: int
    kind: str
    doubt: float
    labelled: tuple[Entity, ...]
    found: tuple[Entity, ...]


@dataclass(frozen=True, repr=False)
class LabelErrors:
    """The suspects of a split, those that the model doubts most first.

    Attributes:
        data: The name of the corpus and the split.
        model: What was asked.
        types: The entity types that the model knows.
        sentences: The sentences of the split.
        weighed: What the model says of each of them.
        suspects: All contradictions with a doubt of at least a half.
    """

    data: str
    model: str
    types: list[str]
    sentences: list[Sentence]
    weighed: list[WeighedSentence]
    suspects: list[Suspect]

    def __repr__(self) -> str:
        """Return how many suspects there are, and the first of them as a table."""
        rows = [translate_all(["doubt", "kind", "labels", "model", "sentence"])]
        for item in self.suspects[:SHOWN]:
            sentence = self.sentences[item.sentence]
            readings = [
                ", ".join(
                    f"{entity.type} {entity_text(sentence.tokens, entity)}" for entity in side
                )
                for side in (item.labelled, item.found)
            ]
            shown = [reading or "-" for reading in readings]
            rows.append(
                [
                    format_percent(item.doubt),
                    translate(item.kind),
                    *shown,
                    sentence.location or str(item.sentence + 1),
                ]
            )
        head = translate(
            f"{self.data}: {len(self.suspects):,} places in {len(self.sentences):,} sentences "
            f"where {self.model} contradicts the labels"
        )
        return "\n".join([head, *([format_table(rows)] if self.suspects else [])])


@check_argument_types
def find_label_errors(
    data_dir: str | Path,
    model: str | Path | Tagger,
    *,
    split: str = "train",
    min_doubt: float = MIN_DOUBT,
    folds: int = 0,
    seed: int = 42,
    **options: Any,
) -> LabelErrors:
    """Return where a model contradicts the labels of a split with confidence.

    Args:
        data_dir: Folder or file of a corpus, ``hub:NAME`` or ``sample``.
        model: Folder of a run or name on the Hub, of a model that has not seen these sentences; or
            a tagger.
        split: ``train``, ``val`` or ``test``.
        min_doubt: The lowest doubt of a suspect, from 0 to 1.
        folds: Train so many models from ``model``, which is then an encoder, each without the
            sentences that it judges; 0 asks ``model`` itself.
        seed: Of the parts and of these models.
        **options: How to read the corpus, the fields of :class:`msra_ner.corpus.ReadOptions`.

    Raises:
        ArgumentsError: There is no such split, the model does not know a type, or there are too
            few sentences for the folds.
        CorpusNotFoundError: The corpus is missing.
        CorpusError: It breaks its format.
        ModelError: There is no such model.
    """
    check_choice("split", split, tuple(SPLIT_KEYS))
    corpus = open_corpus(data_dir, make_read_options("find_label_errors", options))
    if SPLIT_KEYS[split] not in corpus.splits:
        raise ArgumentsError(f"--split: found no {split} in {data_dir}. Choose another split.")
    sentences = list(corpus.splits[SPLIT_KEYS[split]].sentences(corpus.labels))
    name = "a tagger" if isinstance(model, Tagger) else Path(model).name
    if folds:
        if isinstance(model, Tagger):
            raise ArgumentsError("--folds: found a tagger, expected the encoder to train from.")
        if is_own_corpus(model, data_dir):
            raise ArgumentsError(
                f"--folds: found the run {model}, which was trained on {data_dir}, expected an "
                "encoder: models of this one would know the labels that they judge."
            )
        types = entity_types(corpus.labels)
        weighed = weigh_by_folds(sentences, types, model, folds, seed)
        name = f"{folds} models of {name}"
    else:
        if split == "train" and not isinstance(model, Tagger) and is_own_corpus(model, data_dir):
            logger.warning(
                "%s was trained on %s: what it has learned it does not doubt. Give the encoder and "
                "--folds 5, or train on one half of the sentences and check the other.",
                model,
                data_dir,
            )
        tagger = model if isinstance(model, Tagger) else Tagger.from_pretrained(model)
        types = tagger.types
        weighed = list(weigh_tags(tagger, sentences))
    suspects = [item for item in list_suspects(sentences, weighed) if item.doubt >= min_doubt]
    suspects.sort(key=lambda item: -item.doubt)
    title = f"{Path(data_dir).name}: {split}"
    return LabelErrors(title, name, types, sentences, weighed, suspects)


def list_suspects(
    sentences: Sequence[Sentence], weighed: Sequence[WeighedSentence]
) -> Iterator[Suspect]:
    """Yield all places that the labels and the model read differently, in order.

    What the model finds where nobody looked contradicts nothing.

    Source:
        The adjusted self-confidence of confident learning (Northcutt et al., 2021), by entities.
    """
    usual = _find_usual(sentences, weighed)
    rows = zip(sentences, weighed, strict=True)
    closed = [close_row(sentence.tags, row.tags) for sentence, row in rows]
    for error in find_errors([row.gold for row in closed], [row.predicted for row in closed]):
        tags, given = sentences[error.sentence].tags, weighed[error.sentence].given
        entities = (*error.gold, *error.predicted)
        tokens = {token for entity in entities for token in range(entity.start, entity.end)}
        doubt = max(usual[tags[token]] - given[token] for token in tokens)
        yield Suspect(error.sentence, KINDS[error.kind], doubt, error.gold, error.predicted)


def _find_usual(
    sentences: Sequence[Sentence], weighed: Sequence[WeighedSentence]
) -> dict[str, float]:
    """Return the mean probability of each tag where it is given."""
    sums: defaultdict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    for sentence, row in zip(sentences, weighed, strict=True):
        for tag, probability in zip(sentence.tags, row.given, strict=True):
            sums[tag] += probability
            counts[tag] += 1
    return {tag: sums[tag] / count for tag, count in counts.items()}
