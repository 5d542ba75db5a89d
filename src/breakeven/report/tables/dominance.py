"""Tables of dominance: points of a space, who beats the rest, the flat region, a reference set."""

from collections.abc import Sequence

from breakeven.analysis.dominance import (
    Axis,
    Flat,
    FlatPoint,
    Gap,
    Judged,
    Reason,
    SpaceResult,
)
from breakeven.analysis.dominance.reasons import DIGITS
from breakeven.analysis.scoring.score_pairs import OF_THESE
from breakeven.records import Estimate
from breakeven.report.quantity import (
    ROUNDING,
    common_scale,
    format_estimate,
    format_loss,
    format_probability,
    format_ratio,
    format_score,
)
from breakeven.report.signs import EM_DASH, EN_DASH, NBSP, TIMES
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import Scale

_DIGITS_END = 1000.0
"""Three digits of a larger ratio would be written with an exponent."""


def points_table(results: Sequence[SpaceResult]) -> Table:
    """Every point of every space in the same axes, the front first, best score first."""
    axes = results[0].space.axes
    return Table(
        name="points",
        caption=f"{_axes_words(axes)}. On the front: nothing else is as good on every axis and "
        "better on one, by point values. P: share of draws of costs and scores in which that "
        "holds; none where a score has no interval, or only that of its last digit. Behind: by "
        "how much it would have to be better on every axis to equal a point of the front.",
        columns=(
            Column(name="phase", title="Phase"),
            Column(name="name", title="Name"),
            *(Column(name=axis.name, title=axis.title, is_number=True) for axis in axes),
            Column(name="on_front", title="Front"),
            Column(name="membership", title="P(front)", is_number=True, is_plain=True),
            Column(name="behind_frac", title="Behind", is_number=True, is_plain=True),
            Column(name="dominated_by", title="Beaten by"),
        ),
        rows=tuple(row for found in results for row in _point_rows(found)),
    )


def _point_rows(found: SpaceResult) -> list[tuple[Cell, ...]]:
    space, front = found.space, set(found.front)
    winners = {reason.loser: reason for reason in found.reasons}
    order = sorted(
        range(len(space.spots)),
        key=lambda i: (space.names[i] not in front, *space.losses[i].tolist()),
    )
    scales = [_scale(axis, [s.at[i] for s in space.spots]) for i, axis in enumerate(space.axes)]
    rows = []
    for i in order:
        spot = space.spots[i]
        reason = winners.get(spot.name)
        rows.append(
            (
                words(space.phase),
                words(spot.name),
                *(
                    number(at, on_axis(at, axis, scale=scale))
                    for at, axis, scale in zip(spot.at, space.axes, scales, strict=True)
                ),
                words("yes" if spot.name in front else "no"),
                _chance(None if found.membership is None else found.membership[spot.name]),
                _share(found.behind[spot.name]),
                words(EM_DASH if reason is None else _winner(reason)),
            )
        )
    return rows


def _winner(reason: Reason) -> str:
    more = f" and {len(reason.others)} more" if reason.others else ""
    return f"{reason.winner}{more}"


def reasons_table(results: Sequence[SpaceResult]) -> Table:
    """Of every dominated point one that beats it, with the gap on each axis."""
    axes = results[0].space.axes
    return Table(
        name="reasons",
        caption="Why a point is not on the front: its score less that of the one that beats it, "
        "its costs over theirs. Of several, the cheapest on the front is named. Shown: no interval "
        "leaves it open that it is as good.",
        columns=(
            Column(name="phase", title="Phase"),
            Column(name="name", title="Name"),
            Column(name="beaten_by", title="Beaten by"),
            *gap_columns(axes),
            Column(name="probability", title="P(beaten)", is_number=True, is_plain=True),
            Column(name="is_shown", title="Shown"),
        ),
        rows=tuple(
            (
                words(found.space.phase),
                words(reason.loser),
                words(reason.winner),
                *(gap_cell(gap) for gap in reason.gaps),
                _chance(reason.probability),
                words(shown_words(reason.gaps, is_shown=reason.is_shown)),
            )
            for found in results
            for reason in found.reasons
        ),
    )


def flat_table(flats: Sequence[tuple[str, Flat, Sequence[Axis]]]) -> Table:
    """The flat region of each phase: every point against the best score.

    Args:
        flats: Phase, region and axes of each, at least one.
    """
    axes = flats[0][2]
    first_cost = next(axis for axis in axes if not axis.is_score)
    score = next(axis for axis in axes if axis.is_score)
    return Table(
        name="flat",
        caption="Every point against the best score. Equal: within the tolerance of it, by point "
        "values. Shown lower: the interval leaves no other reading; a 'no' says that these test "
        "examples cannot tell.",
        columns=(
            Column(name="phase", title="Phase"),
            Column(name="name", title="Name"),
            Column(name=f"difference_{score.name}", title=score.title, is_number=True),
            Column(name="is_equal", title="Equal"),
            Column(name="is_shown_lower", title="Shown lower"),
            Column(
                name=f"saving_{first_cost.name}",
                title=f"Best over it: {first_cost.words}",
                is_number=True,
            ),
        ),
        rows=tuple(
            _flat_row(phase, point, flat) for phase, flat, _ in flats for point in flat.points
        ),
    )


def _flat_row(phase: str, point: FlatPoint, flat: Flat) -> tuple[Cell, ...]:
    lower = {True: "yes", False: "no", None: "not known"}
    return (
        words(phase),
        words(point.name, hint=f"against {flat.best}"),
        gap_cell(point.gap),
        words("yes" if point.is_equal else "no"),
        words(lower[point.is_shown_lower]),
        gap_cell(point.saving),
    )


def against_table(results: Sequence[SpaceResult]) -> Table:
    """Every point against a reference set."""
    axes = results[0].space.axes
    return Table(
        name="against",
        caption="Each point against the reference set. Pareto state of the art: nothing there is "
        "as good on every axis. Gaps are to the one named: score less score, cost over cost.",
        columns=(
            Column(name="phase", title="Phase"),
            Column(name="name", title="Name"),
            Column(name="verdict", title="Verdict"),
            Column(name="is_state_of_the_art", title="State of the art"),
            Column(name="against", title="Against"),
            *gap_columns(axes),
            Column(name="probability", title="P(s. o. t. a.)", is_number=True, is_plain=True),
            Column(name="is_shown", title="Shown"),
        ),
        rows=tuple(
            _judged_row(found.space.phase, point)
            for found in results
            if found.against is not None
            for point in found.against.points
        ),
    )


def _judged_row(phase: str, point: Judged) -> tuple[Cell, ...]:
    return (
        words(phase),
        words(point.name),
        words(point.standing.value),
        words("yes" if point.is_state_of_the_art else "no"),
        words(point.against),
        *(gap_cell(gap) for gap in point.gaps),
        _chance(point.probability),
        words(shown_words(point.gaps, is_shown=point.is_shown)),
    )


def pairs_table(pairs: Sequence[tuple[str, str, str, Sequence[Gap]]]) -> Table:
    """Two points on every axis.

    Args:
        pairs: Phase, first and second name, gaps of the first to the second; at least one.
    """
    return Table(
        name="pairs",
        caption="The first over the second in cost, the first less the second in score.",
        columns=(
            Column(name="phase", title="Phase"),
            Column(name="first", title="First"),
            Column(name="second", title="Second"),
            *gap_columns([gap.axis for gap in pairs[0][3]]),
        ),
        rows=tuple(
            (words(phase), words(first), words(second), *(gap_cell(gap) for gap in gaps))
            for phase, first, second, gaps in pairs
        ),
    )


def gap_columns(axes: Sequence[Axis]) -> tuple[Column, ...]:
    """A column per axis for what one point is to another."""
    return tuple(
        Column(
            name=f"{'difference' if axis.is_score else 'ratio'}_{axis.name}",
            title=f"{axis.title} {'-' if axis.is_score else '/'}",
            is_number=True,
        )
        for axis in axes
    )


def gap_cell(gap: Gap) -> Cell:
    """A gap with its interval; without one, the value and a mark that says so."""
    estimate = gap.estimate
    if estimate.value is None:
        return missing(EM_DASH, hint="the second cost is 0, so there is no ratio")
    metric = gap.axis.name if gap.axis.is_fraction else ""
    text = format_loss(estimate, metric) if gap.axis.is_score else ratio_text(estimate)
    hint = f"{estimate.method}; {gap.why}" if gap.why else estimate.method
    return number(estimate, text, hint=hint)


def ratio_text(estimate: Estimate) -> str:
    """A ratio in three digits however wide its interval: readers reckon on with it."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or not max(value, high or 0.0) < _DIGITS_END:
        return format_ratio(estimate)
    text = f"{value:.3g}{NBSP}{TIMES}"
    if low is None or high is None or high - low <= ROUNDING * value:
        return text
    return f"{text} ({low:.3g}{EN_DASH}{high:.3g})"


def shown_words(gaps: Sequence[Gap], *, is_shown: bool) -> str:
    """Yes, or which axes leave it open: an interval is missing or holds either side."""
    if is_shown:
        return OF_THESE if any(gap.why == OF_THESE for gap in gaps) else "yes"
    open_axes = [
        gap.axis.words + _lacking(gap) for gap in gaps if not (gap.is_shown or gap.is_same)
    ]
    return f"not: {', '.join(open_axes)}" if open_axes else "no"


def _lacking(gap: Gap) -> str:
    if gap.estimate.low is None:
        return " (no interval)"
    return " (last digit only)" if gap.why == DIGITS else ""


def on_axis(estimate: Estimate, axis: Axis, *, scale: Scale | None = None) -> str:
    """A value of an axis with its interval, for people."""
    if axis.is_score:
        return format_score(estimate, axis.name)
    if axis.resource is not None:
        return format_estimate(estimate, axis.resource, scale=scale)
    text = f"{estimate.value:.4g}{NBSP}{axis.unit}".rstrip(NBSP)
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high:
        return text
    return f"{text} ({estimate.low:.4g}{EN_DASH}{estimate.high:.4g})"


def _scale(axis: Axis, column: Sequence[Estimate]) -> Scale | None:
    if axis.resource is None:
        return None
    return common_scale([e.value for e in column if e.value is not None], axis.resource)


def _chance(probability: float | None) -> Cell:
    if probability is None:
        return missing(EM_DASH, hint="nothing is known of the points' doubt")
    return Cell(text=format_probability(probability), value=probability)


def _share(share: float) -> Cell:
    text = EM_DASH if share == 0 else f"{100 * share:.2g}{NBSP}%"
    return Cell(text=text, value=share)


def _axes_words(axes: Sequence[Axis]) -> str:
    costs = " and ".join(axis.words for axis in axes if not axis.is_score)
    score = next((axis.title for axis in axes if axis.is_score), None)
    return f"{score} against {costs}" if score else f"{costs[:1].upper()}{costs[1:]}"
