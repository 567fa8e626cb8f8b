"""From tokens to the word pieces of windows, no token lost.

Every token is tokenized by itself, so its pieces do not depend on its neighbours and a sentence is
a sequence of look-ups. A token that the tokenizer drops (U+3000, U+200B, control characters, ...)
becomes one unknown piece, so that it keeps its place, is seen in training and gets a tag.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from msra_ner.dataset.windows import plan_windows
from msra_ner.errors import TokenizerError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerBase


# torch's cross entropy, and so every transformers model, leaves this label out of the loss.
IGNORE_INDEX = -100
# In `word_ids`: of special pieces such as [CLS], which belong to no token.
NO_TOKEN = -1
DEFAULT_OVERLAP = 128  # 64 pieces of context at least, for every token inside a sentence
# For tokenizers and encoders that state no limit; attention grows with the square of it.
DEFAULT_MAX_LENGTH = 512
# More distinct tokens than this are forgotten at once, and tokenized again when they come back:
# counting their uses would cost more in each look-up than that does.
MAX_KNOWN_TOKENS = 100_000


@dataclass(frozen=True, slots=True)
class EncodedWindow:
    """The word pieces of a window of a sentence.

    ``input_ids`` and ``word_ids`` have one item a piece, special pieces included; ``word_ids``
    holds the position in the sentence of the token each piece belongs to, or ``NO_TOKEN``. Tokens
    ``own_start`` to ``own_end`` (exclusive) are labelled and scored here and nowhere else.
    """

    input_ids: list[int]
    word_ids: list[int]
    own_start: int
    own_end: int


class Aligner:
    """Cuts sentences into windows of word pieces for one fast tokenizer.

    Args:
        tokenizer: Any fast tokenizer (WordPiece, BPE, Unigram; with or without a mark of the
            word start).
        max_length: Word pieces a window can hold, special pieces included; None takes the
            tokenizer's limit.
        overlap: Word pieces seen by two neighbouring windows; None takes 128, or a quarter of
            ``max_length`` where that is less.

    Attributes:
        prefix: Ids of the special pieces before the text of a window.
        suffix: Ids of the special pieces behind it.
        capacity: Word pieces a window holds between them.

    Raises:
        TokenizerError: The tokenizer is not a fast one, or the sizes do not fit together.
    """

    def __init__(
        self,
        tokenizer: "PreTrainedTokenizerBase",
        max_length: int | None = None,
        overlap: int | None = None,
    ) -> None:
        """Copy the tokenizer's engine, without the truncation and padding it may carry."""
        if not getattr(tokenizer, "is_fast", False):
            raise TokenizerError(
                f"{tokenizer.__class__.__name__}: found a slow tokenizer, expected a fast one, "
                "which knows the token of each piece. Convert it, or choose another model."
            )
        self.tokenizer = tokenizer
        self.max_length = max_length or find_window_limit(tokenizer.model_max_length)
        self.overlap = min(DEFAULT_OVERLAP, self.max_length // 4) if overlap is None else overlap
        self._engine = _copy_engine(tokenizer)
        self._engine.no_truncation()
        self._engine.no_padding()
        self.prefix, self.suffix = self._special_pieces()
        self.capacity = self.max_length - len(self.prefix) - len(self.suffix)
        if not 0 <= self.overlap < self.capacity:
            raise TokenizerError(
                f"found max_length {self.max_length} and overlap {self.overlap}, expected the "
                f"overlap to be less than the {self.capacity} pieces that a window holds beside "
                "the special ones. Give a smaller --window_overlap or a larger --max_length."
            )
        unknown, mask = tokenizer.unk_token_id, tokenizer.mask_token_id
        self._replacement = mask if unknown is None else unknown
        self._pieces: dict[str, tuple[int, ...]] = {}

    def __repr__(self) -> str:
        name = self.tokenizer.name_or_path or self.tokenizer.__class__.__name__
        return f"Aligner({name!r}, max_length={self.max_length}, overlap={self.overlap})"

    def identity(self) -> bytes:
        """Return all that the windows depend on, as bytes for a cache key."""
        settings = [self.max_length, self.overlap, self._replacement]
        return f"{settings} {self._engine.to_str()}".encode()

    def encode(self, tokens: Sequence[str]) -> list[EncodedWindow]:
        """Return the windows that cover a sentence, in order; none for an empty sentence.

        >>> from transformers import AutoTokenizer
        >>> aligner = Aligner(AutoTokenizer.from_pretrained(NAME), 512)  # doctest: +SKIP
        >>> aligner.encode(list("在北京"))[0].word_ids  # doctest: +SKIP
        [-1, 0, 1, 2, -1]
        """
        pieces = self.pieces(tokens)
        before, behind = ([NO_TOKEN] * len(special) for special in (self.prefix, self.suffix))
        windows = []
        counts = [len(ids) for ids in pieces]
        for window in plan_windows(counts, self.capacity, self.overlap):
            inside = pieces[window.start : window.end]
            ids = list(chain.from_iterable(inside))
            positions = range(window.start, window.end)
            owners = (
                list(positions)
                if len(ids) == len(inside)
                else [token for token, row in zip(positions, inside, strict=True) for _ in row]
            )
            # Only a single token wider than the window is cut; its first piece carries its tag.
            ids = [*self.prefix, *ids[: self.capacity], *self.suffix]
            owners = [*before, *owners[: self.capacity], *behind]
            windows.append(EncodedWindow(ids, owners, window.own_start, window.own_end))
        return windows

    def pieces(self, tokens: Iterable[str]) -> list[tuple[int, ...]]:
        """Return the word-piece ids of each token, at least one for each."""
        tokens = list(tokens)
        if len(self._pieces) > MAX_KNOWN_TOKENS:
            self._pieces = {}  # another thread may still read the old one
        known = self._pieces
        new = [token for token in dict.fromkeys(tokens) if token not in known]
        if new:
            for token, ids in zip(new, self._tokenize(new), strict=True):
                known[token] = ids or self._replace(token)
        return [known[token] for token in tokens]

    def is_dropped(self, token: str) -> bool:
        """Return whether the tokenizer makes no piece of a token."""
        return not self._tokenize([token])[0]

    def _tokenize(self, tokens: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the ids that the tokenizer itself makes of each token."""
        batch = self._engine.encode_batch(
            [[token] for token in tokens], is_pretokenized=True, add_special_tokens=False
        )
        return [tuple(encoding.ids) for encoding in batch]

    def _replace(self, token: str) -> tuple[int, ...]:
        """Return the piece to put in the place of a token that the tokenizer drops."""
        if self._replacement is None:
            raise TokenizerError(
                f"found the token {token!r}, of which the tokenizer leaves nothing, expected an "
                "unknown or mask piece to put in its place. Add an unk_token to the tokenizer."
            )
        return (self._replacement,)

    def _special_pieces(self) -> tuple[list[int], list[int]]:
        """Return the special pieces before and after the text of a single sequence."""
        for probe in ("a", "1", "中"):
            encoding = self._engine.encode([probe], is_pretokenized=True)
            mask = encoding.special_tokens_mask
            if 0 in mask:
                first = mask.index(0)
                last = len(mask) - mask[::-1].index(0)
                return encoding.ids[:first], encoding.ids[last:]
        raise TokenizerError(
            "found a tokenizer that makes no piece of 'a', '1' or '中', expected a vocabulary "
            "for text. Check that the tokenizer's files belong together."
        )


def _copy_engine(tokenizer: "PreTrainedTokenizerBase") -> "Tokenizer":
    """Return a copy of a tokenizer's engine.

    RoFormer's cuts text into words by a function in Python, which no copy can hold; in its place
    comes what transformers saves it with. Tokens are words already, so their pieces are the same.

    Raises:
        TokenizerError: The engine cannot be copied.
    """
    from tokenizers import Tokenizer
    from tokenizers.pre_tokenizers import BertPreTokenizer

    engine = tokenizer.backend_tokenizer
    own = engine.pre_tokenizer
    try:
        return Tokenizer.from_str(engine.to_str())
    except Exception:  # its class is that of a function's failure
        try:
            engine.pre_tokenizer = BertPreTokenizer()
            return Tokenizer.from_str(engine.to_str())
        except Exception as error:
            raise TokenizerError(
                f"{tokenizer.name_or_path or tokenizer.__class__.__name__}: found a tokenizer that "
                f"cannot be copied ({error}), expected one that tokenizer.json can hold. Choose "
                "another model."
            ) from error
        finally:
            engine.pre_tokenizer = own


def find_window_limit(*limits: int | None) -> int:
    """Return the smallest stated limit of word pieces, or the default where none is stated.

    Tokenizers without a limit carry a huge number instead of none; it counts as none.
    """
    stated = [limit for limit in limits if limit is not None and 0 < limit < 1_000_000]
    return min(stated, default=DEFAULT_MAX_LENGTH)
