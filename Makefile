# Everything one does with Margin. Each target first makes .venv with the locked versions when it is missing or old.
SHELL := /bin/bash
.DEFAULT_GOAL := help
INSTALLED := .venv/installed
PYTHON_OF_VENV := .venv/bin/python
ARGS ?=
# A process gets whole files, whose tests share what is costly to make. A later -n wins: ARGS="-n 0" is one process.
PARALLEL := -n auto --maxprocesses 8 --dist loadfile
# These need images or embeddings of your own: make bench BENCH=scenes_accuracy ARGS="--images DIR"
BENCH ?= $(filter-out scenes_accuracy finetuning strategies,$(basename $(notdir $(wildcard benchmarks/[a-z]*.py))))
export PYTHON TORCH_INDEX

$(INSTALLED): pyproject.toml constraints.txt scripts/setup.sh
	@scripts/setup.sh

.PHONY: help setup run demo test e2e check format bench openapi docs lock clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## Create the virtual environment .venv with the locked versions

run: $(INSTALLED) ## Start everything: API on port 9090, workers, scheduler, Redis (ARGS="--port 9091 --data DIR")
	@exec .venv/bin/margin up $(ARGS)

demo: $(INSTALLED) ## Run the whole loop on a small set of real images and print the accuracy by number of labels
	@$(PYTHON_OF_VENV) -m scripts.demo $(ARGS)

test: $(INSTALLED) ## Run all tests except the end-to-end tests (ARGS="tests/ml -k margin")
	@$(PYTHON_OF_VENV) -m pytest $(PARALLEL) $(ARGS)

e2e: $(INSTALLED) ## Test the whole loop against a real Label Studio, installed in its own environment
	@$(PYTHON_OF_VENV) -m pytest tests/e2e -m e2e $(ARGS)

check: $(INSTALLED) ## Check format, lint, types and layers
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: $(INSTALLED) ## Format the code, and fix lint errors where possible
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench: $(INSTALLED) ## Run the benchmarks on this machine (one of them: BENCH=embedding ARGS="...")
	@for name in $(BENCH); do echo "== $$name"; $(PYTHON_OF_VENV) -m benchmarks.$$name $(ARGS) || exit 1; done

openapi: $(INSTALLED) ## Write openapi/openapi.json from the routes
	@$(PYTHON_OF_VENV) -m scripts.openapi

docs: $(INSTALLED) ## Write the settings table of docs/guides/settings.md from service/settings.py
	@$(PYTHON_OF_VENV) -m scripts.settings_table

lock: ## Write constraints.txt again, with the newest versions that pyproject.toml allows
	@scripts/lock.sh

clean: ## Remove the virtual environments, caches and builds; projects, images and versions stay
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist margin.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
