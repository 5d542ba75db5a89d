"""Money: electricity by the kWh, and devices by the hour, both ways.

A paper that names chips, days and a sum states a price per chip-hour without saying so; printed, it
tells at once whether two papers' sums may be compared (Schwartz et al. 2020: BERT-large, Grover and
XLNet imply 1.14, 0.29 and 1.95 dollars).
"""

import math
from dataclasses import replace

from breakeven.analysis.impacts.dated import Dated
from breakeven.analysis.impacts.emissions import refuse_other_than_energy
from breakeven.analysis.impacts.interval import ends_of, times, with_interval_words
from breakeven.analysis.uncertain import once
from breakeven.errors import UnitMismatchError
from breakeven.records import Estimate, Resource
from breakeven.units import J_PER_KWH, S_PER_H

CHIP_HOUR = "price_usd_per_chip_hour"
CURRENCIES = {"EUR": Resource.PRICE_EUR, "USD": Resource.PRICE_USD}


def electricity_price(  # noqa: PLR0913 - one per part of an honest price
    value: float,
    *,
    currency: str,
    year: int,
    source: str,
    low: float | None = None,
    high: float | None = None,
) -> Dated:
    """Price of one kWh of electricity.

    Args:
        value: At least 0.
        currency: EUR or USD.
        year: It holds for.
        source: Who published it.
        low: Lower end of its range.
        high: Upper end.

    Raises:
        ValueError: If the currency is another, or year or source are missing.

    Examples:
        >>> electricity_price(0.3, currency="EUR", year=2024, source="a bill").words
        '0.3 EUR/kWh (2024, a bill)'
    """
    if currency not in CURRENCIES:
        known = " or ".join(CURRENCIES)
        raise ValueError(f"price of electricity is in {currency!r}; give it in {known}")
    return Dated(
        name=f"price_{currency.lower()}_per_kwh",
        title="price of electricity",
        value=value,
        unit=f"{currency}/kWh",
        year=year,
        source=source,
        low=low,
        high=high,
    )


def electricity_bill(energy: Estimate, price: Dated, *, overhead: Dated | None = None) -> Estimate:
    """What the electricity costs: energy x overhead x price.

    Args:
        energy: In joules, total or per item.
        price: Of a kWh.
        overhead: Of the building, which its owner pays too.

    Examples:
        >>> from breakeven.analysis.impacts import stated
        >>> price = electricity_price(0.3, currency="EUR", year=2024, source="a bill")
        >>> found = electricity_bill(stated("energy_j", 36e6), price)
        >>> found.name, found.value
        ('price_eur', 3.0)
    """
    refuse_other_than_energy(energy, what="a bill")
    at_building = energy if overhead is None else times(energy, overhead)
    resource = CURRENCIES[price.unit.partition("/")[0]]
    by = f" x {overhead.words}" if overhead else ""
    found = times(at_building, price, per=J_PER_KWH)
    return replace(
        with_interval_words(found, f"energy{by} x {price.words}"),
        name=energy.name.replace(Resource.ENERGY_J.value, resource.value, 1),
    )


def chip_hour_price(
    usd: float, *, year: int, source: str, low: float | None = None, high: float | None = None
) -> Dated:
    """Price of one device for one hour, electricity included, as providers sell it.

    Args:
        usd: At least 0.
        year: It holds for.
        source: Who published it.
        low: Lower end of its range.
        high: Upper end.

    Examples:
        >>> chip_hour_price(1.14, year=2019, source="a list").words
        '1.14 USD/chip-hour (2019, a list)'
    """
    return Dated(
        name=CHIP_HOUR,
        title="price per chip-hour",
        value=usd,
        unit="USD/chip-hour",
        year=year,
        source=source,
        low=low,
        high=high,
    )


def rent(duration: Estimate, n_chips: float, price: Dated) -> Estimate:
    """What the devices cost by the hour: chips x hours x price.

    Args:
        duration: In seconds, total or per item; each chip is paid for all of it.
        n_chips: Devices, above 0.
        price: Per chip-hour.

    Raises:
        UnitMismatchError: If the estimate is not time.
        ValueError: If there are no chips.

    Examples:
        >>> from breakeven.analysis.impacts import stated
        >>> price = chip_hour_price(1.14, year=2019, source="a list")
        >>> found = rent(stated("duration_s", 4 * 86400), 64, price)
        >>> found.name, round(found.value, 2)
        ('price_usd', 7004.16)
    """
    _refuse_no_chips(duration, n_chips)
    found = times(duration, price, per=S_PER_H / n_chips)
    return replace(
        with_interval_words(found, f"{n_chips:g} chips x hours x {price.words}"),
        name=duration.name.replace(Resource.DURATION_S.value, Resource.PRICE_USD.value, 1),
    )


def implied_price(sum_usd: Estimate, n_chips: float, duration: Estimate) -> Estimate:
    """Price per chip-hour that a sum, a number of chips and a time imply, in dollars.

    Args:
        sum_usd: What was paid; an upper end of infinity says "more than".
        n_chips: Devices, above 0.
        duration: In seconds, above 0.

    Raises:
        UnitMismatchError: If the estimates are not money and time.
        ValueError: If there are no chips or no time.

    Examples:
        BERT-large: 64 TPU chips, 4 days, about 7,000 dollars (Schwartz et al. 2020).

        >>> from breakeven.analysis.impacts import stated
        >>> found = implied_price(stated("price_usd", 7000), 64, stated("duration_s", 4 * 86400))
        >>> found.name, round(found.value, 2)
        ('price_usd_per_chip_hour', 1.14)
    """
    _refuse_no_chips(duration, n_chips)
    if not sum_usd.name.startswith(Resource.PRICE_USD.value):
        raise UnitMismatchError(f"a price per chip-hour needs price_usd, got {sum_usd.name!r}")
    if not duration.value:
        raise ValueError("a price per chip-hour needs a time above 0")
    is_ranged = duration.low is not None or sum_usd.low is not None
    hours = [
        None if end is None else end / S_PER_H for end in ends_of(duration, is_ranged=is_ranged)
    ]
    sums = ends_of(sum_usd, is_ranged=is_ranged)
    return Estimate(
        name=CHIP_HOUR,
        value=(sum_usd.value or 0.0) / (n_chips * duration.value / S_PER_H),
        low=_quotient(sums[0], hours[1], n_chips),
        high=_quotient(sums[1], hours[0], n_chips),
        method=f"sum / ({n_chips:g} chips x hours)",
        n=sum_usd.n,
        kinds=once((*sum_usd.kinds, *duration.kinds)),
        origins=once((*sum_usd.origins, *duration.origins)),
    )


def _quotient(part: float | None, hours: float | None, n_chips: float) -> float | None:
    if part is None or hours is None:
        return None
    return math.inf if hours == 0 else part / (n_chips * hours)


def _refuse_no_chips(duration: Estimate, n_chips: float) -> None:
    if not duration.name.startswith(Resource.DURATION_S.value):
        raise UnitMismatchError(f"chip-hours need duration_s, got {duration.name!r}")
    if not 0 < n_chips < math.inf:
        raise ValueError(f"chips must be above 0 and finite, got {n_chips:g}")
