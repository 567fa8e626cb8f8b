"""What a model is, in a few facts that whoever tries it wants to know: corpus, F1, date."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from msra_ner.corpus import HUB_PREFIX, SAMPLE
from msra_ner.report.run_files import LOG_FILE, RESULTS_FILE, RUN_FILE, read_object

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class ModelAbout(TypedDict):
    """What the folder of a run says of its model; None is what it does not say.

    ``corpus`` is ``sample``, ``hub:NAME`` or the name of a folder, without its path. ``f1`` is the
    strict F1 (0 to 1) on ``split``, ``date`` the day on which the run ended.
    """

    corpus: str | None
    toy: bool
    split: str | None
    f1: float | None
    date: str | None


def describe_run(folder: str | Path) -> ModelAbout | None:
    """Return what the folder of a run says of its model; None where it is no such folder.

    Raises:
        CorpusError: A file of the run is damaged.
    """
    folder = Path(folder)
    record, results = (read_object(folder / name) for name in (RUN_FILE, RESULTS_FILE))
    if not record and not results:
        return None
    data = record.get("data")
    name = data if data is None or data.startswith(HUB_PREFIX) else Path(data).name
    scored = (
        (split, results.get(f"{key}_f1")) for split, key in (("test", "test"), ("val", "eval"))
    )
    split, f1 = next(((split, f1) for split, f1 in scored if f1 is not None), (None, None))
    return {
        "corpus": name,
        "toy": is_toy(record),
        "split": split,
        "f1": f1,
        "date": _read_day(folder),
    }


def is_toy(record: Mapping[str, Any]) -> bool:
    """Return whether a run trained the small encoder of the sample corpus, which is made up."""
    settings = record.get("settings", {})
    return record.get("data") == SAMPLE and settings.get("model_name_or_path") is None


def _read_day(folder: Path) -> str | None:
    """Return the day of the last line of the log: files that were copied have another one."""
    path = folder / LOG_FILE
    if not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    days = [found[0] for line in lines if (found := _DATE.match(line))]
    return days[-1] if days else None
