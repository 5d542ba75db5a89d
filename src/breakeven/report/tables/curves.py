"""Tables of curves: the line of each group, which group is tighter, targets and the points."""

import math
from collections.abc import Collection, Iterator
from dataclasses import replace

from breakeven.analysis.curves.curve_set import CurveSet, GroupCurve
from breakeven.analysis.curves.fits import Line
from breakeven.analysis.curves.reach import Reached, line_reaches
from breakeven.analysis.curves.trend import Trend
from breakeven.analysis.samples.stats import Interval
from breakeven.records import Kind, Origin
from breakeven.report.kinds import signs
from breakeven.report.signs import EM_DASH, EN_DASH, INFINITY
from breakeven.report.tables.table import Cell, Column, Table, missing, words

NO_LINE = "a line needs three points and two different x"


def curve_tables(found: CurveSet) -> Iterator[Table]:
    """Every table of a set of curves; those without rows are left out."""
    yield lines_table(found)
    if found.compared:
        yield compared_table(found)
    if found.reached:
        yield reached_table(found)
    yield points_table(found)


def lines_table(found: CurveSet) -> Table:
    """The line of each group with every doubt in a column."""
    on_log = found.axes.is_x_log and found.axes.is_y_log
    slope = "Exponent" if on_log else "Slope per tenfold" if found.axes.is_x_log else "Slope"
    return Table(
        name="lines",
        caption=(
            f"{found.points.y.title} against {found.points.x.title}: least squares on "
            f"{_axes_words(found)} axes, 95 % intervals, "
            f"{'a moment' if found.points.is_inside else 'a run'} one point. The spread is the "
            "standard deviation of the residuals"
            + (", as a factor" if found.axes.is_y_log else "")
            + ". Pearson's r is taken on the same axes; its p takes every point as independent, "
            "repeats too."
        ),
        columns=(
            Column(name="group", title="Group"),
            Column(name="n", title="Points", is_number=True, is_plain=True),
            Column(name="slope", title=slope, is_number=True),
            Column(
                name="start",
                title=f"Line at x = {1 if found.axes.is_x_log else 0}",
                is_number=True,
            ),
            Column(name="r_squared", title="R2", is_number=True, is_plain=True),
            Column(name="spread", title="Spread", is_number=True),
            Column(name="next_run", title="Next run at the largest x", is_number=True),
            Column(name="pearson", title="Pearson r", is_number=True),
            Column(name="pearson_p", title="Its p", is_number=True, is_plain=True),
            Column(name="spearman", title="Spearman", is_number=True, is_plain=True),
            Column(name="leverage", title="Largest leverage", is_number=True, is_plain=True),
            Column(name="kinds", title="Kinds"),
        ),
        rows=tuple(_line_row(group) for group in found.groups),
    )


def _line_row(group: GroupCurve) -> tuple[Cell, ...]:
    line, together = group.line, group.correlation
    leverage = max(line.leverages) if line is not None else None
    return (
        words(group.name),
        plain(len(group.points)),
        between(line.slope if line is not None else None, why=NO_LINE),
        between(_at_one(line), why=NO_LINE),
        plain(line.r_squared if line is not None else None),
        between(_spread(line), why=NO_LINE),
        between(group.next_run, why=NO_LINE),
        between(together.pearson if together is not None else None, why="fewer than four points"),
        plain(together.p if together is not None else None),
        plain(together.spearman if together is not None else None),
        plain(leverage),
        words(_sign_words(group.kinds, group.origins)),
    )


def compared_table(found: CurveSet) -> Table:
    """Every two groups: whose points lie closer to their line."""
    return Table(
        name="tightness",
        caption="Residual variance of one group over that of another, with its F interval: below "
        "1 the first is more predictable.",
        columns=(
            Column(name="left", title="Group"),
            Column(name="right", title="Against"),
            Column(name="ratio", title="Variance ratio", is_number=True),
            Column(name="p", title="p", is_number=True, is_plain=True),
            Column(name="verdict", title="In words"),
        ),
        rows=tuple(
            (
                words(c.left),
                words(c.right),
                between(c.found.ratio),
                plain(c.found.p),
                words(_verdict(c.left, c.right, c.found.ratio)),
            )
            for c in found.compared
        ),
    )


def reached_table(found: CurveSet) -> Table:
    """What each group took to reach the target, seen and by its line."""
    by_line = {group.group: group.line for group in found.groups}
    return Table(
        name="targets",
        caption=f"{found.points.x.title} at which {found.points.y.name} reached "
        f"{found.reached[0].target:g}: the first that was seen, and where the line has it, with "
        "its 95 % interval. A gap between judgements runs from the last below the target to the "
        "first at it; a t interval (95 %) takes three runs or more, two are listed.",
        columns=(
            Column(name="group", title="Group"),
            Column(name="n", title="Series", is_number=True, is_plain=True),
            Column(name="n_reached", title="Reached", is_number=True, is_plain=True),
            Column(name="x", title="Seen at", is_number=True),
            Column(name="range_of", title="Range is of"),
            Column(name="x_by_line", title="By the line", is_number=True),
            Column(name="says", title="In words"),
        ),
        rows=tuple(_reached_row(r, by_line.get(r.group)) for r in found.reached),
    )


def _reached_row(asked: Reached, line: Line | None) -> tuple[Cell, ...]:
    crossing = None
    if line is not None and (asked.target > 0 or not line.axes.is_y_log):
        crossing = line_reaches(line, asked.target)
    outside = crossing is not None and not line_holds(line, crossing.value)
    says = asked.sentence + ("; the line is drawn beyond its points" if outside else "")
    return (
        words(" / ".join(asked.group) or "all"),
        plain(asked.n),
        plain(asked.n_reached),
        _seen_cell(asked),
        words(asked.range_of or EM_DASH),
        between(crossing, why="the slope is not told apart from 0"),
        words(says),
    )


def _seen_cell(asked: Reached) -> Cell:
    """Where it was seen, over all runs or of each; the value is their geometric mean either way."""
    cell = between(asked.at, why=asked.sentence)
    if asked.at is None or asked.has_t:
        return cell
    return replace(cell, text=" and ".join(between(one).text for one in asked.seen))


def line_holds(line: Line | None, x: float) -> bool:
    """Whether an x lies within the points of a line."""
    return line is not None and line.x_range[0] <= x <= line.x_range[1]


def points_table(found: CurveSet) -> Table:
    """Every point."""
    return Table(
        name="points",
        caption=f"{found.points.y.title} against {found.points.x.title}, point by point.",
        columns=(
            Column(name="group", title="Group"),
            Column(name="run_id", title="Run"),
            Column(name="row", title="Row"),
            Column(name="stage", title="Stage"),
            Column(name="repeat", title="Repeat", is_number=True, is_plain=True),
            Column(name="x", title=found.points.x.title, is_number=True, is_plain=True),
            Column(name="y", title=found.points.y.title, is_number=True, is_plain=True),
            Column(name="kinds", title="Kinds"),
        ),
        rows=tuple(
            (
                words(group.name),
                words(p.run_id),
                words(p.row or EM_DASH),
                words(p.stage),
                plain(p.repeat),
                plain(p.x),
                plain(p.y),
                words(_sign_words(p.kinds, p.origins)),
            )
            for group in found.groups
            for p in group.points
        ),
    )


def trend_table(found: Trend) -> Table:
    """Growth factor, doublings and doubling time, beside what Moore's law would give."""
    ends, line = found.ends, found.doubling_months
    by_line = None
    if line is not None and found.line is not None:
        by_line = Interval(value=line[0], low=line[1], high=line[2], n=found.line.n)
    shrank = "it did not grow"
    rows = (
        ("Growth factor, last over first", Cell(text=f"{ends.factor:.4g}", value=ends.factor)),
        ("Doublings", plain(ends.doublings)),
        ("Span, months", plain(ends.span_months)),
        ("Doubling time by the ends, months", plain(ends.doubling_months)),
        ("Doubling time by the line, months", between(by_line, why=shrank)),
        ("Factor at a doubling every 24 months (Moore)", plain(ends.moore_factor)),
    )
    return Table(
        name="trend",
        caption="Growth from the first to the last moment, and by the line through all of them.",
        columns=(
            Column(name="what", title="What"),
            Column(name="value", title="Value", is_number=True),
        ),
        rows=tuple((words(what), cell) for what, cell in rows),
    )


def plain(value: float | None) -> Cell:
    """A number without an interval; an empty cell where there is none."""
    if value is None:
        return missing("", hint="")
    return Cell(text=str(value) if isinstance(value, int) else f"{value:.4g}", value=value)


def between(found: Interval | None, *, why: str = "") -> Cell:
    """A number with its interval."""
    if found is None:
        return missing(EM_DASH, hint=why)
    dash = " to " if found.low < 0 else EN_DASH  # a dash before a minus is hard to read
    text = f"{found.value:.4g} ({_end(found.low)}{dash}{_end(found.high)})"
    return Cell(text=text, value=found.value, low=found.low, high=found.high)


def _sign_words(kinds: Collection[Kind], origins: Collection[Origin]) -> str:
    return "+".join(badge.name for badge in signs(kinds, origins)) or EM_DASH


def _end(value: float) -> str:
    return INFINITY if math.isinf(value) else f"{value:.4g}"


def _at_one(line: Line | None) -> Interval | None:
    """The line at x = 1 on a log axis, at 0 else; both are where its x term vanishes."""
    return line.mean_at(1.0 if line.axes.is_x_log else 0.0) if line is not None else None


def _spread(line: Line | None) -> Interval | None:
    if line is None or not line.axes.is_y_log:
        return line.residual_sd if line is not None else None
    sd = line.residual_sd
    return Interval(value=10**sd.value, low=10**sd.low, high=_power(sd.high), n=sd.n)


def _power(value: float) -> float:
    return 10**value if value < 308 else math.inf


def _verdict(left: str, right: str, ratio: Interval) -> str:
    if ratio.high < 1:
        return f"{left} is more predictable than {right}"
    if ratio.low > 1:
        return f"{left} is less predictable than {right}"
    return "not told apart"


def _axes_words(found: CurveSet) -> str:
    names = {(True, True): "log-log", (True, False): "log x", (False, True): "log y"}
    return names.get((found.axes.is_x_log, found.axes.is_y_log), "linear")
