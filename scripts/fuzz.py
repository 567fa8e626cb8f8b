"""Draw the cases of a property by the lines of code that they reach (atheris, libFuzzer).

    python scripts/fuzz.py tests/corpus/test_block.py::test_... -runs=1000
    python scripts/fuzz.py FILE::TEST -max_total_time=600   # what follows is libFuzzer's
    python scripts/fuzz.py FILE::TEST crash-1a2b            # a case that it found, again

By chance alone, hypothesis seldom reaches what hangs on one byte. The property must take nothing
from fixtures. A case that fails is written to ``crash-...``; make a test of it. Needs atheris
(Linux).
"""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def load_property(name: str) -> Callable[[bytes], Any]:
    """Return what tries a property of the tests with the case that some bytes stand for."""
    file, _, test = name.partition("::")
    spec = importlib.util.spec_from_file_location("properties", file)
    if spec is None or spec.loader is None or not Path(file).is_file():
        raise SystemExit(f"{name}: found no such file, expected FILE.py::TEST")
    module = importlib.util.module_from_spec(spec)
    with atheris.instrument_imports(include=["msra_ner"]):
        spec.loader.exec_module(module)
    found: Any = getattr(module, test, None)
    if not getattr(found, "is_hypothesis_test", False):
        raise SystemExit(f"{name}: found no property of hypothesis, expected FILE.py::TEST")
    case: Callable[[bytes], Any] = found.hypothesis.fuzz_one_input
    return case


def main() -> None:
    """Try the property with case after case, until one fails or libFuzzer has done its number."""
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        raise SystemExit(__doc__)
    name = next((word for word in sys.argv[1:] if "::" in word), "")
    case = load_property(name)
    sys.argv.remove(name)
    # libFuzzer holds the peak of the process's memory against its limit, and a process begins with
    # the peak of whoever started it: a large pytest would be the case that fails.
    atheris.Setup([sys.argv[0], "-rss_limit_mb=0", *sys.argv[1:]], case)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
