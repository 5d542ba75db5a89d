"""What `breakeven pareto` says in sentences, beside its tables."""

from collections.abc import Iterator, Sequence

from breakeven.analysis.dominance import (
    Axis,
    Flat,
    Improvement,
    Space,
    SpaceResult,
    Standing,
    Volume,
    disagreements,
)
from breakeven.analysis.dominance.improvement import standings
from breakeven.analysis.words import counted, listed
from breakeven.records import Estimate, Note
from breakeven.report.quantity import format_probability
from breakeven.report.tables.dominance import on_axis

MOST_NAMED = 8
"""Names in a sentence; the table has the rest."""


def sentences(found: SpaceResult) -> Iterator[str]:
    """Say what one space comes to."""
    space = found.space
    costs = " and ".join(axis.words for axis in space.axes if not axis.is_score)
    head = f"{space.phase[:1].upper()}{space.phase[1:]}, {costs}: "
    yield f"{head}on the front {_are(found.front)}; {counted(len(space.spots), 'point')} in all."
    if space.left_out:
        yield f"Left out, for a value is missing on an axis: {_named(space.left_out)}."
    if added := [name for name in found.near if name not in set(found.front)]:
        yield f"Within {100 * found.tolerance:.3g} % of one of these: {_named(added)}."
    if len(found.cover) < len(found.front):
        yield (f"These stand for all within {100 * found.tolerance:.3g} %: {_named(found.cover)}.")
    if found.knee is not None:
        chance = found.knee.probability
        sure = "" if chance is None else f", in {format_probability(chance)} of draws"
        yield (
            f"Knee: {found.knee.name} ({found.knee.distance:.2f} before the line between the "
            f"front's ends{sure})."
        )
    if found.volume is None:
        yield "No hypervolume: a cost of 0 has no logarithm."
    else:
        yield _volume_words("Hypervolume", found.volume, space.axes)
    if found.flat is not None:
        yield from flat_sentences(found.flat)
    if found.against is not None:
        yield from against_sentences(found.against, space.axes)


def disagreement_sentences(results: Sequence[SpaceResult]) -> Iterator[str]:
    """Say on which points the costs disagree."""
    titles = {axis.name: axis.words for one in results for axis in one.space.axes}

    def words(costs: Sequence[str]) -> str:
        return listed([" with ".join(titles[part] for part in c.split(" with ")) for c in costs])

    for found in disagreements(results):
        yield (
            f"The costs disagree, {found.phase}: {found.name} is on the front in "
            f"{words(found.on_front_in)} and not in {words(found.not_in)}."
        )


def missing_sentences(spaces: Sequence[Space]) -> Iterator[str]:
    """Say of which phases nothing can be compared, and in which costs."""
    by_phase: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for space in spaces:
        both = " with ".join(axis.words for axis in space.axes if not axis.is_score)
        by_phase.setdefault((space.phase, space.left_out), []).append(both)
    for (phase, names), in_costs in by_phase.items():
        lack = "lacks" if len(names) == 1 else "lack"
        who = f"{_named(names)} {lack} a value" if names else "there is no point"
        when = f"{phase[:1].upper()}{phase[1:]}"
        yield f"{when}: nothing to compare in {listed(in_costs)}; {who} there."


def flat_sentences(flat: Flat) -> Iterator[str]:
    """Say where quality does not move."""
    yield (f"Flat: within {flat.tolerance:g} of the best score by point values {_are(flat.equal)}.")
    unsure = [name for name in flat.not_shown_lower if name not in set(flat.equal)]
    if unsure:
        yield (
            f"Not shown to be lower besides: {_named(unsure)}; these test examples cannot tell "
            "them from the best."
        )
    if all(point.is_shown_lower is None for point in flat.points) and flat.points:
        yield "The scores have no intervals, so nothing is shown of the others."


def against_sentences(found: Improvement, axes: Sequence[Axis]) -> Iterator[str]:
    """Say what the points add to a reference set."""
    by_standing = standings(found.points)
    for standing, names in by_standing.items():
        yield f"Against the reference: {standing.value}: {_named(names)}."
    arrived = [p for p in found.points if p.is_state_of_the_art]
    if not arrived:
        yield "Nothing here is Pareto state of the art: the reference set has as good on all axes."
    for point in arrived:
        if point.standing is Standing.IMPROVES:
            shown = "shown" if point.is_shown else "not shown by every interval"
            yield f"{point.name} beats {_named(point.beats)} ({shown})."
    if found.before is not None and found.after is not None:
        yield _volume_words("Hypervolume of the reference set", found.before, axes)
        before, after = found.before.estimate.value, found.after.estimate.value
        if before is not None and after is not None:
            more = f", {100 * (after / before - 1):.3g} % more" if before > 0 else ""
            yield f"With these points: {after:.4g}{more}."


def note_lines(notes: Sequence[Note]) -> Iterator[str]:
    """Each doubt once."""
    for note in dict.fromkeys(notes):
        yield f"Note: {note.message} {note.advice}"


def _volume_words(title: str, volume: Volume, axes: Sequence[Axis]) -> str:
    found = volume.estimate
    interval = "" if found.low is None else f" ({found.low:.4g} to {found.high:.4g})"
    at = ", ".join(
        f"{axis.words} {_plain(value, axis)}"
        for axis, value in zip(axes, volume.reference, strict=True)
    )
    scored = "score x " if any(axis.is_score for axis in axes) else ""
    return f"{title}: {found.value:.4g}{interval} in {scored}ln cost, beyond {at} ({volume.how})."


def _plain(value: float, axis: Axis) -> str:
    at = Estimate(name=axis.name, value=value, method="", n=0, kinds=())
    return on_axis(at, axis)


def _are(names: Sequence[str]) -> str:
    return f"{'is' if len(names) == 1 else 'are'} {_named(names)}"


def _named(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMED:
        return listed(names)
    return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} more"
