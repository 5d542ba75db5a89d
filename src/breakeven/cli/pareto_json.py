"""What `breakeven pareto --json` prints: one object, SI values, null where nothing is known."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from breakeven.analysis.dominance import (
    Axis,
    Flat,
    Gap,
    Improvement,
    Reason,
    SpaceResult,
    Volume,
)
from breakeven.records import Estimate, Note

Json = dict[str, Any]


def space_json(found: SpaceResult) -> Json:
    """One space with all that follows from it."""
    space = found.space
    front, near = set(found.front), set(found.near)
    return {
        "phase": space.phase,
        "axes": [axis_json(axis) for axis in space.axes],
        "points": [
            {
                "name": spot.name,
                **{
                    axis.name: estimate_json(at)
                    for axis, at in zip(space.axes, spot.at, strict=True)
                },
                "is_on_front": spot.name in front,
                "probability_on_front": None
                if found.membership is None
                else found.membership[spot.name],
                "is_within_tolerance": spot.name in near,
                "behind_frac": found.behind[spot.name],
            }
            for spot in space.spots
        ],
        "left_out": list(space.left_out),
        "front": list(found.front),
        "tolerance_frac": found.tolerance,
        "within_tolerance": list(found.near),
        "cover": list(found.cover),
        "knee": None
        if found.knee is None
        else {
            "name": found.knee.name,
            "distance": found.knee.distance,
            "probability": found.knee.probability,
        },
        "hypervolume": None if found.volume is None else volume_json(found.volume, space.axes),
        "reasons": [reason_json(reason) for reason in found.reasons],
        "flat": None if found.flat is None else flat_json(found.flat),
        "against": None if found.against is None else improvement_json(found.against, space.axes),
        "notes": [note_json(note) for note in found.notes],
    }


def axis_json(axis: Axis) -> Json:
    """One axis."""
    return {
        "name": axis.name,
        "is_score": axis.is_score,
        "higher_is_better": axis.higher_is_better,
    }


def estimate_json(estimate: Estimate) -> Json:
    """One number with its interval, method and kinds."""
    return {
        "value": _finite(estimate.value),
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "level": estimate.level,
        "method": estimate.method,
        "n": estimate.n,
        "kinds": [kind.value for kind in estimate.kinds],
        "origins": [origin.value for origin in estimate.origins],
    }


def gaps_json(gaps: Sequence[Gap]) -> Json:
    """Gaps by axis: `difference_` of scores, `ratio_` of costs."""
    return {
        f"{'difference' if gap.axis.is_score else 'ratio'}_{gap.axis.name}": {
            **estimate_json(gap.estimate),
            "is_shown": gap.is_shown,
            "why": gap.why,
        }
        for gap in gaps
    }


def reason_json(reason: Reason) -> Json:
    """One dominance."""
    return {
        "name": reason.loser,
        "beaten_by": reason.winner,
        "others": list(reason.others),
        **gaps_json(reason.gaps),
        "probability": reason.probability,
        "is_shown": reason.is_shown,
    }


def volume_json(volume: Volume, axes: Sequence[Axis]) -> Json:
    """A hypervolume with its reference point."""
    return {
        **estimate_json(volume.estimate),
        "reference": _by_axis(volume.reference, axes),
        "reference_is": volume.how,
        "share_of_each_alone": dict(volume.shares),
    }


def flat_json(flat: Flat) -> Json:
    """The flat region."""
    return {
        "best": flat.best,
        "tolerance": flat.tolerance,
        "equal": list(flat.equal),
        "not_shown_lower": list(flat.not_shown_lower),
        "points": [
            {
                "name": point.name,
                "is_equal": point.is_equal,
                "is_shown_lower": point.is_shown_lower,
                **gaps_json([point.gap, point.saving]),
            }
            for point in flat.points
        ],
    }


def improvement_json(found: Improvement, axes: Sequence[Axis]) -> Json:
    """What was added to a reference set."""
    return {
        "points": [
            {
                "name": point.name,
                "verdict": point.standing.value,
                "is_state_of_the_art": point.is_state_of_the_art,
                "beats": list(point.beats),
                "against": point.against,
                **gaps_json(point.gaps),
                "is_shown": point.is_shown,
                "probability": point.probability,
            }
            for point in found.points
        ],
        "reference_front": list(found.reference_front),
        "joint_front": list(found.joint_front),
        "hypervolume_before": None if found.before is None else volume_json(found.before, axes),
        "hypervolume_after": None if found.after is None else volume_json(found.after, axes),
    }


def note_json(note: Note) -> Json:
    """One note."""
    return {"code": note.code.value, "message": note.message, "advice": note.advice}


def _by_axis(values: Sequence[float], axes: Sequence[Axis]) -> Mapping[str, float]:
    return {axis.name: value for axis, value in zip(axes, values, strict=True)}


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
