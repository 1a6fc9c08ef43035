.DEFAULT_GOAL := help
.PHONY: help venv playground test proof blows simulation check coverage bench schemas lock words mutants clean

PYTHON ?= python3
BIN := .venv/bin
TIMED := tests/e2e/test_live_count.py

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 14

venv: .venv/run  ## the virtual environment, with what the bot needs

.venv/run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what Touchline needs (about half a minute, once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/test: .venv/run requirements-test.lock
	@echo "Installing what the tests need"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-test.lock
	@touch $@

playground: .venv/run  ## a workspace, a carrier, phones and the bot, in your browser
	@$(BIN)/touchline playground

test: .venv/test  ## every test, with a real browser
	@tests/browser/install
	@$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/e2e
	@$(BIN)/python -m pytest -n 2 tests/e2e --ignore $(TIMED)
	@$(BIN)/python -m pytest $(TIMED)

check: .venv/test  ## formatting, lint, types, architecture
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py

proof: coverage mutants simulation blows  ## what takes longer than the suite may: branches, mutants, a club's days, kills

simulation: .venv/test  ## a thousand of a club's days, each with a seed that tells it again
	@$(BIN)/python -m tests.simulation --seeds 1000

blows: .venv/test  ## a thousand kills, freezes, forgeries and a million receipts, at real bots (hours)
	@$(BIN)/python -m tests.proof

mutants: .venv/test  ## the mutation score of bot/rules
	@$(BIN)/python tests/mutation.py

coverage: .venv/test  ## rules, views and cards, which must be covered to the last branch
	@$(BIN)/coverage run -m pytest -q tests/unit
	@$(BIN)/coverage report --include='bot/rules/*,commands/views/*,bot/slack/cards.py,bot/slack/replies.py,bot/slack/blocks.py,bot/slack/labels.py' --skip-covered --fail-under=100

bench: .venv/test  ## the speed table, ratios in one run
	@$(BIN)/python -m tests.bench

schemas:  ## JSON schemas of Slack's own types (needs Node), for the outside checks
	@tests/outside/schemas

words: .venv/test  ## collects the user's words for the translators
	@$(BIN)/python tests/words.py

lock:  ## pins every dependency with its hashes (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --extra postgres -c requirements.lock pyproject.toml -o requirements-postgres.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --extra test -c requirements-postgres.lock pyproject.toml -o requirements-test.lock

clean:  ## removes what these commands made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis mutants build *.egg-info
