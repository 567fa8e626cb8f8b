"""The loss of a chain against the list of all paths."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
import torch

from msra_ner.decoding import ChainLabels, make_decoder
from msra_ner.training import chain_loss
from msra_ner.training.chain_loss import ChainLoss
from msra_ner.training.loss import token_mean_loss

LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
IOB2 = ChainLabels.of(LABELS, "iob2")
# The chain's label of each token, by the label and whether its entity ends there.
BIOES = [*LABELS, "E-PER", "E-LOC", "S-PER", "S-LOC"]
ENDS = {"B-PER": "S-PER", "I-PER": "E-PER", "B-LOC": "S-LOC", "I-LOC": "E-LOC"}


def draw_transitions(seed=0, size=5):
    weights = torch.from_numpy(np.random.default_rng(seed).normal(size=(size, size)))
    return weights.float().requires_grad_()


def may_follow(before, after):
    return not after.startswith("I-") or before in (f"B-{after[2:]}", after)


def is_legal(path, inside_entity=False):
    tags = [LABELS[label] for label in path]
    return (inside_entity or tags[0][0] != "I") and all(
        may_follow(*pair) for pair in pairwise(tags)
    )


def write_in_bioes(path, last="O"):
    """Return label ids as ids of the labels of a BIOES chain; ``last`` comes behind them."""
    tags = [LABELS[label] for label in path]
    ends = [tag != "O" and after[0] != "I" for tag, after in pairwise([*tags, last])]
    return [BIOES.index(ENDS[tag] if end else tag) for tag, end in zip(tags, ends, strict=True)]


def list_losses(scores, weights, gold):
    """Return the loss of the gold path of one row, from all paths one by one."""
    starts_inside = LABELS[gold[0]].startswith("I-")

    def weigh(path):
        if len(weights) == 5:
            return weigh_one(path)
        # Where the gold path ends in an entity, nobody knows whether that goes on.
        readings = ["O", "I"] if gold[-1] and path[-1] else ["O"]
        return np.logaddexp.reduce([weigh_one(write_in_bioes(path, last)) for last in readings])

    def weigh_one(path):
        steps = sum(scores[at, label] for at, label in enumerate(path))
        return steps + sum(weights[pair] for pair in pairwise(path))

    paths = [p for p in product(range(5), repeat=len(gold)) if is_legal(p, starts_inside)]
    assert tuple(gold) in paths
    return np.logaddexp.reduce([weigh(path) for path in paths]) - weigh(gold)


@pytest.mark.parametrize(("scheme", "size"), [("iob2", 5), ("bioes", 9)])
def test_the_loss_is_that_of_the_gold_path_among_all_legal_ones(scheme, size):
    transitions, names = draw_transitions(0, size), ChainLabels.of(LABELS, scheme)
    weights = transitions.detach().double().numpy()
    logits = torch.from_numpy(np.random.default_rng(1).normal(size=(5, 6, size))).float()
    labels = torch.tensor(
        [
            [-100, 1, 2, 0, 3, -100],
            [-100, 0, -100, 1, -100, 2],  # a piece within is on no path
            [-100, 2, 2, 0, -100, -100],  # a window that begins inside an entity
            [-100, -100, 3, -100, -100, -100],
            [-100, -100, -100, -100, -100, -100],
        ]
    )
    expected = 0.0
    for row, own in zip(logits.double().numpy(), labels.tolist(), strict=True):
        kept = [at for at, label in enumerate(own) if label != -100]
        if kept:
            expected += list_losses(row[kept], weights, [own[at] for at in kept])
    chain = ChainLoss(names, transitions)
    assert chain(logits, labels).item() == pytest.approx(expected, rel=1e-5)
    plain = torch.zeros(5, 6, 5)  # the own head, which has its cross entropy beside it
    own = 11 * math.log(5)
    outputs = {"logits": logits, "plain_logits": plain}
    mean = token_mean_loss(outputs, labels, chain=chain)
    whole = expected + own
    assert mean.item() == pytest.approx(whole / 11, rel=1e-5), "the mean over labelled pieces"
    given = {**outputs, "transitions": torch.cat([transitions] * 2)}
    copies = ChainLoss(names, torch.zeros(size, size))
    of_two = token_mean_loss(given, labels, chain=copies)
    assert of_two.item() == pytest.approx(whole / 11, rel=1e-5), "one copy a device"
    part = token_mean_loss(outputs, labels, torch.tensor(20), chain=chain)
    assert part.item() == pytest.approx(whole / 20, rel=1e-5), "a part of a larger step"


def test_the_loss_is_the_probability_that_the_decoder_finds():
    """A sentence of one entity: the loss says how probable the path is, the decoder the entity."""
    transitions = draw_transitions(2)
    logits = torch.from_numpy(np.random.default_rng(3).normal(size=(1, 2, 5))).float()
    decoder = make_decoder("crf", LABELS, transitions.detach().numpy())
    whole = decoder.find_labels([logits[0].numpy()])[0]
    loss = ChainLoss(IOB2, transitions)(logits, torch.from_numpy(whole[None])).item()
    for path in product(range(5), repeat=2):
        if is_legal(path):
            other = ChainLoss(IOB2, transitions)(logits, torch.tensor([path])).item()
            assert other >= loss - 1e-6, "the decoder finds the path of the lowest loss"


def test_it_is_computed_in_fp32_and_has_a_finite_gradient():
    transitions = draw_transitions(4)
    logits = torch.randn(2, 40, 5, dtype=torch.bfloat16, requires_grad=True)
    labels = torch.zeros(2, 40, dtype=torch.long)
    labels[0, 3], labels[0, 4], labels[1] = 1, 2, -100
    loss = ChainLoss(IOB2, transitions)(logits, labels)
    assert loss.dtype == torch.float32
    loss.backward()
    assert torch.isfinite(logits.grad).all()
    assert torch.isfinite(transitions.grad).all()
    assert not logits.grad[1].any(), "a row without labels changes nothing"
    illegal = [
        (LABELS.index(a), LABELS.index(b)) for a in LABELS for b in LABELS if not may_follow(a, b)
    ]
    assert all(transitions.grad[pair].abs() < 1e-6 for pair in illegal)


@pytest.mark.parametrize("pieces", [2, 3, 17, 64])
def test_joined_in_pairs_as_on_a_gpu_it_is_the_same(pieces, monkeypatch):
    chain = ChainLabels.of(LABELS, "bioes")
    logits = 3 * torch.from_numpy(np.random.default_rng(5).normal(size=(4, pieces, 9))).float()
    labels = torch.zeros(4, pieces, dtype=torch.long)
    labels[0, 0], labels[0, 1] = 1, 2
    labels[1, 1:], labels[2, :] = -100, -100  # one labelled piece, and none

    def measure(in_pairs):
        monkeypatch.setattr(chain_loss, "_joining_pays", lambda scores: in_pairs)
        scores, weights = logits.clone().requires_grad_(), draw_transitions(6, 9)
        loss = ChainLoss(chain, weights)(scores, labels)
        return loss.detach(), *torch.autograd.grad(loss, [scores, weights])

    for step_by_step, in_pairs in zip(measure(False), measure(True), strict=True):
        torch.testing.assert_close(in_pairs, step_by_step, rtol=1e-4, atol=5e-5)
