"""One run of training with something that the package does not have, to see what it would be worth.

    python benchmarks/quality/variants.py NAME [flags of msra-ner train]

The variant `teacher` reads the folder of a finished run from the environment variable TEACHER. What
they are worth is in docs/results.md, the teacher in docs/maintainers/performance.md; what helps
belongs in the package.
"""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import TrainerCallback

from msra_ner.dataset import IGNORE_INDEX
from msra_ner.inference import TorchRuntime
from msra_ner.models import chain, find_chain
from msra_ner.training import (
    NerTrainer,
    chain_loss,
    loss as loss_module,
    parse_arguments,
    run_arguments,
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

        loss_module.token_mean_loss = loss

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


def use_averaged_weights() -> None:
    """End with the exponential moving average of the weights of all steps (decay 0.99)."""
    plain = NerTrainer.train

    class Average(TrainerCallback):
        def __init__(self) -> None:
            self.kept: list[Tensor] = []

        def on_step_end(self, *args: Any, model: Any = None, **kwargs: Any) -> None:
            now = [weights.detach() for weights in model.parameters()]
            self.kept = self.kept or [weights.clone() for weights in now]
            torch._foreach_lerp_(self.kept, now, 0.01)

        def on_train_end(self, *args: Any, model: Any = None, **kwargs: Any) -> None:
            for weights, average in zip(model.parameters(), self.kept, strict=True):
                weights.data.copy_(average)

    def train(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.add_callback(Average())
        return plain(self, *args, **kwargs)

    NerTrainer.train = train  # type: ignore[method-assign]


def use_layer_decay() -> None:
    """Give each layer of the encoder nine tenths of the rate of the one above.

    Source:
        Howard and Ruder, "Universal language model fine-tuning for text classification" (2018).
    """
    plain = NerTrainer.create_optimizer

    def create_optimizer(self: Any, model: Any = None) -> Any:
        optimizer = plain(self, model)
        layers = self.model.config.num_hidden_layers
        depth = {}
        for name, weights in self.model.base_model.named_parameters():
            numbers = [int(part) for part in name.split(".") if part.isdigit()]
            depth[id(weights)] = layers - 1 - numbers[0] if numbers else layers  # the embeddings
        for group in list(optimizer.param_groups):
            settings = {key: value for key, value in group.items() if key != "params"}
            deep = [weights for weights in group["params"] if depth.get(id(weights))]
            group["params"] = [weights for weights in group["params"] if not depth.get(id(weights))]
            for weights in deep:
                rate = group["lr"] * 0.9 ** depth[id(weights)]
                optimizer.add_param_group({**settings, "params": [weights], "lr": rate})
        return optimizer

    NerTrainer.create_optimizer = create_optimizer  # type: ignore[method-assign]


def teach_by_chain_alone() -> None:
    """Keep the gradient of the model's own head from the encoder."""
    chain.OWN_SHARE = 0.0


def use_teacher() -> None:
    """Learn from the paths of a finished run's chain as much as from the gold ones.

    Source:
        Wang et al., "Structural knowledge distillation: tractably distilling information for
        structured predictor" (2021): the cross entropy over all paths.
    """
    teacher = TorchRuntime.from_pretrained(os.environ["TEACHER"], "cpu", "fp32").model
    teacher_weights = find_chain(teacher).transitions.weight.detach()
    plain = NerTrainer.compute_loss

    def compute_loss(
        self: Any,
        model: Any,
        inputs: Any,
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        if not model.training:
            return plain(self, model, inputs, return_outputs, num_items_in_batch)
        with torch.no_grad():
            read = {key: value for key, value in inputs.items() if key != "labels"}
            taught = teacher(**read)["logits"]
        loss, outputs = plain(self, model, dict(inputs), True, num_items_in_batch)
        counts = inputs["labels"] != IGNORE_INDEX
        chain = find_chain(self.model)
        found = _cross_paths(outputs["logits"], chain.transitions.weight, taught, counts, chain)
        # The plain loss has the cross entropy of the model's own head too.
        return loss + found / num_items_in_batch

    def _cross_paths(
        logits: Tensor, weights: Tensor, taught: Tensor, counts: Tensor, chain: Any
    ) -> Tensor:
        """Return the cross entropy of the teacher's paths, summed over the rows."""
        allowed = (chain.labels.legal, chain.labels.first, chain.labels.last)
        illegal, start, end = (
            torch.where(torch.from_numpy(part), 0.0, chain_loss.NEVER) for part in allowed
        )
        order = (~counts).to(torch.int8).argsort(dim=1, stable=True)
        counts = counts.gather(1, order)

        def sort(scores: Tensor) -> Tensor:
            return scores.float().gather(1, order[..., None].expand(-1, -1, scores.shape[-1]))

        # The gradient of the sum over all paths is how often the teacher's take each label.
        with torch.enable_grad():
            given = [sort(taught).requires_grad_(), teacher_weights.clone().requires_grad_()]
            paths = chain_loss._sum_paths(given[0], counts, given[1] + illegal, start, end)
            shares = torch.autograd.grad(paths, given)
        own = [sort(logits), weights.float()]
        through = sum((share * mine).sum() for share, mine in zip(shares, own, strict=True))
        return chain_loss._sum_paths(own[0], counts, own[1] + illegal, start, end) - through

    NerTrainer.compute_loss = compute_loss  # type: ignore[method-assign]


VARIANTS: dict[str, Callable[[], None]] = {
    "teacher": use_teacher,
    "fgm": use_fgm,
    "r-drop": use_r_drop,
    "focal": _use_loss(focal),
    "weighted": _use_loss(weighted),
    "dice": _use_loss(dice),
    "average": use_averaged_weights,
    "layer-decay": use_layer_decay,
    "chain-alone": teach_by_chain_alone,
}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("variant", choices=VARIANTS)
    parser.add_argument("flags", nargs=argparse.REMAINDER, help="flags of msra-ner train")
    options = parser.parse_args()
    VARIANTS[options.variant]()
    run_arguments(parse_arguments(options.flags), sys.argv)
