"""Front drawing: one space of a score and a cost as SVG, with intervals and the front as steps.

Needs the extra `report`.
"""

from importlib.util import find_spec
from textwrap import wrap
from typing import TYPE_CHECKING

from breakeven.analysis.dominance import SpaceResult
from breakeven.errors import MissingExtraError
from breakeven.report.quantity import format_probability
from breakeven.report.signs import NBSP

if TYPE_CHECKING:
    from breakeven.report.figures.plane_rows import Plane

_NEEDED = ("altair", "vl_convert")
WIDTH_PX, NOTE_CHARS = 640, 90


def draw_front(found: SpaceResult) -> str:
    """Draw one space.

    Args:
        found: Of a score and one known cost.

    Raises:
        MissingExtraError: If the extra `report` is not installed.
        ValueError: If it has other axes.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise MissingExtraError("a drawing of the front", "report")
    plane = _plane(found)
    from breakeven.report.drawing import light_svg  # noqa: PLC0415 - only with the extra installed
    from breakeven.report.figures.figure import MUTED  # noqa: PLC0415 - the same
    from breakeven.report.figures.plane import drawn  # noqa: PLC0415 - the same

    figure = drawn(plane)
    lines = wrap(figure.note, NOTE_CHARS)
    told = {"text": lines, "anchor": "start", "fontWeight": "normal", "color": MUTED}
    return light_svg({**figure.spec, "width": WIDTH_PX, "title": told if lines else None})


def _plane(found: SpaceResult) -> "Plane":
    from breakeven.report.figures.figure import Series  # noqa: PLC0415 - as above
    from breakeven.report.figures.plane_rows import Plane, PlanePoint  # noqa: PLC0415 - as above

    axes = found.space.axes
    resource = axes[-1].resource
    if len(axes) != 2 or not axes[0].is_score or resource is None:
        names = ", ".join(axis.name for axis in axes)
        raise ValueError(f"a drawing has a score and one cost, and here are {names}; choose one")
    score, cost = axes
    front = set(found.front)
    look = Series(name="point", colour="var(--series-1)", shape="circle", dash=())
    return Plane(
        name="front",
        title=f"{len(front)} of {len(found.space.spots)} on the front",
        description=f"{score.title} against {cost.words}, {found.space.phase}; on the front: "
        f"{', '.join(found.front)}.",
        resource=resource,
        cost_title=f"{cost.title}, {found.space.phase}",
        metric=score.name if score.is_fraction else f"{score.name} (as given)",
        points=[
            PlanePoint(
                name=spot.name,
                label=_label(found, spot.name),
                look=look,
                cost=spot.at[1],
                score=spot.at[0],
                is_on_front=spot.name in front,
                is_named=spot.name in front,
            )
            for spot in found.space.spots
        ],
    )


def _label(found: SpaceResult, name: str) -> str:
    if found.membership is None:
        return name
    return f"{name} {format_probability(found.membership[name])}".replace(NBSP, "")
