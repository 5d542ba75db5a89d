"""Figure: a Vega-Lite specification with the finding it shows and words for those who cannot see.

Colours are CSS variables of the page, so that one specification serves light, dark and print.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Resource
from breakeven.report.quantity import WORDS

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"
INK, MUTED, GRID, SURFACE = "var(--ink)", "var(--muted)", "var(--grid)", "var(--surface)"
N_SERIES = 6
LOG_RATIO = 4.0
"""From here on most points would crowd at the start of a linear axis."""

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_DASHES = ([1, 0], [7, 3], [2, 3], [8, 3, 2, 3], [12, 4], [4, 4])


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One chart.

    Attributes:
        name: Unique on the page.
        title: The finding, one sentence.
        description: What is drawn, for screen readers.
        spec: Vega-Lite.
        height_px: Of the drawing.
        is_wide: Whether it holds too much for a third of the page.
        note: What is hollow in it and why, said below the title; empty for nothing.
    """

    name: str
    title: str
    description: str
    spec: Mapping[str, object]
    height_px: int
    is_wide: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """How one pathway looks in every figure: colour, shape and dash say the same thing."""

    name: str
    colour: str
    shape: str
    dash: tuple[int, ...]


def series(analysis: StudyAnalysis) -> tuple[Series, ...]:
    """Give each pathway its look, in the study's order; the look repeats after six."""
    return tuple(
        Series(
            name=pathway.name,
            colour=f"var(--series-{index % N_SERIES + 1})",
            shape=SHAPES[index % N_SERIES],
            dash=tuple(_DASHES[index % N_SERIES]),
        )
        for index, pathway in enumerate(analysis.pathways)
    )


def config() -> dict[str, object]:
    """Vega-Lite configuration: quiet axes, no frame, the page's own type and colours."""
    text = {"labelFont": FONT, "titleFont": FONT, "labelColor": MUTED, "titleColor": MUTED}
    return {
        "background": "transparent",
        "aria": False,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            **text,
            "labelFontSize": 11,
            "titleFontSize": 11.5,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "gridColor": GRID,
            "domainColor": GRID,
            "tickColor": GRID,
            "tickSize": 4,
            "labelPadding": 4,
            "labelFlush": False,
        },
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False},
        "text": {"font": FONT, "fontSize": 11, "fill": INK},
        "legend": {"disable": True},
    }


def value_axis(resource: Resource, *, variable: str = "datum.value") -> str:
    """Vega expression that labels a cost axis with its unit, e.g. `10 ms`."""
    unit = WORDS[resource].symbol
    if unit == "s":
        return f"{variable} >= 1000 ? format({variable}, ',') + ' s' : {_si(variable, 's')}"
    if unit in {"EUR", "USD"}:
        return f"format({variable}, '~g') + ' {unit}'"
    return _si(variable, unit)


def count_axis(variable: str = "datum.value") -> str:
    """Vega expression that labels an axis of volumes, e.g. `10 k`, `1 M`, `1 B`."""
    return f"replace(format({variable}, '~s'), 'G', 'B')"


def _si(variable: str, unit: str) -> str:
    return f"replace(format({variable}, '~s'), /([^0-9.]*)$/, ' $1') + '{unit}'"


def wants_log(values: Sequence[float]) -> bool:
    """Whether positive values lie so far apart that a linear axis would hide the small ones."""
    return bool(values) and min(values) > 0 and max(values) > LOG_RATIO * min(values)


def ticks(domain: tuple[float, float], *, most: int = 5) -> list[float]:
    """Round values for a log axis, few enough that their labels keep apart.

    They are whole, 1-2-5 or 1-3 steps of each decade, or evenly spaced ones where the axis is
    shorter than two such steps.

    Examples:
        >>> ticks((2.0, 300.0))
        [3.0, 10.0, 30.0, 100.0, 300.0]
        >>> ticks((0.8, 12.0))
        [1.0, 2.0, 5.0, 10.0]
        >>> ticks((2.2, 6.1))
        [3.0, 4.0, 5.0, 6.0]
        >>> ticks((4.12, 4.87))
        [4.2, 4.4, 4.6, 4.8]
    """
    decades = range(math.floor(math.log10(domain[0])), math.ceil(math.log10(domain[1])) + 1)
    for steps in (range(1, 10), (1, 2, 5), (1, 3), (1,)):
        found = [
            s * 10.0**k for k in decades for s in steps if domain[0] <= s * 10.0**k <= domain[1]
        ]
        if len(found) <= most:
            return found if len(found) > 1 else _even_ticks(domain, most=most)
    return found[:: math.ceil(len(found) / most)]


def _even_ticks(domain: tuple[float, float], *, most: int) -> list[float]:
    """The most round values at equal distances, at most so many."""
    low, high = domain
    place = math.floor(math.log10(high - low))
    for share in (1, 2, 5, 10, 20, 50):
        step = share * 10.0 ** (place - 1)
        numbers = range(math.ceil(low / step), math.floor(high / step) + 1)
        if len(numbers) <= most:
            break
    return [round(number * step, 2 - place) for number in numbers]


def padded(
    values: Sequence[float], *, is_log: bool, shares: tuple[float, float] = (0.12, 0.12)
) -> tuple[float, float]:
    """Axis range with room around the outermost points.

    Args:
        values: What must fit.
        is_log: Whether the axis is logarithmic.
        shares: Room below and above, as shares of the distance between the extremes.

    Examples:
        >>> padded([0.0, 100.0], is_log=False, shares=(0.1, 0.2))
        (-10.0, 120.0)
        >>> padded([1.0, 100.0], is_log=True, shares=(0.5, 0.5))
        (0.1, 1000.0)
    """
    low, high = min(values), max(values)
    if is_log:
        ratio = high / low if high > low else 4.0
        return low / ratio ** shares[0], high * ratio ** shares[1]
    span = (high - low) or abs(high) or 1.0
    return low - span * shares[0], high + span * shares[1]


def finished(chart: alt.TopLevelMixin) -> dict[str, object]:
    """Specification of a chart with the page's configuration and without the schema's address."""
    spec: dict[str, object] = chart.to_dict(validate=False)  # tests validate; it takes a second
    del spec["$schema"]
    datasets: dict[str, object] = {}
    shared = _with_shared_data(_rounded(spec), datasets)
    return {**shared, **({"datasets": datasets} if datasets else {}), "config": config()}


def _with_shared_data(spec: Mapping[str, object], datasets: dict[str, object]) -> dict[str, object]:
    """The same with every set of rows written once, however many layers draw it."""
    return {key: _shared_value(key, value, datasets) for key, value in spec.items()}


def _shared_value(key: str, value: object, datasets: dict[str, object]) -> object:
    if isinstance(value, Mapping):
        rows = value.get("values")
        if key == "data" and isinstance(rows, list):
            return {"name": _named(rows, datasets, wish=str(value.get("name") or "rows"))}
        return _with_shared_data(value, datasets)
    if isinstance(value, list):
        return [_shared_value("", item, datasets) for item in value]
    return value


def _named(rows: list[object], datasets: dict[str, object], *, wish: str) -> str:
    """Name under which a set of rows is held: what its figure calls it, numbered where need be."""
    same = next((name for name, held in datasets.items() if held == rows), None)
    if same is not None:
        return same
    name = f"{wish}-{len(datasets)}" if wish == "rows" or wish in datasets else wish
    datasets[name] = rows
    return name


def _rounded(spec: Mapping[str, object]) -> dict[str, object]:
    """The same with six digits, more than a screen can show and the same on every machine."""
    return {key: _rounded_value(value) for key, value in spec.items()}


def _rounded_value(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, Mapping):
        return _rounded(value)
    return [_rounded_value(item) for item in value] if isinstance(value, list) else value
