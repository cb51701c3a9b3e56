PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: run test lint bench lighthouse manual

.venv/runtime: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/development: requirements-dev.txt .venv/runtime
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# The Nu HTML checker, where there are npm and Java; without it its tests are skipped and say so.
.venv/checker: .venv/runtime
	@if command -v npm >/dev/null && command -v java >/dev/null; then \
	  npm install --silent --no-save --no-fund --prefix .venv/nu vnu-jar@26.9.27 && touch $@ || echo "Nu 校验器没有取到"; fi

run: .venv/runtime
	@$(BIN)/python manage.py set_up
	@$(BIN)/gunicorn portal.wsgi --config portal/gunicorn.py --bind 127.0.0.1:$(PORT)

test: .venv/development .venv/checker
	$(BIN)/pytest --numprocesses auto --dist loadscope

lint: .venv/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -z -- '*.html' | xargs -0 $(BIN)/djade --target-version 5.2 --check
	git ls-files -z -- '*.py' ':!*/migrations/*' | xargs -0 $(BIN)/django-upgrade --target-version 5.2
	$(BIN)/mypy
	$(BIN)/lint-imports

# BENCH="--sizes 300,1000 --cmrc cmrc2018_dev.json" and so on: see python -m tests.bench -h
bench: .venv/development
	@$(BIN)/python -m tests.bench $(BENCH)

# The pictures of docs/manual, from a portal of its own; needs Chromium.
manual: .venv/development
	@$(BIN)/python -m docs.manual_pictures

# Scores of the main pages; needs npm with Node 18 or newer, and Chromium.
lighthouse: .venv/development .venv/lighthouse
	@$(BIN)/python -m tests.lighthouse

.venv/lighthouse:
	npm install --silent --no-save --no-fund --prefix $@ lighthouse@12.8.2
