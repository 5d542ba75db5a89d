"""Units: SI inside, people's units only where text is made.

Numbers carry their unit in their name (`energy_j`). This file holds the exact conversion
constants and the functions that turn an SI value into text.
"""

import math

J_PER_WH = 3.6e3
J_PER_KWH = 3.6e6
S_PER_MIN = 60.0
S_PER_H = 3600.0
BYTES_PER_MIB = 2**20

_PREFIXES = (
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
)


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
    if math.isinf(value):
        return f"{'-' if value < 0 else ''}∞ {unit}".strip()
    size = abs(value)
    scale, prefix = next(
        ((s, p) for s, p in _PREFIXES if size >= s * (1 - 0.5 * 10**-digits)), _PREFIXES[-1]
    )
    if size == 0:
        scale, prefix = 1.0, ""
    return f"{_significant(value / scale, digits)} {prefix}{unit}".rstrip()


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
    if math.isinf(value):
        return "∞"
    for scale, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= scale:
            return f"{_significant(value / scale, digits)} {word}"
    return (
        f"{float(_significant(value, digits)):,.0f}"
        if abs(value) >= 1e3
        else _significant(value, digits)
    )


def format_duration(duration_s: float) -> str:
    """Format seconds as `hh:mm:ss`, or with a prefix below one minute.

    Examples:
        >>> format_duration(2117)
        '00:35:17'
        >>> format_duration(0.25)
        '250 ms'
    """
    if duration_s < S_PER_MIN:
        return format_si(duration_s, "s")
    whole = round(duration_s)
    return f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def format_bytes(size_bytes: float) -> str:
    """Format a size in MiB or GiB.

    Examples:
        >>> format_bytes(90868376)
        '86.7 MiB'
    """
    mib = size_bytes / BYTES_PER_MIB
    return f"{mib / 1024:.2f} GiB" if mib >= 1024 else f"{mib:.1f} MiB"


def _significant(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e" in text else text
