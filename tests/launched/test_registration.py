"""``load_dataset("msra_ner")`` from another project, in each version: the wheel without torch."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus, write_raw
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
SCRIPT_FOLDER = REPOSITORY / "examples" / "msra_ner"
# The last that ran scripts, the newest that pins an old huggingface_hub, and the newest of all.
VERSIONS = {"3.6": "datasets==3.6.0", "4": "datasets>=4,<5", "5": "datasets>=5"}
# What our wheel needs beside datasets to load a corpus; its other requirements bring in torch.
WE_REQUIRE = ("lazy_loader", "pyyaml", "wrapt")
SPLITS = {"train": EXAMPLE_SENTENCES[:8], "val": EXAMPLE_SENTENCES[8:12]}
SPLITS |= {"test": EXAMPLE_SENTENCES[12:]}
# Prints, for each call, the split sizes and the first tokens, or the error.
PROGRAM = """
import importlib.util, json, sys, warnings
warnings.simplefilter("ignore")
assert "datasets" not in sys.modules
if sys.argv[1] == "first":
    import msra_ner
    from datasets import load_dataset
else:
    from datasets import load_dataset
    import msra_ner
import datasets
found = [datasets.__version__, importlib.util.find_spec("torch") is not None]
for arguments, settings in json.load(sys.stdin):
    try:
        loaded = load_dataset(*arguments, **settings)
        if "split" in settings:
            loaded = {"rows": loaded}
        rows = {name: list(split) for name, split in loaded.items()}
        sizes = {name: len(split) for name, split in rows.items()}
        found.append([sizes, "".join(next(iter(rows.values()))[0]["tokens"])])
    except Exception as error:
        found.append([type(error).__name__, str(error)])
print(json.dumps(found))
"""


def environment(**settings: str) -> dict[str, str]:
    """Return the environment variables without those that would let this project in."""
    ours = ("HF_", "MSRA_NER_", "PYTHONPATH")
    return {key: value for key, value in os.environ.items() if not key.startswith(ours)} | settings


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    if done.returncode and "connection broken" in done.stderr:
        pytest.skip("needs a package index")
    assert done.returncode == 0, done.stderr


def find_requirements(name: str, found: dict[str, Distribution]) -> None:
    """Add a distribution, if this environment has it, and all that it requires to those found."""
    with suppress(PackageNotFoundError):
        if canonicalize_name(name) not in found:
            found[canonicalize_name(name)] = distribution(name)
            for requirement in map(Requirement, distribution(name).requires or ()):
                if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                    find_requirements(requirement.name, found)


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    """A virtual environment for each version of datasets, with our wheel but without torch.

    What this environment has of the requirements of datasets, and nothing else, is linked into a
    folder that all three see; pip adds what a version needs beside that, or in other versions.
    """
    base = tmp_path_factory.mktemp("environments")
    shared, ours = base / "shared", base / "ours"
    shared.mkdir()
    found: dict[str, Distribution] = {}
    for name in ("datasets", "aiohttp", "httpx", "requests", *WE_REQUIRE):
        find_requirements(name, found)
    assert "torch" not in found
    for item in found.values():
        for top in {file.parts[0] for file in item.files or ()} - {"..", "__pycache__"}:
            (shared / top).symlink_to(item.locate_file(top))

    def install(version: str) -> Path:
        folder = base / version
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        (site_packages,) = folder.glob("lib/*/site-packages")
        (site_packages / "shared.pth").write_text(f"{shared}\n{ours}\n")
        python = folder / "bin" / "python"
        pip("--python", python, "install", "--quiet", VERSIONS[version], *WE_REQUIRE)
        return python

    with ThreadPoolExecutor(2) as pool:
        pythons = dict(zip(VERSIONS, pool.map(install, VERSIONS), strict=True))
    # Last, for pip would miss the requirements that are left out.
    pip("install", "--quiet", "--no-deps", "--target", ours, REPOSITORY)
    return pythons


@pytest.fixture
def project(tmp_path):
    """A folder of another project, with things in it that could be taken for data."""
    folder = tmp_path / "project"
    (folder / "msra_ner").mkdir(parents=True)
    (folder / "msra_ner" / "mine.txt").write_text("another project's own\n")
    (folder / "notes.txt").write_text("a stray file\n")
    (folder / "train.csv").write_text("a,b\n1,2\n")
    return folder


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "corpus", SPLITS)


def load(python, project, calls, order="first", **variables):
    """Run the calls of load_dataset in a process of their own and return what they gave."""
    settings = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(project.parent / "home"), **variables}
    program = project / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        # Isolated, so that the folder msra_ner here does not hide the package.
        [python, "-I", program, order],
        input=json.dumps(calls),
        cwd=project,
        env=environment(**settings),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


SIZES = {"train": 8, "validation": 4, "test": 4}
SAMPLE = {"train": 3000, "validation": 400, "test": 400}
FIRST = "".join(EXAMPLE_SENTENCES[0].tokens)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_every_way_to_load_works_in_every_version(environments, project, corpus, version):
    folder = str(corpus)
    calls = [
        [["msra_ner"], {"data_dir": folder}],
        [["msra_ner", "sample"], {}],
        [["msra_ner"], {"data_dir": folder, "split": "train[:50%]"}],
        [["msra_ner"], {"data_dir": folder, "streaming": True}],
        [["msra_ner"], {"data_dir": folder, "num_proc": 2}],
        [["msra_ner", "raw"], {"data_dir": "../corpus"}],
        [["msra_ner", "sample"], {"split": "test[:10%]"}],
        [["./notes.txt"], {}],
        [["text"], {"data_files": "notes.txt"}],
    ]
    for order in ("first", "last"):
        found = load(environments[version], project, calls, order)
        assert found[0].startswith(version)
        assert found[1] is False, "torch is there"
        assert found[2] == [SIZES, FIRST]
        assert found[3][0] == SAMPLE
        assert found[4] == [{"rows": 4}, FIRST]
        assert found[5] == found[6] == found[7] == [SIZES, FIRST]
        assert found[8][0] == {"rows": 40}
        assert found[9][0] != SIZES
        # Another builder is found as ever: this one, whose rows have no tokens, fails on those.
        assert found[10] == ["KeyError", "'tokens'"]


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_without_data_dir_the_environment_counts_and_else_an_error_names_the_ways(
    environments, project, corpus, version
):
    call = [[["msra_ner"], {}]]
    found = load(environments[version], project, call, MSRA_NER_DATA_DIR=str(corpus))
    assert found[2] == [SIZES, FIRST]
    kind, message = load(environments[version], project, call)[2]
    assert kind == "CorpusNotFoundError"
    for way in ("data_dir=", "MSRA_NER_DATA_DIR", "network", "'sample'"):
        assert way in message


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_raw_files_are_divided_and_what_is_wrong_is_told(environments, project, tmp_path, version):
    raw = write_raw(tmp_path / "raw", EXAMPLE_SENTENCES[:12], EXAMPLE_SENTENCES[12:])
    bad = write_raw(tmp_path / "bad", EXAMPLE_SENTENCES[:12], EXAMPLE_SENTENCES[12:])
    (bad / "msra_test_bio").write_text("中\tB-LOC\n国\n")
    calls = [
        [["msra_ner"], {"data_dir": str(raw), "val_size": 3}],
        [["msra_ner"], {"data_dir": str(raw), "val_size": 0}],
        [["msra_ner"], {"data_dir": str(bad), "val_size": 0}],
        [["msra_ner"], {"data_dir": str(tmp_path / "nowhere")}],
        [["msra_ner", "sampel"], {}],
    ]
    found = load(environments[version], project, calls)[2:]
    assert found[0][0] == {"train": 9, "validation": 3, "test": 4}
    assert found[1] == [{"train": 12, "test": 4}, FIRST]
    assert "msra_test_bio:2: found no tab" in found[2][1]
    assert found[3][0] == "CorpusNotFoundError"
    assert "Available: ['raw', 'sample', 'aligned']" in found[4][1]


@pytest.mark.slow
def test_as_a_script_folder_where_scripts_still_run(environments, project, corpus):
    calls = [
        [[str(SCRIPT_FOLDER)], {"data_dir": str(corpus), "trust_remote_code": True}],
        [[str(SCRIPT_FOLDER), "sample"], {"trust_remote_code": True}],
    ]
    found = load(environments["3.6"], project, calls)
    assert found[2] == [SIZES, FIRST]
    assert found[3][0] == SAMPLE


# In this process


def test_the_name_and_nothing_else_goes_to_our_builder():
    import datasets

    from msra_ner.dataset.builder import MsraNer

    assert isinstance(datasets.load_dataset_builder("msra_ner", "sample"), MsraNer)
    assert datasets.get_dataset_config_names("msra_ner") == ["raw", "sample", "aligned"]
    assert datasets.get_dataset_split_names("msra_ner", "sample") == list(SAMPLE)
    assert datasets.load.dataset_module_factory.__name__ == "dataset_module_factory"
    with pytest.raises(Exception, match="nowhere"):
        datasets.load_dataset_builder("someone/nowhere")


def test_registering_twice_wraps_once():
    import datasets

    from msra_ner.registration import register

    before = datasets.load.dataset_module_factory
    register()
    assert datasets.load.dataset_module_factory is before
    assert datasets.inspect.dataset_module_factory is before


def test_a_datasets_with_other_internals_gets_one_clear_line():
    from types import ModuleType

    from msra_ner.registration import _wrap

    without = ModuleType("datasets.load")
    changed = ModuleType("datasets.load")
    changed.dataset_module_factory = changed.DatasetModule = lambda: None
    for load in (without, changed):
        before = dict(vars(load))
        with pytest.warns(UserWarning, match=r"not available .* Use msra_ner\.load") as caught:
            _wrap(load)
        assert len(caught) == 1
        assert "\n" not in str(caught[0].message)
        assert vars(load) == before


def test_importing_the_package_does_not_import_datasets():
    program = "import sys, msra_ner; print(sorted({'datasets', 'torch'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
