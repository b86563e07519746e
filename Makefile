# Groundswell. Plain `make` lists what can be done; each target sets up what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
UV := uv==0.13.9
REFEREE := amplify-dynamodb-simulator-2.9.30
SHA512 := $(shell command -v sha512sum || echo "shasum -a 512")
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help setup demo serve test test-python test-page check format lint types contracts openapi-fresh openapi token \
        manufacturer replay page lock clean deploy destroy redrive restore rehearse referee template bench cost cost-fresh \
        checkov simulate mutants crash-pairs

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/ready .engine/ready web/dist/index.html ## a crowd votes and pre-orders until a batch is made (EXIT=1 ends there, CROWD=n fans, PORT=n)
	@GROUNDSWELL_FOLLOW_PARENT=1 exec $(BIN)/python -m infra.local.demo

serve: .venv/ready .engine/ready web/dist/index.html ## the same without the crowd (SAMPLE=1 opens the sample campaign, PORT=n)
	@GROUNDSWELL_FOLLOW_PARENT=1 exec $(BIN)/python -m infra.local.serve $(if $(PORT),--port $(PORT)) $(if $(SAMPLE),--sample)

test: test-page test-python ## the whole suite

test-python: .venv/ready .engine/ready .referee/tried .cache/package/app.py web/dist/index.html
	$(BIN)/pytest -n 2

test-page: web/node_modules/ready
	cd web && npm run --silent check && npm test --silent

check: lint types contracts openapi-fresh cost-fresh test ## format, lint, types, contracts, documents, tests

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

# Credentials and region are those of the AWS command line; REGION= chooses another region.
STAGED = .venv/ready $(if $(STAGE),,stage-is-missing)
IN_REGION = $(if $(REGION),AWS_REGION=$(REGION) AWS_DEFAULT_REGION=$(REGION))

stage-is-missing:
	@echo "Which stage? For example: make $(firstword $(MAKECMDGOALS)) STAGE=dev" >&2; exit 2

deploy: $(STAGED) web/dist/index.html ## bring a stage to what is here (STAGE= [REGION=] [YES=1] [PRODUCTION=yes] [ALARM_EMAIL=] [SET="KEY=VALUE"] ...)
	@$(IN_REGION) $(BIN)/python -m infra.deploy --stage $(STAGE) $(if $(YES),--yes) $(if $(PRODUCTION),--production $(PRODUCTION)) \
	  $(if $(ALARM_EMAIL),--alarm-email $(ALARM_EMAIL)) $(if $(MAIL_SENDER),--mail-sender $(MAIL_SENDER)) \
	  $(if $(RATE_LIMITS),--rate-limits $(RATE_LIMITS)) $(if $(WRITES_PER_ADDRESS),--writes-per-address $(WRITES_PER_ADDRESS)) \
	  $(if $(WRITES_PER_IDENTITY),--writes-per-identity $(WRITES_PER_IDENTITY)) \
	  $(if $(DOMAIN),--domain $(DOMAIN)) $(if $(CERTIFICATE),--certificate $(CERTIFICATE)) $(if $(SET),--set "$(SET)") \
	  $(if $(PAYMENTS),--payments $(PAYMENTS)) $(if $(PUBLISHABLE_KEY),--publishable-key $(PUBLISHABLE_KEY)) \
	  $(if $(TABLE),--table $(TABLE))

destroy: $(STAGED) ## take a stage away; what is protected is named (STAGE= [REGION=] [YES=1])
	@$(IN_REGION) $(BIN)/python -m infra.deploy.destroy --stage $(STAGE) $(if $(YES),--yes)

manufacturer: .venv/ready ## register a manufacturer (STAGE= ID= NAME= URL=), or rotate its secret (STAGE= ID= ROTATE=1, later ROTATE=finish)
	@$(IN_REGION) $(BIN)/python -m tools.manufacturer $(if $(STAGE),--stage $(STAGE)) --id "$(ID)" $(if $(NAME),--name "$(NAME)") \
	  $(if $(URL),--url "$(URL)") $(if $(filter finish,$(ROTATE)),--rotate-finish,$(if $(ROTATE),--rotate))

redrive: $(STAGED) ## deliver again what was given up (STAGE= QUEUE=counting|payments|following|orders|stream [COUNT=1] [FROM_TABLE=1])
	@$(IN_REGION) $(BIN)/python -m tools.redrive --stage $(STAGE) --queue "$(QUEUE)" $(if $(COUNT),--count) $(if $(FROM_TABLE),--from-table)

restore: $(STAGED) ## the table as it was, beside the one in use (STAGE= AT=2026-11-21T18:00:00Z)
	@$(IN_REGION) $(BIN)/python -m tools.restore --stage $(STAGE) --at "$(AT)"

rehearse: .venv/ready .engine/ready web/dist/index.html ## deploy to an emulator, live the whole story there, take it away
	@GROUNDSWELL_FOLLOW_PARENT=1 exec $(BIN)/python -m infra.rehearsal

referee: .venv/ready .referee/ready ## what writes into a table, once more on AWS's own DynamoDB Local (needs Java 17 to 23)
	$(BIN)/pytest -n 2 --engine=dynamodb-local

simulate: .venv/ready ## the whole chain under faults, from seeds (SEED=n one story; COUNT=n that many histories)
	$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--count $(or $(COUNT),20000) --jobs 2)

crash-pairs: .venv/ready ## every two faults in a row on every way the money goes (PATHS= some of them); about ten minutes
	@$(BIN)/python -m tests.races.crash_pairs $(PATHS)

mutants: .mutmut/ready ## the money rules, changed in a thousand ways: do their examples notice? About four minutes
	@rm -rf mutants
	@.mutmut/bin/mutmut run
	@$(BIN)/python -m tools.mutants

checkov: .checkov/ready .venv/ready ## security checks of the stack, and of the functions as a template
	@.checkov/bin/checkov --config-file infra/checkov.yaml -f infra/stack.yaml
	@$(BIN)/python -m infra.deploy.template --stage check --outputs tests/infra/example_outputs.json >/dev/null
	@.checkov/bin/checkov --config-file infra/checkov.yaml -f build/check/template/sam.json

cost: .venv/ready ## write docs/COST.md from the measured figures
	$(BIN)/python -m tools.cost

cost-fresh: .venv/ready ## docs/COST.md is what the figures say
	$(BIN)/python -m tools.cost --check

bench: .venv/ready web/dist/index.html ## measure, and write benchmarks/results.json and RESULTS.md (BENCH= for one alone)
	@$(BIN)/python -m benchmarks $(BENCH)

replay: .venv/ready .engine/ready web/dist/index.html ## drive the API with real input (BALLOTS=file ORDERS=file CROWD=voters [URL=] [LIMIT=n] [TIMES=n] [BURST=1])
	@GROUNDSWELL_FOLLOW_PARENT=1 exec $(BIN)/python -m tools.replay $(if $(BALLOTS),--ballots "$(BALLOTS)") \
	  $(if $(ORDERS),--orders "$(ORDERS)") $(if $(CROWD),--crowd $(CROWD)) $(if $(URL),--url "$(URL)") $(if $(LIMIT),--limit $(LIMIT)) \
	  $(if $(TIMES),--times $(TIMES)) $(if $(BURST),--burst)

template: $(STAGED) ## the functions as a template for a pipeline of your own, instead of deploying (STAGE= [TO=folder])
	@$(IN_REGION) $(BIN)/python -m infra.deploy.template --stage $(STAGE) $(if $(TO),--to "$(TO)")

page: web/dist/index.html ## build the page

setup: .venv/ready .engine/ready .referee/tried .cache/package/app.py web/dist/index.html ## install everything

lock: ## write the pins with their hashes anew from pyproject.toml
	$(BIN)/uv pip compile -q --no-header --generate-hashes pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --no-header --generate-hashes --group dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile -q --no-header --generate-hashes --group engine -o requirements-engine.txt
	$(BIN)/uv pip compile -q --no-header --generate-hashes --group checkov -o requirements-checkov.txt
	$(BIN)/uv pip compile -q --no-header --generate-hashes --group mutants -c requirements-dev.txt -o requirements-mutants.txt

clean: ## remove what was installed and built
	rm -rf .venv .engine .checkov .mutmut mutants .referee .local .cache build web/node_modules web/dist

# uv installs in seconds; where it cannot reach the index that pip is set up for, pip does the same more slowly.
.venv/ready: requirements-dev.txt
	@echo "setting up Python packages in .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check $(UV) \
	  && $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $< \
	  || $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Of the package only AWS's jar is wanted, not its dependencies, which are a whole command line: hence no lock file.
.referee/ready: infra/referee/$(REFEREE).sha512
	@echo "setting up DynamoDB Local in .referee"
	@rm -rf .referee && mkdir .referee
	@cd .referee && npm pack --silent amplify-dynamodb-simulator@2.9.30 >/dev/null && $(SHA512) -c ../$< >/dev/null \
	  && tar -xzf $(REFEREE).tgz --strip-components=2 package/emulator && rm $(REFEREE).tgz
	@touch $@

# The suite skips what the referee alone can say where Java is missing: then its jar is not wanted either.
.referee/tried:
	@if command -v java >/dev/null; then $(MAKE) --no-print-directory .referee/ready; fi
	@mkdir -p .referee && touch $@

# The functions' libraries, for tests of the package: fetched once for each change of the pins.
.cache/package/app.py: requirements.txt | .venv/ready
	@$(BIN)/python -m infra.deploy.package .cache/package && touch $@

.checkov/ready: requirements-checkov.txt | .venv/ready
	@echo "setting up the security checks in .checkov"
	@test -x .checkov/bin/python || $(PYTHON) -m venv .checkov
	@$(BIN)/uv pip install -q --python .checkov/bin/python --require-hashes -r $< \
	  || .checkov/bin/pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

# What it tests needs the developer's packages, which it sees beside its own; the pins of both agree.
.mutmut/ready: requirements-mutants.txt | .venv/ready
	@echo "setting up the mutation tests in .mutmut"
	@test -x .mutmut/bin/python || $(BIN)/python -m venv .mutmut
	@$(BIN)/uv pip install -q --python .mutmut/bin/python --require-hashes -r $< \
	  || .mutmut/bin/pip install -q --disable-pip-version-check --require-hashes -r $<
	@packages='import sysconfig; print(sysconfig.get_path("purelib"))'; \
	  $(BIN)/python -c "$$packages" >"$$(.mutmut/bin/python -c "$$packages")/developer.pth"
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
