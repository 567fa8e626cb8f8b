"""The decoders: from the logits of sentences to label ids and the probabilities of entities."""

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from msra_ner.decoding.chain import Chain
from msra_ner.decoding.chain_labels import ChainLabels, TrainScheme
from msra_ner.decoding.temperature import apply_temperature
from msra_ner.decoding.weighted_chain import WeightedChain
from msra_ner.errors import ModelError
from msra_ner.labels import Entity

Logits = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DecoderName = Literal["viterbi", "argmax", "crf"]
DEFAULT_DECODER: DecoderName = "viterbi"
# Numbers of a batch: few enough to stay in the cache of a processor.
BATCH_NUMBERS = 1 << 18


class Decoder(Protocol):
    """Says which labels a sentence has, given its logits, and how probable an entity is.

    Logits are those of the tokens of a whole sentence, shape ``(tokens, labels)``; of a chain,
    its labels.
    """

    def find_labels(self, sentences: Sequence[Logits]) -> list[Ints]:
        """Return the label ids of each sentence, shape ``(tokens,)``."""

    def find_probabilities(
        self, sentences: Sequence[Logits], entities: Sequence[Sequence[Entity]]
    ) -> list[list[float]]:
        """Return the probability of each entity, that all of it is so, between 0 and 1.

        ``entities`` has those of each sentence.
        """

    def find_label_probabilities(self, sentences: Sequence[Logits]) -> list[Floats]:
        """Return the probability of each label at each token, shape ``(tokens, labels)``."""


class ArgmaxDecoder:
    """Each token by itself: the label of the highest logit, legal where it is or not."""

    temperature = 1.0

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = list(labels)

    def find_labels(self, sentences: Sequence[Logits]) -> list[Ints]:
        """Return the label ids of each sentence."""
        return [logits.argmax(axis=-1) for logits in sentences]

    def find_probabilities(
        self, sentences: Sequence[Logits], entities: Sequence[Sequence[Entity]]
    ) -> list[list[float]]:
        """Return the product of the probabilities of an entity's labels, and that it ends there."""
        return [
            apply_temperature(
                self._score(log_softmax(logits), row) if row else [], self.temperature
            )
            for logits, row in zip(sentences, entities, strict=True)
        ]

    def find_label_probabilities(self, sentences: Sequence[Logits]) -> list[Floats]:
        """Return the softmax of the logits."""
        return [np.exp(log_softmax(logits)) for logits in sentences]

    def _score(self, scores: Floats, entities: Sequence[Entity]) -> list[float]:
        found = []
        for entity in entities:
            begin, inside = _find_ids(self._labels, entity.type)
            total = scores[entity.start, begin]
            total += scores[entity.start + 1 : entity.end, inside].sum()
            goes_on = inside is not None and entity.end < len(scores)
            ends = 1 - np.exp(scores[entity.end, inside]) if goes_on else 1.0
            found.append(float(np.exp(total) * ends))
        return found


class _PathDecoder:
    """What goes over whole paths of labels: an entity's probability is its share of all of them."""

    _chain: Chain | WeightedChain
    temperature = 1.0

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = list(labels)

    def _find_path(self, entity: Entity) -> Ints:
        """Return the labels of an entity's tokens, as ids of the chain."""
        begin, inside = _find_ids(self._labels, entity.type)
        inner = [inside] * (entity.end - entity.start - 1)
        return np.array([begin, *inner], dtype=np.int64)

    def _find_best(
        self, sentences: Sequence[Logits], rows: Sequence[int]
    ) -> Iterator[tuple[int, Ints]]:
        """Yield the number of each of these rows with its best path, as ids of the chain."""
        for numbers, scores, lengths in _make_batches(sentences, rows):
            yield from zip(numbers, self._chain.find_best(scores, lengths), strict=True)

    def find_probabilities(
        self, sentences: Sequence[Logits], entities: Sequence[Sequence[Entity]]
    ) -> list[list[float]]:
        """Return the share of an entity among all legal sequences."""
        found: list[list[float]] = [[] for _ in sentences]
        some = [row for row, kept in enumerate(entities) if kept]
        for rows, scores, lengths in _make_batches(sentences, some):
            ahead, behind = self._chain.sum_paths(scores, lengths)
            for number, (row, length) in enumerate(zip(rows, lengths.tolist(), strict=True)):
                own, to, after = (part[number, :length] for part in (scores, ahead, behind))
                scores_of_row = self._score(own, to, after, entities[row])
                found[row] = apply_temperature(scores_of_row, self.temperature)
        return found

    def find_label_probabilities(self, sentences: Sequence[Logits]) -> list[Floats]:
        """Return the share of each label at each token among all legal sequences."""
        found = [np.zeros((len(logits), len(self._labels))) for logits in sentences]
        some = [row for row, logits in enumerate(sentences) if len(logits)]
        for rows, scores, lengths in _make_batches(sentences, some):
            ahead, behind = self._chain.sum_paths(scores, lengths)
            for number, (row, length) in enumerate(zip(rows, lengths.tolist(), strict=True)):
                through = (ahead + behind)[number, :length]
                shares = np.exp(through - np.logaddexp.reduce(through, axis=1, keepdims=True))
                np.add.at(found[row].T, self._find_label_ids(), shares.T)
        return found

    def _find_label_ids(self) -> Ints:
        """Return the id in the label list of each label of the chain."""
        return np.arange(len(self._labels))

    def _score(
        self, scores: Floats, ahead: Floats, behind: Floats, entities: Sequence[Entity]
    ) -> list[float]:
        all_paths = np.logaddexp.reduce(ahead[-1] + behind[-1])
        found = []
        for entity in entities:
            path = self._find_path(entity)
            through = ahead[entity.start, path[0]]
            through += scores[range(entity.start + 1, entity.end), path[1:]].sum()
            through += self._chain.weigh(path[:-1], path[1:]).sum()
            if entity.end < len(scores):
                free = self._chain.free
                after = scores[entity.end, free] + behind[entity.end, free]
                through += np.logaddexp.reduce(after + self._chain.weigh(path[-1:], free))
            found.append(float(np.exp(min(0.0, through - all_paths))))
        return found


class ViterbiDecoder(_PathDecoder):
    """The best of all legal sequences of labels: no ``I-X`` but behind ``B-X`` or ``I-X``.

    It needs no training, and never splits an entity or leaves one without a start. The probability
    of an entity is its share of all legal sequences.

    >>> decoder = ViterbiDecoder(["O", "B-X", "I-X"])
    >>> decoder.find_labels([np.log([[0.5, 0.4, 0.1], [0.1, 0.1, 0.8]])])[0].tolist()
    [1, 2]
    """

    _chain: Chain

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(labels)
        self._chain = Chain.of(labels)

    def find_labels(self, sentences: Sequence[Logits]) -> list[Ints]:
        """Return the label ids of each sentence."""
        found = [logits.argmax(axis=-1) for logits in sentences]
        # The best labels, token by token, are the best path where they are legal.
        others = [row for row, path in enumerate(found) if not self._chain.is_legal(path)]
        for row, path in self._find_best(sentences, others):
            found[row] = path
        return found


class CrfDecoder(_PathDecoder):
    """The best of all legal sequences, each transition with the weight that training gave it.

    Logits are those of the labels of the chain.

    Args:
        labels: The label list.
        transitions: Shape ``(chain, chain)``, from the label before to the label after.
        scheme: What the chain learned in.

    Raises:
        ValueError: They have another shape.
    """

    def __init__(
        self, labels: Sequence[str], transitions: Floats, scheme: TrainScheme = "iob2"
    ) -> None:
        super().__init__(labels)
        self._names = ChainLabels.of(labels, scheme)
        self._chain = WeightedChain(self._names, transitions)

    def find_labels(self, sentences: Sequence[Logits]) -> list[Ints]:
        """Return the label ids of each sentence."""
        found: list[Ints] = [np.zeros(0, dtype=np.int64) for _ in sentences]
        some = [row for row, logits in enumerate(sentences) if len(logits)]
        for row, path in self._find_best(sentences, some):
            found[row] = self._names.to_iob2[path]
        return found

    def _find_path(self, entity: Entity) -> Ints:
        return self._names.encode(super()._find_path(entity))

    def _find_label_ids(self) -> Ints:
        return self._names.to_iob2


def check_logits(sentences: Sequence[Logits]) -> None:
    """Refuse logits that are no numbers, of which every decoder would make some label or other.

    Raises:
        ModelError: There are such.
    """
    if not all(np.isfinite(logits).all() for logits in sentences):
        raise ModelError(
            "found logits that are no numbers, expected numbers: the weights of the model are "
            "damaged, or too large for its precision. Take --precision fp32, or an earlier "
            "checkpoint."
        )


def log_softmax(logits: Logits) -> Floats:
    """Return the logarithms of the probabilities of labels, over the last axis."""
    wide = logits.astype(np.float64)
    wide -= wide.max(axis=-1, keepdims=True)
    wide -= np.log(np.exp(wide).sum(axis=-1, keepdims=True))
    return wide


def _find_ids(labels: Sequence[str], entity_type: str) -> tuple[int, int | None]:
    """Return the ids of ``B-X`` and ``I-X``; None where there is no such label."""
    inside = f"I-{entity_type}"
    return labels.index(f"B-{entity_type}"), labels.index(inside) if inside in labels else None


def _make_batches(
    sentences: Sequence[Logits], rows: Sequence[int]
) -> Iterator[tuple[list[int], Floats, Ints]]:
    """Yield the numbers, padded scores and lengths of rows of like length."""
    left = sorted(rows, key=lambda row: -len(sentences[row]))
    while left:
        longest = len(sentences[left[0]])
        size = max(1, BATCH_NUMBERS // sentences[left[0]].size)
        batch, left = left[:size], left[size:]
        scores = np.zeros((len(batch), longest, sentences[batch[0]].shape[-1]))
        for number, row in enumerate(batch):
            scores[number, : len(sentences[row])] = log_softmax(sentences[row])
        yield batch, scores, np.array([len(sentences[row]) for row in batch])
