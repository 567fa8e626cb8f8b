"""The test suite in other environments: ``nox -l`` lists them, ``nox -s lowest`` runs one.

What follows ``--`` goes to pytest: ``nox -s tests -- tests/corpus``.
"""

from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv"
# These sessions ask what versions do, which a few examples of a property show too.
FEW_EXAMPLES = {"MSRA_NER_EXAMPLES": "10"}


@nox.session(python="3.11", venv_params=["--seed"])  # with pip, which a test runs
def tests(session: nox.Session) -> None:
    """All tests, with every extra."""
    session.install("--constraint", "constraints.txt", ".[all]")
    session.run("pytest", *session.posargs)


@nox.session(python=["3.12", "3.13"])
def without_torch(session: nox.Session) -> None:
    """The tests that need no torch, of which not every machine has a small build."""
    excluded = Path(session.create_tmp(), "excluded.txt").resolve()
    excluded.write_text("torch\naccelerate\n")  # accelerate needs torch
    session.install("--excludes", str(excluded), ".[test]")
    session.run("pytest", "--without-torch", "-m", "not slow", *session.posargs, env=FEW_EXAMPLES)


@nox.session(python="3.11", default=False)
def audit(session: nox.Session) -> None:
    """Known weaknesses of what would be installed; asks a database over the network."""
    session.install("pip-audit")
    session.install("--constraint", "constraints.txt", ".[all]")
    session.run("pip-audit", "--local", *session.posargs)


@nox.session(python="3.11")
def lowest(session: nox.Session) -> None:
    """The quick tests with the lowest version of each dependency that setup.cfg allows.

    Only torch is that of constraints.txt: uv keeps what is installed and not too low.
    """
    session.install("--constraint", "constraints.txt", "torch")
    session.install("--resolution", "lowest-direct", ".[test]")
    session.run("pytest", "-m", "not slow", *session.posargs, env=FEW_EXAMPLES)
