"""Data flows one way: a package imports only from those below it, by their public faces."""

import ast
import importlib.util
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "msra_ner"
# The ground floor: modules that every package may use.
GROUND = (
    *("argument_types", "errors", "extras", "labels", "logs", "palette", "progress"),
    *("registration", "storage", "tables", "write_lock"),
)
# From the corpus up to the command line; docs/maintainers/architecture.md says what each is for.
PACKAGES = (
    "hardware",
    "wording",
    "corpus",
    "dataset",
    "decoding",
    "models",
    "metrics",
    "check",
    "report",
    "hub",
    "training",
    "inference",
    "export",
    "serving",
    "diagnosis",
    "annotation",
    "cli",
)
LONGEST = 300  # lines
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def imports(path):
    """Yield module and name of each import from this package, wherever in the file it is."""
    for node in ast.walk(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            if node.module == "msra_ner" or node.module.startswith("msra_ner."):
                yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith("msra_ner.") for alias in node.names), path


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_from_below_and_by_the_public_face(path):
    home = path.parts[0] if len(path.parts) > 1 else None
    for module, name in imports(path):
        _, *parts = module.split(".")
        if not parts or parts[0] in GROUND:
            assert parts or name == "__version__" or name in GROUND, (path, name)
        elif parts[0] == home:
            continue
        else:
            assert len(parts) == 1, f"{path} imports from inside {module}"
            assert home is None or PACKAGES.index(parts[0]) < PACKAGES.index(home), (path, module)
            assert name in importlib.import_module(module).__all__, f"{path}: {module}.{name}"


def test_every_folder_has_its_place():
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()} == set(
        PACKAGES
    )


def test_the_ground_floor_holds_the_ground_modules():
    names = {path.stem for path in PACKAGE.glob("*.py")}
    assert names == {*GROUND, "__init__", "__main__", "entity_metric"}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_says_its_role(name):
    docstring = ast.get_docstring(ast.parse((PACKAGE / name / "__init__.py").read_text()))
    assert docstring
    assert len(docstring.splitlines()) >= 2


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_module_is_too_long(path):
    assert len((PACKAGE / path).read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("name", PACKAGES[:-1])
def test_a_face_shows_what_there_is(name):
    package = importlib.import_module(f"msra_ner.{name}")
    assert all(hasattr(package, public) for public in package.__all__)
    assert dir(package) == package.__all__


def test_the_script_stays_thin():
    script = PACKAGE.parent / "run_ner.py"
    assert len(script.read_text(encoding="utf-8").splitlines()) < 80


def test_no_module_imports_itself_through_others():
    graph = {}
    for path in MODULES:
        tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
        modules = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
        graph[".".join(["msra_ner", *path.with_suffix("").parts])] = modules
    for cycle in iter(lambda: [name for name, down in graph.items() if not down & set(graph)], []):
        for name in cycle:
            del graph[name]
    assert not graph


def test_the_picture_shows_the_code_as_it_is():
    root = PACKAGE.parent
    spec = importlib.util.spec_from_file_location(
        "draw_architecture", root / "scripts" / "draw_architecture.py"
    )
    drawing = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(drawing)
    picture = drawing.draw(drawing.reduce_graph(drawing.read_imports()))
    assert picture in (root / "docs/maintainers/architecture.md").read_text(encoding="utf-8")
