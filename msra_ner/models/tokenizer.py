"""Save a tokenizer so that transformers' own pipeline writes entities without spaces.

The pipeline's ``word`` is what the tokenizer's decoder makes of word pieces. BERT's puts a space
between any two, so that 北京 comes out as "北 京". Word pieces and offsets stay as they are.
"""

import logging

from tokenizers import Regex, Tokenizer, decoders, models
from transformers import PreTrainedTokenizerBase, TokenizersBackend

logger = logging.getLogger(__name__)

# Letters of alphabets that put spaces between words (Latin, Greek, Cyrillic), and digits. Written
# as ranges: not every reader of tokenizer.json knows the names of scripts.
SPACED = "0-9A-Za-z\u00c0-\u04ff"
# Before a word piece that goes on with a word.
PREFIX = "##"


class PreTrainedTokenizerFast(TokenizersBackend):
    """A tokenizer that is read from tokenizer.json as it is, with the decoder in it.

    It has this name because transformers saves the name of the class, and this is the only one
    that transformers 4 and 5 both read as such a tokenizer: 4 does not know ``TokenizersBackend``,
    and in 5 the name imported from transformers is an alias, which would be saved as that.
    ``BertTokenizer`` and its like build a decoder of their own when they are loaded.
    """


def without_spaces(
    tokenizer: PreTrainedTokenizerBase, by_character: bool
) -> PreTrainedTokenizerBase:
    """Return a tokenizer that joins word pieces without spaces; it tokenizes as the given one.

    A space stays between two Latin words or numbers. Returned as it is: the tokenizer of a corpus
    of words (not ``by_character``), one that has no WordPiece model with ``##`` (such decoders know
    where spaces were), and one that tokenizer.json cannot hold.
    """
    engine = getattr(tokenizer, "backend_tokenizer", None)
    if not by_character or engine is None or not isinstance(engine.model, models.WordPiece):
        return tokenizer
    if engine.model.continuing_subword_prefix != PREFIX:
        return tokenizer
    try:
        engine = Tokenizer.from_str(engine.to_str())
    except Exception as error:  # RoFormer's own, for one, cuts words with a function in Python
        logger.info(
            "The tokenizer keeps its decoder, which puts spaces between characters in the `word` "
            "of transformers' pipeline (%s); offsets are right all the same.",
            str(error).strip().split("\n")[0],
        )
        return tokenizer
    engine.decoder = decoders.Sequence(
        [
            decoders.WordPiece(prefix=PREFIX, cleanup=False),
            # It leaves the first piece as it is, also where an entity begins within a word.
            decoders.Replace(Regex(f"^{PREFIX}(?=.)"), ""),
            decoders.Fuse(),
            decoders.Replace(Regex(f"(?<![{SPACED}]) | (?![{SPACED}])"), ""),
        ]
    )
    # Not even an empty list where there are none: transformers 4 cannot read it.
    extra = tokenizer.extra_special_tokens
    joined: PreTrainedTokenizerBase = PreTrainedTokenizerFast(
        tokenizer_object=engine,
        **tokenizer.special_tokens_map,
        **({"extra_special_tokens": extra} if extra else {}),
        name_or_path=tokenizer.name_or_path,
        model_max_length=tokenizer.model_max_length,
        model_input_names=tokenizer.model_input_names,
        padding_side=tokenizer.padding_side,
        clean_up_tokenization_spaces=False,
    )
    return joined
