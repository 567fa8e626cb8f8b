"""How far a loop is: bars at a terminal, lines in a file."""

import io
import logging
import sys
from types import SimpleNamespace

import pytest

from msra_ner import progress
from msra_ner.progress import show_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def always(monkeypatch):
    """A line of the log is due at each step."""
    monkeypatch.setattr(progress, "INTERVAL", 0.0)


def test_a_file_gets_lines_and_no_bar(always, monkeypatch, caplog):
    monkeypatch.setattr(sys, "stderr", file := io.StringIO())
    with caplog.at_level(logging.INFO, logger="msra_ner"):
        assert list(show_bar("abc", desc="checking", unit="checks")) == ["a", "b", "c"]
    assert "\r" not in file.getvalue()  # lines of the log it may hold, of a command before
    assert "checking: 2 of 3 checks, after 00:00" in [row.getMessage() for row in caplog.records]


def test_what_takes_no_time_says_nothing_in_a_file(monkeypatch, caplog):
    monkeypatch.setattr(sys, "stderr", file := io.StringIO())
    with caplog.at_level(logging.INFO, logger="msra_ner"):
        assert sum(1 for _ in show_bar(range(1000), desc="checking", unit="checks")) == 1000
    assert not caplog.records
    assert not file.getvalue()


def test_a_terminal_gets_a_bar_and_no_lines(monkeypatch, caplog):
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    with caplog.at_level(logging.INFO, logger="msra_ner"):
        list(show_bar("abc", desc="checking"))
    assert "checking: 100%" in screen.getvalue()
    assert not caplog.records


class Shell:
    def __init__(self, *applications):
        self.config = {name: {} for name in applications}


@pytest.mark.parametrize(
    ("shell", "watched"),
    [(None, False), (Shell("TerminalIPythonApp"), False), (Shell("IPKernelApp"), True)],
)
def test_a_notebook_is_watched_and_a_script_that_imports_ipython_is_not(
    shell, watched, monkeypatch
):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert progress.is_watched() is watched


@pytest.mark.parametrize("screen", [io.StringIO, Terminal])
def test_nothing_is_shown_where_it_would_be_in_the_way(screen, always, monkeypatch, caplog):
    monkeypatch.setattr(sys, "stderr", file := screen())
    with caplog.at_level(logging.INFO, logger="msra_ner"):
        list(show_bar("abc", desc="checking", disable=True))
    assert not file.getvalue()
    assert not caplog.records
