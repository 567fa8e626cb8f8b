"""Find tokens that are something else: whole sentences, numbers, one value, a mark on each."""

from msra_ner.check.findings import (
    Finding,
    Location,
    format_count,
    format_part,
    make_case,
    make_finding,
)
from msra_ner.check.rows import CorpusRows
from msra_ner.corpus import OddKind, find_odd_tokens, shorten

REMEDIES: dict[OddKind, str] = {
    "sentences": "Each line is a whole sentence, as in Label Studio's CoNLL export of text without "
    "spaces: no entity in it has a place. Export JSON instead, which is read as it is.",
    "numbers": "The column of numbers was taken for the tokens: name the right one "
    "(--token_column).",
    "one_value": "The wrong column was taken for the tokens: name the right one (--token_column, "
    "--column tokens=NAME).",
    "marked": "No text that is to be tagged has the mark, and no encoder knows it: take it off.",
}


def find_odd_token_shapes(corpus: CorpusRows) -> list[Finding]:
    """Find splits in which most tokens cannot be tokens."""
    parts, cases, remedy = [], [], ""
    for split, rows in corpus.splits.items():
        odd = find_odd_tokens([row.tokens for row in rows])
        if odd is None:
            continue
        row = rows[odd.first]
        parts.append(
            f"{format_part(odd.number, odd.total, f'tokens of {split}')} {odd.description}"
        )
        location = Location(row.locate(0))
        detail = f"{format_count(odd.number, 'token')} in {split} {odd.description}"
        cases.append(make_case(shorten(row.tokens[0]), detail, [location]))
        remedy = REMEDIES[odd.kind]
    return make_finding("odd_tokens", True, "; ".join(parts), remedy, cases)
