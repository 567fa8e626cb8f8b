import json
import logging
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from helpers import architectures, tiny_models
from helpers.builders import EXAMPLE_SENTENCES, LONG_SENTENCE, write_corpus
from helpers.oracles import align_labels
from transformers import set_seed

from msra_ner.cli.entry import main
from msra_ner.dataset.alignment import Aligner
from msra_ner.errors import ArgumentsError, CorpusNotFoundError, ModelError, OutputExistsError
from msra_ner.export import graph as export_graph
from msra_ner.export.export import export_model
from msra_ner.inference import exported as exported_runtimes
from msra_ner.inference.exported import MANIFEST_FILE, open_exported
from msra_ner.inference.runtimes import TorchRuntime
from msra_ner.inference.tagger import Tagger
from msra_ner.labels import label_list
from msra_ner.models.small import build_character_tokenizer, build_small_encoder

pytest.importorskip("onnx", reason="needs onnx (pip install .[all])")
pytest.importorskip("onnxscript", reason="needs onnxscript (pip install .[all])")
pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install .[all])")

LABELS = label_list(["PER", "ORG", "LOC"])
SENTENCES = [*EXAMPLE_SENTENCES, LONG_SENTENCE]
TEXTS = ["".join(sentence.tokens) for sentence in SENTENCES]
SETTINGS = {"max_length": 40, "window_overlap": 12, "token": "character"}
LENGTHS = [(1,), (3,), (2, 33, 7), (40,) * 5, (36, 1)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "corpus"
    return write_corpus(folder, {"train": SENTENCES, "val": SENTENCES})


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """A tiny BERT that knows the corpus by heart, so that its F1 can fall."""
    tokenizer = build_character_tokenizer({char for text in TEXTS for char in text})
    tokenizer.model_max_length = SETTINGS["max_length"]
    model = tiny_models.tiny_model(LABELS, len(tokenizer)).train()
    aligner = Aligner(tokenizer, SETTINGS["max_length"], SETTINGS["window_overlap"])
    rows = [
        (window.input_ids, align_labels(window, [LABELS.index(tag) for tag in sentence.tags]))
        for sentence in SENTENCES
        for window in aligner.encode(sentence.tokens)
    ]
    ids, labels = (
        torch.nn.utils.rnn.pad_sequence(
            [torch.tensor(row[side]) for row in rows], batch_first=True, padding_value=padding
        )
        for side, padding in ((0, 0), (1, -100))
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(60):
        model(input_ids=ids, attention_mask=(ids != 0).long(), labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return save(model, tokenizer, tmp_path_factory.mktemp("bert") / "model")


@pytest.fixture(scope="module")
def roformer(tmp_path_factory):
    """The small encoder of the sample corpus, with weights large enough that labels vary."""
    set_seed(1)
    model, tokenizer = build_small_encoder(SENTENCES, LABELS)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4) if parameter.dim() > 1 else None
    return save(model, tokenizer, tmp_path_factory.mktemp("roformer") / "model", max_length=300)


@pytest.fixture(scope="module")
def onnx_bert(bert):
    return export_model(bert, "onnx")


def save(model, tokenizer, folder, **settings):
    model.config.msra_ner = SETTINGS | settings
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def copy_of(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


def assert_same_as_torch(folder, source, lengths):
    """Compare both runtimes on random rows of these lengths, padded on the right."""
    exported, reference = open_exported(folder), TorchRuntime.from_pretrained(source, "cpu")
    assert exported.labels == reference.labels
    assert dict(exported.settings) == dict(reference.settings)
    assert exported.limit == reference.limit
    size = reference.model.config.vocab_size
    rows = np.random.default_rng(len(lengths)).integers(5, size, (len(lengths), max(lengths)))
    mask = (np.arange(max(lengths)) < np.array(lengths)[:, None]).astype(np.int64)
    ids = np.where(mask == 1, rows, 0)
    found, expected = (side.compute_logits(ids, mask) for side in (exported, reference))
    assert found.shape == (*ids.shape, len(exported.labels))
    assert found.dtype == np.float32
    assert (found.argmax(-1) == expected.argmax(-1))[mask == 1].all()
    assert np.abs(found - expected)[mask == 1].max() < 1e-4


def left_in(folder):
    return sorted(path.name for path in folder.parent.iterdir() if path.name != "model")


@pytest.mark.parametrize("lengths", LENGTHS)
def test_any_batch_gets_the_labels_and_probabilities_of_torch(onnx_bert, bert, lengths):
    assert_same_as_torch(onnx_bert, bert, lengths)


@pytest.mark.parametrize("to", ["onnx", "openvino"])
def test_rotary_positions_hold_beyond_the_traced_length(to, roformer, tmp_path):
    pytest.importorskip(exported_runtimes.ENGINES[to], reason="needs it (pip install .[all])")
    folder = export_model(roformer, to, tmp_path / "out")
    for lengths in ((1,), (9,), (300, 4, 257), (120,) * 3):
        assert_same_as_torch(folder, roformer, lengths)
    assert len({label for row in Tagger.from_pretrained(folder)(TEXTS) for label in row}) > 1


@pytest.mark.slow
@pytest.mark.parametrize("family", architectures.ENCODERS)
def test_families_people_fine_tune(family, tmp_path):
    tokenizer = build_character_tokenizer(TEXTS[0])
    model = architectures.build(family)
    model.resize_token_embeddings(len(tokenizer))
    model.config.id2label = dict(enumerate(LABELS))
    source = save(model, tokenizer, tmp_path / "model")
    folder = export_model(source, "onnx")
    for lengths in LENGTHS:
        assert_same_as_torch(folder, source, lengths)


def test_the_tagger_finds_the_same_entities(onnx_bert, bert):
    texts = [*TEXTS, "", " ", "王海燕\u3000在 北京", TEXTS[-1] * 3]
    for found, expected in zip(
        Tagger.from_pretrained(onnx_bert)(texts), Tagger.from_pretrained(bert)(texts), strict=True
    ):
        assert [(e.type, e.start, e.end, e.text) for e in found] == [
            (e.type, e.start, e.end, e.text) for e in expected
        ]
        scores = [e.score for e in found]
        assert scores == pytest.approx([e.score for e in expected], abs=2e-4)
    assert any(Tagger.from_pretrained(onnx_bert)(TEXTS)), "a model that finds nothing shows nothing"


def test_the_manifest_says_what_was_exported_and_checked(onnx_bert, bert):
    manifest = json.loads((onnx_bert / MANIFEST_FILE).read_text(encoding="utf-8"))
    assert (manifest["format"], manifest["precision"]) == ("onnx", "fp32")
    assert manifest["labels"] == list(LABELS)
    assert manifest["max_length"] == SETTINGS["max_length"]
    assert set(manifest["source"]["sha256"]) == {"model.safetensors"}
    assert manifest["quantization"] is None
    parity = manifest["parity"]
    assert parity["agreement"] == 1.0
    assert parity["pieces"] > 1000
    assert parity["max_difference"] < 1e-5
    assert {"torch", "onnx", "onnxruntime"} <= set(manifest["versions"])
    assert str(bert.parent) not in json.dumps(manifest), "no path of this machine"


def test_int8_within_the_allowed_loss_is_written_with_both_scores(
    bert, onnx_bert, corpus, tmp_path, capsys, monkeypatch
):
    needs_openvino()
    reuse_graph(monkeypatch, onnx_bert)
    folder = export_model(bert, "openvino", tmp_path / "out", int8=True, data_dir=str(corpus))
    assert capsys.readouterr().out == "", "bars do not belong to the answer"
    manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    assert manifest["precision"] == "int8"
    assert manifest["quantization"]["method"] == "nncf.compress_weights"
    # The width that the products of this BERT, 32 and 64 wide, have in common.
    assert manifest["settings"]["DYNAMIC_QUANTIZATION_GROUP_SIZE"] == "32"
    scores = manifest["val_f1"]
    assert scores["fp32"] > 0.9, "the model should know the corpus by heart"
    assert scores["int8"] >= scores["fp32"] - 0.003
    assert scores["sentences"] == len(SENTENCES)
    assert manifest["parity"]["max_difference"] > 1e-5, "int8 leaves a trace"
    assert any(Tagger.from_pretrained(folder)(TEXTS))
    together = Tagger.from_pretrained(folder)(TEXTS)
    for text, entities in zip(TEXTS, together, strict=True):
        alone = Tagger.from_pretrained(folder)(text)
        assert [(e.type, e.start, e.end) for e in alone] == [
            (e.type, e.start, e.end) for e in entities
        ]


def reuse_graph(monkeypatch, folder):
    """Take the graph of an earlier export, which is the same for both formats."""
    monkeypatch.setattr(
        export_graph, "_write_graph", lambda _, path: shutil.copyfile(folder / "model.onnx", path)
    )


def needs_openvino():
    for module in ("openvino", "nncf"):
        pytest.importorskip(module, reason=f"needs {module} (pip install .[all])")


def damaged(onnx_file, target, scale):
    """Write an ONNX model whose last matrix is multiplied."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load(onnx_file)
    names = [name for node in model.graph.node if node.op_type == "MatMul" for name in node.input]
    last = [weight for weight in model.graph.initializer if weight.name in names][-1]
    last.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(last) * scale, last.name))
    onnx.save(model, target)


# 1.02 changes no label, only the probabilities.
@pytest.mark.parametrize("scale", [np.float32(-1), np.float32(1.02), np.float32("nan")])
def test_a_damaged_fp32_export_is_refused_and_nothing_is_written(
    scale, bert, onnx_bert, tmp_path, monkeypatch
):
    model = onnx_bert / "model.onnx"
    monkeypatch.setattr(export_graph, "_write_graph", lambda _, path: damaged(model, path, scale))
    source = shutil.copytree(bert, tmp_path / "model")
    with pytest.raises(ModelError, match=r"of [\d,]+ word pieces.*Nothing was written"):
        export_model(source, "onnx")
    assert left_in(source) == []


def test_int8_that_loses_too_much_is_refused_with_both_scores(
    bert, onnx_bert, corpus, tmp_path, monkeypatch
):
    needs_openvino()
    model = onnx_bert / "model.onnx"
    monkeypatch.setattr(
        export_graph, "_write_graph", lambda _, path: damaged(model, path, np.float32(0))
    )
    source = shutil.copytree(bert, tmp_path / "model")
    refused = r"found val F1 \d+\.\d\d in int8 where the model has (9|10)\d.*at most 0.3.*int8"
    with pytest.raises(ModelError, match=refused):
        export_model(source, "openvino", int8=True, data_dir=str(corpus))
    assert left_in(source) == []
    # The same, and the loss is allowed.
    export_model(source, "openvino", int8=True, data_dir=str(corpus), max_f1_loss=100)
    assert left_in(source) == ["model-openvino-int8"]


def test_int8_is_for_openvino(bert, tmp_path):
    with pytest.raises(ArgumentsError, match="expected to openvino"):
        export_model(bert, "onnx", tmp_path / "out", int8=True)


def test_a_format_that_is_not_there_is_refused(bert):
    with pytest.raises(
        ArgumentsError, match=r"^to: found 'tflite', expected one of onnx, openvino"
    ):
        export_model(bert, "tflite")


def test_int8_needs_a_corpus_and_a_val(bert, tmp_path):
    needs_openvino()
    with pytest.raises(CorpusNotFoundError, match=r"^int8: found no data_dir"):
        export_model(bert, "openvino", tmp_path / "out", int8=True)
    data = write_corpus(tmp_path / "data", {"train": SENTENCES})
    with pytest.raises(CorpusNotFoundError, match="found no val"):
        export_model(bert, "openvino", tmp_path / "out", int8=True, data_dir=str(data))
    assert not (tmp_path / "out").exists()


def test_an_export_is_replaced_only_when_told_to(onnx_bert, bert, tmp_path, monkeypatch):
    folder = copy_of(onnx_bert, tmp_path)
    before = (folder / MANIFEST_FILE).read_bytes()
    with pytest.raises(OutputExistsError, match="overwrite"):
        export_model(bert, "onnx", folder)
    assert (folder / MANIFEST_FILE).read_bytes() == before
    (folder / "notes.txt").write_text("mine")
    (folder / "openvino_model.bin").write_text("of another format")
    reuse_graph(monkeypatch, onnx_bert)
    export_model(bert, "onnx", folder, overwrite=True)
    assert (folder / "notes.txt").read_text() == "mine"
    assert not (folder / "openvino_model.bin").exists(), (
        "of two formats only one is what the manifest says"
    )
    assert (folder / MANIFEST_FILE).exists()


def test_a_model_is_never_mixed_with_an_export(onnx_bert, bert, tmp_path):
    with pytest.raises(OutputExistsError, match=r"model\.safetensors"):
        export_model(bert, "onnx", bert, overwrite=True)
    other = shutil.copytree(bert, tmp_path / "other")
    with pytest.raises(OutputExistsError, match=r"model\.safetensors"):
        export_model(bert, "onnx", other, overwrite=True)
    with pytest.raises(ModelError, match="found an exported model"):
        export_model(onnx_bert, "onnx", tmp_path / "out")
    with pytest.raises(ModelError, match="hf download"):
        export_model(tmp_path / "nowhere", "onnx")


def test_a_folder_without_a_manifest_is_no_export(bert, tmp_path):
    assert open_exported(bert) is None
    assert open_exported("google-bert/bert-base-chinese") is None
    assert open_exported(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"format": "tflite", "settings": {}}', '{"format": "onnx"}'),
        '{"format": "onnx", "settings": {"session.register_custom_ops_library": "x.so"}}',
        '{"format": "openvino", "settings": {"CACHE_DIR": "anywhere"}}',
        '{"format": "openvino", "settings": {"INFERENCE_PRECISION_HINT": ["f32"]}}',
    ],
)
def test_a_broken_manifest_is_named(text, onnx_bert, tmp_path):
    folder = copy_of(onnx_bert, tmp_path)
    (folder / MANIFEST_FILE).write_text(text)
    with pytest.raises(ModelError, match=rf"{MANIFEST_FILE}: found .*Repeat the export"):
        open_exported(folder)


@pytest.mark.parametrize("name", ["model.onnx", "config.json"])
def test_a_missing_file_is_named(name, onnx_bert, tmp_path):
    folder = copy_of(onnx_bert, tmp_path)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"without {name}"):
        open_exported(folder)


def test_a_file_that_was_cut_is_refused(onnx_bert, tmp_path):
    folder = copy_of(onnx_bert, tmp_path)
    content = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="onnxruntime cannot open"):
        open_exported(folder)


@pytest.mark.parametrize("module", ["onnxruntime", "onnxscript"])
def test_a_missing_library_is_named_with_its_extra(module, bert, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)  # an import of it fails from now on
    with pytest.raises(ModelError, match=rf"{module}.*pip install 'msra-ner\[onnx\]'"):
        export_model(bert, "onnx", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_engine_that_is_not_installed_is_named_on_opening(onnx_bert, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match=r"onnxruntime.*pip install 'msra-ner\[onnx\]'"):
        open_exported(onnx_bert)


def test_the_command_ends_in_one_line_for_a_mistake(bert, tmp_path, capsys):
    needs_openvino()
    out = tmp_path / "out"
    command = ["export", str(bert), "--to", "openvino", "--int8", "--output_dir", str(out)]
    assert main(command) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "--data_dir" in captured.err
    assert not out.exists()


def test_the_command_prints_the_folder(bert, onnx_bert, corpus, tmp_path, capsys, monkeypatch):
    reuse_graph(monkeypatch, onnx_bert)
    monkeypatch.setattr("msra_ner.hardware.use_cpu_threads", lambda asked: 1)
    out = tmp_path / "out"
    command = ["export", str(bert), "--to", "onnx", "--data_dir", str(corpus)]
    assert main([*command, "--output_dir", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert open_exported(out) is not None


def test_exporters_are_quiet_for_as_long_as_they_work(tmp_path, capsys):
    loggers = [logging.getLogger(name) for name in export_graph.LOGGERS]
    before = [logger.level for logger in loggers]
    refused = pytest.raises(ModelError, match=r"torch\.onnx cannot export \(unsupported\)")
    with refused, export_graph._translating(tmp_path, "torch.onnx"):
        assert not any(logger.isEnabledFor(logging.WARNING) for logger in loggers)
        sys.stdout.write("a bar")
        raise RuntimeError("unsupported")
    assert [logger.level for logger in loggers] == before
    assert capsys.readouterr().out == ""


def test_threads_on_one_exported_model_get_each_their_own_answer(bert, tmp_path):
    """R4: two requests were shared by all callers, and one thread read another's output."""
    needs_openvino()
    exported = open_exported(export_model(bert, "openvino", tmp_path / "openvino"))
    size = len(exported.labels) + 20
    batches = [np.random.default_rng(seed).integers(5, size, (4, 16)) for seed in range(60)]
    mask = np.ones((4, 16), dtype=np.int64)
    expected = [exported.compute_logits(ids, mask) for ids in batches]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda ids: exported.compute_logits(ids, mask), batches * 3))
    for got, wanted in zip(found, expected * 3, strict=True):
        assert (got == wanted).all()


@pytest.mark.parametrize("kind", ["torch", "onnx", "openvino"])
def test_one_tagger_for_many_threads(bert, kind, tmp_path):
    if kind == "openvino":
        needs_openvino()
    place = bert if kind == "torch" else export_model(bert, kind, tmp_path / kind)
    tagger = Tagger.from_pretrained(place)
    texts = [(TEXTS[n % len(TEXTS)] * 5)[n % 3 :] for n in range(200)]
    expected = [tagger(text) for text in texts]
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(tagger, texts)) == expected
    assert any(expected)
