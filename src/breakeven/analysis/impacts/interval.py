"""Interval: products of an estimate and stated numbers, with the ends of both.

All factors are at least 0, so the ends of a product are the products of the ends. Where the
estimate has a confidence level the product keeps it: if the stated range holds the truth, the
product covers at least as often as the estimate did.
"""

from dataclasses import replace

from breakeven.analysis.impacts.dated import Dated
from breakeven.analysis.uncertain import once
from breakeven.records import Estimate, Kind, Origin


def stated(  # noqa: PLR0913 - plain numbers, each with a name
    name: str,
    value: float,
    *,
    low: float | None = None,
    high: float | None = None,
    typed: str = "",
    n: int = 0,
) -> Estimate:
    """A number that a person stated and nobody here observed: kind assumed.

    Args:
        name: What it is, with unit suffix.
        value: At least 0.
        low: Lower end, where one is known.
        high: Upper end, likewise; may be infinite.
        typed: As it was typed; empty where that says no more than the value.
        n: Number of things it rests on, where that is told.

    Raises:
        ValueError: If the numbers are negative or not in order.

    Examples:
        >>> stated("energy_j", 5.0).kinds[0].value, stated("energy_j", 5.0).method
        ('assumed', 'stated, no interval given')
    """
    ends = (value if low is None else low, value if high is None else high)
    if not 0 <= ends[0] <= value <= ends[1]:
        raise ValueError(
            f"{name} must satisfy 0 <= low <= value <= high, got {low}, {value}, {high}"
        )
    interval = "no interval given" if low is None else "bounds as stated"
    return Estimate(
        name=name,
        value=value,
        low=low,
        high=high,
        method=f"stated{f' as {typed}' if typed else ''}, {interval}",
        n=n,
        kinds=(Kind.ASSUMED,),
        origins=(Origin.STATED,),
    )


def times(amount: Estimate, factor: Dated, *, per: float = 1.0) -> Estimate:
    """An estimate times a stated number, divided by a constant of units.

    Args:
        amount: At least 0.
        factor: Stated.
        per: Exact constant, above 0.

    Examples:
        >>> from breakeven.analysis.impacts import overhead
        >>> pue = overhead(1.5, low=1.0, high=2.0, year=2024, source="an example")
        >>> found = times(stated("energy_j", 10.0, low=8.0, high=12.0), pue)
        >>> found.value, found.low, found.high
        (15.0, 8.0, 24.0)
    """
    low, high = ends_of(amount, is_ranged=factor.has_range)
    least, most = factor.ends
    return Estimate(
        name=amount.name,
        value=_product(amount.value, factor.value, per),
        low=_product(low, least, per),
        high=_product(high, most, per),
        level=amount.level,
        method=f"{amount.name} x {factor.words}",
        n=amount.n,
        kinds=once((*amount.kinds, Kind.ASSUMED)),
        origins=amount.origins,
        run_ids=amount.run_ids,
        notes=amount.notes,
    )


def ends_of(amount: Estimate, *, is_ranged: bool) -> tuple[float | None, float | None]:
    """Both ends of an estimate; the value itself where it has none and what it meets has a range.

    Args:
        amount: Any.
        is_ranged: Whether the other factor has a range of its own.

    Examples:
        >>> ends_of(stated("energy_j", 2.0), is_ranged=True)
        (2.0, 2.0)
        >>> ends_of(stated("energy_j", 2.0), is_ranged=False)
        (None, None)
    """
    if is_ranged and amount.low is None and amount.high is None:
        return amount.value, amount.value
    return amount.low, amount.high


def with_interval_words(found: Estimate, method: str) -> Estimate:
    """The same estimate with its method, and how its interval came about or why there is none.

    Args:
        found: A product.
        method: What was multiplied.

    Examples:
        >>> with_interval_words(stated("energy_j", 1.0), "a x b").method
        'a x b; no interval, as nothing in it has one'
    """
    has_none = found.low is None and found.high is None
    how = "no interval, as nothing in it has one" if has_none else "interval: ends multiplied"
    return replace(found, method=f"{method}; {how}")


def _product(end: float | None, factor: float, per: float) -> float | None:
    """None stays unknown; nothing of something unbounded is nothing."""
    if end is None:
        return None
    return 0.0 if factor == 0 else end * factor / per
