"""Checks of what was scored against what the files hold: is anything lost, or padded?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from msra_ner.corpus import Sentence, read_as_iob2
from msra_ner.diagnosis.causes import Cause, Score, entities_of, padded, score, show
from msra_ner.labels import OUTSIDE, decode_entities
from msra_ner.report import Prediction

# Lengths at which tools cut a sentence: limits of word pieces, less two for [CLS] and [SEP].
CUTS = {126, 128, 178, 180, 254, 256, 382, 384, 510, 512}
# Of the sentences, so many have the very length of the longest where padding was scored.
PADDED_SHARE = 0.9
MIN_SENTENCES = 20


def coverage_causes(
    predictions: Sequence[Prediction], sentences: Sequence[Sentence] | None, base: Score
) -> list[Cause]:
    """Return what is lost or added between the files and the score.

    Args:
        predictions: What was scored.
        sentences: The sentences of the split in the files; None where these are not known.
        base: Score of the predictions.
    """
    causes = [padded_length(predictions)]
    causes.append(
        cut_length(predictions) if sentences is None else lost(predictions, sentences, base)
    )
    return [cause for cause in causes if cause]


def complete(
    predictions: Sequence[Prediction], sentences: Sequence[Sentence]
) -> list[Prediction] | None:
    """Return the predictions with all that the files hold beside them, predicted as ``O``.

    Rows are looked for in the order of the files; a row may be the start of its sentence, or lack
    tokens within. None where a row belongs to no sentence.
    """
    rows = iter(predictions)
    row = next(rows, None)
    found = []
    for sentence in sentences:
        tags = _predicted_of(row, sentence) if row is not None else None
        if tags is None:
            tags = [OUTSIDE] * len(sentence.tokens)
            location = sentence.location
        else:
            location = row.location if row else ""
            row = next(rows, None)
        found.append(Prediction(sentence.tokens, sentence.tags, tags, location))
    return found if row is None else None


def _predicted_of(row: Prediction, sentence: Sentence) -> list[str] | None:
    """Return one predicted tag for each token of a sentence, or None if the row is not of it."""
    gold = [read_as_iob2(tag) for tag in row.gold]
    keys: list[object] = list(zip(row.tokens or [""] * len(gold), gold, strict=False))
    tokens = sentence.tokens if row.tokens else [""] * len(sentence.tokens)
    wanted: list[object] = list(zip(tokens, sentence.tags, strict=True))
    if not keys or len(keys) > len(wanted):
        return None
    predicted = padded(row.predicted, len(keys))
    if keys == wanted[: len(keys)]:
        return padded(predicted, len(wanted))
    if not row.tokens:
        return None
    # Tokens were skipped: the rest stands in the same order, most of it at least.
    tags, at = [], 0
    for key in wanted:
        hit = at < len(keys) and keys[at] == key
        tags.append(predicted[at] if hit else OUTSIDE)
        at += hit
    return tags if at == len(keys) and 2 * at > len(wanted) else None


def lost(
    predictions: Sequence[Prediction], sentences: Sequence[Sentence], base: Score
) -> Cause | None:
    """Sentences, tokens or entities of the files that no prediction is scored for."""
    counts = (len(sentences), sum(len(item.tokens) for item in sentences))
    seen = (len(predictions), sum(len(row.gold) for row in predictions))
    entities = sum(len(decode_entities(item.tags)) for item in sentences)
    whole = complete(predictions, sentences)
    if seen == counts and base.gold == entities:
        return None
    best = 2 * base.gold / (base.gold + entities) if entities else 0.0
    honest = score(whole) if whole is not None else None
    evidence = [
        f"{name}: {part:,} of {total:,}"
        for name, part, total in zip(
            ("sentences", "tokens", "entities"),
            (*seen, base.gold),
            (*counts, entities),
            strict=True,
        )
    ]
    evidence.append(f"with all of them counted, F1 can be {100 * best:.2f} at best")
    if honest is not None:
        evidence.append(f"and is {100 * honest.f1:.2f}, not {100 * base.f1:.2f}")
    shorter = [
        row
        for row, item in zip(predictions, sentences, strict=False)
        if len(row.gold) < len(item.tokens)
    ]
    if len(predictions) < len(sentences):
        evidence.append("sentences are missing: a last batch that was dropped, or lines skipped")
    if shorter:
        longest = max(len(row.gold) for row in predictions)
        evidence.append(
            f"{len(shorter):,} sentences lack tokens; none has more than {longest:,}: cut there?"
        )
    return Cause(
        "lost",
        f"{entities - base.gold:,} of {entities:,} gold entities were never scored"
        if entities != base.gold
        else f"{counts[1] - seen[1]:,} of {counts[1]:,} tokens were never scored",
        "Score every sentence whole: windows instead of truncation, no drop_last, one tag for each "
        "token. 'msra-ner evaluate' does, and fails if anything is missing.",
        None if honest is None else base.f1,
        entities - base.gold,
        evidence,
        [show(row, max(0, len(row.gold) - 4), len(row.gold)) for row in shorter[:3]],
        None if honest is None else honest.f1,
    )


def cut_length(predictions: Sequence[Prediction]) -> Cause | None:
    """Many sentences that end at a length where tools cut, and none longer."""
    lengths = Counter(len(row.gold) for row in predictions)
    longest = max(lengths, default=0)
    at_the_end = [row for row in predictions if len(row.gold) == longest]
    if longest not in CUTS or len(at_the_end) < max(3, len(predictions) // 200):
        return None
    if len(at_the_end) >= PADDED_SHARE * len(predictions):
        return None
    inside = sum(row.gold[-1] != OUTSIDE for row in at_the_end)
    return Cause(
        "cut_length",
        f"{len(at_the_end):,} sentences have exactly {longest} tokens and none has more: they look "
        "cut, and what stood behind was never scored",
        "Give --data_dir with the corpus to see what is lost. Use windows instead of truncation.",
        evidence=[f"{inside:,} of them end inside an entity"],
        examples=[show(row, longest - 4, longest) for row in at_the_end[:3]],
    )


def padded_length(predictions: Sequence[Prediction]) -> Cause | None:
    """All sentences of one length: padding was scored as ``O``."""
    lengths = Counter(len(row.gold) for row in predictions)
    longest = max(lengths, default=0)
    # Where tokens are known, padding would show as such.
    same = lengths[longest] >= PADDED_SHARE * len(predictions) and not predictions[0].tokens
    if len(predictions) < MIN_SENTENCES or not same or len(lengths) > len(predictions) // 10:
        return None
    trimmed = []
    removed = 0
    for row in predictions:
        end = max((entity.end for entity in entities_of(row.gold)), default=0)
        while end < len(row.gold) and any(
            tag != OUTSIDE for tag in [*row.gold[end:], *row.predicted[end:]]
        ):
            end += 1
        removed += len(row.gold) - end
        trimmed.append(replace(row, gold=row.gold[:end], predicted=row.predicted[:end]))
    if 2 * removed < sum(len(row.gold) for row in predictions):
        return None
    after = score(trimmed)
    return Cause(
        "padded_length",
        f"nearly all sentences have {longest} positions: padding is scored as if it were tokens",
        "Leave padding out of both sides before scoring (its label is -100). F1 does not see it "
        "where both sides say O, but token accuracy does.",
        evidence=[f"token accuracy without the O at the ends: {100 * after.accuracy:.2f} at least"],
    )
