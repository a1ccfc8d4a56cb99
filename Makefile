# make nightly   the demo: an invented dealer network, the nightly run on it, the cases it opens
# make test      the whole test suite
# make words     new texts of the console into the catalogue of their translations
# make lint      style and types       make bench   accuracy and speed       make clean   remove what make made

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.PHONY: nightly test words lint bench postgresql chromium clean

PYTHON ?= python3
BIN := .venv/bin
DEMO := demo
# The lock is complete, so pip has nothing to resolve; what it says is checked afterwards.
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --no-deps --require-hashes

nightly: .venv/run.stamp $(DEMO)/inbox
	$(BIN)/mingcha nightly --inbox $(DEMO)/inbox --home $(DEMO)/home

$(DEMO)/inbox: | .venv/run.stamp
	$(BIN)/mingcha demo $@

test: .venv/dev.stamp postgresql chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup

words: .venv/run.stamp
	$(BIN)/python -m review.language

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev.stamp
	$(BIN)/python -m benchmarks.accuracy
	$(BIN)/python -m benchmarks.speed

.venv/bin/python:
	$(PYTHON) -m venv .venv || {
	  rm -rf .venv
	  echo "This Python has no venv module. On Debian: apt-get install python3-venv" >&2
	  exit 1
	}

.venv/run.stamp: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Mingcha needs into .venv (about 1.7 GB, once)"
	$(INSTALL) -r requirements.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	$(PIP) check
	touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	$(INSTALL) -r requirements-dev.txt
	$(PIP) check
	touch $@

# The tests use a real PostgreSQL server, which they start and stop themselves.
postgresql:
	@if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null; then
	  echo "Installing Debian's postgresql for the tests"
	  as_root=""
	  [ "$$(id -u)" = 0 ] || as_root=sudo
	  $$as_root apt-get update -q
	  DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -q -y --no-install-recommends postgresql
	fi

# The tests use a real browser, and letters for Chinese.
chromium:
	@if ! command -v chromium > /dev/null || ! ls -d /usr/share/fonts/opentype/noto/NotoSansCJK-* > /dev/null 2>&1; then
	  echo "Installing Debian's chromium and fonts-noto-cjk for the tests"
	  as_root=""
	  [ "$$(id -u)" = 0 ] || as_root=sudo
	  $$as_root apt-get update -q
	  DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -q -y --no-install-recommends chromium fonts-noto-cjk
	fi

clean:
	rm -rf .venv $(DEMO) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
