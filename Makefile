PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint docs validate validate-quick clean

demo: $(VENV)/installed  ## analyse the sample clip and say where the report is
	$(BIN)/sprint-analyzer demo --force

test: $(VENV)/installed-test lint  ## every check
	$(BIN)/pytest -n 2 --dist loadgroup --nbmake --cov --cov-report=term tests notebooks
	$(BIN)/python -m validation.run --quick

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/installed-test  ## regenerate what is generated from the code
	$(BIN)/python -m analyzer.outputs.metric_dictionary > docs/metrics.md
	$(BIN)/python docs/reference.py
	$(BIN)/python docs/illustrate.py

validate: $(VENV)/installed-test  ## the full accuracy run: an hour
	$(BIN)/python -m validation.run --full

validate-quick: $(VENV)/installed-test  ## three rendered clips: minutes
	$(BIN)/python -m validation.run --quick

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[test]"
	touch $@

clean:
	rm -rf $(VENV) sprint_sample_sprint
