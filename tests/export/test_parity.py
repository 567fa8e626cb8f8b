import numpy as np
import pytest
import torch
from helpers import tiny_models
from helpers.builders import EXAMPLE_SENTENCES, LONG_SENTENCE

from msra_ner.errors import ModelError
from msra_ner.export.parity import (
    Parity,
    check_f1,
    check_same,
    choose_sentences,
    compare_runtimes,
    measure_f1,
)
from msra_ner.inference.runtimes import TorchRuntime
from msra_ner.labels import label_list

LABELS = label_list(["PER", "ORG", "LOC"])
SENTENCES = [*EXAMPLE_SENTENCES, LONG_SENTENCE]


@pytest.fixture(scope="module")
def tokenizer():
    return tiny_models.wordpiece()


@pytest.fixture
def reference(tokenizer):
    model = tiny_models.tiny_model(LABELS, len(tokenizer))
    with torch.no_grad():  # larger weights: neighbours change labels
        for parameter in model.parameters():
            parameter.mul_(8) if parameter.dim() > 1 else None
    model.config.msra_ner = {"max_length": 40, "window_overlap": 12}
    return TorchRuntime(model, "cpu")


class Faulty:
    """A runtime whose results, or what it computes them from, are changed."""

    def __init__(self, inner, before=lambda ids, mask: (ids, mask), after=lambda logits: logits):
        self.inner, self.before, self.after = inner, before, after
        self.labels, self.settings, self.limit = inner.labels, inner.settings, inner.limit

    def compute_logits(self, input_ids, attention_mask):
        return self.after(self.inner.compute_logits(*self.before(input_ids, attention_mask)))


def compared(reference, exported, tokenizer):
    return compare_runtimes(reference, exported, tokenizer, choose_sentences(SENTENCES, 40))


def test_the_same_runtime_is_the_same(reference, tokenizer):
    parity = compared(reference, reference, tokenizer)
    check_same(parity)
    assert parity.agreement == 1.0
    assert parity.ties == 0
    assert parity.sentences == len(SENTENCES)
    assert parity.pieces > sum(len(sentence.tokens) for sentence in SENTENCES)


FAULTS = {
    "the mask is ignored": {"before": lambda ids, mask: (ids, np.ones_like(mask))},
    "rows are cut": {
        "before": lambda ids, mask: (np.where(np.arange(ids.shape[1]) < 30, ids, 0), mask)
    },
    "labels are shifted": {"after": lambda logits: np.roll(logits, 1, axis=2)},
    "positions are shifted": {"after": lambda logits: np.roll(logits, 1, axis=1)},
    "rows change places": {"after": lambda logits: logits[::-1]},
    "logits are off": {"after": lambda logits: logits * np.float32(0.97)},
    "logits are NaN": {"after": lambda logits: logits * np.float32("nan")},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_exports_get_wrong_is_refused(fault, reference, tokenizer):
    parity = compared(reference, Faulty(reference, **FAULTS[fault]), tokenizer)
    with pytest.raises(ModelError, match="Nothing was written"):
        check_same(parity)


def test_a_tie_may_go_either_way_and_nothing_else(reference, tokenizer):
    head = reference.model.classifier
    with torch.no_grad():  # two labels that are always as probable, and more so than all others
        head.weight[2] = head.weight[1]
        head.bias[:] = torch.tensor([-50.0, 0, 0, *[-50.0] * (len(LABELS) - 3)])
    swapped = [0, 2, 1, *range(3, len(LABELS))]
    least = np.array([0, 0, 1e-6, *[0] * (len(LABELS) - 3)], dtype=np.float32)
    other = Faulty(reference, after=lambda logits: logits[..., swapped] + least)
    parity = compared(reference, other, tokenizer)
    assert parity.agreement == 0.0
    assert parity.ties == parity.pieces
    check_same(parity)
    head.bias.data[1] += 0.001  # no tie any more, and hardly another probability
    with pytest.raises(ModelError):
        check_same(compared(reference, other, tokenizer))


def test_sentences_of_all_lengths_and_one_of_several_windows_are_compared():
    many = EXAMPLE_SENTENCES * 40
    chosen = choose_sentences(many, 100)
    assert len(chosen) == 201
    lengths = [len(tokens) for tokens in chosen]
    assert lengths[0] == min(len(sentence.tokens) for sentence in many)
    assert lengths[-2] == max(len(sentence.tokens) for sentence in many)
    assert lengths[-1] == 200
    assert choose_sentences(SENTENCES, 40)[-1] == LONG_SENTENCE.tokens


def test_f1_is_that_of_the_sentences_whatever_their_order(reference, tokenizer):
    score = measure_f1(reference, tokenizer, SENTENCES, "it")
    assert measure_f1(reference, tokenizer, SENTENCES[::-1], "it") == score
    assert 0 <= score < 0.5


@pytest.mark.parametrize(("loss", "refused"), [(0.0029, False), (0.0031, True), (-0.1, False)])
def test_the_gate_counts_points(loss, refused):
    if not refused:
        return check_f1(0.8, 0.8 - loss, 0.3)
    with pytest.raises(
        ModelError, match=r"79\.69 in int8 where the model has 80\.00.*0\.31 points"
    ):
        check_f1(0.8, 0.8 - loss, 0.3)


def test_a_single_other_label_shows():
    check_same(Parity(1, 10_000_000, 1.0, 0, 0.0))
    with pytest.raises(ModelError):
        check_same(Parity(1, 10_000_000, 1 - 1e-7, 0, 0.0))
