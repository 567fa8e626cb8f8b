"""Which upper layers of an encoder have lost the difference between tokens.

An encoder that was trained for embeddings of sentences ends in layers in which all tokens of a
sentence say the same. A tagger on top of these learns slowly, or nothing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msra_ner.models.loading import hide_load_report, load_config
from msra_ner.models.pretrained import load_pretrained

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# Sentences that are looked at, and their first tokens: enough for a share to the second decimal.
SENTENCES, TOKENS = 64, 100
# A layer is of use while it has at least this part of the share that the embeddings have. Of
# multilingual-e5-small, layers 1 to 10 have 0.95 of it or more, the last two 0.79 and 0.59.
KEPT_SHARE = 0.85


def count_useful_layers(
    name: str | Path,
    tokenizer: "PreTrainedTokenizerBase",
    sentences: Sequence[Sequence[str]],
    revision: str = "main",
) -> int | None:
    """Return how many lower layers of an encoder tell tokens apart; None where that is all.

    Never fewer than half of them, and all of a model that was fine-tuned for tagging.

    Args:
        name: Folder or Hub name.
        tokenizer: Its tokenizer.
        sentences: Tokens of some sentences; two at least.
        revision: Branch, tag or commit on the Hub.

    Raises:
        ModelError: The encoder cannot be loaded.
    """
    config = load_config(name, revision)
    layers = getattr(config, "num_hidden_layers", None)
    tagged = any("TokenClassification" in str(kind) for kind in config.architectures or ())
    if tagged or not isinstance(layers, int) or layers < 2 or len(sentences) < 2:
        return None
    shares = measure_token_shares(name, tokenizer, sentences, revision)
    if len(shares) != layers + 1:
        return None  # hidden states of another kind: nothing is known
    kept = layers
    while kept > (layers + 1) // 2 and shares[kept] < KEPT_SHARE * shares[0]:
        kept -= 1
    return kept if kept < layers else None


def measure_token_shares(
    name: str | Path,
    tokenizer: "PreTrainedTokenizerBase",
    sentences: Sequence[Sequence[str]],
    revision: str = "main",
) -> list[float]:
    """Return for embeddings and each layer which part of the variance is between tokens.

    Of all the variance of the hidden states of the sentences, 0 to 1, it is the part within
    sentences; the rest is between them. Empty where the encoder gives no states of one size.
    """
    import torch
    from transformers import AutoModel

    with torch.random.fork_rng(devices=[]), hide_load_report():
        encoder = load_pretrained(AutoModel, name, revision=revision, dtype=torch.float32).eval()
    step = max(1, len(sentences) // SENTENCES)
    states: list[list[torch.Tensor]] = []
    for tokens in sentences[::step][:SENTENCES]:
        row = tokenizer(list(tokens[:TOKENS]), is_split_into_words=True, return_tensors="pt")
        with torch.inference_mode():
            hidden = encoder(**row, output_hidden_states=True).get("hidden_states")
        if hidden is None or len({layer.shape for layer in hidden}) > 1:
            return []
        states.append([layer[0, 1:-1] for layer in hidden])
    shares = []
    for layer in zip(*states, strict=True):
        rows = torch.cat(layer)
        total = ((rows - rows.mean(dim=0)) ** 2).sum()
        within = sum(((part - part.mean(dim=0)) ** 2).sum() for part in layer if len(part))
        shares.append(float(within / total))
    return shares
