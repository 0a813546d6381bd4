# Two commands do all: `make run` and `make test`. Both need Python 3.11 or newer, and nothing else.

PORT ?= 8000
ARGS ?=
FROM ?=
export PORT

LAUNCH = exec sh launch/start.sh

.DEFAULT_GOAL := help
.PHONY: help run stop test coverage check format manage bench faults screenshots backup restore reset lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start everything on this machine, with the demo cohort (PORT=8000)
	@$(LAUNCH) run

stop: ## Stop what `make run` started from this folder
	@$(LAUNCH) stop

test: ## All checks and tests; ARGS="tests/forums -k reply" runs only some tests
	@$(LAUNCH) test $(ARGS)

coverage: ## Which lines the tests reach; about twice as slow as the tests alone
	@$(LAUNCH) test --cov --cov-report term:skip-covered $(ARGS)

check: ## Linters, types, import contracts, migrations, production settings, audit
	@$(LAUNCH) check

format: ## Bring Python and templates into shape
	@$(LAUNCH) format

manage: ## Django's commands on the data of `make run`: ARGS="import_roster people.csv --cohort river"
	@$(LAUNCH) on-data python manage.py $(ARGS)

bench: ## Measure a production-like server on much data
	@$(LAUNCH) exec --durable python -m benchmarks $(ARGS)

faults: ## Kill, stall and fill parts of the system, and see what is kept
	@$(LAUNCH) exec --durable python -m benchmarks.faults $(ARGS)

screenshots: ## Take the README's pictures anew
	@$(LAUNCH) exec python -m demo.screenshots $(ARGS)

backup: ## Back up the data of `make run` into .data/backups
	@$(LAUNCH) on-data python -m deploy.backup

restore: ## Put a backup in place of the data of `make run`: FROM=.data/backups/cohort-…
	@$(LAUNCH) on-data python -m deploy.restore $(FROM) --replace

reset: ## Throw the demo's data away
	@$(LAUNCH) reset

lock: ## Resolve requirements/*.in anew, with hashes
	@$(LAUNCH) lock

clean: ## Remove .venv, caches and built files; the demo's data stay
	@rm -rf .venv .data/bytecode .data/build .data/static .data/passing .data/stamps
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage*
