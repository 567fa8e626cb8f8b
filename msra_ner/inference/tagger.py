"""Raw text to entities with character offsets, split and windowed as in training."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from msra_ner.argument_types import check_argument_types
from msra_ner.corpus import split_text
from msra_ner.dataset import Aligner, find_window_limit, project_labels
from msra_ner.decoding import DEFAULT_DECODER, make_decoder
from msra_ner.errors import ArgumentsError
from msra_ner.inference.batches import cut_by_padding, pad_windows
from msra_ner.inference.decode import TaggedTokens, decode_sentences, place_in_text
from msra_ner.inference.dictionary import Dictionary, Term, read_dictionary
from msra_ner.inference.entities import TaggedText
from msra_ner.inference.min_score import MinScore, list_min_scores
from msra_ner.inference.runtimes import Runtime, TorchRuntime
from msra_ner.inference.texts import check_texts, cut_chunks
from msra_ner.labels import entity_types
from msra_ner.models import TRANSITIONS, load_tokenizer, read_temperature

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


# Word pieces, padding included, that one batch holds. Measured on a CPU: smaller ones cost more for
# each word piece, larger ones leave the cache and hold more padding. A GPU wants larger ones.
CPU_BATCH_TOKENS = 1024
GPU_BATCH_TOKENS = 16384
# OpenVINO computes two halves of a batch side by side, and more at once.
EXPORTED_BATCH_TOKENS = 4096
# Texts looked at together, so that texts of like length share a batch: as many characters as
# this many batches hold, and no more texts than that, however short they are.
CHUNK_BATCHES = 64
CHUNK_TEXTS = 8192


class Tagger:
    """Tags texts with a model that ``train`` saved, or with one that was exported.

    >>> tagger = Tagger.from_pretrained("runs/sample")  # doctest: +SKIP
    >>> tagger("王小明在北京")  # doctest: +SKIP
    [TextEntity(type='PER', start=0, end=3, text='王小明', score=0.99...), ...]

    Args:
        model: A transformers model with a head for IOB2 tags, or the runtime of any other.
        tokenizer: The fast tokenizer it was trained with.
        device: Where a transformers model computes, for example ``cpu`` or ``cuda:1``; None takes
            the GPU where there is one.
        batch_tokens: Word pieces, padding included, that are computed at once; None takes 1,024
            on a CPU and 16,384 elsewhere. It changes speed and memory, not what is found.
        decoder: ``viterbi``, ``argmax`` or ``crf``; None takes the one that the model was
            scored with in training, else viterbi.
        min_score: The lowest score of an entity that is reported: a number, or a number for each of
            some types; None reports all.
        dictionary: Terms that must be entities, may be of some types, or never are, or the file
            that has them (:func:`msra_ner.inference.read_dictionary`).

    Attributes:
        labels: The label list.
        types: The entity types among them.
        runtime: What computes.
        model: The transformers model, or None where another runtime computes.
        aligner: Cuts sentences into windows, as in training.
        decoder: Says which labels a sentence has, given its logits.
        min_scores: The lowest score that is reported of each type that has one.
        dictionary: The rules for entities of some texts, or None.

    Raises:
        ArgumentsError: ``batch_tokens`` is below 1, ``min_score`` not from 0 to 1 or of another
            type, or there is no such decoder or device.
        TokenizerError: The tokenizer is not a fast one, or does not fit the windows.
    """

    @check_argument_types
    def __init__(
        self,
        model: "PreTrainedModel | Runtime",
        tokenizer: "PreTrainedTokenizerBase",
        device: str | None = None,
        batch_tokens: int | None = None,
        decoder: str | None = None,
        min_score: MinScore | None = None,
        dictionary: Iterable[Term] | str | Path | None = None,
    ) -> None:
        """Put the model on its device and read its window settings."""
        import torch

        runtime: Runtime = (
            TorchRuntime(model, device) if isinstance(model, torch.nn.Module) else model
        )
        self.runtime = runtime
        self.model: Any = getattr(runtime, "model", None)
        self.labels = list(runtime.labels)
        self.types = entity_types(self.labels)
        self.min_scores = list_min_scores(min_score, self.types)
        settings = runtime.settings
        limit = find_window_limit(runtime.limit, tokenizer.model_max_length)
        self.by_character = settings.get("token", "character") == "character"
        if isinstance(dictionary, str | Path):
            dictionary = read_dictionary(dictionary)
        self.dictionary = None
        if dictionary is not None:
            self.dictionary = Dictionary(
                dictionary, lambda text: split_text(text, self.by_character)[0], self.labels
            )
        self.aligner = Aligner(
            tokenizer, settings.get("max_length", limit), settings.get("window_overlap")
        )
        saved = settings.get("decoder", DEFAULT_DECODER)
        if saved == "crf" and TRANSITIONS not in settings:
            saved = DEFAULT_DECODER  # loaded without its chain, by transformers alone
        self.decoder_name = decoder or saved
        self.decoder = make_decoder(
            self.decoder_name,
            self.labels,
            settings.get(TRANSITIONS),
            settings.get("train_scheme", "iob2"),
            read_temperature(settings, self.decoder_name),
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
    @check_argument_types
    def from_pretrained(
        cls,
        name: str | Path,
        device: str | None = None,
        precision: str | None = None,
        batch_tokens: int | None = None,
        decoder: str | None = None,
        min_score: MinScore | None = None,
        dictionary: Iterable[Term] | str | Path | None = None,
    ) -> "Tagger":
        """Load a tagger from a folder or Hub name, or from a folder that ``export`` wrote.

        The precision is ``fp32``, ``bf16``, ``fp16``, or ``auto`` for bf16 where the hardware
        multiplies in it. None takes fp32, whose results are the same on every machine; an exported
        model computes in what it was exported to. The rest is as in :class:`Tagger`.

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
        tokenizer = load_tokenizer(str(name))
        return cls(runtime, tokenizer, None, batch_tokens, decoder, min_score, dictionary)

    def __repr__(self) -> str:
        """Return what it can find, and how it computes."""
        facts = describe_tagger(self)
        shown = ("types", "runtime", "device", "precision")
        fields = [f"{name}={facts[name]!r}" for name in shown]
        return f"Tagger({', '.join(fields)}, max_length={self.aligner.max_length})"

    # A str is an iterable of str, too; the first that fits is taken.
    @overload
    def __call__(self, text: str) -> TaggedText: ...  # type: ignore[overload-overlap]

    @overload
    def __call__(self, text: Iterable[str]) -> list[TaggedText]: ...

    def __call__(self, text: Iterable[str]) -> TaggedText | list[TaggedText]:
        """Return the entities of a text, or a list of them for each of several.

        Args:
            text: A text, or an iterable of texts: a list, a generator, a numpy array, a pandas
                Series, a column of a dataset. See :meth:`stream` for more than memory holds.

        Raises:
            ArgumentsError: It is neither, or an element is not a text (a missing value, say).
        """
        if isinstance(text, str):
            return next(self.stream([text]))
        return list(self.stream(text))

    def stream(self, texts: Iterable[str], chunk_size: int | None = None) -> Iterator[TaggedText]:
        """Yield the entities of each text, in order; memory does not grow with their number.

        Texts are read in chunks of about 64 batches (on a CPU 65,536 characters), or of one text
        if it is longer than that.

        Args:
            texts: Any number of texts.
            chunk_size: Texts in a chunk at most: 1 answers each text before it reads the next.

        Raises:
            ArgumentsError: An element is not a text; the message has its index.
        """
        characters = CHUNK_BATCHES * self.batch_tokens
        for chunk in cut_chunks(check_texts(texts), characters, chunk_size or CHUNK_TEXTS):
            splits = [split_text(text, self.by_character) for text in chunk]
            tagged = self._tag([tokens for tokens, _ in splits])
            for text, (tokens, offsets), found in zip(chunk, splits, tagged, strict=True):
                yield place_in_text(found, text, tokens, offsets, self.types)

    def tag_tokens(self, sentences: Iterable[Sequence[str]]) -> list[list[str]]:
        """Return one tag a token for sentences that are split already."""
        return [found.tags for found in self._tag(list(sentences))]

    def _tag(self, sentences: Sequence[Sequence[str]]) -> list[TaggedTokens]:
        """Return what is found in each sentence."""
        found = [TaggedTokens() for _ in sentences]
        for done, logits in self.compute_logits(sentences):
            read = self.decode([sentences[index] for index in done], logits)
            for index, tagged in zip(done, read, strict=True):
                found[index] = tagged
        return found

    def compute_logits(
        self, sentences: Sequence[Sequence[str]]
    ) -> Iterator[tuple[list[int], list[NDArray[np.float32]]]]:
        """Yield the indices of some sentences with their logits, each of shape (tokens, labels).

        The longest come first; a sentence without a token never comes.
        """
        windows = [
            (index, window)
            for index, sentence in enumerate(sentences)
            for window in self.aligner.encode(sentence)
        ]
        # The logits of a sentence are kept until all of its windows are there.
        missing = Counter(index for index, _ in windows)
        kept: dict[int, NDArray[np.float32]] = {}
        windows.sort(key=lambda item: len(item[1].input_ids), reverse=True)
        lengths = [len(window.input_ids) for _, window in windows]
        for start, end in cut_by_padding(lengths, self.batch_tokens):
            batch = windows[start:end]
            padded = pad_windows([window for _, window in batch], self._padding)
            logits = self.runtime.compute_logits(*padded)
            for (index, window), rows in zip(batch, logits, strict=True):
                if index not in kept:
                    shape = len(sentences[index]), rows.shape[-1]
                    kept[index] = np.zeros(shape, dtype=np.float32)
                kept[index][window.own_start : window.own_end] = project_labels(
                    window.word_ids, window.own_start, window.own_end, rows
                )
                missing[index] -= 1
            done = [index for index in kept if not missing[index]]
            yield done, [kept.pop(index) for index in done]

    def decode(
        self, sentences: Sequence[Sequence[str]], logits: Sequence[NDArray[np.float32]]
    ) -> Iterator[TaggedTokens]:
        """Yield what is found in each sentence, given its tokens and its logits.

        Raises:
            ModelError: A logit is no number.
        """
        return decode_sentences(
            self.decoder, self.labels, sentences, logits, self.min_scores, self.dictionary
        )


def describe_tagger(tagger: Tagger) -> dict[str, Any]:
    """Return what it can find and how it computes, as names and texts; no path of this machine."""
    runtime = tagger.runtime
    return {
        "types": tagger.types,
        "labels": tagger.labels,
        "runtime": type(runtime).__name__.removesuffix("Runtime"),
        "device": str(getattr(runtime, "device", "cpu")),
        "decoder": tagger.decoder_name,
        "precision": str(getattr(tagger.model, "dtype", "as exported")).removeprefix("torch."),
    }
