# The way in. `make demo` and `make test` install what they need, in .venv, and nothing twice: the stamps in .venv are
# older than a lock or a catalogue only when there is something to do.
#
#   make demo PORT=8001 DATA=data/try      another port, another data folder
#   make test ARGS=tests/dialogues         a part of the tests
#   make test JOBS=0                       in one process, for a debugger; else in one more than there are cores, since
#                                          much of what the bot's tests do is to wait
#   make install PYTHON=/opt/bin/python3   another Python than the newest that is found

PORT   ?= 8000
DATA   ?= data/demo
ARGS   ?=
JOBS   ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
PYTHON ?= python3.14 python3.13 python3.12 python3.11 python3
VENV   ?= .venv

RUN        := $(VENV)/bin/python
MADE       := $(VENV)/.made
PACKAGES   := $(VENV)/.packages
PROJECT    := $(VENV)/.project
TOOLS      := $(VENV)/.tools
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locales/*/LC_MESSAGES/*.po))

BABEL := $(RUN) -m babel.messages.frontend --quiet
PIP   := $(RUN) -m pip install --quiet --quiet --no-input --progress-bar off
LOCK  := $(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help install tools demo test check lint types contract catalogues texts lock gone

help:
	@echo "make demo     try everything on this machine: no token, no internet, one address in the browser"
	@echo "make test     run the tests"
	@echo "make check    lint, types, import contract, catalogues, tests: what must hold before a change is offered"
	@echo "make install  set up .venv, to run 'mitsprache' for real"
	@echo "make texts    take new sentences of the code over into the catalogues, to be translated there"
	@echo "make lock     write the lock files anew, after a change of the dependencies in pyproject.toml"

install: $(PROJECT) $(CATALOGUES)

tools: install $(TOOLS)

demo: install
	@exec $(RUN) -m mitsprache demo --port "$(PORT)" --data "$(DATA)"

# By name: by their number of tests, files with a few tests that take minutes would come last, and leave cores idle.
test: tools
	@exec $(RUN) -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: lint types contract catalogues test

lint: tools
	@echo "Lint" && $(RUN) -m ruff check && $(RUN) -m ruff format --check

types: tools
	@echo "Types" && $(RUN) -m mypy

contract: tools
	@echo "Import contract" && $(VENV)/bin/lint-imports --no-logo

catalogues: tools
	@echo "Catalogues" && $(RUN) -m pytest --quiet tests/test_catalogues.py

texts: tools
	@$(BABEL) extract --mapping-file locales/babel.cfg --no-default-keywords -k text -k plain -k plural:1,2 \
	    --no-wrap --sort-output --add-location=file --project=mitsprache --header-comment="# Texts of Mitsprache." \
	    --output-file locales/mitsprache.pot bot dialogues
	@$(BABEL) update --domain mitsprache --output-dir locales --input-file locales/mitsprache.pot \
	    --no-wrap --no-fuzzy-matching --ignore-pot-creation-date
	@$(BABEL) extract --mapping-file locales/babel.cfg --no-default-keywords -k _ -k gettext -k ngettext:1,2 \
	    --no-wrap --sort-output --add-location=file --project=mitsprache \
	    --header-comment="# Texts of the admin: English sentences, German translations." \
	    --output-file locales/admin.pot admin
	@$(BABEL) update --domain admin --output-dir locales --locale de --input-file locales/admin.pot \
	    --no-wrap --no-fuzzy-matching --ignore-pot-creation-date

lock: tools
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --extra dev --constraints requirements.lock --output-file requirements-dev.lock

# The newest Python that is new enough and able to make a virtual environment. One that we find in place stays if it
# works; one whose Python has gone, say after an upgrade of the system, is made anew.
$(MADE): $(shell [ -x $(RUN) ] || echo gone)
	@if ! $(RUN) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    for python in $(PYTHON); do \
	        "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	        "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1 && chosen=$$python && break; \
	        unable=$${unable:-$$python}; \
	    done; \
	    if [ "$$chosen" ]; then \
	        echo "Setting up $(VENV) with $$("$$chosen" --version)"; \
	        "$$chosen" -m venv --clear $(VENV); \
	    elif [ "$$unable" ]; then \
	        echo "$$unable cannot make virtual environments: its module 'venv' or 'ensurepip' is missing." >&2; \
	        echo "On Debian and Ubuntu: apt install $${unable##*/}-venv" >&2; \
	        exit 1; \
	    else \
	        echo "Mitsprache needs Python 3.11 or newer. Looked for: $(PYTHON)." >&2; \
	        echo "If it is somewhere else: make PYTHON=/path/to/python3 …" >&2; \
	        exit 1; \
	    fi; \
	fi
	@touch $@

$(PACKAGES): requirements.lock $(MADE)
	@echo "Installing what Mitsprache needs to run"
	@$(PIP) --require-hashes -r $<
	@touch $@

$(PROJECT): pyproject.toml $(PACKAGES)
	@echo "Installing Mitsprache itself"
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): requirements-dev.lock $(PACKAGES)
	@echo "Installing what the tests and checks need"
	@$(PIP) --require-hashes -r $<
	@touch $@

%.mo: %.po $(PACKAGES)
	@$(BABEL) compile --input-file $< --output-file $@

gone:
