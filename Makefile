# Groundswell. Plain `make` lists what can be done; each target sets up what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
UV := uv==0.13.9
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help setup demo serve test test-python test-page check format lint types contracts openapi-fresh openapi token \
        manufacturer replay page lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/ready .engine/ready web/dist/index.html ## a crowd votes and pre-orders until a batch is made (EXIT=1 ends there, CROWD=n fans, PORT=n)
	@GROUNDSWELL_FOLLOW_PARENT=1 exec $(BIN)/python -m infra.local.demo

serve: .venv/ready .engine/ready web/dist/index.html ## the same without the crowd (SAMPLE=1 opens the sample campaign, PORT=n)
	@GROUNDSWELL_FOLLOW_PARENT=1 exec $(BIN)/python -m infra.local.serve $(if $(PORT),--port $(PORT)) $(if $(SAMPLE),--sample)

test: test-page test-python ## the whole suite

test-python: .venv/ready .engine/ready web/dist/index.html
	$(BIN)/pytest -n 2

test-page: web/node_modules/ready
	cd web && npm run --silent check && npm test --silent

check: lint types contracts openapi-fresh test ## format, lint, types, contracts, openapi, tests

lint: .venv/ready ## format and lint, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/cfn-lint infra/stack.yaml

types: .venv/ready ## mypy, strict
	$(BIN)/mypy

contracts: .venv/ready ## who may import whom
	$(BIN)/lint-imports

openapi-fresh: .venv/ready ## docs/openapi.json is what the models say
	$(BIN)/python -m tools.openapi --check

openapi: .venv/ready ## write docs/openapi.json from the models
	$(BIN)/python -m tools.openapi

format: .venv/ready ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

token: .venv/ready ## print a local token (ROLE=fan|organiser|manufacturer NAME=... [MANUFACTURER=id])
	@$(BIN)/python -m infra.local.tokens --role $(or $(ROLE),fan) --name $(or $(NAME),ada) $(if $(MANUFACTURER),--manufacturer-id $(MANUFACTURER))

manufacturer: .venv/ready ## register a manufacturer (ID= NAME= URL=)
	@$(BIN)/python -m tools.manufacturer --id "$(ID)" --name "$(NAME)" --url "$(URL)"

replay: .venv/ready .engine/ready web/dist/index.html ## drive the API with real input (BALLOTS=file ORDERS=file [URL=] [LIMIT=n])
	@GROUNDSWELL_FOLLOW_PARENT=1 exec $(BIN)/python -m tools.replay $(if $(BALLOTS),--ballots "$(BALLOTS)") \
	  $(if $(ORDERS),--orders "$(ORDERS)") $(if $(URL),--url "$(URL)") $(if $(LIMIT),--limit $(LIMIT))

page: web/dist/index.html ## build the page

setup: .venv/ready .engine/ready web/dist/index.html ## install everything

lock: ## write the pins with their hashes anew from pyproject.toml
	$(BIN)/uv pip compile -q --no-header --generate-hashes pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --no-header --generate-hashes --group dev pyproject.toml -o requirements-dev.txt

clean: ## remove what was installed and built
	rm -rf .venv .engine .local .cache web/node_modules web/dist

# uv installs in seconds; where it cannot reach the index that pip is set up for, pip does the same more slowly.
.venv/ready: requirements-dev.txt
	@echo "setting up Python packages in .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check $(UV) \
	  && $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $< \
	  || $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The engine pins its own botocore, so it lives apart.
.engine/ready: requirements-engine.txt | .venv/ready
	@echo "setting up the local engine in .engine"
	@test -x .engine/bin/python || $(PYTHON) -m venv .engine
	@$(BIN)/uv pip install -q --python .engine/bin/python --require-hashes -r $< \
	  || .engine/bin/pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

web/node_modules/ready: web/package-lock.json
	@echo "setting up the page's packages"
	@cd web && npm ci --silent --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/ready $(shell find web/src web/public web/index.html web/vite.config.ts -type f 2>/dev/null)
	@echo "building the page"
	@cd web && npm run --silent build >/dev/null
	@touch $@
