"""What each measure depends on is said for every resource, as the paper says it."""

import pytest

from breakeven.records import Kind, Resource
from breakeven.session.doctor.measures import FACTORS, MEASURES, Measure, explained, legend


def named(words: str) -> Measure:
    return next(measure for measure in MEASURES if measure.name.startswith(words))


def test_every_resource_is_explained() -> None:
    told = {resource for measure in MEASURES for resource in measure.resources}
    assert told == set(Resource)


@pytest.mark.parametrize(
    ("name", "depends_on"),
    [
        # Schwartz et al. 2020, "Measures of efficiency"
        pytest.param("carbon", {"hardware", "place", "time"}, id="local infrastructure, time"),
        pytest.param("energy of a GPU, by", {"hardware"}, id="time- and location-agnostic"),
        pytest.param("duration", {"hardware", "load", "cores"}, id="hardware, other jobs, cores"),
    ],
)
def test_dependence_is_that_of_the_paper(name: str, depends_on: set[str]) -> None:
    extents = dict(zip(FACTORS, named(name).extents, strict=True))
    assert all(extents[factor] == "yes" for factor in depends_on)


@pytest.mark.parametrize("name", ["parameters", "FLOPs"])
def test_counts_do_not_depend_on_the_machine(name: str) -> None:
    extents = dict(zip(FACTORS, named(name).extents, strict=True))
    assert {extents[f] for f in ("hardware", "place", "time", "load", "cores")} == {"-"}
    assert named(name).kind is Kind.COUNTED


def test_energy_does_not_depend_on_place_or_time() -> None:
    for measure in MEASURES:
        if Resource.ENERGY_J in measure.resources:
            assert (measure.place, measure.time) == ("-", "-")


def test_the_limits_of_fpo_are_told() -> None:
    assert "memory traffic and communication" in named("FLOPs").leaves_out


def test_the_table_has_one_column_per_factor_and_a_legend() -> None:
    header, *rows = explained()
    assert header == ("measure", "kind", *FACTORS, "leaves out")
    assert len(rows) == len(MEASURES)
    assert all(len(row) == len(header) and all(row) for row in rows)
    assert all(factor in legend() for factor in FACTORS)
