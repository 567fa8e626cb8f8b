"""A plugin of pytest: ``--no-skips`` fails a test that skips for no expected reason.

CI installs all that a test may need, so there a skip says that something is missing.
"""

import pytest

# Beginnings of the reasons that excuse a test even with --no-skips.
EXPECTED = ("needs a GPU",)


def pytest_addoption(parser):
    parser.addoption(
        "--no-skips", action="store_true", help="fail a test that skips for no expected reason"
    )


def _judge(report, config):
    """Turn a skip into a failure where the option is given and the reason is not expected."""
    if report.skipped and config.getoption("--no-skips") and not hasattr(report, "wasxfail"):
        path, line, reason = report.longrepr
        if not reason.removeprefix("Skipped: ").startswith(EXPECTED):
            report.outcome = "failed"
            report.longrepr = f"{path}:{line}: {reason}, and --no-skips allows no skip"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    return _judge((yield), item.config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _judge((yield), collector.config)
