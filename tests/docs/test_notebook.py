"""The notebook of the tutorials runs from top to bottom."""

from pathlib import Path

import pytest

import msra_ner

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs/tutorials/first-steps.ipynb"


@pytest.mark.slow
def test_the_notebook_runs(tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed; [all] has it")
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed; [all] has it")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed; [all] has it")
    # The notebook's process finds the package where this one does.
    monkeypatch.setenv("PYTHONPATH", str(Path(msra_ner.__file__).parents[1]))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:  # one epoch shows that it runs
        cell.source = cell.source.replace("num_train_epochs=3", "num_train_epochs=1")
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=1200, resources=resources).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs for cell in cells if not cell.source.startswith("import"))
    assert "all entities (strict IOB2)" in "".join(
        output.get("text", "") for output in cells[3].outputs
    )
    assert (tmp_path / "runs/notebook/report.html").is_file()


def test_the_notebook_is_kept_without_outputs():
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed; [all] has it")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")
