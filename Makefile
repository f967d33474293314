# Everything a user or a developer does, by name; `make` alone lists it.

VENV   := .venv
BIN    := $(VENV)/bin
UV     := uv==0.13.8
IS_311 := -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2> /dev/null
PYTHON ?= $(shell for p in python3.11 python3 python; do $$p $(IS_311) && echo $$p && break; done)
COMPILE := $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url \
           --no-emit-find-links --custom-compile-command "make lock"
HERE   := --override requirements-overrides.txt
TRIXIE := --python-platform x86_64-manylinux_2_40

# Patches are no whole objects, tests put them together; KServe's object has a schema of its own.
OBJECTS = $(shell grep -rL "kind: Kustomization" kubeflow/manifests | grep -v "patch.yaml\|kserve/s")
KSERVE  = kubeflow/manifests/kserve

# Of `make image`: what is built (pipeline, beam, serving), from which lock, and what it is called.
TARGET ?= pipeline
LOCK   ?= requirements-image.lock
IMAGE  ?= digits
TAG    ?= $(shell git describe --always --dirty)
ENGINE ?= $(shell for e in docker podman buildah; do $$e info > /dev/null 2>&1 && echo $$e && break; done)

.DEFAULT_GOAL := help
.PHONY: help install run test proofs conformance lint format lock image bench docs clean

help:  ## List these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed  ## Make .venv and install the lock

run: $(VENV)/.installed  ## Run the pipeline with configs/default.yaml
	@$(BIN)/digits run

test: $(VENV)/.tested  ## Run the tests
	@$(BIN)/pytest -n 2 --dist loadfile -m "not proof and not conformance"

proofs: $(VENV)/.tested  ## Run the tests that take minutes each
	@$(BIN)/pytest -n 2 --dist loadfile -m proof

conformance: $(VENV)/.tested  ## Ask Kubeflow's own code, Flink and Spark (needs Go and Java)
	@$(BIN)/pytest -m conformance tests/kubeflow/conformance tests/pipeline/beam/engines

lint: $(VENV)/.tested  ## Check style, formatting, types and import layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/yamllint --strict .
	@$(BIN)/kubernetes-validate --strict --quiet --no-warn $(OBJECTS)
	@$(BIN)/check-jsonschema --quiet --schemafile $(KSERVE)/schema.json $(KSERVE)/service.yaml

format: $(VENV)/.tested  ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/.installed  ## Remake the lock files from requirements*.in
	@$(COMPILE) $(HERE) requirements.in --output-file requirements.lock > /dev/null
	@$(COMPILE) $(HERE) requirements-dev.in --output-file requirements-dev.lock > /dev/null
	@$(COMPILE) $(TRIXIE) requirements.in --output-file requirements-image.lock > /dev/null
	@$(COMPILE) $(TRIXIE) requirements-gpu.in --output-file requirements-gpu.lock > /dev/null
	@$(COMPILE) $(TRIXIE) --override requirements-tpu-overrides.txt requirements-tpu.in \
	  --output-file requirements-tpu.lock > /dev/null

image:  ## Build the container image (TARGET=pipeline, beam or serving)
	@test -n "$(ENGINE)" || { echo "make image needs docker, podman or buildah" >&2; exit 1; }
	@$(ENGINE) build $(IMAGE_FLAGS) --target $(TARGET) --build-arg LOCK=$(LOCK) --tag $(IMAGE):$(TAG) .

bench: $(VENV)/.tested  ## Run the benchmarks that need no data; each prints a ratio against its baseline
	@for file in $$(grep -lE 'python benchmarks/[a-z_]+\.py$$' benchmarks/*.py); do $(BIN)/python $$file || exit 1; done

docs: $(VENV)/.tested  ## Build the pages of docs/ as a site in build/docs, and check their links
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs --quiet build
	@echo build/docs/index.html

clean:  ## Remove the workspace, .venv and caches
	@rm -rf workspace $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The lock holds overrides that a resolver refuses, so nothing is resolved: --no-deps. uv takes a
# tenth of pip's time; where it cannot reach the index that pip is set up for, pip does the work.
# Without bytecode, which some machines are told not to write, TFX takes twice as long to import.
define install
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps \
	  --require-hashes -r $(1) 2> $(VENV)/uv.log \
	  || $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(1)
endef

$(VENV)/.python:
	@$(or $(PYTHON),false) $(IS_311) || { \
	  echo "digit-localizer needs Python 3.11, which TFX 1.21 was made for, and finds" \
	  "$$($(or $(PYTHON),python3) -V 2> /dev/null || echo none);" \
	  "install python3.11, or: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "making .venv" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check $(UV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.lock setup.py pyproject.toml
	@echo "installing the lock" >&2
	$(call install,requirements.lock)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-dev.lock
	@echo "installing what tests need" >&2
	$(call install,requirements-dev.lock)
	@touch $@
