# Two commands are enough: `make report` and `make test`. Each makes the environment it needs.
PYTHON ?= python3
UV ?= uv
VENV := .venv
READY := $(VENV)/ready
SPARK_READY := $(VENV)/spark-ready
BIN := $(VENV)/bin

# pip answers for the environment alone; where it finds packages is the machine's affair.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help report test lab lint format bench docs lock schema spark browser clean distclean $(VENV)

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

report: $(READY) ## publish the sample company's last complete month
	@$(BIN)/python -m compileall -q kpilib
	$(BIN)/kpilib report --data data/sample

# Where there is a browser, the suite has run the topics' notebooks in JupyterLab, each in a kernel that knows nothing of
# kpilib and from its own folder: only the lessons, whose outputs are compared too, are left.
BROWSER := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))
NOTEBOOKS = $(if $(BROWSER),notebooks/lessons,notebooks)

# A file of tests stays in one process, and the longest come first, as tests/conftest.py sorts them. The bytecode of
# tests is kept even where the environment forbids it: writing out what each `assert` compares is half the work of
# collecting them, and every process collects them all. Notebooks run beside the tests, so that no core waits for
# their kernels; those in tests/ are broken on purpose.
test: $(READY) ## run the whole test suite, and every notebook
	@$(BIN)/python -m compileall -q kpilib tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder \
	    --nbval-lax --ignore-glob='$(CURDIR)/tests/*.ipynb' tests $(NOTEBOOKS)

lab: $(READY) ## open the notebooks in JupyterLab
	$(BIN)/kpilib lab

lint: $(READY) ## check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## mend what lint finds and can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## time the month and 30 million sessions beside other ways, and measure how honest the figures are
	@$(BIN)/python -m compileall -q kpilib tests
	$(BIN)/python -m tests.benchmarks

docs: $(READY) ## make the documentation's site in build/site, and docs/emailing.ipynb, to be read without running anything
	$(BIN)/python docs/emailing.py
	$(BIN)/python docs/site.py

# Wheels only: nothing is built, so no set-up code of a package runs during the installation. PySpark, which few
# need, is the exception and has a lock of its own.
COMPILE := $(UV) pip compile --universal --python-version 3.11 --only-binary :all: \
    --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet $(if $(UPGRADE),--upgrade)

lock: ## bring the lock files in line with pyproject (needs uv; UPGRADE=1 takes the newest)
	$(COMPILE) --extra test --group build --output-file requirements.lock pyproject.toml
	$(COMPILE) --group spark --no-binary pyspark --output-file requirements-spark.lock

schema: $(READY) ## write the JSON schema of objectives.yaml again, after the catalogue changed
	$(BIN)/python -m kpilib.objectives.written

spark: $(SPARK_READY) ## add PySpark to the environment, for tables on Spark and their tests (needs Java 17)

browser: ## install Chromium for the browser tests (Debian and Ubuntu, as root)
	apt-get update
	apt-get install --yes --no-install-recommends chromium || \
	    apt-get install --yes --no-install-recommends chromium-browser

clean: ## remove caches and builds
	rm -rf build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -path './$(VENV)' -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) \
	    -prune -exec rm -rf {} +

distclean: clean ## remove the environment too
	rm -rf $(VENV)

$(VENV): $(READY)

# The pip of the lock comes first: half the work of the one that ships with Python 3.11, and the same everywhere.
# pip compiles one file at a time and PYTHONDONTWRITEBYTECODE may forbid Python to do it later, so all of
# it is compiled here, on every core: imports are three times slower without. The packages' own tests are left
# out; some hold files that are broken on purpose, which -qq and the leading dash pass over.
# The lock is whole, so that `pip install -r requirements.lock` works; rfc3987-syntax is left out of this
# environment: where it is, jsonschema builds a grammar on import, for a format that no Jupyter schema uses, and
# nbformat takes 1.8 s to import instead of 0.2 s.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 15) else \
	    "kpilib needs Python 3.11 to 3.14, this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@sed -n '/^pip==/,/[^\]$$/p' requirements.lock > $(VENV)/pip.lock
	$(PIP) install --quiet --no-compile --no-deps --require-hashes -r $(VENV)/pip.lock
	@sed '/^rfc3987-syntax==/,/[^\]$$/d' requirements.lock > $(VENV)/packages.lock
	$(PIP) install --quiet --no-compile --no-deps --require-hashes -r $(VENV)/packages.lock
	$(PIP) install --quiet --no-compile --no-deps --no-build-isolation --editable .
	$(PIP) check
	-@$(BIN)/python -m compileall -qq -j 0 -x '/tests/' $(VENV)/lib
	@touch $(READY)

# PySpark is built from its source, by the setuptools of the lock: what carries no hash is not installed.
$(SPARK_READY): requirements-spark.lock $(READY)
	@sed -n '/^setuptools==/,/[^\]$$/p' requirements-spark.lock > $(VENV)/setuptools.lock
	$(PIP) install --quiet --no-deps --require-hashes -r $(VENV)/setuptools.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --require-hashes -r requirements-spark.lock
	$(PIP) check
	@touch $(SPARK_READY)
