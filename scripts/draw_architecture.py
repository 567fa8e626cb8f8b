"""Draw which package imports which, from the code, into docs/maintainers/architecture.md.

    python scripts/draw_architecture.py          # writes the picture into the page
    python scripts/draw_architecture.py --print  # prints it

An arrow goes from a package to one that uses it. An arrow that follows from others is left out
(`corpus` -> `cli` follows from `corpus` -> `dataset` -> ... -> `cli`).
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "msra_ner"
PAGE = ROOT / "docs" / "maintainers" / "architecture.md"
BLOCK = re.compile(r"```mermaid\n.*?```", re.DOTALL)


def read_imports() -> dict[str, set[str]]:
    """Return for each package the packages that it imports, anywhere in its modules."""
    names = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
    graph: dict[str, set[str]] = {name: set() for name in names}
    for name in names:
        for path in (PACKAGE / name).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("msra_ner."):
                    graph[name].add((node.module or "").split(".")[1])
        graph[name] = graph[name] & set(names) - {name}
    return graph


def reduce_graph(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return the graph without the edges that follow from others."""

    def reach(name: str) -> set[str]:
        return graph[name].union(*(reach(below) for below in graph[name]))

    return {
        name: below - set().union(*(reach(other) for other in below))
        for name, below in graph.items()
    }


def draw(graph: dict[str, set[str]]) -> str:
    """Return a graph as a Mermaid block."""
    edges = sorted((below, name) for name, belows in graph.items() for below in belows)
    return "\n".join(
        ["```mermaid", "flowchart TD", *(f"    {below} --> {name}" for below, name in edges), "```"]
    )


def main() -> None:
    """Write the picture into the page, or print it."""
    picture = draw(reduce_graph(read_imports()))
    if "--print" in sys.argv:
        print(picture)
        return
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(BLOCK.sub(picture, page, count=1), encoding="utf-8")


if __name__ == "__main__":
    main()
