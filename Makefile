# Entrepot. Each target sets up what it needs on a machine with Python 3.11 or newer, make and git.
#   make demo    one whole sale between two nodes, every step shown        make test    the fast tests (5 minutes at most)
#   make serve   a node to try, with firms                                 make check   format, lint, types, imports, house
#   make proof   everything at full count, with a dated report             make bench   the measurements
#   make interop programs of others judge our documents, and we theirs (needs node and npm)
#   make docs    the generated reference                                   make lock    lock the requirements anew
#   make audit   ask for known faults of what is locked (needs the network; before a release)
# Another interpreter: make PYTHON=python3.12 demo

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= .node
PORT   ?= 8000
SEED   ?=

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo serve test check proof interop bench docs lock audit clean
.DELETE_ON_ERROR:

help:
	@sed -n '2,8s/^# *//p' Makefile

# ---- set-up: nothing is repeated while the locked files are unchanged -------------------------------------------------

$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "No interpreter '$(PYTHON)'. Install Python 3.11 or newer, or name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Entrepot needs Python 3.11 or newer; '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1)." >&2; \
	  echo "Name another interpreter: make PYTHON=python3.12 ..." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' has no venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# $(1): the set to install; $(2): the sets it contains.
define install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$(1).txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(foreach set,$(1) $(2),$(VENV)/.installed-$(set))
endef

$(VENV)/.installed-test: requirements/test.txt pyproject.toml | $(BIN)/python
	$(call install,test,node runtime)

$(VENV)/.installed-node: requirements/node.txt pyproject.toml | $(BIN)/python
	$(call install,node,runtime)

# ---- use --------------------------------------------------------------------------------------------------------------

demo: $(VENV)/.installed-node
	$(BIN)/entrepot demo --dir demo

serve: $(VENV)/.installed-node
	$(BIN)/entrepot serve --data $(DATA) --port $(PORT) --community

# ---- three tiers of tests ---------------------------------------------------------------------------------------------

# tests/house is what `make check` runs.
test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2 -rs -m 'not long' --ignore=tests/house $(if $(SEED),--randomly-seed=$(SEED))

check: $(VENV)/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tools
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/house
	$(BIN)/python -m pytest tests/house -p no:randomly

proof: $(VENV)/.installed-test
	$(BIN)/python tools/proof.py

# Set-up may download; the run may not. Versions and hashes are those of the lock files.
INTEROP := .interop
COUNT   ?= 500

interop: $(VENV)/.installed-test $(INTEROP)/.installed
	ENTREPOT_NODE_PEERS=$(INTEROP)/node ENTREPOT_OPENVC_PYTHON=$(INTEROP)/openvc/bin/python \
	  $(BIN)/python tests/proof/interop --count $(COUNT)

$(INTEROP)/.installed: requirements/interop.txt tests/proof/interop/package.json tests/proof/interop/package-lock.json
	@command -v node npm >/dev/null || { echo "make interop needs node and npm." >&2; exit 1; }
	rm -rf $(INTEROP) && mkdir -p $(INTEROP)/node
	cp tests/proof/interop/package.json tests/proof/interop/package-lock.json $(INTEROP)/node/
	npm ci --prefix $(INTEROP)/node --ignore-scripts --no-audit --no-fund --loglevel=error
	"$(PYTHON)" -m venv $(INTEROP)/openvc
	$(INTEROP)/openvc/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/interop.txt
	@touch $@

bench: $(VENV)/.installed-test $(INTEROP)/.installed
	@ls bench/*.py >/dev/null 2>&1 || { echo "No measurements yet: bench/ holds no programs." >&2; exit 1; }
	@missed=0; for each in bench/*.py; do echo "== $$each"; $(BIN)/python "$$each" || missed=1; done; exit $$missed

# ---- what is generated ------------------------------------------------------------------------------------------------

docs: $(VENV)/.installed-test
	$(BIN)/python tools/reference

# Exact versions and hashes only, never an address. UPGRADE=1 takes newer releases, at least seven days old.
COMPILE = $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate --no-header \
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
  $(if $(UPGRADE),--upgrade --uploaded-prior-to P7D)

lock: $(VENV)/.installed-test
	$(COMPILE) --output-file requirements/runtime.txt requirements/runtime.in
	$(COMPILE) --constraint requirements/runtime.txt --output-file requirements/node.txt requirements/node.in
	$(COMPILE) --constraint requirements/node.txt --output-file requirements/test.txt requirements/test.in
	$(COMPILE) --output-file requirements/interop.txt requirements/interop.in
	$(COMPILE) --output-file requirements/audit.txt requirements/audit.in
	$(if $(UPGRADE),sed -i "s/^renewed = .*/renewed = $$(date -u +%F)/" requirements/faults.toml)

# Exit code of the program: 0 nothing is over its time, 1 something is, 2 not all is known.
AUDIT := .audit

audit: $(AUDIT)/.installed
	$(AUDIT)/bin/python tools/audit.py

$(AUDIT)/.installed: requirements/audit.txt
	rm -rf $(AUDIT)
	"$(PYTHON)" -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.txt
	@touch $@

clean:
	rm -rf build dist demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
