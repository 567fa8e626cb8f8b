# `make` alone lists the targets.
PYTHON ?= .venv/bin/python
BIN = $(dir $(PYTHON))

.DEFAULT_GOAL := help
.PHONY: help install engines style check docs test test-quick torture nox sample

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install:  ## make .venv and install the package for development, with every extra
	python3.11 -m venv .venv
	$(BIN)pip install -c constraints.txt -e '.[all,dev,docs]'

engines:  ## what the tests need that open an export in other programs
	uv venv --quiet --clear --python 3.11 .engines
	uv pip install --quiet --python .engines -c constraints.txt \
	  optimum-onnx optimum-intel onnxruntime openvino
	cd tests/export/engines && npm install --ignore-scripts --no-audit --no-fund

style:  ## format the code and apply safe fixes
	$(BIN)ruff format .
	$(BIN)ruff check --fix .

check:  ## what CI checks besides the tests: lint, format, types
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)mypy
	$(BIN)mypy --platform win32 -p msra_ner

docs:  ## build the site into build/site; a broken link is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)mkdocs build --strict

test:  ## all tests
	$(BIN)pytest

test-quick:  ## the tests that take under a few seconds
	$(BIN)pytest -m "not slow"

FUZZED = whatever_the_bytes_a_file whatever_the_bytes_two_files json_of_any_shape
torture:  ## a million drawn cases, and runs that fail at each write: hours
	MSRA_NER_EXAMPLES=6000 $(BIN)pytest -m hypothesis --hypothesis-show-statistics
	for name in $(FUZZED); do $(PYTHON) scripts/fuzz.py -runs=100000 \
	  tests/corpus/test_fuzz.py::test_$${name}_is_read_soundly_or_refused || exit 1; done
	MSRA_NER_FAULT_STRIDE=1 $(BIN)pytest tests/training/test_failed_writes.py

nox:  ## the tests with other Pythons and with the lowest versions
	$(BIN)nox

sample:  ## write the embedded sample corpus again
	$(PYTHON) scripts/make_sample_corpus.py
