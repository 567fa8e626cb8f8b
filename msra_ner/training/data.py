"""The corpus of a run: its sentences, and after encoding its windows too."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import chain, pairwise

import datasets
import numpy as np
import pyarrow as pa
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from msra_ner.corpus import (
    SAMPLE,
    SAMPLE_LIMITS,
    SPLIT_NAMES,
    Sentence,
    choose_data_dir,
    find_odd_tokens,
)
from msra_ner.dataset import IGNORE_INDEX, find_window_limit, load_msra, read_column
from msra_ner.labels import LabelIds, entity_types
from msra_ner.metrics import collect_names
from msra_ner.models import find_position_limit
from msra_ner.report import SplitCounts
from msra_ner.storage import content_hash
from msra_ner.training.task_settings import DataArguments

logger = logging.getLogger(__name__)

# Sentences of a split at whose tokens a run looks.
LOOKED_AT = 1000


@dataclass(frozen=True)
class LeftOut:
    """Sentences of train that are not trained on, since a later stage is scored on them.

    Attributes:
        numbers: Their places among the sentences of train, counted from 0.
        entities: How many entities they have.
        stages: The later stages that are scored on them.
        first: Where the first one is, and where it is in the later stage; empty for none.
    """

    numbers: frozenset[int]
    entities: int
    stages: tuple[str, ...]
    first: tuple[str, ...]


@dataclass(frozen=True)
class Data:
    """The corpus of a run.

    Attributes:
        folder: Where it was read from: a folder, ``hub:NAME`` or ``sample``.
        sentences: Of each split, ``train``, ``validation`` and ``test``.
        labels: The label list.
        counts: How much of each split is used.
        encoded: The windows of each split, rows of the ``aligned`` configuration; None before
            encoding. Those of train are in the order of the files, the others long ones first.
        left_out: What of train is not among the sentences; None where the run is no stage.
    """

    folder: str
    sentences: dict[str, list[Sentence]]
    labels: tuple[str, ...]
    counts: dict[str, SplitCounts]
    encoded: datasets.DatasetDict | None = None
    left_out: LeftOut | None = None

    @cached_property
    def train_names(self) -> frozenset[str] | None:
        """The surface forms of the entities of train; None where there is no train."""
        return collect_names(self.sentences["train"]) if "train" in self.sentences else None

    def hash_sentences(self) -> dict[str, str]:
        """Return a hash of the sentences of train and of val, by which a resumed run knows them."""
        return {
            split: content_hash(
                "\n".join((*row.tokens, *row.tags)).encode() for row in self.sentences[split]
            )
            for split in ("train", "validation")
            if split in self.sentences
        }


def load_data(arguments: DataArguments, labels: Sequence[str] | None = None) -> Data:
    """Return the sentences of the corpus, as many of each split as asked for.

    ``labels`` is the label list of a trained model; None takes the corpus's.
    """
    folder = choose_data_dir(arguments.data_dir)
    if arguments.data_dir is None and folder == SAMPLE:
        logger.warning(
            "No data_dir given and no folder data/msra here: using the embedded sample corpus, "
            "which shows that everything works and says nothing about real text."
        )
    logger.info("Reading the corpus %s", folder)
    raw = load_msra(
        folder,
        labels=labels,
        cache_dir=arguments.cache_dir,
        **asdict(arguments.as_read_options()),
    )
    names = next(iter(raw.values())).features["ner_tags"].feature.names
    sentences, counts = {}, {}
    totals = np.zeros(len(names), np.int64)
    has_open = False
    for split, rows in raw.items():
        limit = getattr(arguments, SAMPLE_LIMITS[split])
        kept = rows.select(range(min(len(rows), limit or len(rows))))
        tags = read_column(kept, "ner_tags")
        sentences[str(split)] = _make_sentences(read_column(kept, "tokens"), tags, names)
        ids = tags.flatten().to_numpy()
        by_tag = np.bincount(ids[ids >= 0], minlength=len(names))
        count = SplitCounts(
            sentences=len(kept),
            of=len(rows),
            tokens=len(ids),
            entities=int(sum(by_tag[[name.startswith("B-") for name in names]])),
            windows=None,
        )
        counts[str(split)] = count
        logger.info(
            "%s: %d of %d sentences, %d characters, %d entities",
            SPLIT_NAMES[str(split)],
            *(count["sentences"], count["of"], count["tokens"], count["entities"]),
        )
        totals += by_tag
        if opened := len(ids) - int(by_tag.sum()):
            has_open = True
            logger.info(
                "%s: %d characters left open (?): for these, nobody looked for all types",
                SPLIT_NAMES[str(split)],
                opened,
            )
        odd = find_odd_tokens([item.tokens for item in sentences[str(split)][:LOOKED_AT]])
        if odd is not None:
            logger.warning(
                "%s: most tokens of %s %s: 'msra-ner check' says what to do.",
                *(folder, SPLIT_NAMES[split], odd.description),
            )
    found = {name[2:] for name, count in zip(names, totals, strict=True) if count}
    if has_open and (unseen := [name for name in entity_types(names) if name not in found]):
        logger.warning(
            "%s: no entity of %s, which a label list or open tags (?-TYPE) name: is it spelt so?",
            *(folder, ", ".join(unseen)),
        )
    return Data(folder, sentences, tuple(names), counts)


def _make_sentences(
    tokens: pa.ListArray, tags: pa.ListArray, names: Sequence[str]
) -> list[Sentence]:
    """Return rows of the raw columns as sentences.

    A string is made for each distinct token, not for each token.
    """
    coded = tokens.flatten().dictionary_encode()
    words = np.array(coded.dictionary.to_pylist(), dtype=object)[coded.indices.to_numpy()].tolist()
    distinct, inverse = np.unique(tags.flatten().to_numpy(), return_inverse=True)
    ids = LabelIds(names)
    labels = np.array([ids.name(int(code)) for code in distinct], dtype=object)[inverse].tolist()
    ends = np.cumsum(tokens.value_lengths()).tolist()
    return [
        Sentence(words[start:end], labels[start:end]) for start, end in pairwise(chain([0], ends))
    ]


def encode_data(
    arguments: DataArguments,
    data: Data,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    splits: Collection[str] | None = None,
) -> tuple[Data, int]:
    """Return the data with the windows of ``splits`` (None: of all), and the size of a window.

    The size in word pieces is what was asked for, but no more than the encoder takes.
    """
    limit = find_window_limit(find_position_limit(model.config), tokenizer.model_max_length)
    max_length = min(arguments.max_length or limit, limit)
    if arguments.max_length and arguments.max_length > limit:
        logger.warning(
            "max_length %d is more than the encoder takes: windows hold %d word pieces.",
            arguments.max_length,
            limit,
        )
    logger.info("Preparing the rows")
    aligned = load_msra(
        data.folder,
        tokenizer,
        max_length=max_length,
        overlap=arguments.window_overlap,
        label_all_pieces=arguments.label_all_pieces,
        labels=data.labels,
        cache_dir=arguments.cache_dir,
        **asdict(arguments.as_read_options()),
    )
    encoded, counts = datasets.DatasetDict(), dict(data.counts)
    for split, rows in aligned.items():
        if splits is not None and split not in splits:
            continue
        numbers = read_column(rows, "sentence").to_numpy()
        left_out = data.left_out.numbers if data.left_out and split == "train" else frozenset()
        limit = len(data.sentences[str(split)]) + len(left_out)
        rows = rows.select(range(int(np.searchsorted(numbers, limit))))
        if left_out:
            rows = _leave_out(rows, left_out)
        if split != "train":
            # Rows of like length share a batch; each knows its sentence, so any order will do.
            lengths = read_column(rows, "length").to_numpy()
            rows = rows.select(np.argsort(-lengths, kind="stable"))
        encoded[split] = rows
        counts[str(split)] = {**counts[str(split)], "windows": len(rows)}
        shown = SPLIT_NAMES[str(split)]
        logger.info("%s: %d windows of up to %d word pieces", shown, len(rows), max_length)
    return replace(data, counts=counts, encoded=encoded), max_length


def drop_unlabelled(rows: datasets.Dataset) -> datasets.Dataset:
    """Return the windows that have a labelled piece: a batch of others has no loss."""
    lists = read_column(rows, "labels")
    is_labelled = lists.flatten().to_numpy() != IGNORE_INDEX
    starts = lists.offsets.to_numpy()[:-1]
    kept = np.flatnonzero(np.add.reduceat(is_labelled, starts) if len(starts) else starts)
    if lost := len(rows) - len(kept):
        logger.info("train: %d windows left out, in which nobody looked at any token (?)", lost)
        rows = rows.select(kept)
    return rows


def _leave_out(rows: datasets.Dataset, left_out: Collection[int]) -> datasets.Dataset:
    """Return the windows without those of some sentences; the others get new numbers."""
    numbers = read_column(rows, "sentence").to_numpy()
    gone = np.sort(np.fromiter(left_out, numbers.dtype))
    kept = np.flatnonzero(~np.isin(numbers, gone))
    renewed = (numbers[kept] - np.searchsorted(gone, numbers[kept])).astype(numbers.dtype)
    feature = rows.features["sentence"]
    return (
        rows.select(kept)
        .remove_columns("sentence")
        .add_column("sentence", renewed, feature=feature)
    )
