"""Programs of others open what is exported and find what the model's own head finds."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import torch
from helpers.builders import EXAMPLE_SENTENCES
from helpers.random_models import save_random_model
from safetensors.torch import load_file
from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

from msra_ner.errors import ArgumentsError, OutputExistsError
from msra_ner.export.export import export_model
from msra_ner.inference.tagger import Tagger

ENGINES = Path(__file__).parent / "engines"
PYTHON = Path(__file__).parents[2] / ".engines" / "bin" / "python"
NODE = shutil.which("node")
TEXTS = ["".join(sentence.tokens) for sentence in EXAMPLE_SENTENCES if len(sentence.tokens) < 38]


@pytest.fixture(scope="module", params=["viterbi", "crf"])
def model(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("engines") / "model"
    return save_random_model(folder, set("".join(TEXTS)), request.param)


@pytest.fixture(scope="module")
def expected(model):
    """What transformers finds with the model's own head: each word piece, label and score."""
    loaded = AutoModelForTokenClassification.from_pretrained(model)
    tokenizer = AutoTokenizer.from_pretrained(model)
    return pipeline("token-classification", loaded, tokenizer=tokenizer, ignore_labels=[])(TEXTS)


@pytest.fixture(scope="module")
def onnx(model):
    for module in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(module, reason=f"needs {module} (pip install .[all])")
    return export_model(model, "onnx")


@pytest.fixture(scope="module")
def openvino(model):
    for module in ("onnx", "onnxscript", "openvino"):
        pytest.importorskip(module, reason=f"needs {module} (pip install .[all])")
    return export_model(model, "openvino")


@pytest.fixture(scope="module")
def plain(model):
    return export_model(model, "transformers")


def assert_same(found, expected):
    assert len({piece["entity"] for pieces in expected for piece in pieces}) > 3
    for ours, theirs in zip(expected, found, strict=True):
        keys = [(piece["index"], piece["entity"]) for piece in ours]
        assert [(piece["index"], piece["entity"]) for piece in theirs] == keys
        scores = [piece["score"] for piece in ours]
        assert [piece["score"] for piece in theirs] == pytest.approx(scores, abs=1e-4)


def run(command, folder):
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ENGINES,
        input=json.dumps({"folder": str(folder), "texts": TEXTS}),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not PYTHON.exists(), reason="needs optimum (make engines)")
@pytest.mark.parametrize("to", ["onnx", "openvino"])
def test_optimum_opens_it(to, request, expected):
    assert_same(run([PYTHON, "tag_with_optimum.py"], request.getfixturevalue(to)), expected)


@pytest.mark.slow
@pytest.mark.skipif(
    not (NODE and (ENGINES / "node_modules").is_dir()),
    reason="needs transformers.js (make engines)",
)
def test_transformers_js_opens_it(onnx, expected):
    assert_same(run([NODE, "tag_with_transformers.mjs"], onnx), expected)


def test_a_plain_model_has_what_loaders_expect_and_nothing_more(model, plain, expected):
    own = {key for key in load_file(model / "model.safetensors") if not key.startswith("chain.")}
    weights = load_file(plain / "model.safetensors")
    assert weights.keys() == own
    loaded, report = AutoModelForTokenClassification.from_pretrained(
        plain, output_loading_info=True
    )
    assert not report["unexpected_keys"]
    assert not report["missing_keys"]
    tokenizer = AutoTokenizer.from_pretrained(plain)
    tag = pipeline("token-classification", loaded, tokenizer=tokenizer, ignore_labels=[])
    assert_same(tag(TEXTS), expected)


def test_a_plain_model_is_one_of_this_package(model, plain):
    tagger = Tagger.from_pretrained(plain)
    assert tagger.decoder_name == "viterbi"
    assert tagger.runtime.settings["max_length"] == 40
    assert [tagger(text) for text in TEXTS]
    assert torch.equal(
        tagger.model.classifier.weight, load_file(model / "model.safetensors")["classifier.weight"]
    )


@pytest.mark.parametrize(
    "given", [{"data_dir": "sample"}, {"max_f1_loss": 3.0}, {"scheme": "bioes"}]
)
def test_a_plain_model_is_checked_on_no_corpus(model, tmp_path, given):
    (name,) = given
    with pytest.raises(ArgumentsError, match=f"{name}: found it with to transformers"):
        export_model(model, "transformers", tmp_path / "plain", **given)
    assert not (tmp_path / "plain").exists()


def test_a_plain_model_replaces_no_model(model, plain):
    for target in (model, plain):
        with pytest.raises(OutputExistsError, match="found a model"):
            export_model(model, "transformers", target, overwrite=True)


def test_the_golden_file_says_what_the_model_finds(model, onnx):
    golden = json.loads((onnx / "golden.json").read_text(encoding="utf-8"))["texts"]
    tagger = Tagger.from_pretrained(model)
    found = 0
    for row in golden:
        entities = [entity.as_dict() for entity in tagger(row["text"])]
        for ours, theirs in zip(entities, row["entities"], strict=True):
            assert ours == theirs | {"score": pytest.approx(theirs["score"], abs=1e-3)}
        assert [row["text"][start:end] for start, end in row["offsets"]] == list(
            row["text"].translate(dict.fromkeys(map(ord, " \t\n\r\v\f")))
        )
        owned = [token for window in row["windows"] for token in range(*window["own"])]
        assert owned == list(range(len(row["offsets"])))
        found += len(entities)
    assert found > 20
    assert max(len(row["windows"]) for row in golden) > 2
