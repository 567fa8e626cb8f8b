"""Tokenizers of several kinds, and tokens that they treat oddly."""

from pathlib import Path

from hypothesis import strategies as st

from helpers import tiny_models

SHARED = Path(__file__).parents[3] / "shared"


KINDS = {
    "word piece": tiny_models.wordpiece,
    "byte-level BPE": tiny_models.byte_bpe,
    "unigram": tiny_models.unigram,
}


# Characters of which tokenizers leave nothing, or that they fold, split or do not know.
ODD = "\u3000\u200b\u00a0\u00ad\ufeff\ufffd\x00\x07\u0301\ufe0f\u2028\ue000Ａ１ﬁ①🙂龘é"


tokens_strategy = st.lists(
    st.one_of(
        st.sampled_from([*tiny_models.CHARACTERS, *ODD, "[MASK]", "hello", "world wide"]),
        st.text(min_size=1, max_size=6),
    ),
    max_size=60,
)
