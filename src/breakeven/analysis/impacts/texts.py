"""Texts: every assumption of an impact as people type it on the command line.

Each is `VALUE[,LOW-HIGH],YEAR,SOURCE`; what cannot be read is refused with what to write.
"""

from dataclasses import replace

from breakeven.analysis.impacts.amounts import DOLLARS, KG_PER_LB
from breakeven.analysis.impacts.dated import (
    MARKET,
    RENEWABLE,
    UTILISATION,
    Dated,
    grid_intensity,
    overhead,
)
from breakeven.analysis.impacts.dated_text import dated_text
from breakeven.analysis.impacts.grids import grid
from breakeven.analysis.impacts.money import chip_hour_price, electricity_price

INTENSITY_UNITS = {"kg/kWh": 1.0, "g/kWh": 1e-3, "lb/kWh": KG_PER_LB, "t/MWh": 1.0}
FRACTION_UNITS = {"": 1.0, "%": 0.01}
PRICE_UNITS = {"EUR/kWh": 1.0, "USD/kWh": 1.0, "EUR/MWh": 1e-3, "USD/MWh": 1e-3}
NO_UNIT = {"": 1.0}


def read_overhead(text: str) -> Dated:
    """Read a PUE.

    Raises:
        ValueError: If it cannot be read, or has no year or source.

    Examples:
        >>> read_overhead("1.58,1.4-1.7,2018,Uptime Institute").number
        '1.58 [1.4 to 1.7]'
    """
    parts = dated_text(text, "PUE", NO_UNIT)
    return overhead(
        parts.value, year=parts.year, source=parts.source, low=parts.low, high=parts.high
    )


def read_intensity(text: str, *, is_market: bool = False) -> Dated:
    """Read carbon per kWh: `[PLACE=]VALUE UNIT,YEAR,SOURCE`.

    Args:
        text: As typed.
        is_market: Whether it is of a contract, not of the place.

    Raises:
        ValueError: If it cannot be read, or has no unit, year or source.

    Examples:
        >>> read_intensity("US=0.954 lb/kWh,2018,US EPA").words
        '0.432727 kg CO2e/kWh (US, 2018, US EPA)'
    """
    place, equals, rest = text.partition("=")
    if not equals or "," in place:
        place, rest = "", text
    title = "market-based factor" if is_market else "grid intensity"
    parts = dated_text(rest, title, INTENSITY_UNITS)
    found = grid_intensity(
        parts.value,
        place=place.strip(),
        year=parts.year,
        source=parts.source,
        low=parts.low,
        high=parts.high,
    )
    return replace(found, name=MARKET, title=title) if is_market else found


def read_location(text: str) -> Dated:
    """Read a grid factor of one's own; see `read_intensity`.

    Examples:
        >>> read_location("381 g/kWh,2023,an agency").value
        0.381
    """
    return read_intensity(text)


def read_market(text: str) -> Dated:
    """Read the factor of a contract; see `read_intensity`.

    Examples:
        >>> read_market("0 kg/kWh,2024,a supplier").title
        'market-based factor'
    """
    return read_intensity(text, is_market=True)


def read_grid(text: str) -> Dated:
    """Find a grid of the table.

    Raises:
        UnknownNameError: If it has none of that code or name.

    Examples:
        >>> read_grid("DE").place
        'Germany'
    """
    return grid(text)


def read_fraction(text: str, *, name: str, title: str) -> Dated:
    """Read a share of 1, as `0.5` or `50%`.

    Args:
        text: `VALUE,YEAR,SOURCE`.
        name: For machines.
        title: For people.

    Raises:
        ValueError: If it cannot be read, lies above 1, or has no year or source.

    Examples:
        >>> read_fraction("50%,2019,a provider", name="renewable_frac", title="share").value
        0.5
    """
    parts = dated_text(text, title, FRACTION_UNITS)
    if max(parts.value, parts.high or 0.0) > 1:
        raise ValueError(f"{title} must be at most 1 (100%), got {text.partition(',')[0]}")
    return Dated(
        name=name,
        title=title,
        value=parts.value,
        year=parts.year,
        source=parts.source,
        low=parts.low,
        high=parts.high,
    )


def read_utilisation(text: str) -> Dated:
    """Read the share of their rated power that parts draw.

    Examples:
        >>> read_utilisation("0.7,2024,our logs").words
        'utilisation 0.7 (2024, our logs)'
    """
    return read_fraction(text, name=UTILISATION, title="utilisation")


def read_renewable(text: str) -> Dated:
    """Read the share of the power that a provider states as renewable or offset.

    Examples:
        >>> read_renewable("50%,2019,Schwartz et al. 2020 on AWS").value
        0.5
    """
    return read_fraction(text, name=RENEWABLE, title="renewable or offset share")


def read_electricity_price(text: str) -> Dated:
    """Read a price of electricity, such as `0.30 EUR/kWh,2024,a bill`.

    Raises:
        ValueError: If it cannot be read, or has no unit, year or source.

    Examples:
        >>> read_electricity_price("90 USD/MWh,2024,a bill").words
        '0.09 USD/kWh (2024, a bill)'
    """
    parts = dated_text(text, "price of electricity", PRICE_UNITS)
    return electricity_price(
        parts.value,
        currency=parts.unit.partition("/")[0],
        year=parts.year,
        source=parts.source,
        low=parts.low,
        high=parts.high,
    )


def read_chip_hour_price(text: str) -> Dated:
    """Read a price per chip-hour in dollars, such as `1.14,2019,a list`.

    Raises:
        ValueError: If it cannot be read, or has no year or source.

    Examples:
        >>> read_chip_hour_price("1.14,2019,a list").value
        1.14
    """
    parts = dated_text(text, "price per chip-hour", DOLLARS)
    return chip_hour_price(
        parts.value, year=parts.year, source=parts.source, low=parts.low, high=parts.high
    )
