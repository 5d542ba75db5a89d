"""Quantities: estimates as text, in units for people, with the digits their interval allows."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from breakeven.analysis.scoring.metric_words import FRACTIONS
from breakeven.analysis.words import item_words, one_item
from breakeven.records import Estimate, Item, Resource
from breakeven.report.signs import EN_DASH, NBSP, TIMES
from breakeven.units import (
    J_PER_WH,
    Scale,
    format_count,
    scale_byte_seconds,
    scale_bytes,
    scale_count,
    scale_duration,
    scale_energy,
    scale_money,
    scale_si,
)

NOT_MEASURED = "not measured"
MAX_DIGITS = 4
"""Digits beyond the fourth never change a decision here; repeats agree to two or three."""
FAR = 100.0
"""Costs more than this apart keep a unit each."""
NARROW_FRAC = 0.005
"""Bounds from a sensor's resolution narrower than this share of the value are not printed: they
would look like a confidence that one run cannot give."""
ROUNDING = 1e-9
"""Intervals narrower than this share of the value are the noise of floating-point sums."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceWords:
    """How people call a resource.

    Attributes:
        title: Column head or axis title ("CPU time").
        short: For narrow places ("CPU").
        symbol: SI unit of the stored value.
        scale: Gives the unit in which a value of that size is easy to read.
    """

    title: str
    short: str
    symbol: str
    scale: Callable[[float], Scale]


def _si(unit: str) -> Callable[[float], Scale]:
    return lambda size: scale_si(size, unit)


def _money(currency: str) -> Callable[[float], Scale]:
    return lambda size: scale_money(size, currency)


def _carbon(size_kg: float) -> Scale:
    in_g = scale_si(size_kg * 1e3, "g")
    return Scale(in_g.factor / 1e3, f"{in_g.symbol} CO2e")


_WORDS = {
    Resource.DURATION_S: ("Wall-clock time", "Time", "s", scale_duration),
    Resource.CPU_S: ("CPU time", "CPU", "s", scale_duration),
    Resource.MEMORY_BYTE_S: ("Memory over time", "Memory", "B s", scale_byte_seconds),
    Resource.DEVICE_BUSY_S: ("Device time", "Device", "s", scale_duration),
    Resource.ENERGY_J: ("Energy", "Energy", "J", scale_energy),
    Resource.FLOPS: ("FLOPs", "FLOPs", "FLOP", _si("FLOP")),
    Resource.CARBON_KGCO2E: ("Carbon", "Carbon", "kg", _carbon),
    Resource.PRICE_EUR: ("Price", "Price", "EUR", _money("EUR")),
    Resource.PRICE_USD: ("Price", "Price", "USD", _money("USD")),
    Resource.PEAK_MEMORY_BYTES: ("Peak memory", "Memory", "B", scale_bytes),
    Resource.PEAK_DEVICE_MEMORY_BYTES: ("Peak device memory", "Device memory", "B", scale_bytes),
    Resource.N_PARAMETERS: ("Parameters", "Parameters", "", scale_count),
    Resource.N_LABELLED_EXAMPLES: ("Labelled examples", "Labelled", "", scale_count),
    Resource.N_UNLABELLED_EXAMPLES: ("Unlabelled examples", "Unlabelled", "", scale_count),
    Resource.LATENCY_P50_S: ("Latency of a batch, median", "Median latency", "s", scale_duration),
    Resource.LATENCY_P99_S: ("Latency of a batch, p99", "Latency p99", "s", scale_duration),
}

WORDS: Mapping[Resource, ResourceWords] = MappingProxyType(
    {
        resource: ResourceWords(title=title, short=short, symbol=symbol, scale=scale)
        for resource, (title, short, symbol, scale) in _WORDS.items()
    }
)


def decimals(
    value: float, *, half_width: float | None, min_digits: int = 0, max_digits: int = MAX_DIGITS
) -> int:
    """Decimals worth printing: the half-width keeps one digit, two when it starts with 1 or 2.

    Without a half-width three significant digits are kept; never fewer than `min_digits` of the
    value, nor more than `max_digits`.

    Returns:
        Digits after the point; negative when tens or hundreds are rounded away.

    Examples:
        >>> decimals(3.2148, half_width=0.12)
        2
        >>> decimals(3.2148, half_width=0.5)
        1
        >>> decimals(12345.6, half_width=None)
        -2
    """
    if value == 0 and not half_width:
        return 0
    size = math.floor(math.log10(abs(value))) if value else 0
    if not half_width or not math.isfinite(half_width):
        return 2 - size
    place = math.floor(math.log10(half_width))
    leading = half_width / 10**place
    wanted = -place + (1 if leading < 3 else 0)
    return min(max(wanted, min_digits - 1 - size), max_digits - 1 - size)


def format_estimate(
    estimate: Estimate | None,
    resource: Resource,
    *,
    interval: bool = True,
    scale: Scale | None = None,
    min_digits: int = 0,
) -> str:
    """Value with its interval in one common unit, e.g. `3.21 ms (3.10-3.33)`.

    Args:
        estimate: None, or without a value, gives "not measured": missing is never 0.
        resource: Chooses the unit.
        interval: Whether to add the interval; digits come from it either way.
        scale: Unit of the column it stands in; None for its own.
        min_digits: Significant digits to keep however wide the interval, where readers are to
            reckon with the value.
    """
    if estimate is None or estimate.value is None:
        return NOT_MEASURED
    if resource is Resource.ENERGY_J and not (interval or estimate.value) and estimate.high:
        top = WORDS[resource].scale(estimate.high)
        return f"below {estimate.high / top.factor:.3g}{NBSP}{top.symbol}"
    own = WORDS[resource].scale(estimate.value)
    return _scaled(estimate, scale or own, interval=interval, min_digits=min_digits)


def format_roughly(estimate: Estimate, resource: Resource, *, scale: Scale | None = None) -> str:
    """The same in three digits at most, where the interval holds less than all of the scatter.

    Args:
        estimate: Without a value it is "not measured".
        resource: Chooses the unit.
        scale: Unit of the column it stands in; None for its own.
    """
    if estimate.value is None:
        return NOT_MEASURED
    return _scaled(estimate, scale or WORDS[resource].scale(estimate.value), max_digits=3)


def common_scale(values: Iterable[float], resource: Resource) -> Scale | None:
    """One unit for a column, so that its numbers compare by eye; None when they lie too far apart.

    Args:
        values: Point values of the column, in the resource's SI unit.
        resource: Chooses among its units.

    Examples:
        >>> common_scale([1.6, 90.0, 105.0], Resource.CPU_S).symbol
        's'
        >>> common_scale([1e-6, 90.0], Resource.CPU_S) is None
        True
    """
    sizes = sorted(abs(value) for value in values if value)
    if not sizes:
        return None
    candidates = (WORDS[resource].scale(size) for size in (sizes[len(sizes) // 2], sizes[0]))
    return next((c for c in candidates if _suits(c, sizes[0], sizes[-1])), None)


def pair_scale(values: Sequence[float], resource: Resource) -> Scale | None:
    """One unit for what is read side by side; None where more than a hundredfold sets it apart.

    Nobody compares 9,000 with 60 by eye better than 9 ms with 60 us, and sentences say 9 ms.

    Args:
        values: Point values, in the resource's SI unit.
        resource: Chooses among its units.

    Examples:
        >>> pair_scale([0.0071, 0.0046], Resource.CPU_S).symbol
        'ms'
        >>> pair_scale([0.009, 0.00006], Resource.CPU_S) is None
        True
    """
    sizes = [abs(value) for value in values if value]
    is_far = bool(sizes) and max(sizes) > FAR * min(sizes)
    return None if is_far else common_scale(sizes, resource)


def scale_beside(value: float, largest: float, resource: Resource) -> Scale:
    """Unit of an amount in a column: kilojoules give way where the largest is in watt-hours.

    Args:
        value: Of the amount, in the resource's SI unit.
        largest: Amount of the column.
        resource: Chooses among its units.

    Examples:
        >>> scale_beside(1836.0, 3780.0, Resource.ENERGY_J).symbol
        'Wh'
        >>> scale_beside(1836.0, 1900.0, Resource.ENERGY_J).symbol
        'kJ'
    """
    own, top = (WORDS[resource].scale(size) for size in (value, largest))
    return scale_energy(J_PER_WH) if own.symbol == "kJ" and "Wh" in top.symbol else own


def _suits(scale: Scale, smallest: float, largest: float) -> bool:
    return smallest >= scale.factor / 10 and largest < scale.factor * 1e4


def format_volume(estimate: Estimate, *, interval: bool = True, min_digits: int = 0) -> str:
    """Volume with its interval, e.g. `2.1 million (1.7-3.1)`; an open end is said in words.

    Args:
        estimate: Of it.
        interval: Whether to print it.
        min_digits: Digits to keep however wide the interval; 3 agrees with volumes in sentences.
    """
    if estimate.value is None:
        return "none"
    scale = scale_count(estimate.value)
    return _scaled(estimate, scale, interval=interval, min_digits=min_digits, max_digits=3)


def format_score(estimate: Estimate | None, metric: str, *, interval: bool = True) -> str:
    """Score with its interval; accuracy and F1 stored as fractions are shown in percent.

    Two digits stay however wide the interval, as scores are compared with a bar: 25 % is not 20 %.
    """
    if estimate is None or estimate.value is None:
        return NOT_MEASURED
    scale = score_scale(metric, estimate.value)
    return _scaled(estimate, scale, interval=interval, min_digits=2)


def score_scale(metric: str, value: float) -> Scale:
    """Percent for fractions, the metric's own scale for everything else."""
    is_fraction = metric.lower() in FRACTIONS and abs(value) <= 1
    return Scale(0.01, "%") if is_fraction else Scale(1.0, "")


def format_ratio(estimate: Estimate | None) -> str:
    """Ratio to a reference, e.g. `0.42 x (0.40-0.44)` with the multiplication sign."""
    if estimate is None or estimate.value is None:
        return NOT_MEASURED
    return _scaled(estimate, Scale(1.0, TIMES))


def format_loss(estimate: Estimate | None, metric: str) -> str:
    """Loss of a score with its interval, e.g. `0.3 points (-0.1 to 0.7)` of accuracy."""
    if estimate is None or estimate.value is None:
        return NOT_MEASURED
    is_fraction = metric.lower() in FRACTIONS
    scale = Scale(0.01, "points") if is_fraction else Scale(1.0, "")
    return _scaled(estimate, scale)


def format_share(estimate: Estimate) -> str:
    """Share in percent with its interval; two digits stay however wide that is."""
    return _scaled(estimate, Scale(0.01, "%"), min_digits=2)


def format_probability(probability: float | None) -> str:
    """Probability in percent; certainty is never claimed from a finite sample."""
    if probability is None:
        return "not computable"
    if probability > 0.99:
        return f"> 99{NBSP}%"
    if probability < 0.01:
        return f"< 1{NBSP}%"
    return f"{100 * probability:.0f}{NBSP}%"


def format_items(volume: float, item: Item) -> str:
    """Volume in words, e.g. `1 million examples`."""
    return f"{format_count(volume)} {one_item(item) if volume == 1 else item_words(item)}"


def _scaled(
    estimate: Estimate,
    scale: Scale,
    *,
    interval: bool = True,
    min_digits: int = 0,
    max_digits: int = MAX_DIGITS,
) -> str:
    assert estimate.value is not None
    value = estimate.value / scale.factor
    low, high = (None if end is None else end / scale.factor for end in ends(estimate))
    half_width = _half_width(value, low, high)
    places = decimals(value, half_width=half_width, min_digits=min_digits, max_digits=max_digits)
    may_be_0 = low is not None and high is not None and low < 0 < high
    text = f"{_number(value, places if may_be_0 else _apart(value, places))}{NBSP}{scale.symbol}"
    text = text.rstrip(NBSP)
    if not interval or low is None or high is None:
        return text
    noise = ROUNDING * abs(value)
    start, end = (_number(x, _apart(x, places) if abs(x) > noise else places) for x in (low, high))
    if math.isinf(high) and low <= 0:
        return f"{text} (no bound)"
    if math.isinf(high):
        return f"{text} (at least {start}{NBSP}{scale.symbol}".rstrip(NBSP) + ")"
    return text if start == end else f"{text} ({between(start, end)})"


def between(start: str, end: str) -> str:
    r"""A range; in words where a dash would run into a minus sign.

    Examples:
        >>> between("0.4", "2.9"), between("-66", "-34")
        ('0.4\u20132.9', '-66 to -34')
    """
    is_below_0 = start.startswith("-") or end.startswith("-")
    return f"{start} to {end}" if is_below_0 else f"{start}{EN_DASH}{end}"


def ends(estimate: Estimate) -> tuple[float | None, float | None]:
    """Both ends of the interval worth showing, or neither.

    Bounds without a confidence level say how finely a sensor reads, not how well the number is
    known; when narrow they are left to the provenance table.
    """
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None or high - low <= ROUNDING * abs(value):
        return None, None
    if estimate.level is None and high - low <= 2 * NARROW_FRAC * abs(value):
        return None, None
    return low, high


def _half_width(value: float, low: float | None, high: float | None) -> float | None:
    if low is None or high is None:
        return None
    return value - low if math.isinf(high) else (high - low) / 2


def _apart(value: float, places: int) -> int:
    """Decimals that show a number apart from 0: up to its first digit where so many do not.

    A ratio that is known badly spans orders of magnitude: it is not 0, nor does its interval begin
    there.
    """
    if value == 0 or not math.isfinite(value):
        return places
    return max(places, -math.floor(math.log10(abs(value))))


def _number(value: float, places: int) -> str:
    return f"{round(value, places) + 0.0:,.{max(0, places)}f}"  # no "-0"
