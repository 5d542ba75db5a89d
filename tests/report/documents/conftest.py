"""Studies that documents are filled from: one with every kind of record, one of hostile names."""

import pytest
from tests.report.documents.hostile import LABEL, STUDY, hostile_runs

from breakeven.analysis.impacts import Assumptions, grid, overhead
from breakeven.analysis.overview import analyse
from breakeven.report.documents.basis import Basis, Stated, basis
from breakeven.testing.runs import example_runs

STATED = Stated(
    public="yes, https://example.org/model",
    location="Uppsala, Sweden",
    assumed=Assumptions(
        overhead=overhead(1.2, low=1.1, high=1.3, year=2023, source="our bill"),
        grids=(grid("SE"),),
    ),
)


@pytest.fixture(scope="session")
def unstated() -> Basis:
    """The made-up study, of which nobody states anything."""
    definition, runs = example_runs()
    return basis(analyse(definition, runs), runs)


@pytest.fixture(scope="session")
def stated() -> Basis:
    """The same with place, grid, PUE and address."""
    definition, runs = example_runs()
    return basis(analyse(definition, runs), runs, stated=STATED)


@pytest.fixture(scope="session")
def attacked() -> Basis:
    """The same under hostile names, and hostile statements."""
    definition, runs = hostile_runs()
    told = Stated(public=f"yes, {LABEL}", location=STUDY, assumed=STATED.assumed)
    return basis(analyse(definition, runs), runs, stated=told)
