PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
BUILDER ?= $(notdir $(firstword $(foreach tool,buildah podman docker,$(shell command -v $(tool)))))
ifneq ($(shell id -u),0)
SUDO   := sudo
endif

.PHONY: help run install dev test check soak bench dist image fmt lock debian clean

help: ## Show what there is.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: install ## Run the gateway on 127.0.0.1:8080.
	@$(BIN)/aihub serve

install: $(VENV)/.installed ## Make the virtual environment from the lock file.

dev: $(VENV)/.dev ## The same, with what tests and checks need.

test: dev debian ## Run the tests.
	$(BIN)/python -m pytest

check: dev debian ## Everything a change must pass: format, lint, types, import contracts, file budget, tests.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.file_budget
	$(BIN)/python -m pytest

soak: dev debian ## Run again and again, for half an hour, what is random: the ledger's machine, and funds for exactly a hundred calls.
	SOAK=1 $(BIN)/python -m pytest tests/app/stores/ledger/test_machine.py --timeout 3600
	for run in $$(seq 20); do $(BIN)/python -m pytest tests/e2e/test_money.py -k exactly_a_hundred || exit 1; done

fmt: dev ## Format, and mend what can be mended.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: dev ## Write the lock files anew from pyproject.toml.
	$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install -q uv
	$(VENV)/lock/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  --group build pyproject.toml -o requirements.lock
	$(VENV)/lock/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  --group build --group dev pyproject.toml -o requirements-dev.lock

bench: dev ## Measure the gateway beside the least that a proxy can do, and beside other gateways.
	@command -v wrk >/dev/null || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -qy --no-install-recommends wrk; }
	$(BIN)/python bench/compare.py

dist: install ## Make the wheel and the source archive, into dist/.
	$(BIN)/python -m hatchling build --clean

# HEALTHCHECK is a word of Docker's image format: buildah and podman drop it from the one that they prefer.
image: ## Build the image aihub:VERSION with buildah, podman or docker; BASE=… is another base image.
	@[ -n "$(BUILDER)" ] || { echo "an image takes buildah, podman or docker, and none is here: see docs/containers.md"; exit 1; }
	$(BUILDER) build $(if $(filter docker,$(BUILDER)),,--format docker) $(if $(BASE),--build-arg BASE=$(BASE)) \
	  --file Containerfile --tag aihub:$(VERSION) .

debian: ## Install the Debian packages that the tests use, where they are missing.
	@for need in redis-server:/usr/bin/redis-server postgresql:/usr/lib/postgresql/*/bin/initdb; do \
	  set -- $${need#*:}; \
	  if [ ! -e "$$1" ]; then \
	    echo "installing the Debian package $${need%%:*}"; \
	    $(SUDO) apt-get update -q && \
	      $(SUDO) env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qy --no-install-recommends $${need%%:*}; \
	  fi; \
	done

clean: ## Remove the virtual environment and what tools left behind.
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing what requirements.lock lists"
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	@echo "installing what requirements-dev.lock lists"
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	@touch $@
