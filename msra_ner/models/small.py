"""The small encoder that learns the sample corpus from scratch, and its character tokenizer."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msra_ner.corpus import Sentence
from msra_ner.decoding import TrainScheme
from msra_ner.models.config_labels import set_labels
from msra_ner.models.loading import keep_layers

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


# Of the encoder that is built in place: large enough for the sample corpus, trained in a minute.
SMALL_SIZES: dict[str, Any] = {
    "embedding_size": 128,
    "hidden_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 512,
    "max_position_embeddings": 512,
}
SPECIAL_PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def build_small_encoder(
    sentences: Iterable[Sentence],
    labels: Sequence[str],
    num_hidden_layers: int | None = None,
    *,
    chain: TrainScheme | None = None,
) -> tuple["PreTrainedModel", "PreTrainedTokenizerBase"]:
    """Return a small random RoFormer and a tokenizer over the characters of a corpus.

    Every character is one word piece, so a token of one character is one piece. RoFormer is BERT
    with rotary positions: it knows from the start which character is beside which, where
    BERT's absolute positions have to learn it (from scratch it needs several times the epochs).
    """
    from transformers import RoFormerForTokenClassification

    from msra_ner.models.chain import with_chain

    tokenizer = build_character_tokenizer(
        character for sentence in sentences for token in sentence.tokens for character in token
    )
    config = make_small_config(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id)
    keep_layers(config, num_hidden_layers)
    set_labels(config, labels)
    kind: Any = RoFormerForTokenClassification
    return (with_chain(kind, chain) if chain else kind)(config), tokenizer


def make_small_config(**settings: Any) -> Any:
    """Return the configuration of the small encoder, with further settings of it."""
    from transformers import RoFormerConfig

    return RoFormerConfig(**SMALL_SIZES, **settings)


def build_character_tokenizer(characters: Iterable[str]) -> "PreTrainedTokenizerBase":
    """Return a BERT tokenizer that knows these characters, alone and inside a word."""
    from transformers import BertTokenizer

    known = sorted(set(characters))
    pieces = [*SPECIAL_PIECES, *known, *(f"##{character}" for character in known)]
    tokenizer: PreTrainedTokenizerBase = BertTokenizer(
        vocab={piece: index for index, piece in enumerate(pieces)},
        do_lower_case=False,
        strip_accents=False,
        model_max_length=SMALL_SIZES["max_position_embeddings"],
    )
    return tokenizer
