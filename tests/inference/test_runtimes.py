import sys
import types

import numpy as np
import pytest
import torch
from helpers import tiny_models

from msra_ner.errors import ArgumentsError, ModelError
from msra_ner.inference.runtimes import TorchRuntime, choose_device
from msra_ner.inference.tagger import Tagger
from msra_ner.labels import label_list
from msra_ner.models import find_layer_sizes

LABELS = label_list(["PER", "ORG", "LOC"])
TEXT = "北京大学在上海"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The folder of a tiny model with random weights, and its tokenizer."""
    return tiny_models.save_tagger(tmp_path_factory.mktemp("model"), LABELS)


@pytest.fixture
def no_exports(monkeypatch):
    """No folder holds an exported model."""
    exports(monkeypatch, None)


def exports(monkeypatch, runtime):
    module = types.SimpleNamespace(open_exported=lambda folder: runtime)
    monkeypatch.setitem(sys.modules, "msra_ner.inference.exported", module)


class Recorded:
    """A runtime that finds a LOC in the first word piece and notes what it was given."""

    labels = LABELS
    settings = {"window_overlap": 2}  # noqa: RUF012
    limit = 12

    def __init__(self):
        self.given = []

    def compute_logits(self, input_ids, attention_mask):
        self.given.append((input_ids, attention_mask))
        # Half of the probability for one label, the rest for the others together.
        half = np.log(len(LABELS) - 1)
        logits = np.zeros((*input_ids.shape, len(LABELS)), dtype=np.float32)
        logits[:, :, LABELS.index("O")] = half
        logits[:, 1] = 0
        logits[:, 1, LABELS.index("B-LOC")] = half
        return logits


def test_logits_are_those_of_the_model_without_padding():
    model = tiny_models.tiny_model(LABELS, 50)
    runtime = TorchRuntime(model, "cpu")
    ids = np.array([[2, 7, 8, 9, 3], [2, 11, 3, 0, 0]])
    found = runtime.compute_logits(ids, (ids != 0).astype(np.int64))
    assert (found.shape, found.dtype) == ((*ids.shape, len(LABELS)), np.float32)
    for row, length in ((0, 5), (1, 3)):
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor(ids[row : row + 1, :length])).logits[0]
        assert found[row, :length] == pytest.approx(logits.numpy(), abs=1e-5)


def test_dropout_is_off_even_for_a_model_in_training():
    runtime = TorchRuntime(tiny_models.tiny_model(LABELS, 50).train(), "cpu")
    ids = np.arange(2, 20)[None]
    first, second = (runtime.compute_logits(ids, np.ones_like(ids)) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_runtime_says_what_the_model_says():
    model = tiny_models.tiny_model(LABELS, 50)
    model.config.msra_ner = {"max_length": 24}
    runtime = TorchRuntime(model, "cpu")
    assert (runtime.labels, runtime.settings, runtime.limit) == (LABELS, {"max_length": 24}, 512)
    assert runtime.device == torch.device("cpu")


@pytest.mark.parametrize(
    ("precision", "dtype"),
    [("fp32", torch.float32), ("bf16", torch.bfloat16), ("auto", torch.bfloat16)],
)
@pytest.mark.usefixtures("no_exports")
def test_weights_are_in_the_precision_asked_for(saved, monkeypatch, precision, dtype):
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: True)
    speeds, measured = {"fp32": 1.0, "bf16": 2.0}, []

    def tell(name, threads, *, work, sizes):
        measured.append((name, threads, work, sizes))
        return speeds[name]

    monkeypatch.setattr("msra_ner.hardware.precision.measure_speed", tell)
    tagger = Tagger.from_pretrained(saved, "cpu", precision)
    what = torch.get_num_threads(), "tagging", find_layer_sizes(tagger.model.config)
    assert measured == ([("fp32", *what), ("bf16", *what)] if precision == "auto" else [])
    assert {parameter.dtype for parameter in tagger.model.parameters()} == {dtype}
    for entity in tagger(TEXT):
        assert 0 < entity.score <= 1


@pytest.mark.usefixtures("no_exports")
def test_a_tagger_computes_in_fp32_unless_it_is_told_otherwise(saved):
    tagger = Tagger.from_pretrained(saved, "cpu")
    assert {parameter.dtype for parameter in tagger.model.parameters()} == {torch.float32}


def test_an_unknown_device_is_refused():
    with pytest.raises(ArgumentsError, match=r"^device: found 'warp', which cannot be used here"):
        choose_device("warp")


@pytest.mark.usefixtures("no_exports")
def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="found no such folder"):
        Tagger.from_pretrained(tmp_path / "nowhere")


def test_an_exported_model_is_used_in_the_place_of_the_weights(saved, monkeypatch):
    runtime = Recorded()
    exports(monkeypatch, runtime)
    tagger = Tagger.from_pretrained(saved, "cpu")
    assert tagger.runtime is runtime
    assert tagger.labels == list(LABELS)
    found = tagger([TEXT[:3], TEXT])
    assert [[(e.type, e.text) for e in row] for row in found] == [[("LOC", "北")]] * 2
    # Half of the probability of its token, and a little more: some of the rest is not legal there.
    assert all(0.5 < row[0].score < 0.65 for row in found)
    for ids, mask in runtime.given:
        assert ids.dtype == mask.dtype == np.int64
        assert ids.shape == mask.shape
        assert np.array_equal(mask, ids != tagger.aligner.tokenizer.pad_token_id)


def test_windows_keep_to_the_limit_of_a_runtime():
    runtime = Recorded()
    tags = Tagger(runtime, tiny_models.wordpiece()).tag_tokens([list(TEXT * 5)])
    assert len(tags[0]) == len(TEXT * 5)
    assert max(ids.shape[1] for ids, _ in runtime.given) == runtime.limit


@pytest.mark.parametrize("setting", [{"precision": "bf16"}, {"device": "cuda"}])
def test_what_does_not_apply_to_an_exported_model_is_refused(saved, monkeypatch, setting):
    exports(monkeypatch, Recorded())
    with pytest.raises(ArgumentsError, match="found an exported model"):
        Tagger.from_pretrained(saved, **setting)


@pytest.mark.parametrize("device", ["cuda:99", "xpu:7", "meta", "nonesuch"])
def test_a_device_that_is_not_there_is_one_line(device):
    with pytest.raises(ArgumentsError, match="which cannot be used here, expected for example cpu"):
        choose_device(device)
