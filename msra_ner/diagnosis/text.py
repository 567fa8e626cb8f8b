"""Checks of the text: is it what the model saw in training, and what its tokenizer knows?"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import TYPE_CHECKING
from unicodedata import normalize

from msra_ner.corpus import Sentence, is_of_characters, is_text
from msra_ner.diagnosis.findings import Finding, Predictions, prove_repair
from msra_ner.metrics import BreakdownRow

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# Tags sentences of tokens again, for a repair that changes the text.
Retag = Callable[[Sequence[Sequence[str]]], list[list[str]]]
# With more of its tokens unknown, a text is not what the tokenizer was made for: of MSRA's tokens
# 0.9 % are unknown to the vocabulary of bert-base-chinese.
UNFIT_SHARE = 0.05
# Where so many tokens have capital letters, these tell names from other words. In MSRA 0.02 % have
# any; in English each name and each start of a sentence.
CAPITAL_SHARE = 0.1
# From this share on, a way of writing is that of a text; below the other, it is an exception. Text
# that OpenCC converts has 99 % and more, text of the other kind less than 0.1 %.
MOSTLY, SELDOM = 0.8, 0.2
# Tokens needed before a share of them says anything.
MIN_TOKENS = 30
# Fewer odd tokens than this are an exception, however small the text.
MIN_ODD = 10


@dataclass(frozen=True)
class TextFacts:
    """What is known of the model beside its predictions.

    Attributes:
        train: Sentences it was trained on; empty where they are not known.
        tokenizer: Its tokenizer, or None.
        vocabulary: Rows of its table of word pieces, or None.
        retag: Tags sentences again, or None.
    """

    train: Sequence[Sentence] = ()
    tokenizer: "PreTrainedTokenizerBase | None" = None
    vocabulary: int | None = None
    retag: Retag | None = None


# The full-width forms of ASCII, U+FF01 to U+FF5E, and the ideographic space.
FULL_WIDTH = {char: normalize("NFKC", char) for char in map(chr, [0x3000, *range(0xFF01, 0xFF5F)])}
HALF_WIDTH = {half: full for full, half in FULL_WIDTH.items()}


def check_text(predictions: Predictions, facts: TextFacts, base: BreakdownRow) -> list[Finding]:
    """Return what is odd about the text, or between it and the tokenizer."""
    if not any(row.tokens for row in predictions):
        return []
    found = []
    if facts.train:
        here = Counter(chain.from_iterable(row.tokens for row in predictions))
        there = Counter(chain.from_iterable(item.tokens for item in facts.train))
        known = (predictions, base, facts.retag, here, there)
        scripts = _compare_scripts({*here, *there})
        found += [
            _find_other_writing(*known, "full-width forms", FULL_WIDTH, HALF_WIDTH),
            _find_other_writing(*known, "traditional characters", *scripts),
            _find_other_split(*known),
        ]
    if facts.tokenizer is not None:
        found += [
            _find_unknown_pieces(predictions, facts.tokenizer),
            _find_wrong_tokenizer(facts.tokenizer, facts.vocabulary),
            _find_lower_casing(predictions, facts.tokenizer),
        ]
    return [finding for finding in found if finding]


def _compare_scripts(tokens: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return tokens with their other form: the traditional ones, and the simplified ones."""
    from opencc import OpenCC

    simplify, complicate = OpenCC("t2s").convert, OpenCC("s2t").convert
    traditional, simplified = {}, {}
    for token in filter(is_text, tokens):
        if (simple := simplify(token)) != token:
            traditional[token] = simple
        elif (other := complicate(token)) != token:
            simplified[token] = other
    return traditional, simplified


def _find_other_writing(
    predictions: Predictions,
    base: BreakdownRow,
    retag: Retag | None,
    here: Counter[str],
    there: Counter[str],
    name: str,
    forwards: Mapping[str, str],
    backwards: Mapping[str, str],
) -> Finding | None:
    """Text in one way of writing, and training in the other; each maps to the other's tokens."""
    counts = [sum(side[token] for token in forwards) for side in (here, there)]
    totals = [sum(side[token] for token in {**forwards, **backwards}) for side in (here, there)]
    if min(totals) < MIN_TOKENS:
        return None
    share, usual = (count / total for count, total in zip(counts, totals, strict=True))
    if usual >= MOSTLY and share <= SELDOM:
        mapping = backwards
    elif usual <= SELDOM and share >= MOSTLY:
        mapping = forwards
    else:
        return None
    finding = Finding(
        "written_otherwise",
        f"the text is not written as in training: {name} are {100 * share:.0f} % here and "
        f"{100 * usual:.0f} % there",
        "Write the text as the training data is written before tagging it (the corpus of MSRA has "
        "full-width digits and simplified characters), or train on both.",
        evidence=[
            f"of {totals[0]:,} characters here and {totals[1]:,} in train that have both forms"
        ],
    )
    if retag is None:
        return finding
    tags = retag([[mapping.get(token, token) for token in row.tokens] for row in predictions])
    repaired = [replace(row, predicted=new) for row, new in zip(predictions, tags, strict=True)]
    return prove_repair(finding, predictions, repaired, base)


def _find_other_split(
    predictions: Predictions,
    base: BreakdownRow,
    retag: Retag | None,
    here: Counter[str],
    there: Counter[str],
) -> Finding | None:
    """Tokens of several characters, where training had one character a token."""
    long = Counter({token: count for token, count in here.items() if len(token) > 1})
    usual = sum(count for token, count in there.items() if len(token) > 1) / max(1, there.total())
    share = long.total() / here.total()
    few = long.total() < MIN_ODD
    if few or not is_of_characters(there.elements()) or share < usual + UNFIT_SHARE:
        return None
    finding = Finding(
        "split_otherwise",
        f"{long.total():,} of {here.total():,} tokens have several characters; in training a token "
        "is one character",
        "Split text into characters before the tokenizer sees it (list(text) with "
        "is_split_into_words), as in training; Tagger and 'msra-ner predict' do.",
        evidence=["such as " + ", ".join(token for token, _ in long.most_common(8))],
    )
    if retag is None:
        return finding
    tags = retag([list("".join(row.tokens)) for row in predictions])
    repaired = [
        replace(row, predicted=_take_first_tags(row.tokens, new))
        for row, new in zip(predictions, tags, strict=True)
    ]
    return prove_repair(finding, predictions, repaired, base)


def _take_first_tags(tokens: Sequence[str], tags: Sequence[str]) -> list[str]:
    """Return for each token the tag of its first character."""
    return [
        tags[end - len(token)]
        for token, end in zip(tokens, accumulate(map(len, tokens)), strict=True)
    ]


def _find_unknown_pieces(
    predictions: Predictions, tokenizer: "PreTrainedTokenizerBase"
) -> Finding | None:
    from msra_ner.dataset import Aligner, find_window_limit

    counts = Counter(token for row in predictions for token in row.tokens)
    pieces = Aligner(tokenizer, find_window_limit(tokenizer.model_max_length)).pieces(counts)
    unknown = tokenizer.unk_token_id
    odd = Counter(
        {token: counts[token] for token, ids in zip(counts, pieces, strict=True) if unknown in ids}
    )
    if odd.total() < MIN_ODD or odd.total() <= UNFIT_SHARE * counts.total():
        return None
    return Finding(
        "unknown_pieces",
        f"{100 * odd.total() / counts.total():.1f} % of the tokens are unknown to the tokenizer",
        "Choose an encoder made for this language and script; look whether its vocabulary is "
        "lower-case or another's, and whether vocab.txt was loaded at all.",
        evidence=["most often " + ", ".join(f"{a} ({b:,})" for a, b in odd.most_common(8))],
    )


def _find_wrong_tokenizer(
    tokenizer: "PreTrainedTokenizerBase", vocabulary: int | None
) -> Finding | None:
    if vocabulary is None or len(tokenizer) <= vocabulary:
        return None
    return Finding(
        "wrong_tokenizer",
        f"tokenizer and encoder do not belong together: {len(tokenizer):,} word pieces against "
        f"{vocabulary:,} rows in the encoder",
        "Load both from the same folder or name; after adding tokens call resize_token_embeddings "
        "before training.",
    )


def _find_lower_casing(
    predictions: Predictions, tokenizer: "PreTrainedTokenizerBase"
) -> Finding | None:
    """A vocabulary without capital letters, for text in which they mark names."""
    tokens = [token for row in predictions for token in row.tokens]
    capital = sum(token != token.lower() for token in tokens)
    if capital < MIN_ODD or capital <= CAPITAL_SHARE * len(tokens):
        return None
    upper, lower = (tokenizer.backend_tokenizer.encode(word).ids for word in ("Paris", "paris"))
    if upper != lower or tokenizer.unk_token_id in lower:
        return None
    return Finding(
        "lower_casing",
        f"{100 * capital / len(tokens):.0f} % of the tokens have capital letters, which the "
        "tokenizer turns into small ones",
        "Choose a cased encoder: in such text capitals tell names from other words.",
        evidence=["'Paris' and 'paris' are the same to it"],
    )
