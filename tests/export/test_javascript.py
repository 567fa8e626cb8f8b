"""The example in JavaScript finds what the Tagger finds in the same exported folder."""

import functools
import json
import shutil
import subprocess
import threading
from dataclasses import asdict
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from helpers import tiny_models
from helpers.browser import chromium, wait
from helpers.builders import EXAMPLE_SENTENCES, LONG_SENTENCE
from helpers.random_models import LABELS, save_random_model

from msra_ner.corpus.documents import split_text
from msra_ner.dataset.alignment import Aligner
from msra_ner.decoding import DECODERS, ChainLabels, make_decoder
from msra_ner.export.export import export_model
from msra_ner.inference.tagger import Tagger
from msra_ner.labels import decode_entities
from msra_ner.models.small import build_character_tokenizer

EXAMPLE = Path(__file__).parents[2] / "examples" / "javascript"
RUNTIME = EXAMPLE / "node_modules" / "onnxruntime-web"
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NODE, reason="needs node (apt-get install nodejs)"),
]

CORPUS = ["".join(sentence.tokens) for sentence in (*EXAMPLE_SENTENCES, LONG_SENTENCE)]
# Two kinds of text outside the BMP, what the tokenizer drops, letters that have other forms.
ODD = [
    *("", " ", " \t\n", "北", "\u3000", "\u200b\ufffd\x00\u3000"),
    *("𠮷野家在北京", "👩‍👩‍👧王小明👍在上海😀", "𠮷 \n😀 北京大学\r\n在 北 京 \x0b"),
    *("ＡＢＣ１２３，北京", "Ünïcode ÉCOLE İstanbul", "hello World 2024", "한국의 서울 がぎぐ"),
    *("\u00a0王\u2003小\u3000明\ufeff", "ﬁ ǅ ß Σ ΐ ≮ 豈", "\u0301\u0344在北京é"),
    *("北京" * 17 + "。", "上" * 38, "上" * 39, "上海 " * 200, CORPUS[0] + "𠮷" * 45 + CORPUS[1]),
]
TEXTS = [*CORPUS, *ODD]
CHARACTERS = {char for text in TEXTS for char in text} - set("豈한") | set("eicounstaiǆ")

TAG = """
import * as ort from "onnxruntime-web";
import { readFileSync } from "node:fs";
import { Tagger, toUtf16 } from "./tagger.js";
const { folder, texts } = JSON.parse(readFileSync(0, "utf8"));
const tagger = await Tagger.load(folder, ort);
const found = [];
for (const text of texts) {
  const entities = await tagger.tag(text);
  const slices = toUtf16(text, entities).map(({ start, end }) => text.slice(start, end));
  found.push({ entities, slices });
}
console.log(JSON.stringify(found));
"""
LOAD = """
import { readFileSync } from "node:fs";
import { Tagger } from "./tagger.js";
await Tagger.load(JSON.parse(readFileSync(0, "utf8")), null).catch(
  (error) => console.log(JSON.stringify([error.constructor.name, error.message])));
"""
CUT = """
import { readFileSync } from "node:fs";
import { CharacterTokenizer } from "./tokenizer.js";
const { tokenizer, texts, sizes } = JSON.parse(readFileSync(0, "utf8"));
const cutter = new CharacterTokenizer(tokenizer);
console.log(JSON.stringify(sizes.map(([maxLength, overlap]) => texts.map((tokens) =>
  cutter.windows(tokens, { maxLength, overlap }).map((window) =>
    [window.ids, window.firstPieces])))));
"""


DECODE = """
import { readFileSync } from "node:fs";
import { Decoder } from "./decoder.js";
const given = JSON.parse(readFileSync(0, "utf8"));
const { labels, name, transitions, scheme, sentences, entities } = given;
const decoder = new Decoder(labels, name, transitions ?? undefined, scheme);
console.log(JSON.stringify(sentences.map((logits, row) =>
  [decoder.findTags(logits), decoder.findProbabilities(logits, entities[row])])));
"""


def run_node(script, value):
    """Run a module in the example's folder, and return what it prints."""
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", script],
        cwd=EXAMPLE,
        input=json.dumps(value),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def needs_runtime():
    if not RUNTIME.is_dir():
        pytest.skip("needs onnxruntime-web (npm install in examples/javascript)")


@pytest.fixture(scope="module", params=["viterbi", "crf"])
def folder(request, tmp_path_factory):
    """A random model whose labels depend on neighbours, as ONNX."""
    for module in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(module, reason=f"needs {module} (pip install .[all])")
    source = tmp_path_factory.mktemp("javascript") / "model"
    save_random_model(source, CHARACTERS, request.param)
    return export_model(source, "onnx")


def test_it_finds_what_the_tagger_finds(folder):
    needs_runtime()
    tagged = Tagger.from_pretrained(folder)(TEXTS)
    expected = [[entity.as_dict() for entity in row] for row in tagged]
    assert {entity["type"] for row in expected for entity in row} == {"PER", "ORG", "LOC"}
    assert sum(map(len, expected)) > 100
    golden = json.loads((folder / "golden.json").read_text(encoding="utf-8"))["texts"]
    texts = [*TEXTS, *(row["text"] for row in golden)]
    expected += [row["entities"] for row in golden]
    found = run_node(TAG, {"folder": str(folder), "texts": texts})
    for text, row, result in zip(texts, expected, found, strict=True):
        scores = [entity.pop("score") for entity in row]
        assert [entity.pop("score") for entity in result["entities"]] == pytest.approx(
            scores, abs=1e-3
        )
        assert result["entities"] == row, text
        assert result["slices"] == [entity["text"] for entity in row]


@pytest.mark.parametrize(
    ("name", "scheme"), [*((name, "iob2") for name in DECODERS), ("crf", "bioes")]
)
def test_its_decoder_is_the_packages(name, scheme):
    random, width = np.random.default_rng(1), len(ChainLabels.of(LABELS, scheme).names)
    sentences = [random.normal(0, 2, (n, width)).astype(np.float32) for n in (1, 2, 9, 40)]
    transitions = random.normal(size=(width, width)) if name == "crf" else None
    decoder = make_decoder(name, LABELS, transitions, scheme)
    tags = [[LABELS[label] for label in path] for path in decoder.find_labels(sentences)]
    entities = list(map(decode_entities, tags))
    given = {
        "labels": LABELS,
        "name": name,
        "scheme": scheme,
        "transitions": None if transitions is None else transitions.tolist(),
        "sentences": [logits.tolist() for logits in sentences],
        "entities": [[asdict(entity) for entity in row] for row in entities],
    }
    assert any(entities)
    scores = decoder.find_probabilities(sentences, entities)
    for own, row, found in zip(tags, scores, run_node(DECODE, given), strict=True):
        assert found[0] == own
        assert found[1] == pytest.approx(row, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    "flags",
    [
        {"lowercase": False, "strip_accents": False},
        {"lowercase": True, "strip_accents": None},
        {"lowercase": True, "strip_accents": False},
        {"lowercase": False, "strip_accents": True},
        {"lowercase": True, "strip_accents": True, "clean_text": False},
    ],
)
def test_it_cuts_the_windows_that_the_aligner_cuts(flags):
    tokenizer = build_character_tokenizer(CHARACTERS)
    content = json.loads(tokenizer.backend_tokenizer.to_str())
    content["normalizer"] |= flags
    tokenizer.backend_tokenizer.normalizer = (
        type(tokenizer.backend_tokenizer).from_str(json.dumps(content)).normalizer
    )
    texts = [split_text(text)[0] for text in TEXTS]
    sizes = [(512, None), (40, 12), (40, None), (17, 14), (9, 0), (4, 1), (3, 0)]
    expected = []
    for max_length, overlap in sizes:
        aligner = Aligner(tokenizer, max_length, overlap)
        expected.append([[describe(window) for window in aligner.encode(text)] for text in texts])
    found = run_node(CUT, {"tokenizer": content, "texts": texts, "sizes": sizes})
    for size, expected_rows, rows in zip(sizes, expected, found, strict=True):
        for text, expected_row, row in zip(texts, expected_rows, rows, strict=True):
            assert row == expected_row, (size, text)


def describe(window):
    """Return the ids of a window, and where the first piece of each owned token stands."""
    firsts = [window.word_ids.index(token) for token in range(window.own_start, window.own_end)]
    return [window.input_ids, firsts]


def change(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values))


def remove_config(folder):
    (folder / "config.json").unlink()


MISTAKES = {
    "another format": (
        lambda folder: change(folder / "export.json", format="openvino"),
        r"found an export to openvino, expected onnx\. Export",
    ),
    "a missing file": (remove_config, r"config\.json: found no file .*Check the folder"),
    "another tokenizer": (
        lambda folder: (folder / "tokenizer.json").write_text(
            tiny_models.byte_bpe().backend_tokenizer.to_str(), encoding="utf-8"
        ),
        r"found a tokenizer of BPE.*expected WordPiece.*msra-ner predict",
    ),
    "words": (
        lambda folder: change(folder / "config.json", msra_ner={"token": "word"}),
        r"found a model for tokens of one word, expected characters",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_it_cannot_use_is_refused_in_one_line(mistake, folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    spoil, message = MISTAKES[mistake]
    spoil(copy)
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(" ".join(run_node(LOAD, str(copy))))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


def test_the_page_shows_the_entities(folder, tmp_path):
    needs_runtime()
    site = tmp_path / "site"
    shutil.copytree(EXAMPLE, site, ignore=shutil.ignore_patterns("node_modules", "model"))
    (site / "node_modules").symlink_to(EXAMPLE / "node_modules")
    shutil.copytree(folder, site / "model")
    text = "<b>𠮷</b>" + CORPUS[0]
    expected = Tagger.from_pretrained(folder)(text)
    assert expected
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with chromium(tmp_path / "profile") as driver:
            driver.get(f"http://127.0.0.1:{server.server_port}/")
            wait(driver, "return document.getElementById('text').textContent === input.value")
            driver.execute_script(
                "input.value = arguments[0]; input.dispatchEvent(new Event('input'))", text
            )
            shown = "return document.getElementById('text').textContent === arguments[0]"
            wait(driver, shown, text)
            marks = driver.execute_script(
                "return [...document.querySelectorAll('mark')].map((m) =>"
                "[m.dataset.type, m.textContent])"
            )
            assert marks == [[entity.type, entity.text] for entity in expected]
            assert driver.get_log("browser") == []
    finally:
        server.shutdown()
        server.server_close()
