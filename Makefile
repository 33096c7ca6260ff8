# Sky Eye: `make` lists what can be done. Two commands matter: `make demo` and `make test`.

PYTHON ?= python3
VENV   := .venv/bin/python

export PORT MQTT_PORT CONFIG
ifneq ($(TLS),)
export HTTPS := own
endif
ifeq ($(PORT),)
unexport PORT
endif
ifeq ($(MQTT_PORT),)
unexport MQTT_PORT
endif
ifeq ($(CONFIG),)
unexport CONFIG
endif

.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo replay test check format lock bench accept soak faults walk clean

help:    ## this list
	@sed -n 's/^\([a-z-]*\): .*## /  make \1|/p' Makefile | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

setup:   ## virtual environment, Python packages and browser libraries, from their locks
	@command -v $(PYTHON) >/dev/null || { echo 'python3 is missing: apt-get install python3 python3-venv'; exit 1; }
	@$(PYTHON) scripts/setup.py

setup-test:
	@command -v $(PYTHON) >/dev/null || { echo 'python3 is missing: apt-get install python3 python3-venv'; exit 1; }
	@$(PYTHON) scripts/setup.py test

demo: setup ## broker, ingest, duty, dashboard and a simulated street; Ctrl-C stops it (PORT=… MQTT_PORT=… CONFIG=… TLS=1)
	@$(VENV) scripts/demo.py

replay: setup ## play a recorded CSV, its last row now, or recorded traffic, to the running demo (FILE=…, ARGS='--limit 500')
	@test -n '$(FILE)' || { echo 'which recording? make replay FILE=recording.csv.gz'; exit 1; }
	@$(VENV) -m ingest $(if $(CONFIG),--config '$(CONFIG)') replay $(ARGS) -- '$(FILE)'

test: setup-test ## everything: `make check`, then all tests with coverage (installs Debian packages where root may)
	@sh scripts/test.sh

check: setup-test ## format, lint, types, the arrow, dependencies, dead code, spelling, house rules, JavaScript
	@sh scripts/check.sh

format: setup-test ## put every file into the one format
	@$(VENV) -m ruff check --fix-only --quiet .
	@$(VENV) -m ruff format .

lock: setup-test ## write requirements/*.txt anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@sh scripts/lock.sh $(UPGRADE)

bench: setup-test ## how fast it is, with seed and machine; best on an idle one (ARGS='stream' runs one)
	@$(VENV) -m bench $(ARGS)

accept: setup-test ## the journeys alone: Chromium against the whole product
	@$(VENV) -m pytest -m journeys --timeout=600

soak: setup-test ## memory, files and threads of a running demo (MINUTES=30)
	@$(VENV) -m bench soak --minutes $(or $(MINUTES),30)

walk: ## docs/operations.md walked as it stands, on a fresh Debian under systemd (root)
	@sh scripts/walk.sh

faults: setup-test ## kill -9, a broken broker, a stopped server: nothing acknowledged may be lost
	@$(VENV) -m pytest -m faults --timeout=600

clean:   ## remove what commands made (var/, caches); `make clean ALL=1` also .venv and node_modules
	@rm -rf var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(if $(ALL),.venv node_modules)
	@find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +
