# The two commands that matter: `make demo` and `make test`. Everything lives in .venv.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
NEWEST ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# Two processes: tests start processes of their own. Those of a file share its fixtures.
SPREAD := -n 2 --dist loadfile
PIP := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

export PYTHONUTF8 := 1
export HF_HUB_OFFLINE ?= 1

.PHONY: demo test check minimal bench bench-metering bench-rivals mutate screenshots golden docs tutorial clean
.DEFAULT_GOAL := test

demo: .venv/.run
	$(BIN)/breakeven demo --out demo

test: check minimal
	$(BIN)/python -m pytest $(SPREAD) --cov --cov-report=term $(PYTEST_ARGS)

check: .venv/.dev
	$(BIN)/ruff format --no-cache --check src tests benchmarks tools studies
	$(BIN)/ruff check --no-cache src tests benchmarks tools studies
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/python -m tools.docs --check

# A base without torch: analysis and report must install and run there, on the newest Python at hand.
minimal: .venv-minimal/.done
	.venv-minimal/bin/python -c "import importlib.util as u; assert u.find_spec('torch') is None, 'torch is here'"
	.venv-minimal/bin/python -m pytest -q -o testpaths=tests $(SPREAD) \
		-m "not nlp and not browser and not faults and not slow" -p no:cacheprovider

bench: .venv/.dev
	$(BIN)/python -m benchmarks

# Beside codecarbon and zeus, each in an environment of its own; Linux only.
bench-metering: .venv/.dev
	$(BIN)/python -m benchmarks.metering $(BENCH_ARGS)

# The released rivals and breakeven on the same fake sensors; Linux only, needs namespaces.
bench-rivals: .venv/.dev
	$(BIN)/python -m benchmarks.rivals $(BENCH_ARGS)

mutate: .venv/.dev
	$(BIN)/python -m tools.mutate

screenshots: .venv/.dev
	$(BIN)/python -m tools.screenshots

golden: .venv/.dev
	$(BIN)/python -m tools.golden

# Generated pages, then the site in build/site; offline. The tutorial installs a wheel elsewhere.
docs: .venv/.dev
	$(BIN)/python -m tools.docs
	$(BIN)/python -m tools.site

tutorial: .venv/.dev
	$(BIN)/python -m tools.tutorial

.venv/.run: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found; install it or run make PYTHON=/path/to/python3."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python $(PIP) --editable '.[nlp,report]'
	touch $@

.venv/.dev: .venv/.run
	$(BIN)/python $(PIP) --editable '.[nlp,report,tune,onnx,openvino,nvml,docs,dev]'
	touch $@

.venv-minimal/.done: pyproject.toml constraints.txt
	$(NEWEST) -m venv --clear .venv-minimal
	.venv-minimal/bin/python $(PIP) --editable '.[report,tune]' hypothesis pytest pytest-timeout pytest-xdist
	touch $@

clean:
	rm -rf .venv .venv-minimal demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
