# Everything runs inside .venv; PYTHON is only what makes it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt

# The demo is a pipe: a failure of its first half has to show.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

.PHONY: help setup demo test fix check gate check-all clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

setup: $(VENV)/.dev ## make .venv with everything that development needs

demo: $(VENV)/.base ## install mlpkg and classify a page of its corpus
	$(BIN)/mlpkg corpus show --part test --form text --first | $(BIN)/mlpkg classify - --table

test: $(VENV)/.dev ## run the tests
	$(BIN)/python -m pytest

fix: $(VENV)/.dev ## format, and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: $(VENV)/.dev ## lint, check the format and the types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

gate: $(VENV)/.base ## hold the shipped model against the floors of experiments/gate.yaml
	$(BIN)/mlpkg benchmark gate experiments/gate.yaml

check-all: ## tests, checks, and the tests on the built wheel
	.ci/run

clean: ## remove what was built; .venv stays
	rm -rf .venv-wheel build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find mlpkg tests -name __pycache__ -prune -exec rm -rf {} +

# pip is the target because it comes last: a half-made environment is made again.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "mlpkg needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

# Stamps: a changed pyproject.toml or constraints.txt installs again.
$(VENV)/.base: pyproject.toml constraints.txt | $(BIN)/pip
	@echo 'Installing mlpkg into $(VENV); minutes the first time.'
	$(INSTALL) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/pip
	@echo 'Installing mlpkg and its tools into $(VENV); minutes the first time.'
	$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.base
