# make setup   the environment alone, into .venv
# make run     the product at work with its sample provider: PORT=8000 DATA=var
# make test    all tests
# make texts   the texts of code and templates into the catalogue; translate what it then has as msgstr ""
# Nothing needs root. PYTHON names the interpreter that .venv is made of.

PORT ?= 8000
DATA ?= var
PYTHON ?= python3
TEXTS := $(patsubst %.po,%.mo,$(wildcard campaign/locale/*/LC_MESSAGES/*.po))

.PHONY: setup run test texts

setup: .venv/.ready $(TEXTS) .venv/.warm

run: setup
	@DATA="$(DATA)" PORT="$(PORT)" exec .venv/bin/python manage.py run

# Done again only when the requirements changed; an interrupted set-up leaves no .ready behind.
.venv/.ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, and $(PYTHON) is `$(PYTHON) --version 2>&1`." >&2; \
	  echo "Name another one: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian: apt install python3-venv)." >&2; \
	  exit 1; }
	@echo "Setting up .venv (once, under a minute)"
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# The searches in log lines are compiled once for each state of their sources.
.venv/.warm: .venv/.ready $(wildcard campaign/logs/*.py) campaign/submissions/candidates.py campaign/submissions/json_lines.py
	@.venv/bin/python -m campaign.submissions.warm
	@touch $@

%.mo: %.po .venv/.ready
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@

# All of it on SQLite, and on PostgreSQL again what asks the database; by two processes. In the order of the files: by
# their number of tests, the file with the two that look at every guide would come last, and one process would wait.
# PYTEST takes arguments: make test PYTEST="-k calendar"
test: setup
	@failed=0; \
	for database in "sqlite" "postgresql --only-asking-it"; do \
	  .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --database=$$database $(PYTEST) || failed=1; \
	done; \
	exit $$failed

# Line numbers, wrapped lines and the hour would change with every other commit; a guess at a translation stays unseen.
CATALOGUE := campaign/locale/ja/LC_MESSAGES/django.po
texts: .venv/.ready
	@.venv/bin/pybabel --quiet extract --mapping-file=pyproject.toml --add-location=file --sort-by-file --no-wrap \
	  --output-file=.venv/texts.pot campaign notices templates
	@.venv/bin/pybabel --quiet update --locale=ja --input-file=.venv/texts.pot --output-file=$(CATALOGUE) \
	  --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(MAKE) --no-print-directory $(TEXTS)
