"""Table of saturation: where more work stops paying, group by group, or why that is not shown."""

from collections.abc import Sequence

from breakeven.analysis.curves.curve_set import CurveSet, GroupCurve
from breakeven.analysis.saturation import Saturation, saturation
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.curves import between, plain
from breakeven.report.tables.table import Cell, Column, Table, missing, words

FEW = "not shown: it takes 6 points, 4 different x and a y that varies"


def saturation_table(found: CurveSet, *, gain: float | None) -> Table:
    """Point of saturation of each group, over the logarithm of x.

    Args:
        found: Groups with an x above 0.
        gain: Smallest gain per tenfold that is worth it; None states none.
    """
    threshold = () if gain is None else _gain_columns(gain)
    return Table(
        name="saturation",
        caption=f"{found.points.y.title} over log {found.points.x.title}: a straight line against "
        "one that ends in a plateau (p by simulated lines) and a power law towards a ceiling "
        "(AICc less that of the line: below -2 clearly better). Point of saturation: where the "
        "plateau begins, with its 95 % interval by profile likelihood.",
        columns=(
            Column(name="group", title="Group"),
            Column(name="n", title="Points", is_number=True, is_plain=True),
            Column(name="aicc_plateau", title="AICc, plateau", is_number=True, is_plain=True),
            Column(name="aicc_power", title="AICc, power law", is_number=True, is_plain=True),
            Column(name="p", title="p", is_number=True, is_plain=True),
            Column(name="saturates_at", title="Saturates at", is_number=True),
            Column(name="verdict", title="In words"),
            *threshold,
        ),
        rows=tuple(_row(group, _of(group, gain), gain) for group in found.groups),
    )


def _gain_columns(gain: float) -> Sequence[Column]:
    return (
        Column(name="gain_below_at", title=f"Gain below {gain:g} at", is_number=True),
        Column(name="gain_verdict", title="By"),
    )


def _of(group: GroupCurve, gain: float | None) -> Saturation | None:
    return saturation(
        [point.x for point in group.points],
        [point.y for point in group.points],
        gain=gain,
        lower_is_better=any(point.lower_is_better for point in group.points),
    )


def _row(group: GroupCurve, found: Saturation | None, gain: float | None) -> tuple[Cell, ...]:
    n, name = plain(len(group.points)), words(group.name)
    if found is None:
        unknown = missing(EM_DASH, hint=FEW)
        empty = (name, n, unknown, unknown, unknown, unknown, words(FEW))
        return empty if gain is None else (*empty, unknown, words(FEW))
    cells = (
        name,
        n,
        plain(found.plateau.aicc - found.line.aicc),
        plain(found.power.aicc - found.line.aicc),
        plain(found.p),
        between(found.at if found.is_shown else None, why=found.reason),
        words(found.reason),
    )
    if gain is None:
        return cells
    return (*cells, between(found.gain_at, why=found.gain_reason), words(found.gain_reason))
