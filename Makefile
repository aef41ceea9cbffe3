# `make` lists what there is. Every CRM_* variable may be given on the command line: make run CRM_HTTP_PORT=9000

.DEFAULT_GOAL := help
.PHONY: help run test test-all check bench install generate format clean
.PHONY: check-format check-lint check-imports check-contracts check-types check-web screenshots
BOOTSTRAP := python3 scripts/bootstrap.py
BIN := .venv/bin
# Given as `make test TESTS=tests/unit/cli`.
TESTS ?= tests
SOURCES := crmkit services gateway cli tests scripts bench

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Run the whole system here, at http://localhost:8080 (DEMO=1: with demo data; CRM_HTTP_PORT=9000: elsewhere)
	@exec $(BOOTSTRAP) run $(if $(filter 1,$(DEMO)),--demo)

test: ## Run all tests but the long ones (TESTS=tests/unit: only those)
	@$(BOOTSTRAP) develop
	@exec $(BIN)/pytest -q -m 'not long' $(TESTS)

test-all: ## Run all tests
	@$(BOOTSTRAP) develop
	@exec $(BIN)/pytest -q $(TESTS)

check: ## Check format, lint, types, imports between rooms, the contracts, and the web app
	@$(BOOTSTRAP) develop
	@$(MAKE) --no-print-directory --keep-going check-format check-lint check-imports check-contracts check-types check-web

check-format:
	$(BIN)/ruff format --check .

check-lint:
	$(BIN)/ruff check .

check-imports:
	$(BIN)/lint-imports --no-logo

check-contracts:
	$(BIN)/python scripts/contracts.py

check-types:
	$(BIN)/mypy $(SOURCES)

# Node.js of the machine, else the one that bootstrap.py has put into .venv.
check-web:
	cd web && PATH="$$PATH:$(CURDIR)/$(BIN)" npm run --silent check

bench: ## Measure at 1,000,000 contacts and write the table of docs/performance.md
	@$(BOOTSTRAP) develop
	@exec $(BIN)/python -m bench --write

screenshots: ## Take pictures of every page of the web app into ../screenshots (FOLDER=elsewhere)
	@$(BOOTSTRAP) develop
	@exec $(BIN)/python -m tests.web.screenshots $(or $(FOLDER),../screenshots)

install: ## Make .venv with everything for development, generate code from the contracts, build the web app
	@$(BOOTSTRAP) develop

generate: ## Generate gen/ from protos/
	@$(BOOTSTRAP) develop

format: ## Format code and contracts
	@$(BOOTSTRAP) develop
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .
	$(BIN)/python scripts/contracts.py format
	cd web && PATH="$$PATH:$(CURDIR)/$(BIN)" npm run --silent format

clean: ## Remove .venv, gen/ and caches; data in .crm/ stays
	rm -rf .venv gen dist web/dist web/node_modules web/src/api/schema.d.ts .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis
	find crmkit services gateway cli tests scripts bench -name __pycache__ -prune -exec rm -rf {} +
	@echo "Removed .venv, gen/, what was built and caches. Data in .crm/ stays; remove it yourself to start anew."
