# What developers and CI do with this repository. Needs make, Python 3.11 or newer and pip.

# The interpreter that .venv is made with.
PYTHON ?= python3

# How long `make soak` sends.
SOAK ?= 2m

BIN := .venv/bin
INSTALLED := .venv/.installed
TYPED_FILES := tests docs/generate_reference.py docs/generate_catalogue.py \
	docs/extension/acme_telemetry docs/sender-extension/acme_delivery

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types imports check format bench soak docs collector influx clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Create .venv with everything in it (again when the pins change)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("error: $(PYTHON) is too old: install Python 3.11 or newer, or set PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: install ## Generate a set, replay it for ten seconds, prove that all of it arrived
	$(BIN)/python tests/demo/run.py

test: install ## Run all tests, on all CPUs
	$(BIN)/pytest --numprocesses auto

lint: install ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install ## Check types, strictly
	$(BIN)/mypy
	$(BIN)/mypy $(TYPED_FILES)

imports: install ## Check which package may import which
	$(BIN)/lint-imports

check: lint types imports test ## Everything that CI checks

format: install ## Format the code and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install ## Measure; write build/bench.json and print it as a table
	PYTHONPATH=tests $(BIN)/python -m bench.run

soak: install ## Send at full speed for two minutes (SOAK=30m for longer): memory and rate must stay flat
	PYTHONPATH=tests $(BIN)/python -m bench.soak --duration $(SOAK)

docs: install ## Write the generated references again
	$(BIN)/python docs/generate_reference.py
	$(BIN)/python docs/generate_catalogue.py

collector: ## Build the OpenTelemetry Collector for the tests (needs Go), print its path
	@tests/integration/collector/build

influx: ## Build the parsers of InfluxDB for the tests (needs Go), print the path
	@tests/integration/influx/build

clean: ## Remove everything that was made here, .venv too
	rm -rf .venv build dist generated .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find common generator sender tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
