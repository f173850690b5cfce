# Two commands: `make run` shows the dashboard, `make test` runs the tests. Both install what they need into .venv.
PYTHON ?= python3
BIN = .venv/bin

run: .venv/run-installed
	$(BIN)/streamlit run dashboard.py

test: .venv/test-installed
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

lint: .venv/test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

docs: .venv/test-installed
	$(BIN)/python -m docs.build

.venv/run-installed: requirements.txt constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/test-installed: .venv/run-installed requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

.PHONY: run test lint docs
