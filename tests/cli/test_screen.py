"""Reports at a terminal and in a file."""

import io
import sys

import pytest

from msra_ner.cli.screen import print_report

TEXT = "WRONG  1 finding\n\nnote   x: [bold]y[/bold]\n" + "x" * 100


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def print_at(monkeypatch):
    """Print a text at a terminal of some kind and return what it got."""

    def printed(screen, text=TEXT, **environment):
        for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "stdout", screen)
        print_report(text)
        return screen.getvalue()

    return printed


def test_a_file_has_the_text_alone(print_at):
    assert print_at(io.StringIO()) == f"{TEXT}\n"


def test_what_is_wrong_is_red(print_at):
    shown = print_at(Terminal())
    assert "\x1b[1;31mWRONG\x1b[0m  1 finding\n" in shown
    assert "\x1b[33mnote\x1b[0m   x: [bold]y[/bold]\n" in shown
    assert "x" * 100 in shown


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_nothing_has_a_colour_where_there_are_to_be_none(print_at, environment):
    assert "\x1b[1;3" not in print_at(Terminal(), **environment)
