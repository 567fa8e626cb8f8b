import logging

import pytest


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, logger="msra_ner")
    return caplog
