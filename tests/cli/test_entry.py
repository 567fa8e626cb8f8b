"""The program itself: what it loads, which flags it takes, how it ends."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus

import msra_ner
from msra_ner.cli.entry import build_parser, main
from msra_ner.corpus.sentence import Sentence

ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize(
    "words", [["train", "--help"], ["train", "--lerning_rate", "1"], ["tune", "--lerning_rate=1"]]
)
def test_help_and_a_slip_are_answered_before_anything_slow_is_loaded(words, tmp_path):
    code = (
        "import sys, msra_ner.cli.entry\n"
        f"try: msra_ner.cli.entry.main({words})\n"
        "except SystemExit: pass\n"
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'datasets')))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--learning_rate" in done.stdout + done.stderr


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["help", "predict"]])
def test_help_is_asked_for_in_several_ways(words, capsys):
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 0
    expected = "usage: msra-ner predict" if "predict" in words else "COMMAND"
    assert expected in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["trian"], "train"),
        (["train", "--lr", "1"], "--learning_rate"),
        (["train", "--epochs=3"], "--num_train_epochs"),
        (["tune", "--batch-size", "3"], "--per_device_train_batch_size"),
        (["predict", "m", "--precision", "fp61"], "fp16"),
        (["predict", "m", "--tex", "x"], "--text"),
        (["check", "sample", "--Max-Lenght", "3"], "--max_length"),
        (["train", "sample"], "--data_dir sample"),
    ],
)
def test_what_was_meant_is_named(words, meant, capsys):
    assert main(words) == 2
    assert f"Did you mean {meant}?" in capsys.readouterr().err


def test_all_flags_of_the_trainer_are_shown_when_asked_for(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help_all"])
    text = capsys.readouterr().out
    assert "--ddp_bucket_cap_mb" in text
    assert "--recipe" in text


def test_the_flags_of_train_load_no_more_than_they_need(tmp_path):
    # `datasets` takes a second, which `msra-ner train --help` would be waited for.
    code = "import sys, msra_ner.training.parsing; sys.exit('datasets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path).returncode == 0


def test_report_of_what_is_no_run_is_one_line(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err.splitlines()[-1]


COMMANDS = [
    "prepare",
    "convert",
    "check",
    "dataset",
    "train",
    "evaluate",
    "diagnose",
    "report",
    "compare",
    "predict",
    "select",
    "export",
    "demo",
    "push",
    "completion",
]


@pytest.mark.parametrize(
    "words",
    [*([name] for name in COMMANDS), ["dataset", "export"], ["dataset", "push"]],
    ids=" ".join,
)
def test_help_of_each_command_is_short_and_has_one_spelling_of_a_flag(words, capsys):
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    assert words[-1] in text
    assert text.startswith(f"usage: msra-ner {' '.join(words)} ")
    assert not re.search(r"--[a-z]+-[a-z]", text)
    if words[0] not in ("dataset", "completion") or len(words) > 1:
        assert "examples:\n  msra-ner " in text
        (page,) = re.findall(r"^more: (docs/\S+\.md)$", text, flags=re.M)
        assert (ROOT / page).is_file()


@pytest.mark.parametrize("flag", ["--data_dir", "--data-dir"])
def test_both_spellings_of_a_flag_are_read(flag):
    options = build_parser().parse_args(["evaluate", "runs/x", flag, "data/x"])
    assert options.data_dir == "data/x"


@pytest.mark.parametrize("words", [["check"], ["train"], ["tune"]])
def test_all_flags_are_explained_when_asked_for(words, capsys):
    said = []
    for flag in ("--help", "--help_all"):
        with pytest.raises(SystemExit):
            main([*words, flag])
        said.append(capsys.readouterr().out)
    short, long = (len(text.splitlines()) for text in said)
    assert short < 150
    assert long > short
    assert "Tagging scheme of the files" in " ".join(said[1].split())
    assert "-dir" not in said[1]


def test_help_of_an_action_is_asked_for_by_its_words(capsys):
    with pytest.raises(SystemExit):
        main(["help", "dataset", "export"])
    assert capsys.readouterr().out.startswith("usage: msra-ner dataset export")


@pytest.mark.parametrize(
    "words",
    ["predict model file --out x", "check sample --js x", "dataset export folder --over", "--vers"],
)
def test_no_flag_is_abbreviated(words, capsys):
    assert main(words.split()) == 2
    assert "error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("predict model --precision int8", "--precision: found 'int8', expected one of auto, fp32"),
        ("evaluate model --split dev", "--split: found 'dev', expected one of train, val, test."),
        ("predict model f --part_bytes x", "--part_bytes: found 'x', expected a whole number."),
        ("push model", "REPO_ID: found nothing, expected a value. Give what is missing."),
    ],
)
def test_a_wrong_flag_is_one_line_that_says_what_is_expected(words, expected, capsys):
    assert main(words.split()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"msra-ner: error: {expected}")
    assert line.endswith(f"'msra-ner {words.split()[0]} --help' lists the flags.")


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
    assert out.splitlines()[1].split() == ["sentences", "12", "4", "16"]
    assert json.loads((tmp_path / "counts.json").read_text())["test"]["also_in_train"] == 12
    assert main([*arguments, "--val_size", "4"]) == 2
    assert "--overwrite" in capsys.readouterr().err


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


def test_traceback_shows_where_it_came_from(tmp_path):
    with pytest.raises(msra_ner.errors.CorpusNotFoundError):
        main(["prepare", str(tmp_path), "--output_dir", str(tmp_path), "--traceback"])


def test_traceback_behind_two_hyphens_is_the_name_of_a_file(capsys):
    assert main(["check", "--", "--traceback"]) == 2
    assert "--traceback: no such" in capsys.readouterr().err


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


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
def test_what_a_console_cannot_show_is_escaped(tmp_path, encoding):
    write_corpus(tmp_path, {"train": [Sentence(["𠮷", "野", "😀"], ["B-PER", "I-PER", "O"])] * 2})
    command = [sys.executable, "-m", "msra_ner", "check", str(tmp_path)]
    shown = {}
    for name in ("utf-8", encoding):
        environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": name}
        shown[name] = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert "𠮷" in shown["utf-8"].stdout.decode()
    assert b"\\U00020bb7" in shown[encoding].stdout
    assert shown[encoding].returncode == shown["utf-8"].returncode
    assert b"Traceback" not in shown[encoding].stderr


def test_an_error_that_a_console_cannot_show_is_escaped(tmp_path):
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "msra_ner", "check", str(tmp_path / "語料")]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 2
    assert b"\\u8a9e\\u6599: no such folder" in done.stderr


def test_only_the_first_process_of_a_launcher_speaks(tmp_path):
    write_corpus(tmp_path, {"train": EXAMPLE_SENTENCES})
    (tmp_path / "extra.txt").write_text("# not a split\n")
    command = [sys.executable, "-m", "msra_ner", "convert", str(tmp_path)]
    said = []
    for rank in ("0", "1"):
        done = subprocess.run(
            [*command, str(tmp_path / f"out{rank}"), "--to", "columns"],
            capture_output=True,
            env={**os.environ, "RANK": rank},
            text=True,
            check=True,
        )
        said.append("extra.txt" in done.stderr)
    assert said == [True, False]
