"""Data flows one way: a module imports only from modules above it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "msra_ner"
# From the corpus down to the command line.
ORDER = [
    "registration",
    "errors",
    "labels",
    "windows",
    "lines",
    "read_options",
    "corpus",
    "schemes",
    "blocks",
    "column_blocks",
    "pair_blocks",
    "columns",
    "passages",
    "json_lines",
    "brat",
    "forms",
    "splits",
    "corpus_split",
    "hub_rows",
    "storage",
    "corpus_folder",
    "summary",
    "prepare",
    "convert",
    "download",
    "dataset",
    "alignment",
    "aligned_blocks",
    "encoded_rows",
    "encoded_dataset",
    "check_report",
    "corpus_figures",
    "annotation_checks",
    "checks",
    "dataset_card",
    "hub_calls",
    "hub_dataset",
    "entity_metric",
    "metrics",
    "report",
    "logs",
    "hardware",
    "arguments",
    "encoder",
    "pipeline_tokenizer",
    "run_data",
    "progress",
    "token_batches",
    "train_loader",
    "fast_training",
    "run_folder",
    "predictions",
    "sentence_counts",
    "error_kinds",
    "breakdowns",
    "report_data",
    "plots",
    "model_files",
    "model_facts",
    "model_card",
    "hub_model",
    "hub_trainer",
    "trainer",
    "report_page",
    "comparison",
    "training",
    "runtimes",
    "exported_runtimes",
    "text_stream",
    "prediction",
    "tag_formats",
    "tag_input",
    "tag_output",
    "tag_job",
    "tag_processes",
    "tag_ray",
    "serving_queue",
    "serving_metrics",
    "serving_gate",
    "serving",
    "parity",
    "quantization",
    "export_graph",
    "export",
    "causes",
    "label_checks",
    "coverage_checks",
    "training_checks",
    "text_checks",
    "generalisation_checks",
    "diagnosis",
    "diagnosis_report",
    "diagnosis_evidence",
    "data_commands",
    "export_command",
    "demo_command",
    "predict_command",
    "push_command",
    "cli",
    "__main__",
]


def imported(name):
    tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("msra_ner"):
            inner = node.module.removeprefix("msra_ner").removeprefix(".")
            yield from [inner] if inner else [alias.name for alias in node.names]


def test_every_module_has_its_place():
    assert {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_imports_point_up(name):
    above = set(ORDER[: ORDER.index(name)]) | {"__version__"}
    assert set(imported(name)) <= above


def test_the_script_stays_thin():
    script = PACKAGE.parent / "run_ner.py"
    assert len(script.read_text(encoding="utf-8").splitlines()) < 80
