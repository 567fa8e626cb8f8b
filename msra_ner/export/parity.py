"""The comparison of an exported model with the model under PyTorch: piece by piece, and by F1.

Nothing here looks at how a model was exported: two runtimes are compared on some sentences.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from msra_ner.corpus import Sentence
from msra_ner.errors import ModelError
from msra_ner.inference import Runtime, Tagger, TorchRuntime, pad_windows
from msra_ner.metrics import score_entities
from msra_ner.progress import show_bar

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from msra_ner.dataset import EncodedWindow


# Two labels are a tie where the probabilities of both are this close: fp32 adds up in another
# order in each engine, so which of them comes first is chance.
TIE = 1e-4
# What fp32 in another order explains of a probability; measured differences are below 1e-5.
MAX_DIFFERENCE = 1e-3
# Sentences that are compared piece by piece, and windows that share a batch there.
COMPARED = 200
ROWS = 8
# Sentences tagged between two steps of the bar.
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Parity:
    """How far an exported model agrees with the model under PyTorch in fp32.

    Attributes:
        sentences: Sentences compared.
        pieces: Word pieces compared, special ones included, padding not.
        agreement: Share of them that got the same label.
        ties: Those with another label that is as probable, within :data:`TIE`.
        max_difference: The largest difference between the probabilities of a piece's label.
    """

    sentences: int
    pieces: int
    agreement: float
    ties: int
    max_difference: float


def choose_sentences(sentences: Sequence[Sentence], limit: int) -> list[list[str]]:
    """Return the tokens of sentences of all lengths, the shortest and a very long one among them.

    If none is longer than a window, which holds ``limit`` word pieces, some are joined to one.
    """
    ordered = sorted((sentence.tokens for sentence in sentences), key=len)
    places = np.linspace(0, len(ordered) - 1, num=min(COMPARED, len(ordered)))
    chosen = [ordered[int(location)] for location in places]
    if len(chosen[-1]) <= limit:
        tokens = [token for row in ordered for token in row]
        chosen.append((tokens * (2 * limit // len(tokens) + 1))[: 2 * limit])
    return chosen


def compare_runtimes(
    reference: TorchRuntime,
    exported: Runtime,
    tokenizer: "PreTrainedTokenizerBase",
    sentences: Sequence[Sequence[str]],
) -> Parity:
    """Compare label and probability of each word piece, in batches that mix all lengths."""
    aligner = Tagger(exported, tokenizer).aligner
    windows = [window for tokens in sentences for window in aligner.encode(tokens)]
    pieces = differing = ties = 0
    largest = 0.0
    for ids, mask in _mix_batches(windows, tokenizer.pad_token_id or 0):
        expected = softmax(reference.compute_logits(ids, mask), axis=-1)
        logits = exported.compute_logits(ids, mask)
        labels, probabilities = logits.argmax(axis=-1), softmax(logits, axis=-1).max(axis=-1)
        real = mask == 1
        best = expected.argmax(axis=-1)
        # The same label on both sides, so that a swapped pair of probabilities shows.
        own = np.take_along_axis(expected, labels[..., None], axis=-1)[..., 0]
        differs = real & (labels != best)
        pieces += int(real.sum())
        differing += int(differs.sum())
        ties += int((differs & (expected.max(axis=-1) - own <= TIE)).sum())
        difference = float(np.abs(probabilities - own)[real].max())
        # max() would drop a NaN.
        largest = max(largest, difference) if difference == difference else float("inf")
    return Parity(len(sentences), pieces, 1 - differing / pieces, ties, largest)


def measure_f1(
    runtime: Runtime,
    tokenizer: "PreTrainedTokenizerBase",
    sentences: Sequence[Sentence],
    name: str,
) -> float:
    """Return the strict entity-level F1, between 0 and 1; a bar of this name shows progress."""
    tagger = Tagger(runtime, tokenizer)
    tags: list[list[str]] = []
    # Longest first, so that a batch is of like length and the bar's guess is never too low.
    order = sorted(range(len(sentences)), key=lambda index: -len(sentences[index].tokens))
    for start in show_bar(range(0, len(order), CHUNK), desc=f"tagging val, {name}", unit="parts"):
        chunk = order[start : start + CHUNK]
        tags += tagger.tag_tokens([sentences[index].tokens for index in chunk])
    gold = [sentences[index].tags for index in order]
    f1 = score_entities(gold, tags, lenient=False)["f1"]
    assert f1 is not None  # seqeval gives 0 where there is nothing
    return float(f1)


def check_same(parity: Parity) -> None:
    """Refuse an fp32 export that does not say what the model says, with the figures.

    Raises:
        ModelError: It differs by more than the order in which fp32 numbers are added.
    """
    differing = round((1 - parity.agreement) * parity.pieces)
    if differing != parity.ties or not parity.max_difference <= MAX_DIFFERENCE:
        raise ModelError(
            f"found an export that gives {parity.agreement:.4%} of {parity.pieces:,} word pieces "
            f"the model's label, with probabilities up to {parity.max_difference:.2g} apart; "
            f"expected all but {parity.ties} tie(s), and at most {MAX_DIFFERENCE:g}. Nothing was "
            "written: try the other format (--to), or another version of torch."
        )


def check_f1(reference: float, exported: float, max_loss: float) -> None:
    """Refuse an int8 export whose F1 (0 to 1) is more than ``max_loss`` points (hundredths) below.

    Raises:
        ModelError: With both figures.
    """
    loss = 100 * (reference - exported)
    if not loss <= max_loss:  # so that a NaN allows nothing
        raise ModelError(
            f"found val F1 {100 * exported:.2f} in int8 where the model has "
            f"{100 * reference:.2f} in fp32, which is {loss:.2f} points less; expected at most "
            f"{max_loss:g}. Nothing was written: export without --int8, try the other format "
            "(--to), or allow more with --max_f1_loss."
        )


def _mix_batches(
    windows: "Sequence[EncodedWindow]", padding: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield ids and mask: the shortest and longest alone, then all, short beside long."""
    ordered = sorted(windows, key=lambda window: len(window.input_ids))
    count = -(-len(ordered) // ROWS)
    for batch in (ordered[:1], ordered[-1:], *(ordered[start::count] for start in range(count))):
        yield pad_windows(batch, padding)
