# Two commands do everything: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.DEFAULT_GOAL := help
.PHONY: help install demo test check format bench lock answers docs clean

help:
	@echo 'make demo    install, validate the seeds, build the graph, answer the flagship question'
	@echo 'make test    install and run every test, with branch coverage'
	@echo 'make check   format, lint, type-check and test'
	@echo 'make bench   measure against named peers'
	@echo 'make answers recompute the expected answers, to be read before they are committed'
	@echo 'make docs    write the generated pages of the documentation anew'
	@echo 'make lock    pin what is installed now in requirements.lock'

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Standpoint needs Python 3.11 or newer; say which with make PYTHON=...'; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo 'Python has no venv module here; on Debian install python3-venv'; exit 1; }
	@echo 'Installing into $(VENV) ...'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

install: $(INSTALLED)

demo: install
	$(BIN)/kg validate
	$(BIN)/kg build
	$(BIN)/kg ask 'Who proposes EU membership as a guarantee?'

test: install
	$(BIN)/python -m pytest -n auto --cov --cov-report=term

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

bench: install
	$(BIN)/python -m benchmarks

answers: install
	$(BIN)/python -m pytest -q -n 0 tests/test_saved_queries.py --accept-answers

docs: install
	$(BIN)/python tools/question_reference.py
	$(BIN)/python tools/ontology_reference.py
	$(BIN)/python -m tools.table_reference
	$(BIN)/python -m kg.editor_schemas
	$(BIN)/python -m tools.performance_reference

lock:
	$(BIN)/python -m pip freeze --exclude-editable --exclude standpoint > requirements.lock

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .coverage*
