import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.costs.ratio import Choice, best_for_cost, cheapest_for_product, efficiency
from breakeven.analysis.impacts import Dated, carbon, grid_intensity, overhead
from breakeven.errors import UnitMismatchError
from breakeven.records import Estimate, Kind, NoteCode

SIZES = st.floats(min_value=1e-6, max_value=1e9)
CHOICES = st.lists(
    st.builds(Choice, name=st.just("m"), product=SIZES, cost=SIZES), min_size=1, max_size=8
)


def energy(name: str = "energy_j per example") -> Estimate:
    return Estimate(
        name=name,
        value=3.6e6,
        low=1.8e6,
        high=None,
        level=0.95,
        method="",
        n=3,
        kinds=(Kind.MEASURED,),
    )


def grid(value: float = 0.5, year: int = 2024, source: str = "an agency") -> Dated:
    return grid_intensity(value, place="here", year=year, source=source)


def test_carbon_is_energy_times_pue_times_intensity() -> None:
    found = carbon(energy(), grid(), overhead=overhead(1.58, year=2018, source="a survey"))
    assert found.value == pytest.approx(0.79)
    assert found.low == pytest.approx(0.395)
    assert found.high is None
    assert found.name == "carbon_kgco2e per example"


def test_carbon_carries_its_assumptions() -> None:
    found = carbon(energy(), grid(), overhead=overhead(1.58, year=2018, source="a survey"))
    assert found.kinds == (Kind.MEASURED, Kind.ASSUMED)
    assert found.notes[0].code is NoteCode.ASSUMED_NUMBERS
    assert found.method == (
        "energy x 0.5 kg CO2e/kWh (here, 2024, an agency), PUE 1.58 (2018, a survey); "
        "interval: ends multiplied"
    )


def test_carbon_of_something_else_is_refused() -> None:
    with pytest.raises(UnitMismatchError, match="got 'cpu_s'"):
        carbon(energy("cpu_s"), grid())


@pytest.mark.parametrize(
    ("value", "year", "source", "words"),
    [
        (0.5, 2024, " ", "has no source"),
        (0.5, 24, "x", "has the year 24"),
        (-0.1, 2024, "x", "at least 0, got -0.1"),
        (float("inf"), 2024, "x", "must be finite"),
    ],
)
def test_undated_or_impossible_intensity_is_refused(
    value: float, year: int, source: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        grid(value, year, source)


def test_pue_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at least 1, got 0\.9"):
        overhead(0.9, year=2018, source="a survey")


@given(SIZES, SIZES, st.floats(min_value=1.0, max_value=1e3))
def test_efficiency_falls_with_cost_and_rises_with_product(
    product: float, cost: float, factor: float
) -> None:
    assert efficiency(product, cost * factor) <= efficiency(product, cost)
    assert efficiency(product * factor, cost) >= efficiency(product, cost)


@pytest.mark.parametrize(
    ("product", "cost", "words"), [(1.0, 0.0, "cost must be above 0"), (-1.0, 1.0, "product must")]
)
def test_impossible_efficiency_is_refused(product: float, cost: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        efficiency(product, cost)


def test_ties_go_to_the_better_one() -> None:
    better, worse = Choice(name="b", product=2, cost=1), Choice(name="w", product=1, cost=1)
    cheaper = Choice(name="c", product=2, cost=0.5)
    assert cheapest_for_product([worse, better], at_least=0) == better
    assert best_for_cost([better, cheaper], at_most=1) == cheaper


def test_nothing_affordable() -> None:
    assert best_for_cost([Choice(name="a", product=1, cost=2)], at_most=1) is None


@given(CHOICES)
def test_both_readings_agree_with_the_ratio_at_their_own_point(choices: list[Choice]) -> None:
    best = max(choices, key=lambda c: efficiency(c.product, c.cost))
    by_product = cheapest_for_product(choices, at_least=best.product)
    by_cost = best_for_cost(choices, at_most=best.cost)
    assert by_product is not None
    assert by_cost is not None
    assert by_product.cost <= best.cost
    assert by_cost.product >= best.product
