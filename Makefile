# Kuma Lite: every command of the house, in one place. `make` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PAGE := frontend_dist/index.html
MODULES := frontend/node_modules/.package-lock.json
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Where `make run` listens and keeps its data.
HOST ?= 127.0.0.1
PORT ?= 3001
DATA_DIR ?= ./data

# What the built page is made of: it is built again only when one of these is newer.
PAGE_SOURCES := $(shell find frontend/src frontend/public frontend/build frontend/*.html frontend/*.ts \
	-type f -not -name '*.test.ts' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- install ---------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(VENV)/.installed-dev ## install Kuma Lite and all its tools into .venv

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Kuma Lite needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# The programs and libraries a server needs, at the locked versions, each verified by its hash.
$(VENV)/.installed: packaging/requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV) ..."
	@$(PIP) install --require-hashes --requirement packaging/requirements.txt
	@KUMA_LITE_SKIP_UI=1 $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# And what builds, checks and tests it.
$(VENV)/.installed-dev: packaging/requirements-dev.txt $(VENV)/.installed
	@$(PIP) install --require-hashes --requirement packaging/requirements-dev.txt
	@touch $@

# Clients that have to work, each in a folder of its own: three of them are the same Python module. They use the
# libraries of .venv; pythonkuma asks for Python 3.12 and runs on 3.11. And Apprise, which is an extra of the server.
CLIENTS := $(patsubst tests/clients/packages/%.txt,build/clients/%/.installed,$(wildcard tests/clients/packages/*.txt)) \
	build/clients/go-uptime-kuma-client/.installed build/clients/terraform-provider-uptimekuma/.installed \
	build/clients/pebble/.installed build/programs/.installed

.PHONY: clients
clients: $(CLIENTS) ## install the foreign clients and Apprise, which the tests use, into build/clients

build/clients/%/.installed: tests/clients/packages/%.txt | $(VENV)/.installed-dev
	@rm -rf $(@D)
	@$(PIP) install --require-hashes --no-deps --no-build-isolation --ignore-requires-python \
		--target $(@D) --requirement $<
	@touch $@

# The own tests of the Go client and of the Terraform provider, where Go is.
build/clients/go-uptime-kuma-client/.installed: tests/clients/go/install tests/clients/go/client_main_test.go
	@tests/clients/go/install $(@D) github.com/breml/go-uptime-kuma-client@v0.4.2 \
		h1:9n630BMjethzqh4O5cpps0ilrQYukSV59fln2rEJiYQ= . tests/clients/go/client_main_test.go

build/clients/terraform-provider-uptimekuma/.installed: tests/clients/go/install tests/clients/go/install-tofu \
		tests/clients/go/provider_main_test.go
	@tests/clients/go/install $(@D) github.com/breml/terraform-provider-uptimekuma@v0.4.0 \
		h1:+rs01iWP0xIa8Wnntwqr1udmtZWsp1BLeVyS2JhnsZ0= internal/provider tests/clients/go/provider_main_test.go
	@if [ -e $@ ]; then tests/clients/go/install-tofu $(@D); fi

# A certificate authority for the tests of ACME, where Go is.
build/clients/pebble/.installed: tests/peers/install-pebble
	@tests/peers/install-pebble $(@D)

# An S3 server and Litestream for the tests of backups, where Go is.
build/programs/.installed: tests/peers/install-programs
	@tests/peers/install-programs $(@D)

.PHONY: lock
lock: $(BIN)/python ## choose new versions within pyproject.toml (UPGRADE=1 takes the newest)
	@$(PIP) install uv
	@PYTHON=$(BIN)/python packaging/lock $(if $(UPGRADE),--upgrade)

# --- page ------------------------------------------------------------------------------------------------

.PHONY: frontend
frontend: $(PAGE) ## build the page when a source is newer

$(MODULES): frontend/package.json frontend/package-lock.json
	@packaging/npm-install
	@touch $@

$(PAGE): $(MODULES) $(PAGE_SOURCES)
	@mkdir -p build && touch build/page-begun
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch -r build/page-begun $@ # what changed meanwhile is newer

# --- run -------------------------------------------------------------------------------------------------

.PHONY: run
run: $(VENV)/.installed $(PAGE) ## start the server (HOST, PORT, DATA_DIR)
	@echo "Kuma Lite keeps its data in $(DATA_DIR); open http://$(HOST):$(PORT)/ (Ctrl-C stops it)"
	@exec $(BIN)/kuma-lite serve --host $(HOST) --port $(PORT) --data-dir $(DATA_DIR)

# --- check -----------------------------------------------------------------------------------------------

.PHONY: lint
lint: setup $(MODULES) ## ruff, mypy --strict, and vue-tsc and eslint for the page; all of them, whatever fails
	@failed=0; \
	$(BIN)/ruff check --quiet . || failed=1; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	(cd frontend && npm run --silent check) || failed=1; \
	exit $$failed

.PHONY: test-page
test-page: $(MODULES) ## the tests of the page alone
	@cd frontend && npm test --silent

.PHONY: lists
lists: setup ## write what is declared into the README, the reference in docs/ and the list of what the page translates
	@$(BIN)/python -m tests.test_lists
	@$(BIN)/python -m tests.test_service_docs
	@$(BIN)/python -m tests.handbook.reference
	@$(BIN)/python -m tests.test_page_texts

.PHONY: system-packages
system-packages: ## install the programs the tests use (Debian, as root; otherwise says which are missing)
	@packaging/system-packages

.PHONY: test
test: setup clients frontend system-packages ## everything: lint, tests of the page, tests of the server, in a browser, of the binary
	@packaging/test $(TESTS)

.PHONY: mutants
mutants: setup ## change the pure modules one thing at a time: do the tests notice? (a quarter of an hour; MUTANTS="name*")
	@$(BIN)/python -m tests.mutants $(MUTANTS)

.PHONY: terraform
terraform: setup clients ## all acceptance tests of the Terraform provider against a server of our own (a quarter of an hour)
	@$(BIN)/python -m tests.clients.terraform $(TERRAFORM)

.PHONY: outages
outages: setup ## break link, upstream and resolver 100 times each way: false alarms, missed ones (root; two hours)
	@unshare --net --mount $(BIN)/python -m tests.campaigns.outages $(OUTAGES)

.PHONY: soak
soak: setup ## an hour of 1,000 monitors and 200 dashboards: memory, files, lateness (SOAK="--minutes 10")
	@$(BIN)/python -m tests.campaigns.soak $(SOAK)

.PHONY: kills
kills: setup ## kill a loaded server 300 times: is anything lost that was acknowledged? (a quarter of an hour; KILLS="--kills 30")
	@$(BIN)/python -m tests.campaigns.kills $(KILLS)

.PHONY: bench
bench: setup ## measure the server against its budgets
	@$(BIN)/python -m tests.benchmarks
	@$(BIN)/python -m tests.benchmarks.types
	@$(BIN)/python -m tests.benchmarks.notifications
	@$(BIN)/python -m tests.benchmarks.status_page

.PHONY: bench-peers
bench-peers: setup ## measure the server beside Gatus and blackbox_exporter, and Uptime Kuma in UPTIME_KUMA=CHECKOUT
	@tests/peers/install-bench-peers build/bench-peers
	@$(BIN)/python -m tests.benchmarks.peers $(if $(UPTIME_KUMA),--uptime-kuma $(UPTIME_KUMA))

.PHONY: bench-ui
bench-ui: setup frontend system-packages ## measure the page in Chromium against its budgets
	@$(BIN)/python -m tests.benchmarks.ui

# --- ship ------------------------------------------------------------------------------------------------

.PHONY: binary
binary: dist/kuma-lite ## dist/kuma-lite (one file) and dist/kuma-lite-onedir/ with its .tar.gz

dist/kuma-lite: $(VENV)/.installed-dev $(PAGE) $(shell find kuma_lite -name '*.py') \
		packaging/kuma-lite.spec packaging/binary_entry.py packaging/build-binary packaging/archive \
		$(wildcard packaging/*.service)
	@mkdir -p build && touch build/binary-begun
	@packaging/build-binary
	@touch -r build/binary-begun $@

.PHONY: image
image: dist/kuma-lite ## an image of the program for containers, in dist/ (buildah; no engine, no base image)
	@packaging/image

.PHONY: release
release: $(VENV)/.installed-dev $(PAGE) ## all of a release in dist/release, for every machine (root; hours the first time)
	@packaging/release/release $(RELEASE)

.PHONY: reproducible
reproducible: $(VENV)/.installed-dev $(PAGE) ## make a release twice: are both the same, byte for byte?
	@packaging/release/reproducible $(RELEASE)
.PHONY: deb
deb: binary ## dist/kuma-lite_<version>_<architecture>.deb from the one-dir
	@packaging/build-deb

.PHONY: test-machines
test-machines: binary ## install package, script and wheel as people do (root, systemd-nspawn, pipx; three minutes)
	@KUMA_LITE_MACHINES=1 $(BIN)/python -m pytest -p no:xdist tests/packaging/test_machines.py tests/packaging/test_pipx.py

.PHONY: templates
templates: setup ## write what others install us with (Homebrew, Helm ...) from packaging/appliance.toml
	@$(BIN)/python packaging/templates.py

.PHONY: release-key
release-key: setup ## make the key that signs releases: the private half outside of here (KEY=FILE), the public half in the code
	@$(BIN)/python packaging/release_key.py make $(KEY)

.PHONY: sign
sign: setup ## sign dist/release/SHA256SUMS with that key (KEY=FILE), and put the install scripts beside it
	@cp packaging/install.sh packaging/install-agent.sh dist/release/
	@$(BIN)/python packaging/release_key.py sign $(KEY)

.PHONY: clean
clean: ## remove what was built; .venv and data stay
	rm -rf build dist mutants frontend_dist frontend/node_modules .mypy_cache .ruff_cache .pytest_cache
