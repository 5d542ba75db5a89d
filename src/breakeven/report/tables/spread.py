"""Spread table: the numbers behind box, density and Q-Q plots."""

from collections.abc import Iterator

from breakeven.analysis.results import StudyAnalysis
from breakeven.report.kinds import signs
from breakeven.report.signs import EM_DASH, EN_DASH
from breakeven.report.spreads import Spread, densities, number_text, spreads
from breakeven.report.tables.curves import plain
from breakeven.report.tables.table import Cell, Column, Table, words

_NUMBERS = (
    ("n", "Values"),
    ("sd", "SD"),
    ("shapiro_w", "W"),
    ("shapiro_p", "p"),
    ("bandwidth", "Bandwidth"),
)


def spread_table(analysis: StudyAnalysis) -> Table:
    """One row per number and pathway with at least three values."""
    return Table(
        name="spread",
        caption=(
            "How far single runs scatter. Costs are distances from the pathway's median in "
            "percent of it; W and p by Shapiro and Wilk, not adjusted; the bandwidth of the "
            "density, where there are eight values, by Silverman's rule."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="number", title="Of"),
            Column(name="median", title="Median"),
            Column(name="quartiles", title="Quartiles"),
            Column(name="range", title="Range"),
            *(Column(name=n, title=t, is_number=True, is_plain=True) for n, t in _NUMBERS),
            Column(name="kinds", title="Kinds"),
        ),
        rows=tuple(row for spread in spreads(analysis) for row in _rows(spread)),
    )


def _rows(spread: Spread) -> Iterator[tuple[Cell, ...]]:
    smoothed = densities(spread)
    for own in spread.samples:
        name = own.pathway
        if name not in spread.drawn:
            continue
        found = spread.described(name)
        test = found.normality
        yield (
            words(name),
            words(spread.words),
            words(spread.medians[name]),
            words(_between(found.quartiles, spread)),
            words(_between((found.low, found.high), spread)),
            plain(found.n),
            plain(found.sd),
            plain(None if test is None else test.w),
            plain(None if test is None else test.p),
            plain(smoothed[name].bandwidth if name in smoothed else None),
            words("+".join(b.name for b in signs(own.kinds, own.origins)) or EM_DASH),
        )


def _between(ends: tuple[float, float], spread: Spread) -> str:
    low, high = (number_text(end, spread) for end in ends)
    return f"{low} to {high}" if spread.is_relative else f"{low}{EN_DASH}{high}"
