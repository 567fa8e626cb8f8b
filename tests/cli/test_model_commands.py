"""What the commands do that take a trained model: evaluate, predict, report, compare."""

import itertools
import json
import os
import subprocess
import sys

import pytest
from helpers.builders import EXAMPLE_SENTENCES

from msra_ner.cli.entry import main


@pytest.fixture(scope="module")
def model(tmp_path_factory, tiny_corpus, tiny_encoder):
    """A model trained for one epoch, and the corpus it was trained on."""
    folder = tmp_path_factory.mktemp("cli") / "run"
    arguments = ["--data_dir", tiny_corpus, "--model_name_or_path", tiny_encoder]
    arguments += ["--output_dir", folder, "--num_train_epochs", "15", "--learning_rate", "5e-3"]
    arguments += ["--use_cpu", "--cpu_threads", "1", "--disable_tqdm", "true"]
    assert main(["train", *map(str, arguments), "--per_device_train_batch_size", "4"]) == 0
    return folder


@pytest.mark.slow
def test_report_and_compare_write_their_pages(model, tmp_path, capsys):
    assert main(["report", str(model)]) == 0
    assert capsys.readouterr().out.strip() == str(model / "report.html")
    assert main(["compare", str(model), str(model), "--output_dir", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "compare.html").exists()
    assert main(["compare", str(model), str(model), "--output_dir", str(tmp_path / "out")]) == 2
    assert "--overwrite" in capsys.readouterr().err


def test_evaluate_prints_the_table_and_writes_json(model, tiny_corpus, tmp_path, capsys):
    path = tmp_path / "scores.json"
    arguments = [str(model), "--data_dir", str(tiny_corpus), "--use_cpu", "--json", str(path)]
    assert main(["evaluate", *arguments]) == 0
    shown = capsys.readouterr().err
    scores = json.loads(path.read_text())
    assert f"{100 * scores['f1']:.2f}" in shown
    assert "all entities (strict IOB2)" in shown
    written = json.loads((model / "test_results.json").read_text())
    assert scores["f1"] == written["test_f1"]


def test_evaluate_takes_the_corpus_of_the_run(model, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "scores.json"
    flags = ["--device", "cpu", "--precision", "fp32", "--json", str(path)]
    assert main(["evaluate", str(model), *flags]) == 0
    written = json.loads((model / "test_results.json").read_text())
    assert json.loads(path.read_text())["f1"] == written["test_f1"]


def predicted(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_predict_tags_a_text(model, capsys):
    text = "".join(EXAMPLE_SENTENCES[0].tokens)
    assert main(["predict", str(model), "--text", text]) == 0
    (row,) = predicted(capsys)
    assert row["text"] == text
    for entity in row["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["text"]
    assert {"type": "PER", "start": 0, "end": 3, "text": "王海燕"}.items() <= row["entities"][
        0
    ].items()


def test_predict_answers_each_line_of_a_file_or_of_standard_input(model, tmp_path, capsys):
    lines = ["".join(sentence.tokens) for sentence in EXAMPLE_SENTENCES[:3]]
    path = tmp_path / "in.txt"
    path.write_bytes(("\ufeff" + "\r\n".join([lines[0], "", *lines[1:]])).encode())
    assert main(["predict", str(model), str(path)]) == 0
    rows = predicted(capsys)
    assert [row["text"] for row in rows] == [lines[0], "", *lines[1:]]
    assert rows[1]["entities"] == []
    done = subprocess.run(
        [sys.executable, "-m", "msra_ner", "predict", str(model), "-"],
        cwd=tmp_path,  # the installed package, not the folder of the same name
        input="\n".join(lines).encode(),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert [json.loads(line) for line in done.stdout.decode().splitlines()] == [rows[0], *rows[2:]]


def write_lines(folder, count=20):
    """A file of the example sentences, again and again, and its lines."""
    sentences = itertools.islice(itertools.cycle(EXAMPLE_SENTENCES), count)
    lines = ["".join(sentence.tokens) for sentence in sentences]
    path = folder / "in.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, lines


def test_predict_answers_in_order_whatever_a_batch_holds(model, tmp_path, capsys):
    path, lines = write_lines(tmp_path)
    assert main(["predict", str(model), str(path)]) == 0
    rows = predicted(capsys)
    assert [row["text"] for row in rows] == lines
    assert main(["predict", str(model), str(path), "--batch_tokens", "1"]) == 0
    for row, expected in zip(predicted(capsys), rows, strict=True):
        scores = [entity.pop("score") for entity in row["entities"]]
        assert scores == pytest.approx([e.pop("score") for e in expected["entities"]], abs=1e-4)
        assert row == expected


@pytest.mark.parametrize(
    ("stderr", "stdout", "shown"),
    [(True, False, True), (False, False, False), (True, True, False)],
)
def test_predict_shows_a_bar_where_someone_looks_and_never_on_stdout(
    model, tmp_path, capsys, monkeypatch, stderr, stdout, shown
):
    path, lines = write_lines(tmp_path)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: stderr)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: stdout)
    assert main(["predict", str(model), str(path)]) == 0
    printed = capsys.readouterr()
    assert [json.loads(line)["text"] for line in printed.out.splitlines()] == lines
    assert ("tagging: 100%" in printed.err) == shown
    assert main(["predict", str(model), "--text", lines[0]]) == 0
    assert "tagging" not in capsys.readouterr().err


@pytest.mark.parametrize("flag", [["--bf16"], ["--precision", "bf16"], ["--fp16"]])
def test_predict_says_so_where_a_cpu_cannot_compute_as_asked(model, capsys, monkeypatch, flag):
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: False)
    text = "".join(EXAMPLE_SENTENCES[0].tokens)
    assert main(["predict", str(model), "--device", "cpu", "--text", text]) == 0
    expected = capsys.readouterr().out
    assert main(["predict", str(model), "--device", "cpu", "--text", text, *flag]) == 0
    printed = capsys.readouterr()
    assert printed.out == expected
    assert f"{flag[-1].strip('-')} needs a GPU; this CPU uses fp32" in printed.err


def test_flags_of_predict_that_cannot_be_are_refused(model, capsys):
    assert main(["predict", str(model), "--text", "x", "--bf16", "--fp16"]) == 2
    assert "not allowed with" in capsys.readouterr().err
    assert main(["predict", str(model), "--text", "x", "--batch_tokens", "0"]) == 2
    assert "--batch_tokens: found 0, expected at least 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("t.csv", b"text\n", "found a table (CSV)"),
        ("t.xlsx", b"PK\x03\x04", "found an Excel table"),
        ("t.txt", b"PAR1....", "found Parquet"),
        ("t.txt.gz", b"\x1f\x8b\x08\x00", "found a gzip archive"),
    ],
)
@pytest.mark.parametrize("flags", [[], ["--output", "out.jsonl"]])
def test_what_is_no_text_is_refused_by_name(
    model, name, content, found, flags, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    assert main(["predict", str(model), name, *flags]) == 2
    printed = capsys.readouterr()
    assert f"{name}: {found}" in printed.err
    assert not printed.out
    assert not (tmp_path / "out.jsonl").exists()


def test_processes_of_a_launcher_and_of_ones_own_are_refused(model, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WORLD_SIZE", "1")
    path, _ = write_lines(tmp_path)
    words = ["predict", str(model), str(path), "--output", str(tmp_path / "o.jsonl")]
    assert main([*words, "--processes", "2"]) == 2
    assert "found a launcher's processes too" in capsys.readouterr().err


def test_text_that_is_not_utf8_names_its_line(model, tmp_path, capsys):
    path = tmp_path / "gbk.txt"
    path.write_bytes("好\n".encode() + "北京".encode("gbk"))
    assert main(["predict", str(model), str(path)]) == 2
    assert "gbk.txt:2: found byte 0xB1" in capsys.readouterr().err
