import logging

import pytest
from transformers.utils import logging as bars

from msra_ner.logs import RunLog, SaidOnce, hide_weight_bars

package = logging.getLogger("msra_ner")
module = logging.getLogger("msra_ner.training.run")


class Kept(logging.Handler):
    def __init__(self, level=logging.NOTSET):
        super().__init__(level)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


@pytest.fixture(autouse=True)
def logging_as_before():
    before = (package.level, package.handlers, package.propagate)
    yield
    package.setLevel(before[0])
    package.handlers, package.propagate = before[1:]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (logging.NOTSET, ["warning"]),  # the root's: WARNING
        (logging.INFO, ["info", "warning"]),
        (logging.ERROR, []),
        (logging.DEBUG, ["debug", "info", "warning"]),
    ],
)
def test_the_file_has_every_line_and_the_caller_what_was_asked_for(tmp_path, level, expected):
    own, above = Kept(), Kept()
    package.handlers, package.propagate = [own], True
    package.setLevel(level)
    logging.getLogger().addHandler(above)
    try:
        with RunLog() as log:
            module.debug("debug")
            module.info("info")
            log.write_to(tmp_path / "train.log")
            module.warning("warning")
    finally:
        logging.getLogger().removeHandler(above)
    written = (tmp_path / "train.log").read_text().splitlines()
    assert [line.split()[-1] for line in written] == ["debug", "info", "warning"]
    assert own.lines == above.lines == expected
    assert (package.level, package.handlers, package.propagate) == (level, [own], True)
    module.error("later")
    assert own.lines[-1] == "later"
    assert len((tmp_path / "train.log").read_text().splitlines()) == 3


def test_the_levels_of_handlers_and_what_does_not_propagate_count_too():
    own, above = Kept(logging.ERROR), Kept()
    package.handlers, package.propagate = [own], False
    logging.getLogger().addHandler(above)
    try:
        with RunLog():
            module.warning("warning")
            module.error("error")
    finally:
        logging.getLogger().removeHandler(above)
    assert own.lines == ["error"]
    assert not above.lines


def test_an_exception_leaves_logging_as_before():
    before = (package.level, list(package.handlers), package.propagate)
    with pytest.raises(ValueError, match="x"), RunLog():
        raise ValueError("x")
    assert (package.level, package.handlers, package.propagate) == before


def test_a_note_is_said_once_and_a_warning_each_time():
    said = SaidOnce()
    records = [logging.makeLogRecord({"msg": "x", "levelno": level}) for level in (20, 20, 30, 30)]
    assert [said.filter(record) for record in records] == [True, False, True, True]
    for number in range(1000):
        said.filter(logging.makeLogRecord({"msg": str(number), "levelno": 20}))
    assert said.filter(records[0]), "it does not keep every text for ever"


def test_another_run_may_say_the_same():
    said = SaidOnce()
    note = {"msg": "Scoring val", "levelno": 20}
    begin = {"msg": "Stage 2 of 2: gold", "levelno": 20, "begins_anew": True}
    records = [logging.makeLogRecord(item) for item in (note, note, begin, note)]
    assert [said.filter(record) for record in records] == [True, False, True, True]


@pytest.mark.parametrize("shown", [True, False])
def test_weight_bars_are_as_before_afterwards(shown):
    before = bars.is_progress_bar_enabled()
    set_bars = {True: bars.enable_progress_bar, False: bars.disable_progress_bar}
    try:
        set_bars[shown]()
        with hide_weight_bars():
            assert not bars.is_progress_bar_enabled()
        assert bars.is_progress_bar_enabled() is shown
    finally:
        set_bars[before]()
