# The two commands are `make demo` and `make test`; `make bench` measures.
# Builds go to the user's cache folder, so that a clean checkout builds quickly; set CARGO_TARGET_DIR to put them elsewhere.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/countersign/target
CARGO ?= cargo
VENV := $(CARGO_TARGET_DIR)/python
MCP := $(HOME)/.cache/countersign/mcp
LANGUAGES := $(HOME)/.cache/countersign/languages
# Language servers that Node 20 runs; TypeScript 7 has no server of this kind.
LANGUAGE_SERVERS := pyright@1.1.414 typescript-language-server@5.3.0 typescript@5.9.3
PEERS := $(HOME)/.cache/countersign/peers
# Coding agents of other makers, as measured; newer ones want a newer Node than Debian has.
PEER_PROGRAMS := @anthropic-ai/claude-code@2.1.197 @openai/codex@0.171.0 @google/gemini-cli@0.61.0 @qwen-code/qwen-code@0.24.4 opencode-ai@1.18.33 \
	@aaif/goose-binary-linux-x64@1.52.0
# How long each reader is given hostile inputs; `make test` has less time.
FUZZ_SECONDS ?= 20
# The conformance suite is the newest that Node 20 runs.
# fast-check is what specifications are carried out with in the stories, where properties are tested.
MCP_TESTS := @modelcontextprotocol/server-everything@2026.8.31 @modelcontextprotocol/conformance@0.1.13 fast-check@4.11.0

.PHONY: demo test test-peers lint unit fuzz conformance mutants tidy bench needs packages install

demo: ## The December incident, as it would have gone here. PLAY=1: you sit at the desk.
	$(CARGO) build --release --quiet -p countersign
	$(CARGO_TARGET_DIR)/release/countersign demo $(if $(PLAY),--play)

test: FUZZ_SECONDS = 5
test: needs tidy lint unit fuzz conformance ## Everything that must hold.

needs: packages $(MCP)/ready $(LANGUAGES)/ready ## What the tests drive for real.

packages: ## Debian packages.
	@missing=""; for need in git:git ssh-keygen:openssh-client python3:python3 node:nodejs npm:npm cc:gcc c++:g++ setpriv:util-linux cvc5:cvc5 gh:gh pdftotext:poppler-utils go:golang-go gopls:gopls pytest-3:python3-pytest hypothesis:python3-hypothesis; do \
	  command -v $${need%%:*} >/dev/null || missing="$$missing $${need##*:}"; done; \
	if [ -n "$$missing" ]; then echo "installing$$missing"; \
	  $$( [ "$$(id -u)" = 0 ] || echo sudo ) apt-get update -qq && $$( [ "$$(id -u)" = 0 ] || echo sudo ) apt-get install -y -qq $$missing; fi

$(MCP)/ready: Makefile | packages ## The protocol's own test server and suite and a property library, which the tests then use without a network.
	npm install --prefix $(MCP) --no-audit --no-fund --silent $(MCP_TESTS)
	touch $@

$(LANGUAGES)/ready: Makefile | packages ## Language servers, which the tests then run in the box.
	npm install --prefix $(LANGUAGES) --no-audit --no-fund --silent $(LANGUAGE_SERVERS)
	touch $@

mutants: ## Changes the code that decides, one place at a time, and sees whether a test notices: takes hours, and is no part of `test`. MUTANTS='-f …': some of it.
	@command -v $(CARGO_TARGET_DIR)/mutants/bin/cargo-mutants >/dev/null || $(CARGO) install --quiet --locked --root $(CARGO_TARGET_DIR)/mutants cargo-mutants@27.1.0
	PATH="$(CARGO_TARGET_DIR)/mutants/bin:$$PATH" $(CARGO) mutants --workspace --output $(CARGO_TARGET_DIR)/mutants $(MUTANTS)

tidy: ## Edges, sizes, words, forgotten tests.
	$(CARGO) run --quiet -p xtask -- tidy

lint:
	$(CARGO) clippy --workspace --all-targets -- -D warnings

unit: ## Unit, property, escape and scenario tests.
	$(CARGO) test --workspace

test-peers: packages $(PEERS)/ready ## The agents of other makers behind the gate, for real. Downloads them; not a part of `test`.
	$(CARGO) test -p countersign --features peers --test it real_agents:: -- --test-threads=1

$(PEERS)/ready: Makefile | packages
	npm install --prefix $(PEERS) --no-audit --no-fund --ignore-scripts --force $(PEER_PROGRAMS)
	npm rebuild --prefix $(PEERS) --silent @anthropic-ai/claude-code opencode-ai # the only two whose programs come by a script
	touch $@

fuzz: packages ## Hostile inputs for each reader, in the folder `fuzz`.
	sh fuzz/run.sh $(FUZZ_SECONDS) $(CARGO_TARGET_DIR)

$(VENV)/ready:
	python3 -m venv $(VENV) || { $$( [ "$$(id -u)" = 0 ] || echo sudo ) apt-get install -y -qq python3-venv && python3 -m venv $(VENV); }
	$(VENV)/bin/pip install --quiet --disable-pip-version-check openai anthropic pydantic
	touch $@

conformance: $(VENV)/ready ## Our requests against the vendors' own published types.
	COUNTERSIGN_TEST_PYTHON=$(VENV)/bin/python $(CARGO) test -p model --features conformance --test conformance

bench: needs ## Speed and memory, as a table.
	@command -v rg >/dev/null || $$( [ "$$(id -u)" = 0 ] || echo sudo ) apt-get install -y -qq ripgrep # the reference of grep
	$(CARGO) build --release -p countersign
	$(CARGO) run --release --quiet -p xtask -- bench

install: ## Into ~/.cargo/bin.
	$(CARGO) install --path crates/countersign --locked
