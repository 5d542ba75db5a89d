import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.costs.lifecycle import amortized, amortized_curve, volumes_around
from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import PathwayDefinition, Resource, StudyDefinition
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run

CPU = Resource.CPU_S
FT = PathwayDefinition(name="FT", row="ft")
SIZES = st.floats(min_value=1e-6, max_value=1e12)


def test_average_is_development_shared_out_plus_use() -> None:
    average = amortized(Uncertain.exact(100.0), Uncertain.exact(2.0), volume=50.0)
    assert average.value == 4.0


def test_doubt_of_development_fades_with_use() -> None:
    development = Uncertain(value=100.0, low=80.0, high=120.0, variance=100.0)
    early = amortized(development, Uncertain.exact(2.0), volume=10.0)
    late = amortized(development, Uncertain.exact(2.0), volume=1000.0)
    assert (early.low, early.high) == (10.0, 14.0)
    assert late.variance == pytest.approx(early.variance / 10_000)


@pytest.mark.parametrize("volume", [0.0, -1.0, float("nan")])
def test_no_volume_has_no_average(volume: float) -> None:
    with pytest.raises(ValueError, match="volume must be above 0"):
        amortized(Uncertain.exact(1.0), Uncertain.exact(1.0), volume=volume)


@given(SIZES, SIZES, SIZES, st.floats(min_value=1.0, max_value=1e6))
def test_average_never_rises_with_volume(
    development: float, marginal: float, volume: float, factor: float
) -> None:
    sooner = amortized(Uncertain.exact(development), Uncertain.exact(marginal), volume=volume)
    later = amortized(
        Uncertain.exact(development), Uncertain.exact(marginal), volume=volume * factor
    )
    assert later.value <= sooner.value * (1 + 1e-12)
    assert later.value >= marginal


@given(st.floats(min_value=1.0, max_value=1e12))
def test_planned_volume_stands_in_the_middle_of_ascending_volumes(planned: float) -> None:
    volumes = volumes_around(planned)
    assert volumes[len(volumes) // 2] == planned
    assert all(a < b for a, b in itertools.pairwise(volumes))


def test_curve_has_a_band_that_never_goes_below_zero() -> None:
    runs = [tiny_run("ft", {CPU: (10.0, 5.0)})]
    runs += [tiny_inference("FT", {CPU: v}, block=b) for b, v in enumerate((0.1, 0.2, 9.0))]
    found = study_runs(StudyDefinition(name=STUDY, pathways=(FT,)), runs)
    curve = amortized_curve(pathway_cost(found, FT), CPU, volumes=(1.0, 100.0))
    assert curve is not None
    assert list(curve.average) == pytest.approx([13.1, 3.2])
    assert curve.low[1] == 0.0
    assert all(h > a for h, a in zip(curve.high, curve.average, strict=True))


def test_no_curve_without_use() -> None:
    found = study_runs(StudyDefinition(name=STUDY, pathways=(FT,)), [tiny_run("ft", {CPU: 1.0})])
    assert amortized_curve(pathway_cost(found, FT), CPU, volumes=(1.0,)) is None
