"""Footprints: products of energy and assumptions, their intervals, and what is never netted."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.impacts import (
    Assumptions,
    Dated,
    Draw,
    Subject,
    carbon,
    chip_hour_price,
    covered_part,
    electricity_price,
    footprint,
    grid,
    grid_intensity,
    overhead,
    span,
    stated,
    times,
    with_overhead,
)
from breakeven.analysis.impacts.dated import RENEWABLE
from breakeven.analysis.impacts.texts import read_market, read_renewable, read_utilisation
from breakeven.errors import UnitMismatchError
from breakeven.records import Estimate, Kind
from breakeven.units import J_PER_KWH

SIZES = st.floats(min_value=1e-6, max_value=1e12)
RATIOS = st.floats(min_value=1.0, max_value=10.0)
FACTORS = st.floats(min_value=0.0, max_value=2.0)
DURLICH = stated("energy_j", 141.1 * 3600, low=141.05 * 3600, high=141.15 * 3600)
HALF = read_renewable("50%,2019,Schwartz et al. 2020 on AWS")


def pue(value: float) -> Dated:
    return overhead(value, year=2018, source="a survey")


def factor(value: float, low: float | None = None, high: float | None = None) -> Dated:
    return grid_intensity(value, place="here", year=2024, source="an agency", low=low, high=high)


@st.composite
def amounts(draw: st.DrawFn) -> Estimate:
    low, middle, high = sorted(draw(SIZES) for _ in range(3))
    return stated("energy_j", middle, low=low, high=high)


@st.composite
def ranged(draw: st.DrawFn) -> Dated:
    low, middle, high = sorted(draw(FACTORS) for _ in range(3))
    return factor(middle, low, high)


def test_the_fine_tuning_of_durlich_in_germany_and_france() -> None:
    """141.1 Wh (Table 1 there) x 1.58 x 0.34414 = 76.7 g; x 0.04418 = 9.85 g."""
    assumed = Assumptions(overhead=pue(1.58), grids=(grid("DE"), grid("FR")))
    (_, germany), (_, france) = footprint(Subject(name="FT", energy=DURLICH), assumed).location
    assert 1e3 * (germany.value or 0) == pytest.approx(76.72, abs=0.01)
    assert 1e3 * (france.value or 0) == pytest.approx(9.849, abs=0.001)
    assert germany.low == pytest.approx((germany.value or 0) * 141.05 / 141.1)


@given(amounts(), RATIOS, RATIOS, FACTORS)
def test_carbon_never_falls_when_the_pue_rises(
    energy: Estimate, one: float, other: float, per_kwh: float
) -> None:
    low, high = sorted((one, other))
    less, more = (carbon(energy, factor(per_kwh), overhead=pue(p)).value for p in (low, high))
    assert (less or 0) <= (more or 0)


@given(amounts(), FACTORS, FACTORS)
def test_carbon_never_falls_when_the_factor_rises(
    energy: Estimate, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    less, more = (carbon(energy, factor(f)).value for f in (low, high))
    assert (less or 0) <= (more or 0)


@given(amounts(), st.lists(ranged(), min_size=3, max_size=3))
def test_the_order_of_factors_does_not_matter(energy: Estimate, factors: list[Dated]) -> None:
    def product(order: tuple[Dated, ...]) -> list[float]:
        found = energy
        for by in order:
            found = times(found, by)
        return [found.low or 0, found.value or 0, found.high or 0]

    first, *rest = (product(order) for order in itertools.permutations(factors))
    assert all(other == pytest.approx(first, rel=1e-9) for other in rest)


@given(amounts(), ranged(), RATIOS)
def test_the_interval_holds_the_value(energy: Estimate, by: Dated, ratio: float) -> None:
    found = carbon(energy, by, overhead=pue(ratio))
    assert found.low is not None
    assert found.value is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high


@given(SIZES, ranged())
def test_the_range_of_an_assumption_alone_gives_an_interval(size: float, by: Dated) -> None:
    found = carbon(stated("energy_j", size), by)
    assert (found.low, found.high) == pytest.approx(
        (size * by.ends[0] / J_PER_KWH, size * by.ends[1] / J_PER_KWH)
    )


def test_without_any_range_no_interval_is_made_up() -> None:
    found = carbon(stated("energy_j", 1.0), factor(0.5), overhead=pue(1.5))
    assert (found.low, found.high) == (None, None)
    assert found.method.endswith("no interval, as nothing in it has one")


def test_an_open_end_stays_open_and_nothing_of_it_is_nothing() -> None:
    open_ended = stated("energy_j", 2.0, low=2.0, high=math.inf)
    assert times(open_ended, factor(0.5)).high == math.inf
    assert times(open_ended, factor(0.0)).high == 0.0


def test_kinds_are_the_union() -> None:
    measured = Estimate(name="energy_j", value=1.0, method="", n=1, kinds=(Kind.MEASURED,))
    assert with_overhead(measured, pue(1.5)).kinds == (Kind.MEASURED, Kind.ASSUMED)


def test_half_renewable_power_leaves_the_gross_amount_as_it_is() -> None:
    """R003-21: AWS covered 50 % of its power by renewable energy (Schwartz et al. 2020)."""
    plain = footprint(Subject(name="x", energy=DURLICH), Assumptions(grids=(grid("US"),)))
    told = footprint(
        Subject(name="x", energy=DURLICH), Assumptions(grids=(grid("US"),), renewable=HALF)
    )
    gross = plain.location[0][1].value or 0
    assert told.location[0][1].value == gross
    assert told.covered[0][1].value == pytest.approx(gross / 2)
    assert "not subtracted" in told.covered[0][1].method


def test_market_and_location_stand_apart() -> None:
    assumed = Assumptions(grids=(grid("PL"),), market=read_market("0 kg/kWh,2024,a contract"))
    found = footprint(Subject(name="x", energy=DURLICH), assumed)
    assert found.market is not None
    assert found.market.value == 0
    assert (found.location[0][1].value or 0) > 0.08


def test_measured_energy_is_not_replaced_by_a_model() -> None:
    draws = (Draw(part="all", power_w=1e6),)
    subject = Subject(name="x", energy=DURLICH, duration=stated("duration_s", 60.0))
    found = footprint(subject, Assumptions(draws=draws))
    assert found.energy == DURLICH
    assert not found.is_modelled


def test_time_on_somebody_elses_machine_is_not_modelled_with_our_draw() -> None:
    draws = Assumptions(draws=(Draw(part="all", power_w=100),))
    ours = Subject(name="x", duration=stated("duration_s", 60.0))
    theirs = Subject(name="y", duration=stated("duration_s", 60.0), is_elsewhere=True)
    assert footprint(ours, draws).is_modelled
    assert footprint(theirs, draws).energy is None


def test_absent_energy_has_no_carbon_and_no_bill_but_may_have_rent() -> None:
    assumed = Assumptions(
        grids=(grid("DE"),),
        electricity=electricity_price(0.3, currency="EUR", year=2024, source="x"),
        chip_hour=chip_hour_price(2.0, year=2024, source="x"),
        n_chips=3,
    )
    found = footprint(Subject(name="x", duration=stated("duration_s", 3600.0)), assumed)
    assert (found.energy, found.location, found.bill) == (None, (), None)
    assert found.rent is not None
    assert found.rent.value == 6.0


def test_utilisation_scales_rated_power() -> None:
    assumed = Assumptions(
        draws=(Draw(part="gpu", power_w=250, n_devices=8),),
        utilisation=read_utilisation("0.7,0.6-0.8,2024,our logs"),
    )
    found = footprint(Subject(name="x", duration=stated("duration_s", 10.0)), assumed)
    assert found.energy is not None
    assert (found.energy.low, found.energy.value, found.energy.high) == pytest.approx(
        (12_000, 14_000, 16_000)
    )
    assert assumed.inputs[0].name == "utilisation_frac"


def test_one_grid_has_no_span() -> None:
    found = footprint(Subject(name="x", energy=DURLICH), Assumptions(grids=(grid("DE"),)))
    assert span(found) is None


def test_a_share_is_of_something_gross() -> None:
    share = Dated(name=RENEWABLE, title="share", value=0.25, year=2024, source="x")
    assert covered_part(stated("carbon_kgco2e", 8.0), share).value == 2.0


def test_an_overhead_is_of_energy() -> None:
    with pytest.raises(UnitMismatchError, match="an overhead needs an estimate of energy_j"):
        with_overhead(stated("duration_s", 1.0), pue(1.5))


def test_a_stated_number_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="0 <= low <= value <= high"):
        stated("energy_j", 1.0, low=2.0, high=3.0)
