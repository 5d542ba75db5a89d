"""Money: prices per chip-hour both ways, and electricity."""

import math

import pytest

from breakeven.analysis.impacts import (
    chip_hour_price,
    electricity_bill,
    electricity_price,
    implied_price,
    overhead,
    rent,
    stated,
)
from breakeven.errors import UnitMismatchError
from breakeven.units import S_PER_DAY


def days(n: float) -> float:
    return n * S_PER_DAY


@pytest.mark.parametrize(
    ("chips", "n_days", "usd", "expected"),
    [
        pytest.param(64, 4, 7_000, 1.14, id="BERT-large"),
        pytest.param(256, 14, 25_000, 0.29, id="Grover"),
        pytest.param(512, 2.5, 60_000, 1.95, id="XLNet"),
    ],
)
def test_sums_of_green_ai_imply_prices_per_chip_hour(
    chips: int, n_days: float, usd: float, expected: float
) -> None:
    """Schwartz et al. 2020, "Expensive processing"."""
    found = implied_price(stated("price_usd", usd), chips, stated("duration_s", days(n_days)))
    assert found.value is not None
    assert round(found.value, 2) == expected
    assert found.low is None


def test_more_than_a_sum_implies_at_least_a_price() -> None:
    paid = stated("price_usd", 60_000.0, low=60_000.0, high=math.inf)
    found = implied_price(paid, 512, stated("duration_s", days(2.5)))
    assert found.low == pytest.approx(1.953125)
    assert found.high == math.inf


def test_the_implied_price_gives_the_sum_back() -> None:
    duration = stated("duration_s", days(4))
    implied = implied_price(stated("price_usd", 7000.0), 64, duration)
    price = chip_hour_price(implied.value or 0, year=2019, source="implied")
    assert rent(duration, 64, price).value == pytest.approx(7000)


def test_what_35_million_dollars_pay_for_at_the_price_of_xlnet() -> None:
    """AlphaGo, about 35 million dollars (ibid.): 17.9 million chip-hours at 1.95 dollars."""
    price = chip_hour_price(1.953125, year=2019, source="implied by XLNet")
    hours = 35e6 / 1.953125
    assert rent(stated("duration_s", hours * 3600), 1, price).value == pytest.approx(35e6)
    assert hours == pytest.approx(17.92e6)


def test_electricity_is_energy_times_overhead_times_price() -> None:
    price = electricity_price(0.3, currency="EUR", year=2024, source="a bill", low=0.2, high=0.4)
    over = overhead(1.5, year=2024, source="a meter")
    found = electricity_bill(stated("energy_j", 36e6), price, overhead=over)
    assert found.name == "price_eur"
    assert (found.low, found.value, found.high) == pytest.approx((3.0, 4.5, 6.0))
    assert found.method == (
        "energy x PUE 1.5 (2024, a meter) x 0.3 [0.2 to 0.4] EUR/kWh (2024, a bill); "
        "interval: ends multiplied"
    )


def test_another_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="in 'SEK'; give it in EUR or USD"):
        electricity_price(1.0, currency="SEK", year=2024, source="a bill")


@pytest.mark.parametrize("chips", [0.0, -1.0, math.inf])
def test_impossible_chips_are_refused(chips: float) -> None:
    with pytest.raises(ValueError, match="chips must be above 0"):
        implied_price(stated("price_usd", 1.0), chips, stated("duration_s", 1.0))


def test_no_time_implies_no_price() -> None:
    with pytest.raises(ValueError, match="a time above 0"):
        implied_price(stated("price_usd", 1.0), 1, stated("duration_s", 0.0))


def test_euros_imply_no_price_in_dollars() -> None:
    with pytest.raises(UnitMismatchError, match="needs price_usd, got 'price_eur'"):
        implied_price(stated("price_eur", 1.0), 1, stated("duration_s", 1.0))


def test_energy_has_no_chip_hours() -> None:
    price = chip_hour_price(1.0, year=2024, source="a list")
    with pytest.raises(UnitMismatchError, match="chip-hours need duration_s"):
        rent(stated("energy_j", 1.0), 1, price)
