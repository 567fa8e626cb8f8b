"""The public surface of the package as text: names, signatures, public attributes of classes.

After a change that is meant: ``python tests/helpers/public_surface.py > tests/public_surface.txt``.
"""

import inspect
import re
import sys
from collections.abc import Iterator

import msra_ner


def describe_surface() -> str:
    """Return a line for each public name, and one for each public member of a class."""
    return "\n".join(line for name in sorted(msra_ner.__all__) for line in _describe(name)) + "\n"


def _describe(name: str) -> Iterator[str]:
    value = getattr(msra_ner, name)
    yield f"{name}{_signature(value)}"
    if not inspect.isclass(value) or value.__module__.split(".")[0] != "msra_ner":
        return
    for member, found in sorted(vars(value).items()):
        shown = getattr(found, "__func__", found)
        if member.startswith("_"):
            continue
        if inspect.isfunction(shown):
            yield f"{name}.{member}{_signature(shown)}"
        elif isinstance(found, property) or inspect.isdatadescriptor(found):
            yield f"{name}.{member}"


def _signature(value: object) -> str:
    # The settings of the Trainer are its own; only ours would fill a page.
    if name := getattr(value, "__name__", "") in ("NerTrainingArguments", "NerTrainer"):
        return "(...)" if name else ""
    text = str(inspect.signature(value))  # type: ignore[arg-type]
    return re.sub(r" at 0x[0-9a-f]+", "", text).replace("'", "")


if __name__ == "__main__":
    sys.stdout.write(describe_surface())
