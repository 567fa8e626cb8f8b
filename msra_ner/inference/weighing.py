"""How probable a model finds tags: those that it finds, and those that somebody else has given."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from msra_ner.corpus import Sentence, split_text
from msra_ner.decoding import check_logits
from msra_ner.errors import ArgumentsError
from msra_ner.inference.decode import place_in_text
from msra_ner.inference.entities import TaggedText
from msra_ner.inference.tagger import CHUNK_BATCHES, CHUNK_TEXTS, Tagger
from msra_ner.inference.texts import check_texts, cut_chunks
from msra_ner.labels import LabelIds, is_open

SENTENCES_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class WeighedSentence:
    """What a model says of a sentence.

    Attributes:
        given: The probability of each tag that was given, 0 to 1; of an open tag that of all
            labels which it leaves open.
        tags: The tags that the model finds, one a token.
    """

    given: list[float]
    tags: list[str]


def weigh_tags(tagger: Tagger, sentences: Sequence[Sentence]) -> Iterator[WeighedSentence]:
    """Yield what a model says of each sentence and of its tags.

    Every entity that it finds counts, whatever ``min_score`` is.

    Raises:
        ArgumentsError: There is a tag that the model does not know.
        ModelError: A logit is no number.
    """
    ids = LabelIds(tagger.labels)
    tags = {tag for sentence in sentences for tag in sentence.tags}
    if unknown := sorted(tag for tag in tags.difference(ids) if not is_open(tag)):
        raise ArgumentsError(
            f"found the tags {', '.join(unknown)}, expected those of the model: "
            f"{', '.join(tagger.labels)}. Take a model that was trained with all of them."
        )
    allowed = {tag: ids.list_allowed(tag) for tag in tags}
    decoder = tagger.decoder
    for start in range(0, len(sentences), SENTENCES_AT_ONCE):
        rows = sentences[start : start + SENTENCES_AT_ONCE]
        found = [WeighedSentence([], []) for _ in rows]
        for indices, logits in tagger.compute_logits([row.tokens for row in rows]):
            check_logits(logits)
            weights = decoder.find_label_probabilities(logits)
            paths = decoder.find_labels(logits)
            for index, shares, path in zip(indices, weights, paths, strict=True):
                pairs = enumerate(rows[index].tags)
                found[index] = WeighedSentence(
                    [float(shares[at, allowed[tag]].sum()) for at, tag in pairs],
                    [tagger.labels[label] for label in path.tolist()],
                )
        yield from found


@dataclass(frozen=True, slots=True)
class WeighedText:
    """A text with what a model finds in it.

    Attributes:
        tagged: The entities.
        shares: The probability of each label at each token, shape ``(tokens, labels)``.
    """

    tagged: TaggedText
    shares: NDArray[np.float64]


def weigh_texts(tagger: Tagger, texts: Iterable[str]) -> Iterator[WeighedText]:
    """Yield what a model says of each text, in order; memory does not grow with their number.

    Raises:
        ArgumentsError: An element is not a text.
        ModelError: A logit is no number.
    """
    characters = CHUNK_BATCHES * tagger.batch_tokens
    for chunk in cut_chunks(check_texts(texts), characters, CHUNK_TEXTS):
        splits = [split_text(text, tagger.by_character) for text in chunk]
        # A text without a token has no logits.
        empty = np.zeros((0, len(tagger.labels)))
        found = [WeighedText(TaggedText(text, types=tagger.types), empty) for text in chunk]
        for indices, logits in tagger.compute_logits([tokens for tokens, _ in splits]):
            weights = tagger.decoder.find_label_probabilities(logits)
            tagged = tagger.decode([splits[index][0] for index in indices], logits)
            for index, own, shares in zip(indices, tagged, weights, strict=True):
                placed = place_in_text(own, chunk[index], *splits[index], tagger.types)
                found[index] = WeighedText(placed, shares)
        yield from found
