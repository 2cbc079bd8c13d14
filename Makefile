# Run from a checkout with a virtual environment in .venv: make install
PYTHON := .venv/bin/python
BIN := .venv/bin
# The settings as an operator runs them, with a data folder that may be thrown away.
PRODUCTION := COMITY_BASE_URL=https://market.example COMITY_DATA=build/check DJANGO_SETTINGS_MODULE=comity.config.settings

.PHONY: help install test full cover branches check prove docs lock

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 16

install:  ## create .venv with everything a contributor needs
	python3 -m venv .venv
	$(BIN)/pip install --quiet -e ".[dev]"

test:  ## the suite as README's second command runs it
	$(PYTHON) -m pytest

full:  ## the slow tests, then the suite on PostgreSQL
	$(PYTHON) -m pytest -m full
	COMITY_REQUIRE_PG=1 COMITY_TEST_DATABASE=postgres $(PYTHON) -m pytest -m "not full or postgres"

cover:  ## branch coverage of the suite
	$(PYTHON) -m pytest --cov --cov-report=term:skip-covered

branches:  ## the rule engine's own tests try every branch of it, by examples that were chosen; fails where they do not
	$(PYTHON) -m pytest tests/policy -m "not full and not hypothesis" --cov --cov-report=
	$(BIN)/coverage report --include="*/comity_policy/*" --fail-under=100 --show-missing --skip-covered

check:  ## what must hold besides the tests; .ci/run ends with it
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTHON) tools/requirements.py --check
	$(PYTHON) tools/rules.py --check
	$(PRODUCTION) $(PYTHON) -m django makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON) -m django check --deploy --fail-level WARNING

prove:  ## every promise of reliability and security at full size, a JSON line each (an hour)
	$(PYTHON) tools/prove.py

docs:  ## write the generated pages anew
	$(PYTHON) tools/requirements.py
	$(PYTHON) tools/rules.py

lock:  ## pin what `pip install --require-hashes -r requirements.lock` installs (needs uv)
	uv export --quiet --no-header --no-emit-project --format requirements-txt > requirements.lock
