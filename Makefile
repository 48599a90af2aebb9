# Every target prepares .venv by itself, and only when what must be installed has changed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

# One film is made by some twenty processes: each would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo genres test lint serve notebooks clean

demo: $(VENV)/ready
	$(BIN)/python -m mvkit demo

genres: $(VENV)/ready
	$(BIN)/python -m mvkit song --all runs/songs
	$(BIN)/python -m mvkit batch benchmarks/genres.toml --name genres

# Three at a time: tests wait for browsers and clocks as often as for a processor. What libraries
# calculate stays on one core each, as three that spread over two spend their time changing places.
test: export OMP_NUM_THREADS = 1
test: $(VENV)/warm lint
	$(BIN)/python -m pytest -n 3 --dist worksteal

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/nbstripout --verify $(NBSTRIP) notebooks/*.ipynb

serve: $(VENV)/ready
	$(BIN)/python -m mvkit serve

notebooks: $(VENV)/ready
	$(BIN)/jupyter lab --notebook-dir . --LabApp.default_url /lab/tree/notebooks

clean:
	rm -rf $(VENV)
	find mvkit -name '*.nb[ci]' -delete

NBSTRIP := --extra-keys "metadata.papermill cell.metadata.papermill metadata.language_info.version"

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/ready: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt --editable .
	touch $@

$(VENV)/warm: $(VENV)/ready
	$(BIN)/python -m mvkit.warm
	touch $@

$(VENV)/ready-dev: requirements-dev.txt requirements-local.txt requirements-neural.txt requirements-wishes.txt $(VENV)/ready
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@
