"""Checks of what was scored against what the files hold: is anything lost, or padded?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from msra_ner.corpus import Sentence, read_as_iob2
from msra_ner.diagnosis.findings import (
    MAX_EXAMPLES,
    Finding,
    Predictions,
    find_entities,
    format_stretch,
    measure_token_accuracy,
    pad_tags,
    score_predictions,
)
from msra_ner.labels import OUTSIDE, decode_entities
from msra_ner.metrics import BreakdownRow
from msra_ner.report import Prediction
from msra_ner.tables import format_percent

# Lengths at which tools cut a sentence: limits of word pieces, less two for [CLS] and [SEP].
CUTS = {126, 128, 178, 180, 254, 256, 382, 384, 510, 512}
# Of the sentences, so many have the very length of the longest where padding was scored; otherwise
# that is one sentence, or a few.
PADDED_SHARE = 0.9
# Fewer sentences may have one length by chance.
MIN_SENTENCES = 20
# So many tokens tell a sentence from others; what a tool cut or skipped seldom lies among them.
FIRST_TOKENS = 8


def check_coverage(
    predictions: Predictions, sentences: Sequence[Sentence] | None, base: BreakdownRow
) -> list[Finding]:
    """Return what is lost or added between the files, where they are known, and the score."""
    if sentences is None:
        lost = find_cut_length(predictions)
    elif not are_of(predictions, sentences):
        lost = report_other_corpus(predictions, sentences, base)
    else:
        lost = find_lost(predictions, sentences, base)
    return [finding for finding in (find_padded_length(predictions), lost) if finding]


def are_of(predictions: Predictions, sentences: Sequence[Sentence]) -> bool:
    """Return whether predictions are of these sentences: most begin as one of them does.

    Of predictions without tokens only their number is known: there are no more gold entities in
    them than in the sentences.
    """
    named = [row for row in predictions if row.tokens]
    if not named:
        gold = sum(len(find_entities(row.gold)) for row in predictions)
        return gold <= sum(len(decode_entities(item.tags)) for item in sentences)
    return 2 * _count_shared(named, sentences) >= len(named)


def _count_shared(predictions: Predictions, sentences: Sequence[Sentence]) -> int:
    """Return how many rows begin as a sentence does."""
    starts = {tuple(item.tokens[:FIRST_TOKENS]) for item in sentences}
    return sum(tuple(row.tokens[:FIRST_TOKENS]) in starts for row in predictions)


def report_other_corpus(
    predictions: Predictions, sentences: Sequence[Sentence], base: BreakdownRow
) -> Finding:
    """Say that predictions are not of this corpus: nothing can be said to be lost."""
    shared = _count_shared(predictions, sentences)
    entities = sum(len(decode_entities(item.tags)) for item in sentences)
    return Finding(
        "other_corpus",
        "the predictions are not of this corpus, so whether anything is lost is not known",
        "Give the --data_dir, and the --split, that the predictions are of.",
        evidence=[
            f"{shared:,} of {len(predictions):,} predictions begin as one of its sentences does",
            f"gold entities: {base.gold:,} in the predictions, {entities:,} in the corpus",
        ],
    )


def find_no_gold(base: BreakdownRow) -> Finding | None:
    """No gold entity at all: nothing can be found, and no other check has anything to go by."""
    if base.gold:
        return None
    return Finding(
        "no_gold_entity",
        f"there is no gold entity, so F1 is not defined; {base.predicted:,} were predicted",
        "Look whether these are the sentences that were meant, and whether their gold tags are "
        "read from the right place: 'msra-ner check' on the corpus.",
    )


def complete_predictions(
    predictions: Predictions, sentences: Sequence[Sentence]
) -> list[Prediction] | None:
    """Return the predictions with all that only the files hold, predicted as ``O``.

    Rows are looked for in the order of the files; a row may be the start of its sentence, or lack
    tokens within. None where a row belongs to no sentence.
    """
    rows = list(reversed(predictions))
    found = []
    for item in sentences:
        tags, location = _match_tags(rows[-1], item) if rows else None, item.location
        if tags is not None:
            location = rows.pop().location
        found.append(
            Prediction(item.tokens, item.tags, tags or pad_tags([], len(item.tokens)), location)
        )
    return None if rows else found


def _match_tags(row: Prediction, sentence: Sentence) -> list[str] | None:
    """Return one predicted tag for each token of a sentence, or None if the row is not of it."""
    gold = [read_as_iob2(tag) for tag in row.gold]
    keys: list[object] = list(zip(row.tokens or [""] * len(gold), gold, strict=False))
    tokens = sentence.tokens if row.tokens else [""] * len(sentence.tokens)
    wanted: list[object] = list(zip(tokens, sentence.tags, strict=True))
    if not keys or len(keys) > len(wanted):
        return None
    predicted = pad_tags(row.predicted, len(keys))
    if keys == wanted[: len(keys)]:
        return pad_tags(predicted, len(wanted))
    if not row.tokens:
        return None
    # Tokens were skipped: the others are in the same order, and most of the sentence.
    tags, at = [], 0
    for key in wanted:
        hit = at < len(keys) and keys[at] == key
        tags.append(predicted[at] if hit else OUTSIDE)
        at += hit
    return tags if at == len(keys) and 2 * at > len(wanted) else None


def find_lost(
    predictions: Predictions, sentences: Sequence[Sentence], base: BreakdownRow
) -> Finding | None:
    """Sentences, tokens or entities of the files that no prediction is scored for."""
    entities = sum(len(decode_entities(item.tags)) for item in sentences)
    counts = {
        "sentences": (len(predictions), len(sentences)),
        "tokens": (
            sum(len(row.gold) for row in predictions),
            sum(len(item.tokens) for item in sentences),
        ),
        "entities": (base.gold, entities),
    }
    if all(part == total for part, total in counts.values()):
        return None
    best = 2 * base.gold / (base.gold + entities) if entities else 0.0
    whole = complete_predictions(predictions, sentences)
    honest = score_predictions(whole) if whole is not None else None
    evidence = [
        *(f"{name}: {part:,} of {total:,}" for name, (part, total) in counts.items()),
        f"with all of them counted, F1 can be {format_percent(best)} at best",
    ]
    if honest is not None:
        evidence.append(f"and is {format_percent(honest.f1)}, not {format_percent(base.f1)}")
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
    part, total = counts["tokens"]
    return Finding(
        "lost",
        f"{entities - base.gold:,} of {entities:,} gold entities were never scored"
        if entities != base.gold
        else f"{total - part:,} of {total:,} tokens were never scored",
        "Score every sentence whole: windows instead of truncation, no drop_last, one tag for each "
        "token. 'msra-ner evaluate' does, and fails if anything is missing.",
        None if honest is None else base.f1,
        entities - base.gold,
        evidence,
        [
            format_stretch(row, max(0, len(row.gold) - 4), len(row.gold))
            for row in shorter[:MAX_EXAMPLES]
        ],
        None if honest is None else honest.f1,
    )


def find_cut_length(predictions: Predictions) -> Finding | None:
    """Many sentences that end at a length where tools cut, and none longer."""
    longest = max((len(row.gold) for row in predictions), default=0)
    at_the_end = [row for row in predictions if len(row.gold) == longest]
    # In a corpus that nobody cut, one sentence is the longest, rarely two.
    few, most = max(3, len(predictions) // 200), PADDED_SHARE * len(predictions)
    if longest not in CUTS or not few <= len(at_the_end) < most:
        return None
    inside = sum(row.gold[-1] != OUTSIDE for row in at_the_end)
    return Finding(
        "cut_length",
        f"{len(at_the_end):,} sentences have exactly {longest} tokens and none has more: they look "
        "cut, and what came after was never scored",
        "Give --data_dir with the corpus to see what is lost. Use windows instead of truncation.",
        evidence=[f"{inside:,} of them end inside an entity"],
        examples=[format_stretch(row, longest - 4, longest) for row in at_the_end[:MAX_EXAMPLES]],
    )


def find_padded_length(predictions: Predictions) -> Finding | None:
    """All sentences of one length: padding was scored as ``O``."""
    # Where tokens are known, padding would show as such.
    if len(predictions) < MIN_SENTENCES or predictions[0].tokens:
        return None
    lengths = Counter(len(row.gold) for row in predictions)
    longest, same = max(lengths.items())
    if same < PADDED_SHARE * len(predictions) or len(lengths) > len(predictions) // 10:
        return None
    trimmed = []
    for row in predictions:
        pairs = enumerate(zip_longest(row.gold, row.predicted, fillvalue=OUTSIDE), 1)
        end = max((number for number, pair in pairs if pair != (OUTSIDE, OUTSIDE)), default=0)
        trimmed.append(replace(row, gold=row.gold[:end], predicted=row.predicted[:end]))
    before, after = (sum(len(row.gold) for row in rows) for rows in (predictions, trimmed))
    if 2 * after > before:
        return None
    return Finding(
        "padded_length",
        f"nearly all sentences have {longest} positions: padding is scored as if it were tokens",
        "Leave padding out of both sides before scoring (its label is -100). F1 does not see it "
        "where both sides say O, but token accuracy does.",
        evidence=[
            "token accuracy without the O at the ends: "
            f"{format_percent(measure_token_accuracy(trimmed))} at least"
        ],
    )
