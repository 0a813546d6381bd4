# Two commands do all: `make run` and `make test`. Both need Python 3.11 or newer, and nothing else.

PORT ?= 8000
ARGS ?=
export PORT

LAUNCH = exec sh launch/start.sh

.DEFAULT_GOAL := help
.PHONY: help run stop test check format bench faults screenshots shell lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start everything on this machine, with the demo cohort (PORT=8000)
	@$(LAUNCH) run

stop: ## Stop what `make run` started from this folder
	@$(LAUNCH) stop

test: ## All checks and tests; ARGS="tests/forums -k reply" runs some tests
	@$(LAUNCH) test $(ARGS)

check: ## Linters, types, import contracts, migrations, production settings, audit
	@$(LAUNCH) check

format: ## Format Python and templates
	@$(LAUNCH) exec --bare -- sh launch/format.sh

bench: ## Measure a production-like server on much data
	@$(LAUNCH) exec --durable -- .venv/bin/python -m benchmarks $(ARGS)

faults: ## Kill, stall and fill parts of the system, and see what is kept
	@$(LAUNCH) exec --durable -- .venv/bin/python -m benchmarks.faults $(ARGS)

screenshots: ## Make the README's pictures anew
	@$(LAUNCH) exec --demo -- .venv/bin/python -m benchmarks.screenshots $(ARGS)

shell: ## Django's shell on the data of a running `make run`
	@$(LAUNCH) shell

lock: ## Resolve requirements/*.in anew, with hashes
	@$(LAUNCH) lock

clean: ## Remove what was built, and the demo's data with it
	@rm -rf .venv .data
