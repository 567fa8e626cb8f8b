# `make` alone lists the targets.
PYTHON ?= .venv/bin/python
BIN = $(dir $(PYTHON))

.DEFAULT_GOAL := help
.PHONY: help install style check test test-quick sample

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install:  ## make .venv and install the package for development
	python3.11 -m venv .venv
	$(BIN)pip install -c constraints.txt -e '.[dev,tensorboard]'

style:  ## format the code and apply safe fixes
	$(BIN)ruff format .
	$(BIN)ruff check --fix .

check:  ## what CI checks beside the tests: lint, format, types
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)mypy

test:  ## all tests
	$(BIN)pytest

test-quick:  ## the tests that take under a few seconds
	$(BIN)pytest -m "not slow"

sample:  ## write the embedded sample corpus anew
	$(PYTHON) scripts/make_sample_corpus.py
