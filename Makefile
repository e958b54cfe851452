PYTHON ?= python3
PY := .venv/bin/python
READY := .venv/.ready
PEERS := .venv/.peers
ONCE ?=

.DEFAULT_GOAL := help
.PHONY: help demo test lint serve worker bench reset stop lock pictures

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "hiringloop needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Set PYTHON to a newer one.")'
	@$(PY) -m pip --version >/dev/null 2>&1 || { PYTHON="$(PYTHON)" .ci/system-packages venv && \
		{ $(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }; }; }
	@echo "Installing what requirements.txt names (first time only)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(PEERS): tests/peers.txt $(READY)
	@echo "Installing what tests/peers.txt names (first time only)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/peers.txt
	@touch $@

demo: $(READY)  ## set everything up, print a generated loop, make packets, serve the site (ONCE=1: end after the packets)
	@.ci/system-packages
	@$(PY) manage.py demo $(if $(ONCE),--once)

test: $(PEERS)  ## set everything up and run lint, types, import contracts and all tests
	@.ci/system-packages browser
	@$(MAKE) --no-print-directory lint
	@$(PY) -m pytest -n 2 --dist worksteal

lint: $(READY)  ## ruff, types, import contracts, migrations
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-logo
	@$(PY) -m mypy
	@$(PY) manage.py makemigrations --check --dry-run

serve: $(READY)  ## the site at http://127.0.0.1:8000/ (PORT sets another port)
	@.ci/system-packages
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) -m gunicorn hiringloop.wsgi --bind 127.0.0.1:$(or $(PORT),8000) --workers 2 --threads 4 --no-control-socket

worker: $(READY)  ## a background worker with its clock
	@.ci/system-packages
	@.venv/bin/celery -A hiringloop worker -B --loglevel INFO --concurrency 2 --without-gossip --without-mingle

bench: $(READY)  ## speed and memory, as ratios against a stated alternative
	@$(PY) -m tests.bench

pictures: $(READY)  ## make the README's pictures again from the demo data
	@.ci/system-packages browser
	@$(PY) -m tests.pictures

reset: $(READY)  ## delete the database, the packets and everything else in var/ (asks first)
	@printf 'Delete var/ with its database and packets? [y/N] '; read answer; test "$$answer" = y
	@$(PY) -m hiringloop.embedded.server stop
	@rm -rf var

stop: $(READY)  ## stop an embedded PostgreSQL that was left running
	@$(PY) -m hiringloop.embedded.server stop

lock: $(READY)  ## write requirements.txt and tests/peers.txt anew from pyproject.toml
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --group dev pyproject.toml --output-file requirements.txt
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --group peers --constraint requirements.txt --output-file tests/peers.txt
