"""The scripts that complete commands and flags, read by the shells themselves."""

import shutil
import subprocess

import pytest

from msra_ner.cli.entry import main

# What is typed, and what comes of it.
TYPED = {
    "msra-ner ev": "evaluate",
    "msra-ner train --learning": "--learning_rate",
    "msra-ner evaluate --split v": "val",
    "msra-ner dataset ex": "export",
}
BASH = """
source ./script
COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
function=$(complete -p msra-ner | sed 's/.*-F \\([^ ]*\\).*/\\1/')
$function
echo "${{COMPREPLY[@]}}"
"""


def write_script(shell, folder, capsys):
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    (folder / "script").write_text(text, encoding="utf-8")
    return text


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout


def find_shell(name):
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not on this machine")
    return path


@pytest.mark.parametrize("typed", TYPED)
def test_bash_completes(typed, tmp_path, capsys):
    write_script("bash", tmp_path, capsys)
    found = run([find_shell("bash"), "-c", BASH.format(words=typed)], tmp_path)
    assert TYPED[typed] in found.split()


def test_fish_completes(tmp_path, capsys):
    write_script("fish", tmp_path, capsys)
    for typed, expected in TYPED.items():
        command = f"source ./script; complete -C '{typed}'"
        found = run([find_shell("fish"), "--no-config", "-c", command], tmp_path)
        assert expected in found.split()


def test_zsh_reads_the_script(tmp_path, capsys):
    text = write_script("zsh", tmp_path, capsys)
    run([find_shell("zsh"), "-f", "-n", "script"], tmp_path)
    assert text.startswith("#compdef msra-ner")
    for expected in TYPED.values():
        assert expected in text


def test_another_shell_is_refused(capsys):
    assert main(["completion", "zhs"]) == 2
    assert "Did you mean zsh?" in capsys.readouterr().err
