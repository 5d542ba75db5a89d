"""Units: SI inside, people's units only where text is made.

Numbers carry their unit in their name (`energy_j`). This file holds the exact conversion
constants and the functions that turn an SI value into text.
"""

import math
from dataclasses import dataclass

J_PER_WH = 3.6e3
J_PER_KWH = 3.6e6
S_PER_MIN = 60.0
S_PER_H = 3600.0
S_PER_DAY = 86400.0
BYTES_PER_MIB = 2**20
BYTES_PER_GIB = 2**30

_PREFIXES = (
    (1e24, "Y"),
    (1e21, "Z"),
    (1e18, "E"),
    (1e15, "P"),
    (1e12, "T"),
    (1e9, "G"),
    (1e6, "M"),
    (1e3, "k"),
    (1.0, ""),
    (1e-3, "m"),
    (1e-6, "µ"),
    (1e-9, "n"),
    (1e-12, "p"),
)
_WORDS = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))

_COUNT_WORDS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit for people: an SI value divided by `factor` is in `symbol`."""

    factor: float
    symbol: str


def scale_si(size: float, unit: str) -> Scale:
    """Give the SI prefix in which `size` reads as 1 to 999.

    Examples:
        >>> scale_si(0.00219, "J")
        Scale(factor=0.001, symbol='mJ')
    """
    if size == 0 or not math.isfinite(size):
        return Scale(1.0, unit)
    factor, prefix = next(
        ((s, p) for s, p in _PREFIXES if abs(size) >= s * (1 - 0.5e-3)), _PREFIXES[-1]
    )
    return Scale(factor, f"{prefix}{unit}")


def scale_duration(size_s: float) -> Scale:
    """Give the unit of time in which `size_s` is easy to read, minutes from 100 s on.

    Examples:
        >>> scale_duration(1497)
        Scale(factor=60.0, symbol='min')
        >>> scale_duration(0.0072)
        Scale(factor=0.001, symbol='ms')
    """
    steps = ((4 * S_PER_DAY, S_PER_DAY, "days"), (1e4, S_PER_H, "h"), (1e2, S_PER_MIN, "min"))
    for start_s, factor, symbol in steps:
        if start_s <= abs(size_s) < math.inf:
            return Scale(factor, symbol)
    return scale_si(size_s, "s")


def scale_energy(size_j: float) -> Scale:
    """Give joules below one watt-hour, watt-hours with a prefix above.

    Examples:
        >>> scale_energy(507960.0)
        Scale(factor=3600.0, symbol='Wh')
        >>> scale_energy(5.1e6)
        Scale(factor=3600000.0, symbol='kWh')
    """
    if abs(size_j) < J_PER_WH or not math.isfinite(size_j):
        return scale_si(size_j, "J")
    in_wh = scale_si(size_j / J_PER_WH, "Wh")
    return Scale(in_wh.factor * J_PER_WH, in_wh.symbol)


def scale_bytes(size_bytes: float) -> Scale:
    """Give MiB, or GiB from one GiB on."""
    if BYTES_PER_GIB <= abs(size_bytes) < math.inf:
        return Scale(BYTES_PER_GIB, "GiB")
    return Scale(BYTES_PER_MIB, "MiB")


def scale_byte_seconds(size: float) -> Scale:
    """Give MiB s, or GiB s from one GiB s on.

    Examples:
        >>> scale_byte_seconds(3 * 2**30).symbol
        'GiB s'
    """
    in_bytes = scale_bytes(size)
    return Scale(in_bytes.factor, f"{in_bytes.symbol} s")


def scale_money(size: float, currency: str) -> Scale:
    """Give a currency, or its millionths or billionths in words where zeros would be miscounted.

    Examples:
        >>> scale_money(1.095e-8, "USD").symbol, scale_money(0.002, "USD").symbol
        ('billionths of a USD', 'USD')
    """
    for start, factor, part in (
        (1e-3, 1.0, ""),
        (1e-6, 1e-6, "millionths"),
        (0, 1e-9, "billionths"),
    ):
        if abs(size) >= start * (1 - 0.5e-3) and size != 0:
            return Scale(factor, f"{part} of a {currency}" if part else currency)
    return Scale(1.0, currency)


def scale_count(size: float) -> Scale:
    """Give the word in which a count reads as 1 to 999; none below a million.

    Examples:
        >>> scale_count(1.27e8)
        Scale(factor=1000000.0, symbol='million')
    """
    for factor, word in _COUNT_WORDS:
        if factor * (1 - 0.5e-3) <= abs(size) < math.inf:
            return Scale(factor, word)
    return Scale(1.0, "")


def format_si(value: float, unit: str, *, digits: int = 3) -> str:
    """Format a value with an SI prefix, e.g. `0.00219 J -> '2.19 mJ'`.

    Args:
        value: In the unit named.
        unit: Symbol to follow the prefix; empty for a bare count.
        digits: Significant digits.

    Examples:
        >>> format_si(0.00219, "J")
        '2.19 mJ'
        >>> format_si(0.0, "s")
        '0 s'
        >>> format_si(float("inf"), "J")
        '∞ J'
    """
    if not math.isfinite(value) or value == 0:
        return f"{_significant(value, digits)} {unit}".rstrip()
    scale, prefix = _scale(value, _PREFIXES, digits) or (1.0, "")
    return f"{_significant(value / scale, digits)} {prefix}{unit}".rstrip()


def format_resolved(value: float, unit: str, *, high: float) -> str:
    """Format a value; a zero that its sensor cannot tell from more is said as what it is below.

    Examples:
        >>> format_resolved(0.0, "J", high=36e3)
        'below 36 kJ'
        >>> format_resolved(0.0, "J", high=0.0)
        '0 J'
    """
    return f"below {format_si(high, unit)}" if value == 0 < high else format_si(value, unit)


def format_count(value: float, *, digits: int = 3) -> str:
    """Format a count the way people say it: `1.27e8 -> '127 million'`.

    Examples:
        >>> format_count(1.27e8)
        '127 million'
        >>> format_count(4.004e9)
        '4 billion'
        >>> format_count(950)
        '950'
    """
    if not math.isfinite(value):
        return _significant(value, digits)
    scale, word = _scale(value, _WORDS, digits) or (1.0, "")
    text = _significant(value / scale, digits)
    is_long = not word and abs(float(text)) >= 1e3
    return f"{float(text):,.0f}" if is_long else text + word


def format_duration(duration_s: float) -> str:
    """Format seconds as `hh:mm:ss`, or with a prefix below one minute.

    Examples:
        >>> format_duration(2117)
        '00:35:17'
        >>> format_duration(0.25)
        '250 ms'
    """
    if not S_PER_MIN <= duration_s < math.inf:
        return format_si(duration_s, "s")
    return format_clock(duration_s)


def format_clock(duration_s: float) -> str:
    """Format finite seconds as `hh:mm:ss`, also below one minute: one form for a column.

    Examples:
        >>> format_clock(56.7), format_clock(72)
        ('00:00:57', '00:01:12')
    """
    whole = round(duration_s)
    return f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def format_bytes(size_bytes: float) -> str:
    """Format a size in MiB or GiB, or in KiB below 1 MiB.

    Examples:
        >>> format_bytes(90868376)
        '86.7 MiB'
        >>> format_bytes(1536)
        '1.5 KiB'
    """
    mib = size_bytes / BYTES_PER_MIB
    if abs(mib) < 1:
        return f"{mib * 1024:.1f} KiB"
    return f"{mib / 1024:.2f} GiB" if mib >= 1024 else f"{mib:.1f} MiB"


def _scale(
    value: float, scales: tuple[tuple[float, str], ...], digits: int
) -> tuple[float, str] | None:
    """Largest scale that leaves at least 1 after rounding: 999.9 k is 1 M in three digits."""
    least = 1 - 0.5 * 10**-digits
    return next(((s, name) for s, name in scales if abs(value) >= s * least), None)


def _significant(value: float, digits: int) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    text = f"{value:.{digits}g}"
    # Only large numbers are written out: rounding a small one away would make it a zero.
    return f"{float(text):.0f}" if "e+" in text else text
