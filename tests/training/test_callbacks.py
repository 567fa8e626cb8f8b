"""What the log says while a run goes on."""

import logging
from types import SimpleNamespace

import pytest

from msra_ner.training.callbacks import LogEntries


def log(caplog, step, **figures):
    """Return what is logged of an evaluation at a step of a run with 10 steps of warm-up."""
    args = SimpleNamespace(get_warmup_steps=lambda steps: 10)
    state = SimpleNamespace(is_world_process_zero=True, global_step=step, max_steps=100)
    entry = {f"eval_{name}": value for name, value in figures.items()}
    with caplog.at_level(logging.INFO, logger="msra_ner"):
        LogEntries().on_log(args, state, None, logs={"epoch": 1, **entry})
    return caplog.text


def test_a_ratio_of_nothing_is_a_dash(caplog):
    text = log(caplog, 5, f1=0.0, recall=0.0, token_accuracy=0.9, loss=0.5)
    assert "epoch 1: val F1 0.00 (precision -, recall 0.00), loss 0.5000" in text
    assert "no entity" not in text, "the warm-up is not over"


@pytest.mark.parametrize(("f1", "warned"), [(0.0, True), (0.01, False), (None, False)])
def test_a_run_that_finds_nothing_after_the_warm_up_says_so(caplog, f1, warned):
    figures = {} if f1 is None else {"f1": f1}
    text = log(caplog, 20, token_accuracy=0.9, loss=0.5, **figures)
    assert ("step 20: no entity of val is found" in text) == warned
