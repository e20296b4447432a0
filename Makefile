# Each target sets up what it needs. Package registries are all it asks of the network.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATE ?= $(shell date +%F)
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench bench-app app docs lock clean check-system

help:  ## say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

check-system:
	@command -v $(PYTHON) >/dev/null || { echo "Missing: Python. On Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Missing: Python 3.11 or newer. Name one with PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Missing: venv. On Debian: apt-get install python3-venv"; exit 1; }

$(BIN)/uv: requirements/uv.txt | check-system
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/base.ready: requirements/base.txt pyproject.toml $(BIN)/uv
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/base.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/web.ready: requirements/web.txt $(VENV)/base.ready
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/web.txt
	@touch $@

$(VENV)/dev.ready: requirements/dev.txt $(VENV)/base.ready
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/base.ready  ## run the example and write its report
	@$(BIN)/resynapse demo

test: $(VENV)/dev.ready  ## run the tests
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/dev.ready  ## style, types, floors of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(VENV)/dev.ready  ## full counts, worst errors, figures, seeded faults: hours
	@$(BIN)/python -m benchmarks

bench-app: $(VENV)/dev.ready  ## the page in Chromium: from a key to the picture
	@$(BIN)/python -m benchmarks.app

app: $(VENV)/web.ready  ## the page, on this machine alone
	@$(BIN)/resynapse app

docs: $(VENV)/dev.ready  ## write the pages that come from the declarations
	@$(BIN)/resynapse equations --out docs/equations.md

lock: $(BIN)/uv  ## resolve again and write the hashed requirements
	@for set in base web dev; do \
	  case $$set in base) flags="--no-dev" ;; web) flags="--no-dev --extra web" ;; dev) flags="--extra web --extra fast --extra sbml --extra verify" ;; esac; \
	  $(BIN)/uv export --quiet --no-header --no-emit-project --no-annotate $$flags --format requirements-txt -o requirements/$$set.txt; \
	done
	@rm -f uv.lock

clean:  ## remove what was built
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache
