"""Tables of two stores over time, of two columns, and of labels counted in a survey."""

from dataclasses import replace

from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.statistics.over_time import Change, OverTime
from breakeven.analysis.statistics.readings import Readings
from breakeven.analysis.statistics.related import Related
from breakeven.analysis.statistics.survey import Share, Survey
from breakeven.report.kinds import Badge, signs
from breakeven.report.tables.compare_cells import digits, interval, p_value, percent, under_sign
from breakeven.report.tables.curves import plain
from breakeven.report.tables.table import Cell, Column, Table, words


def over_time_table(found: OverTime) -> Table:
    """The same configurations now over then."""
    return Table(
        name="over_time",
        caption=f"Now over then, with {100 * found.level:g} % intervals of unpaired samples; p "
        "adjusted for everything compared (Holm). What differs between the days besides the "
        "configuration is in the ratio.",
        columns=(
            Column(name="number", title="Number"),
            Column(name="configuration", title="Configuration"),
            Column(name="n_then", title="Then", is_number=True, is_plain=True),
            Column(name="n_now", title="Now", is_number=True, is_plain=True),
            Column(name="ratio", title="Now over then", is_number=True),
            Column(name="p", title="p", is_number=True, is_plain=True),
            Column(name="p_holm", title="p, Holm", is_number=True, is_plain=True),
            Column(name="verdict", title="In words"),
        ),
        rows=tuple(_change_row(found, change) for change in found.changes),
    )


def number_words(found: OverTime, number: Readings) -> str:
    """Name of a number, with study and task where both stores hold several."""
    is_one = len({change.number.where for change in found.changes}) < 2
    return number.title if is_one else f"{number.title} [{number.where}]"


def over_time_parts(found: OverTime) -> tuple[Table, ...]:
    """The same for a terminal: a table for each number and way of knowing it, which it says."""
    rows: dict[str, list[tuple[Cell, ...]]] = {}
    for change in found.changes:
        badges = signs(change.number.kinds, change.number.origins)
        kinds = "+".join(badge.name for badge in badges) or "kind not stated"
        heading = f"{number_words(found, change.number)} ({kinds})"
        rows.setdefault(heading, []).append(_change_row(found, change))
    whole = over_time_table(found)
    return tuple(
        replace(whole, caption=heading, rows=tuple(own)).without(["number"])
        for heading, own in rows.items()
    )


def _change_row(found: OverTime, change: Change) -> tuple[Cell, ...]:
    number = change.number
    return (
        words(number_words(found, number)),
        words(change.configuration),
        plain(change.n_then),
        plain(change.n_now),
        under_sign(
            interval(change.found.ratio, why="a value is not above 0"),
            signs(number.kinds, number.origins),
        ),
        p_value(change.found.p),
        p_value(change.p_holm),
        words(change.verdict),
    )


def correlation_table(told: Related) -> Table:
    """Pearson and Spearman, and both without the value that holds most of the spread."""
    names = {
        "p": "p",
        "spearman": "Spearman",
        "share": "Held by one value",
        "pearson_without": "r without it",
        "fold": "Quotient, max/min",
    }
    found = told.found
    return Table(
        name="correlation",
        caption=f"{told.y} against {told.x}, {told.n} points: Pearson's r with Fisher's "
        f"{100 * told.level:g} % interval, "
        "p by t, each point taken as independent; rank correlation; the share of the spread that "
        "lies at one value, and r without it.",
        columns=(
            Column(name="pearson", title="Pearson r", is_number=True),
            *(
                Column(name=name, title=title, is_number=True, is_plain=True)
                for name, title in names.items()
            ),
        ),
        rows=()
        if found is None
        else (
            (
                interval(found.pearson, n_digits=7),
                p_value(found.p),
                plain(found.spearman),
                percent(found.share),
                digits(found.pearson_without),
                plain(told.fold),
            ),
        ),
    )


def shares_table(found: Survey) -> Table:
    """Share of each label in each group."""
    return Table(
        name="shares",
        caption=f"Share of each label, {found.n} in all, Wilson's {100 * found.level:g} % "
        "interval; 'at once' holds for every share of the table together (each at "
        f"{100 * found.level_together:.3g} %, Bonferroni).",
        columns=(
            Column(name="group", title="Group"),
            Column(name="label", title="Label"),
            Column(name="n", title="n", is_number=True, is_plain=True),
            Column(name="count", title="Count", is_number=True, is_plain=True),
            Column(name="share", title="Share", is_number=True),
            Column(name="together", title="At once", is_number=True),
        ),
        rows=tuple(_share_row(share) for share in found.shares),
    )


_COUNTED = (Badge(name="counted", letter="C", meaning=""),)


def _share_row(share: Share) -> tuple[Cell, ...]:
    return (
        words(share.group),
        words(share.label),
        plain(share.share.n),
        plain(share.count),
        _share_cell(share.share),
        _share_cell(share.together),
    )


def differences_table(found: Survey) -> Table:
    """Every two groups in every label."""
    return Table(
        name="differences",
        caption=f"Share in the first group less that in the second: Newcombe's "
        f"{100 * found.level:g} % interval, Fisher's exact p, adjusted for the table (Holm).",
        columns=(
            Column(name="label", title="Label"),
            Column(name="left", title="Group"),
            Column(name="right", title="Less"),
            Column(name="difference", title="Difference", is_number=True),
            Column(name="p", title="p", is_number=True, is_plain=True),
            Column(name="p_holm", title="p, Holm", is_number=True, is_plain=True),
        ),
        rows=tuple(
            (
                words(one.label),
                words(one.left),
                words(one.right),
                _share_cell(one.difference),
                p_value(one.p),
                p_value(one.p_holm),
            )
            for one in found.differences
        ),
    )


def _share_cell(found: Interval) -> Cell:
    value, low, high = (f"{100 * x:.1f}" for x in (found.value, found.low, found.high))
    return Cell(
        text=f"{value} % ({low} to {high})",
        value=found.value,
        low=found.low,
        high=found.high,
        badges=_COUNTED,
    )
