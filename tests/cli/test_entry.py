import itertools
import json
import os
import subprocess
import sys

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus

import msra_ner
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


def test_neither_import_nor_help_loads_torch_or_transformers(tmp_path):
    code = (
        "import sys, msra_ner, msra_ner.cli.entry\n"
        "try: msra_ner.cli.entry.main(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers')))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for command in ("prepare", "train", "evaluate", "predict"):
        assert command in done.stdout


def test_preparing_loads_neither_torch_nor_transformers(tmp_path):
    code = (
        "import sys, msra_ner.cli.entry\n"
        "msra_ner.cli.entry.main(['prepare', 'nowhere', '--output_dir', 'nowhere'])\n"
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'datasets')))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_flags_of_train_load_no_more_than_they_need(tmp_path):
    # `datasets` takes a second, which `msra-ner train --help` would be waited for.
    code = "import sys, msra_ner.training.parsing; sys.exit('datasets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path).returncode == 0


@pytest.mark.slow
def test_report_and_compare_write_their_pages(model, tmp_path, capsys):
    assert main(["report", str(model)]) == 0
    assert capsys.readouterr().out.strip() == str(model / "report.html")
    assert main(["compare", str(model), str(model), "--output_dir", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "compare.html").exists()
    assert main(["compare", str(model), str(model), "--output_dir", str(tmp_path / "out")]) == 2
    assert "--overwrite" in capsys.readouterr().err


def test_report_of_what_is_no_run_is_one_line(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err.splitlines()[-1]


COMMANDS = ["prepare", "train", "evaluate", "diagnose", "report", "compare", "predict"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert command in capsys.readouterr().out


def test_the_module_is_the_command(tmp_path):
    command = [sys.executable, "-m", "msra_ner", "--version"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == f"msra-ner {msra_ner.__version__}"


def test_prepare_prints_the_counts_and_writes_the_splits(tmp_path, capsys):
    (tmp_path / "raw").mkdir()
    for name in ("msra_train_bio", "msra_test_bio"):
        text = "\n".join(
            "".join(f"{t}\t{g}\n" for t, g in zip(s.tokens, s.tags, strict=True))
            for s in EXAMPLE_SENTENCES
        )
        (tmp_path / "raw" / name).write_text(text, encoding="utf-8")
    arguments = ["prepare", str(tmp_path / "raw"), "--output_dir", str(tmp_path / "out")]
    assert main([*arguments, "--val_size", "4", "--json", str(tmp_path / "counts.json")]) == 0
    out = capsys.readouterr().out
    assert "train         12" in out.replace(",", "")
    assert json.loads((tmp_path / "counts.json").read_text())["test"]["also_in_train"] == 12
    assert main([*arguments, "--val_size", "4"]) == 2
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
    monkeypatch.setattr("msra_ner.hardware.cpu_has_bf16", lambda: False)
    text = "".join(EXAMPLE_SENTENCES[0].tokens)
    assert main(["predict", str(model), "--device", "cpu", "--text", text]) == 0
    expected = capsys.readouterr().out
    assert main(["predict", str(model), "--device", "cpu", "--text", text, *flag]) == 0
    printed = capsys.readouterr()
    assert printed.out == expected
    assert f"{flag[-1].strip('-')} needs a GPU; this CPU uses fp32" in printed.err


def test_flags_of_predict_that_cannot_be_are_refused(model, capsys):
    with pytest.raises(SystemExit):
        main(["predict", str(model), "--text", "x", "--bf16", "--fp16"])
    assert "not allowed with" in capsys.readouterr().err
    assert main(["predict", str(model), "--text", "x", "--batch_tokens", "0"]) == 2
    assert "--batch_tokens: found 0, expected at least 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["train", "--data_dir", "nowhere"], "nowhere: no such folder"),
        (["train", "--lerning_rate", "1"], "Did you mean --learning_rate"),
        (["evaluate", "nowhere", "--data_dir", "sample"], "nowhere: found no usable model"),
        (["predict", "nowhere", "--text", "x"], "nowhere: found no usable model"),
        (["prepare", "nowhere", "--output_dir", "out"], "msra_train_bio: no such file"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(argv, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(argv) == 2
    *_, last = capsys.readouterr().err.strip().splitlines()
    assert last.startswith("msra-ner: error: ")
    assert message in last
    assert not list(tmp_path.glob("out*"))


def test_text_that_is_not_utf8_names_its_line(model, tmp_path, capsys):
    path = tmp_path / "gbk.txt"
    path.write_bytes("好\n".encode() + "北京".encode("gbk"))
    assert main(["predict", str(model), str(path)]) == 2
    assert "gbk.txt:2: found byte 0xB1" in capsys.readouterr().err


def test_traceback_shows_where_it_came_from(tmp_path):
    with pytest.raises(msra_ner.errors.CorpusNotFoundError):
        main(["prepare", str(tmp_path), "--output_dir", str(tmp_path), "--traceback"])


def test_ctrl_c_is_one_line(monkeypatch, capsys):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("msra_ner.cli.entry.run_train", interrupted)
    assert main(["train"]) == 130
    assert capsys.readouterr().err.strip() == "msra-ner: interrupted. What was written stays."
    with pytest.raises(KeyboardInterrupt):
        main(["train", "--traceback"])


def test_a_corpus_of_several_types_reaches_the_table(tmp_path, tiny_encoder, capsys):
    folder = write_corpus(
        tmp_path / "c", dict.fromkeys(("train", "val", "test"), EXAMPLE_SENTENCES)
    )
    arguments = ["--data_dir", folder, "--model_name_or_path", tiny_encoder, "--max_steps", "1"]
    arguments += ["--output_dir", tmp_path / "run", "--use_cpu", "--cpu_threads", "1"]
    assert main(["train", *map(str, arguments)]) == 0
    shown = capsys.readouterr().err
    for name in ("PER", "ORG", "LOC", "names not seen in train", "tagging every token O gets"):
        assert name in shown
