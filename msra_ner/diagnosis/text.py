"""Checks of the text: is it what the model saw in training, and what its tokenizer knows?"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from msra_ner.corpus import Sentence, is_of_characters
from msra_ner.diagnosis.causes import MIN_GAIN, Cause, Score, examples_of, score, with_predicted
from msra_ner.report import Prediction

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


# Tags sentences of tokens anew, for a repair that changes the text.
Retag = Callable[[Sequence[Sequence[str]]], list[list[str]]]
# With more of its tokens unknown, a text is not what the tokenizer was made for.
UNFIT_SHARE = 0.05
# Where so many tokens have capital letters, these tell names from other words.
CAPITAL_SHARE = 0.1
# From this share on, a way of writing is that of a text; below the other, it is an exception.
MOSTLY, SELDOM = 0.8, 0.2
# Characters needed before a share of them says anything.
MIN_CHARACTERS = 30
# The full-width forms of ASCII, U+FF01 to U+FF5E, and the ideographic space.
WIDE = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)} | {"\u3000": " "}
# Frequent characters whose traditional form differs, simplified first.
PAIRS = (
    "国國学學会會来來时時长長门門问問东東书書车車马馬鸟鳥鱼魚龙龍见見贝貝说說话話语語"
    "对對发發开開关關经經济濟业業产產动動务務员員总總统統义議报報记記者者个個们們这這还還过過进進"
    "两兩为為无無与與从從体體万萬点點电電脑腦网網线線农農乡鄉县縣区區华華广廣汉漢泽澤"
    "军軍战戰队隊卫衛选選举舉权權"
)
TO_SIMPLIFIED = {
    PAIRS[n + 1]: PAIRS[n] for n in range(0, len(PAIRS), 2) if PAIRS[n] != PAIRS[n + 1]
}


@dataclass(frozen=True)
class TextFacts:
    """What is known of the model beside its predictions.

    Attributes:
        train: Sentences it was trained on; empty where they are not known.
        tokenizer: Its tokenizer, or None.
        vocabulary: Rows of its table of word pieces, or None.
        retag: Tags sentences anew, or None.
    """

    train: Sequence[Sentence] = ()
    tokenizer: "PreTrainedTokenizerBase | None" = None
    vocabulary: int | None = None
    retag: Retag | None = None


def text_causes(predictions: Sequence[Prediction], facts: TextFacts, base: Score) -> list[Cause]:
    """Return what is odd about the text, or between it and the tokenizer."""
    if not any(row.tokens for row in predictions):
        return []
    causes = []
    if facts.train:
        causes += [
            _written_otherwise(predictions, facts, base, WIDE, "full-width forms"),
            _written_otherwise(predictions, facts, base, TO_SIMPLIFIED, "traditional characters"),
            _split_otherwise(predictions, facts, base),
        ]
    if facts.tokenizer is not None:
        causes += [
            _unknown_pieces(predictions, facts),
            _wrong_tokenizer(facts),
            _lower_casing(predictions, facts),
        ]
    return [cause for cause in causes if cause]


def _written_otherwise(
    predictions: Sequence[Prediction],
    facts: TextFacts,
    base: Score,
    forms: Mapping[str, str],
    name: str,
) -> Cause | None:
    """Text in one way of writing, and training in the other; ``forms`` maps one to the other."""
    back = {other: form for form, other in forms.items()}
    seen = _share(chain.from_iterable(item.tokens for item in facts.train), forms, back)
    here = _share(chain.from_iterable(row.tokens for row in predictions), forms, back)
    if seen is None or here is None:
        return None
    if seen[0] >= MOSTLY and here[0] <= SELDOM:
        mapping = back
    elif seen[0] <= SELDOM and here[0] >= MOSTLY:
        mapping = dict(forms)
    else:
        return None
    rows = list(predictions)
    after = None
    if facts.retag is not None:
        texts = [[mapping.get(token, token) for token in row.tokens] for row in rows]
        tags = facts.retag(texts)
        rows = [with_predicted(row, new) for row, new in zip(rows, tags, strict=True)]
        after = score(rows)
        if after.f1 < base.f1 + MIN_GAIN:
            return None
    return Cause(
        "written_otherwise",
        f"the text is not written as in training: {name} are {100 * here[0]:.0f} % here and "
        f"{100 * seen[0]:.0f} % there",
        "Write the text as the training data is written before tagging it (the corpus of MSRA has "
        "full-width digits and simplified characters), or train on both.",
        None if after is None else after.f1,
        0 if after is None else after.correct - base.correct,
        [f"of {here[1]:,} characters here and {seen[1]:,} in train that have both forms"],
        examples_of(predictions, rows),
    )


def _share(
    tokens: Any, forms: Mapping[str, str], others: Mapping[str, str]
) -> tuple[float, int] | None:
    """Return the share of ``forms`` among the tokens that have both forms, and their number."""
    counts = Counter(tokens)
    ours = sum(number for token, number in counts.items() if token in forms)
    total = ours + sum(number for token, number in counts.items() if token in others)
    return (ours / total, total) if total >= MIN_CHARACTERS else None


def _split_otherwise(
    predictions: Sequence[Prediction], facts: TextFacts, base: Score
) -> Cause | None:
    """Tokens of several characters, where training had one character a token."""
    trained = [token for item in facts.train for token in item.tokens]
    usual = sum(len(token) > 1 for token in trained) / max(1, len(trained))
    long = Counter(token for row in predictions for token in row.tokens if len(token) > 1)
    total = sum(len(row.tokens) for row in predictions)
    if not is_of_characters(trained) or long.total() < (usual + UNFIT_SHARE) * total:
        return None
    after = None
    rows = list(predictions)
    if facts.retag is not None:
        tags = facts.retag([list("".join(row.tokens)) for row in rows])
        rows = [
            with_predicted(row, _first_of_each(row.tokens, new))
            for row, new in zip(rows, tags, strict=True)
        ]
        after = score(rows)
        if after.f1 < base.f1 + MIN_GAIN:
            return None
    return Cause(
        "split_otherwise",
        f"{long.total():,} of {total:,} tokens have several characters; in training a token is one",
        "Split text into characters before the tokenizer sees it (list(text) with "
        "is_split_into_words), as in training; Tagger and 'msra-ner predict' do.",
        None if after is None else after.f1,
        0 if after is None else after.correct - base.correct,
        ["such as " + ", ".join(token for token, _ in long.most_common(8))],
        examples_of(predictions, rows),
    )


def _first_of_each(tokens: Sequence[str], tags: Sequence[str]) -> list[str]:
    """Return for each token the tag of its first character."""
    found, at = [], 0
    for token in tokens:
        found.append(tags[at])
        at += len(token)
    return found


def _unknown_pieces(predictions: Sequence[Prediction], facts: TextFacts) -> Cause | None:
    from msra_ner.dataset import Aligner, window_limit

    assert facts.tokenizer is not None
    counts = Counter(token for row in predictions for token in row.tokens)
    aligner = Aligner(facts.tokenizer, window_limit(facts.tokenizer.model_max_length))
    unknown = facts.tokenizer.unk_token_id
    pieces = zip(counts, aligner.pieces(counts), strict=True)
    odd = Counter({token: counts[token] for token, ids in pieces if unknown in ids})
    if odd.total() <= UNFIT_SHARE * counts.total():
        return None
    return Cause(
        "unknown_pieces",
        f"{100 * odd.total() / counts.total():.1f} % of the tokens are unknown to the tokenizer",
        "Choose an encoder made for this language and script; look whether its vocabulary is "
        "lower-case or another's, and whether vocab.txt was loaded at all.",
        evidence=["most often " + ", ".join(f"{a} ({b:,})" for a, b in odd.most_common(8))],
    )


def _wrong_tokenizer(facts: TextFacts) -> Cause | None:
    assert facts.tokenizer is not None
    size = len(facts.tokenizer)
    if facts.vocabulary is None or size <= facts.vocabulary:
        return None
    return Cause(
        "wrong_tokenizer",
        f"tokenizer and encoder do not belong together: {size:,} word pieces against "
        f"{facts.vocabulary:,} rows in the encoder",
        "Load both from the same folder or name; after adding tokens call resize_token_embeddings "
        "before training.",
    )


def _lower_casing(predictions: Sequence[Prediction], facts: TextFacts) -> Cause | None:
    """A vocabulary without capital letters, for text in which they mark names."""
    assert facts.tokenizer is not None
    tokens = [token for row in predictions for token in row.tokens]
    capital = [token for token in tokens if token != token.lower()]
    engine = facts.tokenizer.backend_tokenizer
    if len(capital) <= CAPITAL_SHARE * len(tokens):
        return None
    alike = engine.encode("Paris").ids == engine.encode("paris").ids
    known = facts.tokenizer.unk_token_id not in engine.encode("paris").ids
    if not (alike and known):
        return None
    return Cause(
        "lower_casing",
        f"{100 * len(capital) / len(tokens):.0f} % of the tokens have capital letters, which the "
        "tokenizer turns into small ones",
        "Choose a cased encoder: in such text capitals tell names from other words.",
        evidence=["'Paris' and 'paris' are the same to it"],
    )
