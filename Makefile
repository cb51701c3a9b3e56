PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: run test lint bench

.venv/runtime: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/development: requirements-dev.txt .venv/runtime
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

run: .venv/runtime
	@$(BIN)/python manage.py set_up
	@$(BIN)/gunicorn portal.wsgi --config portal/gunicorn.py --bind 127.0.0.1:$(PORT)

test: .venv/development
	$(BIN)/pytest --numprocesses auto

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
