# Everything runs from .venv, which `make setup` builds from the lock file. Needs Python 3.11+, git and make.
PYTHON ?= python3
VENV := .venv
# Tests wait more than they compute: three beside each other keep two cores busy.
WORKERS ?= 3
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: help setup demo demo-whatsapp test test-slow check bench soak soak-whatsapp peers promtool index report-picture lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## Make .venv with everything that wabot, its tests and its checks need

$(STAMP): requirements.lock pyproject.toml
	@sh .ci/venv "$(PYTHON)" "$(VENV)"
	@touch $@

demo: $(STAMP) ## Watch the example tenants answer a recorded hour of customers; ARGS=--api: then a script that answers beside the bot
	@$(BIN)/python -m demo.demo $(ARGS)

demo-whatsapp: $(STAMP) ## The same shops on WhatsApp itself: the real client, and a server of our own on this machine
	@$(BIN)/python -m demo.whatsapp

test: $(STAMP) ## Run every test
	@sh .ci/packages
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-slow: $(STAMP) ## Run what takes real minutes: links that hang, long outages, all examples of tests that think of hundreds
	@sh .ci/packages
	@WABOT_TEST_THOROUGH=1 $(BIN)/python -m pytest -n $(WORKERS) -m "slow or thorough" --timeout 900 $(ARGS)

check: $(STAMP) ## Lint, format check, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/wabot validate rules/
	$(BIN)/wabot test rules/ --min-coverage 100

bench: $(STAMP) ## Measure decisions, validate, the start of commands, the pipeline, long lives, reloads, figures, exports, replays, the API, replies and memory on WhatsApp; other rule engines, after `make peers`
	@failed=0; for part in decide validate start pipeline million crowd reload overview export replay idle api api_events api_replies live live_memory peers; do \
		echo "== $$part"; $(BIN)/python -m bench.$$part || failed=1; echo; done; exit $$failed

soak: $(STAMP) ## A hundred tenants for ten minutes: nothing may grow; ARGS="--tenants 10 --minutes 3" for a short look
	@$(BIN)/python -m bench.soak $(ARGS)

soak-whatsapp: $(STAMP) ## Twenty paired shops on a WhatsApp of our own for ten minutes; ARGS="--tenants 5 --minutes 2" for a short look
	@$(BIN)/python -m bench.live_soak $(ARGS)

promtool: ## Install promtool (Debian's package prometheus), which checks deploy/prometheus
	@command -v promtool >/dev/null 2>&1 || sh .ci/packages prometheus

index: $(STAMP) ## Renew docs/checks/README.md from the catalogue of findings
	@$(BIN)/python -m tests.lint.index

report-picture: $(STAMP) ## Renew the pictures of docs/report.md (with chromium; the fonts are those of Debian's fonts-inter and fonts-noto-color-emoji)
	@$(BIN)/python -m demo.report_picture

peers: ## Install the rule engines that wabot is compared with, beside it
	"$(PYTHON)" -m venv --clear bench/peers/.venv
	bench/peers/.venv/bin/pip install --quiet --disable-pip-version-check -r bench/peers/requirements.txt

lock: $(STAMP) ## Renew requirements.lock from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock

clean: ## Remove .venv and what the demo wrote
	rm -rf $(VENV) bench/peers/.venv demo/out
