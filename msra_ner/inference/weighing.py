"""How probable a model finds tags that somebody else has given, beside those that it finds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msra_ner.corpus import Sentence
from msra_ner.decoding import check_logits
from msra_ner.errors import ArgumentsError
from msra_ner.inference.tagger import Tagger

SENTENCES_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class WeighedSentence:
    """What a model says of a sentence.

    Attributes:
        given: The probability of each tag that was given, 0 to 1.
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
    ids = {label: index for index, label in enumerate(tagger.labels)}
    tags = {tag for sentence in sentences for tag in sentence.tags}
    if unknown := sorted(tags.difference(ids)):
        raise ArgumentsError(
            f"found the tags {', '.join(unknown)}, expected those of the model: "
            f"{', '.join(tagger.labels)}. Take a model that was trained with all of them."
        )
    decoder = tagger.decoder
    for start in range(0, len(sentences), SENTENCES_AT_ONCE):
        rows = sentences[start : start + SENTENCES_AT_ONCE]
        found = [WeighedSentence([], []) for _ in rows]
        for indices, logits in tagger.compute_logits([row.tokens for row in rows]):
            check_logits(logits)
            weights = decoder.find_label_probabilities(logits)
            paths = decoder.find_labels(logits)
            for index, shares, path in zip(indices, weights, paths, strict=True):
                given = [ids[tag] for tag in rows[index].tags]
                found[index] = WeighedSentence(
                    shares[range(len(given)), given].tolist(),
                    [tagger.labels[label] for label in path.tolist()],
                )
        yield from found
