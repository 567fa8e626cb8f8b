"""Messages in Chinese: none is missing, and none loses what it is about."""

import importlib.util
import os
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from msra_ner.errors import ArgumentsError
from msra_ner.wording import find_language, translate
from msra_ner.wording.translation import VARIABLES, Catalogue, translate_by

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue(
    {
        "{0}: found {1}, expected {2}. {3}": "{0}：发现 {1}，应为 {2}。{3}",
        "the keys {0}": "键 {0}",
        "no text": "没有文本",
        "{0} of {1} sentences": "{1} 句中的 {0} 句",
        "Nothing was changed.": "没有改动任何文件。",
        "a set {{{0}}}": "集合 {{{0}}}",
        "text": "文本",
    }
)


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "list_messages.py"
    spec = importlib.util.spec_from_file_location("list_messages", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh_CN")


def fields(text):
    return sorted(name for _, name, *_ in string.Formatter().parse(text) if name is not None)


def test_every_message_of_the_code_is_translated(script):
    assert script.list_messages() == list(script.read_catalogue())
    assert [text for text, found in script.read_catalogue().items() if not found] == []


@pytest.mark.parametrize(
    "text",
    [
        "--split: found no --model, which it is about. Give both.",
        "--precision: found 'fp8', expected one of auto, fp32, bf16, fp16.",
        "model: no such file. Correct the path.",
        "Loading the model people",
    ],
)
def test_names_stay_as_they_are(chinese, text):
    for name in re.findall(r"--\w+|'\w+'|^model|people$", text):
        assert name in translate(text)


def test_a_translation_has_the_fields_flags_and_commands_of_its_message(script):
    flag = re.compile(r"(?<![\w'-])--[a-z][\w]*|'msra-ner [^']*'")
    for text, found in script.read_catalogue().items():
        assert fields(found) == fields(text), text
        assert sorted(flag.findall(found)) == sorted(flag.findall(text)), text
        # The glossary keeps one word of English.
        assert re.search(r"[\u4e00-\u9fff]", found) or found == "token", text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a.txt: found the keys x, y, expected z. Stop.", "a.txt：发现键 x, y，应为 z。Stop."),
        ("a.txt: found no text, expected z. Stop.", "a.txt：发现没有文本，应为 z。Stop."),
        ("3 of 5 sentences", "5 句中的 3 句"),
        ("text: found text, expected z. Stop.", "text：发现 text，应为 z。Stop."),
        ("Ask them. Nothing was changed.", "Ask them. 没有改动任何文件。"),
        ("Nothing was changed. Ask them.", "没有改动任何文件。Ask them."),
        ("a set {x}", "集合 {x}"),
        ("nobody knows this", "nobody knows this"),
    ],
)
def test_fields_and_what_stands_in_them(text, found):
    assert translate_by(CATALOGUE, text) == found


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "C", "LANGUAGE": "zh:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:zh_CN:en"}, "zh"),
        ({"LC_MESSAGES": "zh-TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment(monkeypatch, settings, language):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert find_language() == language


def test_an_exception_in_python_stays_english(chinese):
    assert str(ArgumentsError("--seed: found 1.")) == "seed: found 1."


def test_what_nobody_has_translated_stays(chinese):
    assert translate("xyzzy") == "xyzzy"


def run_in_chinese(*words, **settings):
    return subprocess.run(
        [sys.executable, "-m", "msra_ner", *map(str, words)],
        capture_output=True,
        text=True,
        env={**os.environ, "LANGUAGE": "zh_CN", **settings},
    )


def test_an_error_at_the_command_line():
    done = run_in_chinese("render", "nowhere.txt")
    assert done.returncode == 2
    assert "nowhere.txt：" in done.stderr
    assert "found" not in done.stderr


@pytest.mark.slow
def test_a_run_and_its_diagnosis_speak_chinese(tiny_corpus, tiny_encoder, tmp_path):
    run = tmp_path / "run"
    flags = ("--data_dir", tiny_corpus, "--model_name_or_path", tiny_encoder, "--output_dir", run)
    trained = run_in_chinese("train", *flags, "--max_steps", "2", "--use_cpu")
    diagnosed = run_in_chinese("diagnose", run)
    checked = run_in_chinese("check", tiny_corpus)
    said = [
        *trained.stderr.splitlines(),
        *diagnosed.stdout.splitlines(),
        *checked.stdout.splitlines(),
    ]
    said = [line.replace("train and validation and test", "") for line in said]  # names
    english = [line for line in said if re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", line)]
    assert not english, "\n".join(english)
    assert "Training" in (run / "train.log").read_text(encoding="utf-8")
