PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test coverage fuzz lint docs bench validate validate-quick validate-gauntlet validate-kinds clean

demo: $(VENV)/installed  ## analyse the sample clip and say where the report is
	$(BIN)/sprint-analyzer demo --force

test: $(VENV)/installed-test lint  ## every check
	$(BIN)/pytest -n 2 --dist loadgroup --nbmake tests notebooks
	$(BIN)/python -m validation.run --quick

coverage: $(VENV)/installed-test  ## which lines the tests reach; takes a third longer than the tests alone
	$(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report=term tests

fuzz: $(VENV)/installed-test  ## half an hour of random and damaged joints
	FUZZ_MINUTES=30 $(BIN)/pytest -n 0 tests/reliability/test_fuzz_joints.py

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/installed-test  ## regenerate what is generated from the code, and the site of all pages in site/
	$(BIN)/python -m analyzer.outputs.metric_dictionary > docs/metrics.md
	$(BIN)/python docs/reference.py
	$(BIN)/python docs/illustrate.py
	$(BIN)/python docs/drawings.py
	$(BIN)/python -m validation.reliability
	$(BIN)/python docs/supply.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

bench: $(VENV)/installed-test  ## speed and memory beside the plain loop; BENCH="--full --long" for all of it
	$(BIN)/python benchmarks/bench.py $(BENCH)

validate: $(VENV)/installed-test  ## the full accuracy run: an hour
	$(BIN)/python -m validation.run --full

validate-quick: $(VENV)/installed-test  ## three rendered clips: minutes
	$(BIN)/python -m validation.run --quick

validate-gauntlet: $(VENV)/installed-test  ## what people bring, and what is said of it: ten minutes
	$(BIN)/python -m validation.gauntlet

validate-kinds: $(VENV)/installed-test  ## every kind of footage on new bodies: an hour
	$(BIN)/python -m validation.kinds --write

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[test]"
	touch $@

clean:
	rm -rf $(VENV) site sprint_sample_sprint
