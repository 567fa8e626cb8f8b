"""Checks of how a model was trained: stuck, too short, the wrong rate, numbers that ran over."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from msra_ner.diagnosis.findings import MIN_GAIN, MIN_GOLD, Finding, Predictions, score_predictions
from msra_ner.metrics import BreakdownRow
from msra_ner.tables import format_percent
from msra_ner.training import describe_underfit

# A model above this is trained, whatever its curves look like: the CRF of the MSRA bakeoff
# (Levow 2006) had 0.86 without any pretraining.
GOOD_F1 = 0.8
# Steps that a new head needs at the very least.
FEW_STEPS = 100
# The loss of a run that learns falls at least by this share: a new head starts at the logarithm
# of the number of labels, and most tokens are O, which is learned in the first steps.
MIN_FALL = 0.2
# A loss so many times its lowest has risen, not only wavered from batch to batch.
RISE = 1.5
# Few pretrained encoders learn outside: the papers of BERT (Devlin et al. 2019, A.3) and RoBERTa
# try 1e-5 to 5e-5, and small encoders want a few times as much.
LOW_RATE, HIGH_RATE = 1e-5, 2e-4
# What val F1 still gained in the last epoch of a run that ended too early.
STILL_RISING = 0.02
# Fewer predicted entities than this share of gold: the model says O to everything.
COLLAPSE = 0.02


@dataclass(frozen=True)
class TrainingFacts:
    """What a run left behind.

    Attributes:
        history: ``log_history`` of ``trainer_state.json``.
        settings: Settings of the run, by the names of the flags.
        head: Weights of the head by name, each as a flat list; empty where they are not known.
        width: Width of the encoder; None where it is not known.
    """

    history: Sequence[Mapping[str, Any]] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    head: Mapping[str, Sequence[float]] = field(default_factory=dict)
    width: int | None = None


def check_training(
    facts: TrainingFacts,
    base: BreakdownRow,
    best: float,
    token_accuracy: float,
    on_train: Predictions = (),
) -> list[Finding]:
    """Return what kept the model from learning; nothing for one that has learned.

    ``best`` is the F1 (0 to 1) of its predictions with labels and scoring put right.
    """
    checks: list[Callable[[TrainingFacts], Finding | None]] = [_find_overflow]
    if best < GOOD_F1 and base.gold >= MIN_GOLD:
        checks += [
            _find_untrained_head,
            _find_frozen_encoder,
            _find_long_warm_up,
            _find_few_steps,
            _find_wrong_rate,
            _find_early_end,
        ]
    found = [finding for check in checks if (finding := check(facts))]
    if not found and best < base.f1 + MIN_GAIN and (underfit := _find_underfit(facts, on_train)):
        found.append(underfit)
    # Tags that only need another reading are not a collapse.
    collapsed = base.gold >= MIN_GOLD and base.predicted < COLLAPSE * base.gold
    if collapsed and best < base.f1 + MIN_GAIN:
        because = f" Likely because of {found[0].check}, see there." if found else ""
        found.append(
            Finding(
                "all_o",
                f"the model tags nearly everything O: {base.predicted:,} entities predicted, "
                f"{base.gold:,} in gold",
                "It has learned only that most tokens are outside. Train longer, give the head a "
                "rate of its own (--head_learning_rate, ten times that of the encoder), or keep "
                f"fewer layers of an encoder made for sentences (--num_hidden_layers).{because}",
                entities=base.gold,
                evidence=[
                    f"token accuracy {format_percent(token_accuracy)}, F1 {format_percent(base.f1)}"
                ],
            )
        )
    return found


def _read_curve(facts: TrainingFacts, key: str) -> list[float]:
    return [float(entry[key]) for entry in facts.history if entry.get(key) is not None]


def _count_steps(facts: TrainingFacts) -> int:
    return max((int(entry.get("step", 0)) for entry in facts.history), default=0)


def _find_overflow(facts: TrainingFacts) -> Finding | None:
    losses, norms = _read_curve(facts, "loss"), _read_curve(facts, "grad_norm")
    bad = [
        entry
        for entry in facts.history
        for key in ("loss", "grad_norm", "eval_loss")
        if entry.get(key) is not None and not math.isfinite(float(entry[key]))
    ]
    # What is not a number is logged as 0 by some loggers: a loss of 0 from one step to the next.
    dead = len(losses) > 2 and losses[-1] == 0 and losses[0] > 0 and not any(norms[-1:])
    if not bad and not dead:
        return None
    step = bad[0].get("step", "?") if bad else _count_steps(facts)
    return Finding(
        "overflow",
        f"loss or gradients are not numbers any more, from step {step} on",
        "Train in bf16 or fp32 instead of fp16, lower the learning rate, and clip gradients "
        "(--max_grad_norm 1).",
        evidence=[
            f"precision {'fp16' if facts.settings.get('fp16') else 'as set'}, learning rate "
            f"{facts.settings.get('learning_rate', 'unknown')}"
        ],
    )


def _find_untrained_head(facts: TrainingFacts) -> Finding | None:
    bias = [value for name, values in facts.head.items() if "bias" in name for value in values]
    if not bias or any(bias):
        return None
    return Finding(
        "untrained_head",
        "the head never moved: every bias of it is exactly 0, as it was made",
        "Fine-tune the model before scoring it; look for a warning that weights were newly "
        "initialized, and check that the optimizer gets the head's parameters.",
        evidence=[f"{len(bias)} biases, all 0"],
    )


def _find_frozen_encoder(facts: TrainingFacts) -> Finding | None:
    norms = _read_curve(facts, "grad_norm")
    if not facts.settings.get("freeze_encoder") and (not norms or any(norms)):
        return None
    return Finding(
        "frozen_encoder",
        "the encoder was frozen: only the head could learn",
        "Leave out --freeze_encoder (or set requires_grad back). A head alone rarely finds the "
        "borders of names.",
    )


def _find_long_warm_up(facts: TrainingFacts) -> Finding | None:
    rates = _read_curve(facts, "learning_rate")
    if len(rates) < 3 or not all(a < b for a, b in pairwise(rates)):
        return None
    return Finding(
        "warm_up_too_long",
        "the warm-up is as long as the run: the learning rate still rose at its end, to "
        f"{rates[-1]:.2g}",
        "Give a shorter warm-up (--warmup_steps 0.1 is a tenth of the run), or train longer.",
        evidence=[f"learning rate {rates[0]:.2g} at first, {rates[-1]:.2g} at the end"],
    )


def _find_few_steps(facts: TrainingFacts) -> Finding | None:
    steps = _count_steps(facts)
    if not 0 < steps < FEW_STEPS:
        return None
    return Finding(
        "few_steps",
        f"the model was trained for {steps} steps only",
        "Train for more epochs, or in smaller batches: a new head needs some hundred steps.",
        evidence=[f"epochs {facts.settings.get('num_train_epochs', 'unknown')}"],
    )


def _find_wrong_rate(facts: TrainingFacts) -> Finding | None:
    losses = _read_curve(facts, "loss")
    if len(losses) < 4:
        return None
    third = max(1, len(losses) // 3)
    first, last = losses[0], sum(losses[-third:]) / third
    lowest = min(losses)
    rate = max(_read_curve(facts, "learning_rate"), default=0.0)
    evidence = [f"loss {first:.3g} at first, {last:.3g} at the end, {lowest:.3g} at its lowest"]
    # Not "<=": a loss that is not a number is the finding of another check.
    if not last > (1 - MIN_FALL) * first:
        return None
    if last > RISE * lowest:
        return Finding(
            "rate_too_high",
            f"the loss rose again: a learning rate of {rate:.2g} is too high",
            "Try a third of it, and a warm-up (--warmup_steps 0.1).",
            evidence=evidence,
        )
    why, advice = "not the right one", "Try a third and three times as much"
    if rate < LOW_RATE:
        why, advice = "too low", "Raise it"
    elif rate > HIGH_RATE:
        why, advice = "too high", "Lower it"
    return Finding(
        "stuck",
        f"the loss hardly fell: the learning rate of {rate:.2g} is {why}",
        f"{advice} (2e-5 to 5e-5 suits most encoders of BERT's size, small ones want more), "
        "and give the head ten times that: --head_learning_rate.",
        evidence=evidence,
    )


def _find_underfit(facts: TrainingFacts, on_train: Predictions) -> Finding | None:
    there = score_predictions(on_train)
    rate = max(_read_curve(facts, "learning_rate"), default=None)
    described = describe_underfit(there.f1, there.gold, rate, facts.width)
    if described is None:
        return None
    title, remedy = described
    losses = _read_curve(facts, "loss")[-4:]
    return Finding(
        "underfitted",
        title,
        remedy,
        evidence=[
            f"{len(on_train):,} sentences of train were tagged for this",
            *(["loss " + ", ".join(f"{value:.3g}" for value in losses)] if losses else []),
        ],
    )


def _find_early_end(facts: TrainingFacts) -> Finding | None:
    scores = _read_curve(facts, "eval_f1")
    if len(scores) < 2 or scores[-1] < max(scores) or scores[-1] - scores[-2] < STILL_RISING:
        return None
    return Finding(
        "still_rising",
        "F1 on val still rose when training ended",
        "Train for more epochs; --early_stopping_patience 2 stops when it no longer rises.",
        evidence=["val F1 " + ", ".join(map(format_percent, scores[-4:]))],
    )
