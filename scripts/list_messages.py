"""Bring the catalogue of translated messages up to date with the code.

    python scripts/list_messages.py

Adds what the code says and the catalogue lacks, with an empty translation, and removes what the
code no longer says. Messages are what errors, the log, findings, and `translate` are given; of the
packages that describe a corpus or a run, every text.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "msra_ner"
CATALOGUE = PACKAGE / "wording" / "chinese.json"
# Calls whose texts are messages, beside those that raise an error of the package and the log's.
COUNTS = {"format_count", "format_times", "format_part"}
CALLS = {"refuse", "_refuse", "translate", "translate_all", "Finding", "ask_whether_meant"}
# Packages and modules whose texts are all messages.
WHOLE = (
    *("check/", "diagnosis/", "annotation/placing.py", "cli/foreign_errors.py"),
    *("cli/next_step.py", "training/rates.py", "wording/hub_network.py", "wording/nearest.py"),
    *("wording/flag_errors.py", "metrics/scoring.py"),
)
# Dictionaries and types whose values are messages by themselves.
CONSTANTS = {"_SUBSETS", "BY", "PLACED", "TYPE_NAMES"}
# Words that come into messages by way of a variable.
WORDS = (
    *("torch and transformers", "--json FILE lists them"),
    *("white-space characters", "nested spans", "no such folder", "a prefix"),
    *("{0}, stage {1}", "{0}, stage {1}: {2}"),
    *("not an entity", "left out", "type", "border", "type and border", "several"),
)
_FIELD = re.compile(r"\{(\d+)((?::,)?)\}")
_OLD_FIELD = re.compile(r"%[\d.,]*[sdifgr]|(%%)")
# Expressions, types, names and flags.
_NO_MESSAGE = re.compile(
    r"\\[wd(]|\(\.\*\)|^\\|\w\|\w| \| |^<|^ --|^\{\{LABEL|^[a-z]+_\S*$|^(?:fp16|train)$"
)
_WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? +\W*\w|\w\W* [A-Za-z]{2,}|[A-Za-z]{3,}[.:]$")


def main() -> None:
    """Write the catalogue again."""
    known = read_catalogue()
    catalogue = {message: known.get(message, "") for message in list_messages()}
    CATALOGUE.write_text(
        json.dumps(catalogue, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    print(f"{len(catalogue)} messages, {sum(not x for x in catalogue.values())} to translate")


def read_catalogue() -> dict[str, str]:
    """Return the catalogue as it is."""
    if not CATALOGUE.exists():
        return {}
    found: dict[str, str] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return found


def list_messages() -> list[str]:
    """Return all messages of the code, sorted, with {0} for what differs and {0:,} for a number."""
    found = {*_find_messages(), *WORDS}
    return sorted(x for x in found if re.search("[a-z]{2}", x) and not _NO_MESSAGE.search(x))


def _find_messages() -> Iterator[str]:
    errors = {
        node.name
        for node in ast.parse((PACKAGE / "errors.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        whole = path.relative_to(PACKAGE).as_posix().startswith(WHOLE)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if getattr(target, "id", "") in CONSTANTS:
                    yield from _list_texts(node.value)
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            logs = getattr(getattr(node.func, "value", None), "id", "") == "logger"
            if logs:
                yield from map(read_log_message, _list_texts(node.args[-1 if name == "log" else 0]))
            elif name in COUNTS:
                yield from _list_counted(name, node.args)
            elif name in errors or name in CALLS:
                said = [*node.args, *(keyword.value for keyword in node.keywords)]
                every = name in ("translate", "translate_all")
                for part in said:
                    inner = set(_list_texts(part, only_inner=True))
                    found = _list_texts(part)
                    yield from (x for x in found if every or x in inner or is_prose(x))
        if whole:
            yield from filter(is_prose, _list_texts(_without_docstrings(tree)))


def _list_counted(name: str, said: list[ast.expr]) -> Iterator[str]:
    """Yield what a function that counts writes: a number and a noun, one of them or several."""
    if name == "format_times":
        for noun in ("time", "times"):
            yield from (f"{{0:,}} {noun}", f"{{0:,}} {noun} in {{1}}")
        return
    nouns = [text for node in said for text in list(_list_texts(node))[:1]]
    if name == "format_part":
        for noun in nouns:
            share = 2 + len(_FIELD.findall(noun))
            yield f"{{0:,}} of {{1:,}} {_move_fields(noun, 2)} ({{{share}}})"
    elif nouns:
        yield f"{{0:,}} {_move_fields(nouns[0], 1)}"
        yield f"{{0:,}} {_move_fields(nouns[1], 1) if len(nouns) > 1 else nouns[0] + 's'}"


def _move_fields(text: str, by: int) -> str:
    return _FIELD.sub(lambda match: f"{{{int(match[1]) + by}{match[2]}}}", text)


def is_prose(text: str) -> bool:
    """Return whether a text has words, and is not a name, a key or a separator."""
    return bool(_WORDS.search(_FIELD.sub(" ", text)))


def read_log_message(text: str) -> str:
    """Return a message of the log, which has %s and the like, with {0} and the like."""
    numbers = iter(range(100))

    def replace(match: re.Match[str]) -> str:
        if match[1]:
            return "%"
        return f"{{{next(numbers)}{':,' if match[0].endswith('d') else ''}}}"

    return _OLD_FIELD.sub(replace, text)


def _list_texts(node: ast.AST, *, only_inner: bool = False) -> Iterator[str]:
    """Yield the texts of an expression, and those within the fields of a text, or these alone."""
    text = _read_text(node)
    if text is None:
        for child in ast.iter_child_nodes(node):
            yield from _list_texts(child, only_inner=only_inner)
        return
    if not only_inner:
        yield text
    for part in ast.walk(node):
        if isinstance(part, ast.FormattedValue):
            yield from _list_texts(part.value)


def _read_text(node: ast.AST) -> str | None:
    """Return a text with its fields numbered; None where an expression is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("{", "{{").replace("}", "}}")
    if not isinstance(node, ast.JoinedStr):
        return None
    text, number = "", 0
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            counts = part.format_spec is not None and ast.unparse(part.format_spec) == "f','"
            text += f"{{{number}{':,' if counts else ''}}}"
            number += 1
        else:
            text += str(_read_text(part))
    return text


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
    return tree


if __name__ == "__main__":
    main()
