"""Raw text to entities with character offsets, split and windowed as in training."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from msra_ner.alignment import Aligner, EncodedWindow, project_labels, window_limit
from msra_ner.encoder import CONFIG_KEY, load_tokenizer, position_limit, trained_labels
from msra_ner.labels import decode_entities
from msra_ner.passages import split_text

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# Word pieces, padding included, that one forward pass sees at most; bounds memory.
BATCH_PIECES = 8192
# Texts looked at together, so that texts of like length share a batch.
CHUNK = 512


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


class Tagger:
    """Tags texts with a model that ``train`` saved.

    >>> tagger = Tagger.from_pretrained("runs/sample")  # doctest: +SKIP
    >>> tagger("王小明在北京")  # doctest: +SKIP
    [TextEntity(type='PER', start=0, end=3, text='王小明', score=0.99...), ...]
    """

    def __init__(
        self,
        model: Any,
        tokenizer: "PreTrainedTokenizerBase",
        device: str | None = None,
    ) -> None:
        """Put the model on a device (the GPU where there is one) and read its window settings."""
        import torch

        if device is None:
            found = (
                torch.accelerator.current_accelerator()
                if torch.accelerator.is_available()
                else None
            )
            device = str(found or "cpu")
        self.device = torch.device(device)
        self.model = model.to(self.device).eval()
        self.labels = [
            str(model.config.id2label[index]) for index in range(model.config.num_labels)
        ]
        saved: dict[str, Any] = getattr(model.config, CONFIG_KEY, {})
        limit = window_limit(position_limit(model.config), tokenizer.model_max_length)
        max_length = saved.get("max_length", limit)
        overlap = saved.get("window_overlap")
        self.by_character = saved.get("token", "character") == "character"
        self.aligner = Aligner(tokenizer, max_length, overlap)
        self._padding = tokenizer.pad_token_id or 0

    @classmethod
    def from_pretrained(cls, name: str | Path, device: str | None = None) -> "Tagger":
        """Load a tagger from a folder or Hub name.

        Raises:
            ModelError: There is no token classification model.
        """
        import torch
        from transformers import AutoModelForTokenClassification

        trained_labels(str(name))
        tokenizer = load_tokenizer(str(name))
        model = AutoModelForTokenClassification.from_pretrained(name, dtype=torch.float32)
        return cls(model, tokenizer, device)

    def __call__(self, text: str | Sequence[str]) -> list[TextEntity] | list[list[TextEntity]]:
        """Return the entities of a text, or of each of several."""
        if isinstance(text, str):
            return next(self.stream([text]))
        return list(self.stream(text))

    def stream(
        self, texts: Iterable[str], chunk_size: int | None = None
    ) -> Iterator[list[TextEntity]]:
        """Yield the entities of each text, in order, holding ``chunk_size`` texts at most."""
        texts = iter(texts)
        while chunk := list(itertools.islice(texts, chunk_size or CHUNK)):
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
        while windows:
            size = max(1, BATCH_PIECES // len(windows[0][1].input_ids))
            batch, windows = windows[:size], windows[size:]
            predicted = self._forward([window for _, window in batch])
            for (index, window), label_row, score_row in zip(batch, *predicted, strict=True):
                owned = slice(window.own_start, window.own_end)
                for target, row in ((labels, label_row), (scores, score_row)):
                    target[index][owned] = project_labels(
                        window.word_ids, window.own_start, window.own_end, row
                    )
        return [
            ([self.labels[label] for label in label_row], score_row.tolist())
            for label_row, score_row in zip(labels, scores, strict=True)
        ]

    def _forward(self, windows: Sequence[EncodedWindow]) -> tuple[Any, Any]:
        """Return label ids and probabilities, each of shape ``(windows, longest)``."""
        import torch

        longest = max(len(window.input_ids) for window in windows)
        ids = torch.full((len(windows), longest), self._padding)
        mask = torch.zeros((len(windows), longest), dtype=torch.long)
        for row, window in enumerate(windows):
            ids[row, : len(window.input_ids)] = torch.tensor(window.input_ids)
            mask[row, : len(window.input_ids)] = 1
        with torch.inference_mode():
            logits = self.model(
                input_ids=ids.to(self.device), attention_mask=mask.to(self.device)
            ).logits
            best = logits.float().softmax(dim=-1).max(dim=-1)
        return best.indices.cpu().numpy(), best.values.cpu().numpy()


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
