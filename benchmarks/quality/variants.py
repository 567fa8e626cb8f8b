"""One run of training with something that the package does not have, to see what it would be worth.

    python benchmarks/quality/variants.py NAME [flags of msra-ner train]

What they are worth is in docs/results.md; what helps belongs in the package.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from msra_ner.dataset import IGNORE_INDEX
from msra_ner.decoding import CrfDecoder, ViterbiDecoder
from msra_ner.decoding.chain import NEVER
from msra_ner.decoding.weighted_chain import WeightedChain
from msra_ner.models import chain, find_transitions
from msra_ner.training import (
    NerTrainer,
    chain_loss,
    encoder,
    parse_arguments,
    run_arguments,
    trainer,
)


def use_fgm() -> None:
    """Learn from a small step against the word embeddings too.

    Source:
        Miyato, Dai and Goodfellow, "Adversarial training methods for semi-supervised text
        classification" (2017).
    """
    plain = NerTrainer.training_step

    def training_step(self: Any, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        loss = plain(self, model, dict(inputs), *args, **kwargs)
        weight = self.accelerator.unwrap_model(model).get_input_embeddings().weight
        step = weight.grad / (weight.grad.norm() + 1e-12)
        with torch.no_grad():
            weight.add_(step)
        plain(self, model, dict(inputs), *args, **kwargs)
        with torch.no_grad():
            weight.sub_(step)
        return loss

    NerTrainer.training_step = training_step  # type: ignore[method-assign]


def use_r_drop() -> None:
    """Ask two passes with different dropout to say the same.

    Source:
        Liang et al., "R-Drop: regularized dropout for neural networks" (2021).
    """
    plain = NerTrainer.compute_loss

    def compute_loss(
        self: Any,
        model: Any,
        inputs: Any,
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        count = num_items_in_batch
        if not model.training:
            return plain(self, model, inputs, return_outputs, count)
        labelled = inputs["labels"] != IGNORE_INDEX
        losses, outputs = zip(
            *(plain(self, model, dict(inputs), True, count) for _ in range(2)), strict=True
        )
        first, second = (functional.log_softmax(found["logits"].float(), -1) for found in outputs)
        apart = (first.exp() - second.exp()) * (first - second)  # both ways together
        total = (apart.sum(-1) * labelled).sum() / (labelled.sum() if count is None else count)
        return sum(losses) / 2 + total / 2

    NerTrainer.compute_loss = compute_loss  # type: ignore[method-assign]


def _use_loss(weigh: Callable[[Tensor, Tensor], Tensor]) -> Callable[[], None]:
    """Return what replaces the cross entropy of the labelled word pieces by another loss."""

    def replace() -> None:
        def loss(
            outputs: Any, labels: Tensor, num_items_in_batch: Any = None, **settings: Any
        ) -> Tensor:
            known = labels != IGNORE_INDEX
            found = weigh(outputs["logits"][known].float(), labels[known])
            return found.sum() / (known.sum() if num_items_in_batch is None else num_items_in_batch)

        trainer.token_mean_loss = loss  # type: ignore[attr-defined]

    return replace


def focal(logits: Tensor, labels: Tensor) -> Tensor:
    """Return less for what is known well (Lin et al. 2017, gamma 2)."""
    loss = functional.cross_entropy(logits, labels, reduction="none")
    return (1 - torch.exp(-loss)) ** 2 * loss


def weighted(logits: Tensor, labels: Tensor) -> Tensor:
    """Return a third for O, the label of nine tokens in ten."""
    loss = functional.cross_entropy(logits, labels, reduction="none")
    return torch.where(labels == 0, loss / 3, loss)


def dice(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the self-adjusting Dice loss (Li et al. 2020, alpha 1, smoothing 1)."""
    share = logits.softmax(-1)
    known = functional.one_hot(labels, logits.shape[-1])
    own = (1 - share) * share
    return (1 - (2 * own * known + 1) / (own + known + 1)).sum(-1)


def use_bioes() -> None:
    """Learn BIOES inside, the last token of an entity and single ones with labels of their own."""
    iob2: list[str] = []  # known when the model is loaded
    load = encoder.load_model

    def load_model(name: str, labels: Sequence[str], **settings: Any) -> Any:
        iob2[:] = labels
        return load(name, _bioes(labels), **settings)

    class BioesLoss(chain_loss.ChainLoss):
        def __init__(self, labels: Sequence[str], transitions: Tensor) -> None:
            self._transitions = transitions
            names = _bioes(labels)
            self._forbidden = torch.from_numpy(
                np.where(_legal(names), 0.0, chain_loss.NEVER)
            ).float()
            starts = [not name.startswith(("I", "E")) for name in names]
            self._forbidden_first = torch.from_numpy(
                np.where(starts, 0.0, chain_loss.NEVER)
            ).float()

        def __call__(self, logits: Tensor, labels: Tensor, *args: Any) -> Tensor:
            return super().__call__(logits, _to_bioes(labels, len(iob2)), *args)

    class BioesDecoder(CrfDecoder):
        def __init__(self, transitions: Any) -> None:
            ViterbiDecoder.__init__(self, iob2)
            names = _bioes(iob2)
            inside = np.array([at for at, x in enumerate(names) if x[0] in "IE"])
            free = np.array([at for at, x in enumerate(names) if x[0] not in "IE"])
            weights = np.where(_legal(names), transitions, NEVER)
            self._open = [at for at, name in enumerate(names) if name[0] in "BI"]
            self._chain = WeightedChain(inside, inside, free, weights)

        def find_labels(self, sentences: Sequence[Any]) -> list[Any]:
            ended = [logits.copy() for logits in sentences]
            for logits in ended:
                logits[-1, self._open] = chain_loss.NEVER
            return [_to_iob2(path, len(iob2)) for path in super().find_labels(ended)]

        def find_probabilities(self, sentences: Any, entities: Any) -> list[list[float]]:
            return [[1.0] * len(found) for found in entities]  # only F1 is looked at

    def find_decoder(self: Any) -> Any:
        weights: Any = find_transitions(self.model)
        return BioesDecoder(weights.detach().float().numpy())

    encoder.load_model = load_model  # type: ignore[attr-defined]
    trainer.ChainLoss = BioesLoss  # type: ignore[attr-defined, misc]
    NerTrainer.find_decoder = find_decoder  # type: ignore[method-assign]


def _bioes(labels: Sequence[str]) -> list[str]:
    """Return a label list (O, B-X, I-X, ...) with E-X and S-X of each type behind it."""
    return [*labels, *(f"{mark}-{name[2:]}" for name in labels[1::2] for mark in "ES")]


def _legal(names: Sequence[str]) -> Any:
    def follows(before: str, after: str) -> bool:
        open_before, goes_on = before[0] in "BI", after[0] in "IE"
        return open_before == goes_on and (not goes_on or before[2:] == after[2:])

    return np.array([[follows(before, after) for after in names] for before in names])


def _to_bioes(labels: Tensor, count: int) -> Tensor:
    """Return IOB2 label ids as those of ``_bioes``: in each row, over its labelled pieces."""
    found = labels.clone()
    for row, new in zip(labels, found, strict=True):
        places = (row != IGNORE_INDEX).nonzero()[:, 0]
        own = row[places]
        after = torch.cat([own[1:], own.new_zeros(1)])
        goes_on = (after > 0) & (after % 2 == 0)  # I-X
        kind = (own - 1) // 2
        last = torch.where(own % 2 == 1, count + 2 * kind + 1, count + 2 * kind)
        new[places] = torch.where((own > 0) & ~goes_on, last, own)
    return found


def _to_iob2(path: Any, count: int) -> Any:
    kind, single = (path - count) // 2, (path - count) % 2 == 1
    return np.where(path < count, path, np.where(single, 2 * kind + 1, 2 * kind + 2))


def teach_by_chain_alone() -> None:
    """Keep the gradient of the model's own head from the encoder."""
    chain.OWN_SHARE = 0.0


VARIANTS: dict[str, Callable[[], None]] = {
    "fgm": use_fgm,
    "r-drop": use_r_drop,
    "focal": _use_loss(focal),
    "weighted": _use_loss(weighted),
    "dice": _use_loss(dice),
    "bioes": use_bioes,
    "chain-alone": teach_by_chain_alone,
}


if __name__ == "__main__":
    VARIANTS[sys.argv[1]]()
    run_arguments(parse_arguments(sys.argv[2:]), sys.argv)
