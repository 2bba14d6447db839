# Every target sets up what it needs from nothing: Python 3.11 or newer, Node and a network are enough.
# Choose an interpreter with PYTHON=/path/to/python3; install with uv instead of pip with UV=uv.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo frontend test check suite suite-floor bench matrix chaos soak fuzz endurance format pages screenshots lock clean system

export PYTHON UV
# Hundreds of processes import the same files, and every worker the same tests: what one has compiled, all others read.
unexport PYTHONDONTWRITEBYTECODE

# Many tests wait more than they compute: four workers for two cores; with five, tests were late for their deadlines where a
# machine was slow. Each is given whole files (tests/support/shares.py).
WORKERS ?= 4
PYTEST_ARGS ?=
PYTEST = bin/pytest -n $(WORKERS) --dist loadfile
# What is linted: the rooms that exist.
SOURCES := $(wildcard src tests examples bench scripts)
NPM := npm --prefix frontend
PAGE := src/holdfast/demo/static/index.html

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The demo also runs where its page cannot be built, and then says so by itself.
demo: .venv-demo/.installed ## run the demo on http://127.0.0.1:8000 (ARGS="--port 9000" is passed on)
	@! scripts/node.sh 2>/dev/null || $(MAKE) --no-print-directory frontend || true
	@.venv-demo/bin/holdfast demo $(ARGS)

# What waits for a network and what computes is set up at the same time.
test: ## every check and every test, on the newest and on the lowest supported versions
	@$(MAKE) --no-print-directory -j3 .venv/.installed .venv-floor/.installed $(PAGE)
	@$(MAKE) --no-print-directory check suite suite-floor

check: .venv/.installed $(PAGE) ## lint, format and types, and the front end's own tests
	.venv/bin/ruff check $(SOURCES)
	.venv/bin/ruff format --check $(SOURCES)
	.venv/bin/mypy
	.venv/bin/holdfast check $(SOURCES)
	.venv/bin/python scripts/rule_pages.py --check
	$(NPM) --silent run check
	$(NPM) --silent test
	$(NPM) --silent run size

suite: .venv/.installed $(PAGE) system ## the tests on the newest versions
	.venv/$(PYTEST) $(PYTEST_ARGS)

# What the checker's rules say is true of the newest versions, some of whose names the lowest do not have. The harnesses of
# `make bench`, `make chaos` and `make endurance` are run on the newest only, and so is what imports nothing but ourselves.
suite-floor: .venv-floor/.installed $(PAGE) system ## the same tests on the lowest supported versions
	.venv-floor/$(PYTEST) -m "not tools and not browser and not newest" $(PYTEST_ARGS) \
	  $(addprefix --ignore tests/,check/effects bench chaos endurance hub wire)

bench: .venv-bench/.installed ## measure, side by side with others; half an hour (ARGS="echo --quick")
	@bench/node.sh
	.venv-bench/bin/python -m bench $(or $(ARGS),--write-docs)

matrix: .venv/.installed system ## play every fault on every server, and write docs/servers.md (ARGS="--server granian")
	.venv/bin/python -m tests.faults $(ARGS)

chaos: .venv/.installed ## break Redis under load, 20 times in each way: nobody may miss anything without a word (ARGS="--case hung")
	@scripts/system-packages.sh redis-server openssl
	.venv/bin/python -m tests.chaos $(ARGS)

soak: .venv/.installed ## connect and disconnect 100,000 times in every way: nothing may be left (ARGS="--server holdfast")
	.venv/bin/python -m tests.endurance soak $(ARGS)

# atheris has wheels for few versions of Python, and so is none of the locked packages.
fuzz: .venv/.installed ## 60 s of mutated frames on the wire alone, then on each server, beside healthy clients (ARGS="--seed 7")
	@if .venv/bin/python -c "import atheris" 2>/dev/null; then .venv/bin/python -m tests.wire.fuzz --seconds 60; \
	else echo "The wire alone is not fuzzed: \`.venv/bin/python -m pip install atheris\` adds that."; fi
	.venv/bin/python -m tests.endurance fuzz $(ARGS)

endurance: .venv/.installed ## talk past the servers' own pings; stop each server under 1,000 connections; keep 15,000 idle
	.venv/bin/python -m tests.endurance keepalive
	.venv/bin/python -m tests.endurance stop
	.venv/bin/python -m tests.endurance idle

screenshots: .venv/.installed $(PAGE) system ## take the pictures of the demo that the README shows
	.venv/bin/python scripts/screenshots.py

pages: .venv/.installed ## write docs/checks from the rules of the checker
	.venv/bin/python scripts/rule_pages.py

format: .venv/.installed frontend/node_modules/.installed ## format the code and mend what ruff and biome can mend
	.venv/bin/ruff check --fix-only --quiet $(SOURCES)
	.venv/bin/ruff format $(SOURCES)
	$(NPM) --silent run format

# The tests of deploy/ are skipped, and say so, where the proxies are not.
system:
	@scripts/system-packages.sh chromium redis-server
	@scripts/system-packages.sh nginx haproxy openssl || true

# --- the environments --------------------------------------------------------------------------------------------------
# .locked: the locked packages are in. .installed: this package is in, too; a change of pyproject.toml repeats only that.

.venv/.locked: requirements/dev.txt
.venv-floor/.locked: requirements/floor.txt
.venv-demo/.locked: requirements/demo.txt

.venv/.locked .venv-floor/.locked .venv-demo/.locked:
	@scripts/venv.sh $(@D) $<
	@touch $@

# What cannot be installed is left out of the benchmark, and named.
.venv-bench/.locked: requirements/bench.txt bench/install.py
	@scripts/venv.sh $(@D)
	@$(@D)/bin/python bench/install.py $<
	@touch $@

%/.installed: %/.locked pyproject.toml
	@$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PRECIOUS: %/.locked

# --- the demo's page -----------------------------------------------------------------------------------------------------

frontend: $(PAGE) ## build the demo's page, where its sources are newer
	@:

$(PAGE): frontend/node_modules/.installed $(shell find frontend -name node_modules -prune -o -type f -print)
	@scripts/node.sh
	@echo "Building the demo's page"
	@$(NPM) --silent run build

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json frontend/.npmrc
	@scripts/node.sh
	@echo "Setting up frontend/node_modules with Node $$(node --version) from frontend/package-lock.json"
	@$(NPM) ci >/dev/null
	@touch $@

# --- the lock files ----------------------------------------------------------------------------------------------------
# Made with uv, in an environment of its own unless UV names one. They name no package index.

LOCK = $(or $(UV),.venv-lock/bin/uv) pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate pyproject.toml --extra demo

lock: $(if $(UV),,.venv-lock/.uv) ## renew requirements/*.txt and the two package-lock.json
	$(LOCK) --group dev --output-file requirements/dev.txt
	$(LOCK) --group floor --output-file requirements/floor.txt
	$(LOCK) --group build --output-file requirements/demo.txt
	$(LOCK) --group bench --output-file requirements/bench.txt
	@scripts/node.sh
	rm -rf frontend/package-lock.json frontend/node_modules bench/node/package-lock.json bench/node/node_modules
	$(NPM) install --package-lock-only >/dev/null
	npm --prefix bench/node install --package-lock-only >/dev/null

.venv-lock/.uv:
	@scripts/venv.sh .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

clean: ## remove the environments and every cache
	rm -rf .venv .venv-floor .venv-demo .venv-bench .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .holdfast_cache build dist
	rm -rf frontend/node_modules src/holdfast/demo/static bench/build bench/node/node_modules
	find src tests examples bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
