"""Raw text to entities with character offsets, split and windowed as in training."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from msra_ner.corpus import split_text
from msra_ner.dataset import Aligner, EncodedWindow, project_labels, window_limit
from msra_ner.errors import ArgumentsError
from msra_ner.inference.runtimes import Runtime, TorchRuntime
from msra_ner.inference.texts import checked_texts, in_chunks
from msra_ner.labels import decode_entities
from msra_ner.models import load_tokenizer

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import PreTrainedTokenizerBase


# Word pieces, padding included, that one batch holds. Measured on a CPU: smaller ones cost more for
# each word piece, larger ones leave the cache and hold more padding. A GPU wants larger ones.
CPU_BATCH_TOKENS = 1024
GPU_BATCH_TOKENS = 16384
# OpenVINO computes two halves of a batch side by side, and more at once.
EXPORTED_BATCH_TOKENS = 4096
# Part of a batch that may be padding: beyond it, one more batch costs less than the padding.
PADDING_SHARE = 1 / 32
# Texts looked at together, so that texts of like length share a batch: as many characters as
# this many batches hold, and no more texts than that, however short they are.
CHUNK_BATCHES = 64
CHUNK_TEXTS = 8192


@dataclass(frozen=True, slots=True)
class TextEntity:
    """An entity in a text: ``text == original[start:end]``, offsets counted in characters.

    ``score`` is the mean probability of the tags of its tokens, between 0 and 1.
    """

    type: str
    start: int
    end: int
    text: str
    score: float

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name, for JSON and for columns of a dataset."""
        return asdict(self)


class Tagger:
    """Tags texts with a model that ``train`` saved, or with one that was exported.

    >>> tagger = Tagger.from_pretrained("runs/sample")  # doctest: +SKIP
    >>> tagger("王小明在北京")  # doctest: +SKIP
    [TextEntity(type='PER', start=0, end=3, text='王小明', score=0.99...), ...]

    Args:
        model: A transformers model with a head for IOB2 tags, or a runtime.
        tokenizer: The fast tokenizer it was trained with.
        device: Where a transformers model computes; None takes the GPU where there is one.
        batch_tokens: Word pieces, padding included, that are computed at once; None takes 1,024
            on a CPU and 16,384 elsewhere. It changes speed and memory, not what is found.

    Attributes:
        labels: The label list.
        runtime: What computes.
        model: The transformers model, or None where another runtime computes.
        aligner: Cuts sentences into windows, as in training.

    Raises:
        ArgumentsError: ``batch_tokens`` or the device cannot be.
        TokenizerError: The tokenizer is no fast one, or does not fit the windows.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: "PreTrainedTokenizerBase",
        device: str | None = None,
        batch_tokens: int | None = None,
    ) -> None:
        """Put the model on its device and read its window settings."""
        import torch

        runtime: Runtime = (
            TorchRuntime(model, device) if isinstance(model, torch.nn.Module) else model
        )
        self.runtime = runtime
        self.model: Any = getattr(runtime, "model", None)
        self.labels = list(runtime.labels)
        settings = runtime.settings
        limit = window_limit(runtime.limit, tokenizer.model_max_length)
        self.by_character = settings.get("token", "character") == "character"
        self.aligner = Aligner(
            tokenizer, settings.get("max_length", limit), settings.get("window_overlap")
        )
        self._padding = tokenizer.pad_token_id or 0
        if batch_tokens is None:
            batch_tokens = EXPORTED_BATCH_TOKENS
            if isinstance(runtime, TorchRuntime):
                on_gpu = runtime.device.type != "cpu"
                batch_tokens = GPU_BATCH_TOKENS if on_gpu else CPU_BATCH_TOKENS
        if batch_tokens < 1:
            raise ArgumentsError(f"--batch_tokens: found {batch_tokens}, expected at least 1.")
        self.batch_tokens = batch_tokens

    @classmethod
    def from_pretrained(
        cls,
        name: str | Path,
        device: str | None = None,
        precision: str | None = None,
        batch_tokens: int | None = None,
    ) -> "Tagger":
        """Load a tagger from a folder or Hub name, or from a folder that ``export`` wrote.

        Args:
            name: Folder or Hub name.
            device: For example ``cpu`` or ``cuda:1``; None takes a GPU where there is one.
            precision: ``fp32``, ``bf16``, ``fp16``, or ``auto`` for bf16 where the hardware
                multiplies in it. None takes fp32, whose results are the same on every machine;
                an exported model computes in what it was exported to.
            batch_tokens: Word pieces that are computed at once.

        Raises:
            ModelError: There is no token classification model.
            ArgumentsError: A setting cannot be, or does not apply to an exported model.
        """
        from msra_ner.inference.exported import open_exported

        runtime = open_exported(name)
        if runtime is None:
            runtime = TorchRuntime.from_pretrained(name, device, precision or "fp32")
        elif precision is not None or device not in (None, "cpu"):
            raise ArgumentsError(
                f"{name}: found an exported model and precision {precision}, device {device}, "
                "expected neither: it computes on the CPU in what it was exported to. Leave them "
                "out, or give the folder it was exported from."
            )
        return cls(runtime, load_tokenizer(str(name)), batch_tokens=batch_tokens)

    # A str is an iterable of str, too; the first that fits is taken.
    @overload
    def __call__(self, text: str) -> list[TextEntity]: ...  # type: ignore[overload-overlap]

    @overload
    def __call__(self, text: Iterable[str]) -> list[list[TextEntity]]: ...

    def __call__(self, text: Iterable[str]) -> list[TextEntity] | list[list[TextEntity]]:
        """Return the entities of a text, or a list of them for each of several.

        Args:
            text: A text, or an iterable of texts: a list, a generator, a numpy array, a pandas
                Series, a column of a dataset. See :meth:`stream` for more than memory holds.

        Raises:
            ArgumentsError: It is neither, or an element is no text (a missing value, say).
        """
        if isinstance(text, str):
            return next(self.stream([text]))
        return list(self.stream(text))

    def stream(
        self, texts: Iterable[str], chunk_size: int | None = None
    ) -> Iterator[list[TextEntity]]:
        """Yield the entities of each text, in order; memory does not grow with their number.

        Texts are read in chunks of about 64 batches (on a CPU 65,536 characters), or of one text
        if it is longer than that.

        Args:
            texts: Any number of texts.
            chunk_size: Texts in a chunk at most: 1 answers each text before it reads the next.

        Raises:
            ArgumentsError: An element is no text; the message has its index.
        """
        characters = CHUNK_BATCHES * self.batch_tokens
        for chunk in in_chunks(checked_texts(texts), characters, chunk_size or CHUNK_TEXTS):
            splits = [split_text(text, self.by_character) for text in chunk]
            tagged = self._tag([tokens for tokens, _ in splits])
            for text, (tokens, offsets), (tags, scores) in zip(chunk, splits, tagged, strict=True):
                yield [
                    _text_entity(
                        text, entity.type, tokens, offsets, scores, entity.start, entity.end
                    )
                    for entity in decode_entities(tags)
                ]

    def tag_tokens(self, sentences: Iterable[Sequence[str]]) -> list[list[str]]:
        """Return one tag a token for sentences that are split already."""
        return [tags for tags, _ in self._tag(list(sentences))]

    def _tag(self, sentences: Sequence[Sequence[str]]) -> list[tuple[list[str], list[float]]]:
        """Return tags and their probabilities, one a token, for each sentence."""
        labels = [np.zeros(len(sentence), dtype=np.int64) for sentence in sentences]
        scores = [np.zeros(len(sentence)) for sentence in sentences]
        windows = [
            (index, window)
            for index, sentence in enumerate(sentences)
            for window in self.aligner.encode(sentence)
        ]
        windows.sort(key=lambda item: len(item[1].input_ids), reverse=True)
        lengths = [len(window.input_ids) for _, window in windows]
        for start, end in cut_batches(lengths, self.batch_tokens):
            batch = windows[start:end]
            predicted = self._predict([window for _, window in batch])
            for (index, window), label_row, score_row in zip(batch, *predicted, strict=True):
                owned = slice(window.own_start, window.own_end)
                for target, row in ((labels, label_row), (scores, score_row)):
                    target[index][owned] = project_labels(
                        window.word_ids, window.own_start, window.own_end, row
                    )
        return [
            ([self.labels[label] for label in label_row.tolist()], score_row.tolist())
            for label_row, score_row in zip(labels, scores, strict=True)
        ]

    def _predict(
        self, windows: Sequence[EncodedWindow]
    ) -> "tuple[NDArray[np.int64], NDArray[np.float32]]":
        """Return label ids and probabilities, each of shape ``(windows, longest)``."""
        return self.runtime.predict(*pad_windows(windows, self._padding))


def pad_windows(
    windows: Sequence[EncodedWindow], padding: int
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Return ids padded on the right, and their mask, each of shape ``(windows, longest)``."""
    shape = len(windows), max(len(window.input_ids) for window in windows)
    ids, mask = np.full(shape, padding, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, window in enumerate(windows):
        ids[row, : len(window.input_ids)] = window.input_ids
        mask[row, : len(window.input_ids)] = 1
    return ids, mask


def cut_batches(lengths: Sequence[int], tokens: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each batch of rows that are sorted by length.

    A batch ends where its budget is full, or where more than a 32nd of the budget would be
    padding: for few texts of very different lengths, padding would be most of what is computed.

    Args:
        lengths: Word pieces of each row, the longest first.
        tokens: Word pieces, padding included, of a batch; a longer row is a batch of its own.
    """
    start = padding = 0
    for row, length in enumerate(lengths):
        padding += lengths[start] - length
        full = (row + 1 - start) * lengths[start] > tokens
        if row > start and (full or padding > tokens * PADDING_SHARE):
            yield start, row
            start, padding = row, 0
    if lengths:
        yield start, len(lengths)


def _text_entity(
    text: str,
    entity_type: str,
    tokens: Sequence[str],
    offsets: Sequence[int],
    scores: Sequence[float],
    first: int,
    stop: int,
) -> TextEntity:
    """Return an entity of tokens ``first`` to ``stop`` as a span of the original text."""
    start = offsets[first]
    end = offsets[stop - 1] + len(tokens[stop - 1])
    score = sum(scores[first:stop]) / (stop - first)
    return TextEntity(entity_type, start, end, text[start:end], round(score, 4))
