"""Plane rows: the points of a plane as data to draw, each with the place of its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.records import Estimate, Resource
from breakeven.report.figures.figure import SURFACE, Series
from breakeven.report.figures.hollow import doubts_of
from breakeven.report.figures.labels import Box, Placement, Spot, place, share_of
from breakeven.report.quantity import format_estimate, format_score, score_scale

HEIGHT_PX, NOMINAL_WIDTH_PX = 230, 215
CROWDED = 6
"""From this many points on a plane takes the width of the page, and its names need it."""
CROWDED_HEIGHT_PX, CROWDED_WIDTH_PX = 330, 235
"""As narrow as a telephone draws it, so that names keep apart there too."""
PACKED = 15
"""From this many points on, names that would cover something are left to tooltip and table."""
WIDE_PX = 1020
"""As wide as a desk draws a crowded plane."""

Row = dict[str, str | float | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanePoint:
    """One mark.

    Attributes:
        name: For the tooltip.
        label: Beside the mark.
        look: Colour and shape.
        cost: Where it is across, with its interval.
        score: Where it is up, with its interval.
        is_on_front: Filled and joined by the staircase when true.
        tip: A last line for the tooltip.
        is_named: Whether the name stands there even where it covers something.
        is_flat: Whether it lies in a region in which no loss of quality is shown; ringed.
    """

    name: str
    label: str
    look: Series
    cost: Estimate
    score: Estimate
    is_on_front: bool
    tip: str = ""
    is_named: bool = True
    is_flat: bool = False

    @property
    def doubts(self) -> str:
        """How its numbers came about that nobody measured or counted here; empty for none."""
        return doubts_of([each for each in (self.cost, self.score) if doubts_of([each])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """One drawing.

    Attributes:
        name: Of the figure.
        title: The finding.
        description: For screen readers.
        resource: Of the cost axis.
        cost_title: Title of the cost axis.
        metric: Of the quality axis.
        points: What to draw.
    """

    name: str
    title: str
    description: str
    resource: Resource
    cost_title: str
    metric: str
    points: Sequence[PlanePoint]

    @property
    def is_crowded(self) -> bool:
        """Whether it holds too much for a third of the page."""
        return len(self.points) >= CROWDED

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height for which names are placed; the height is also the one drawn."""
        if self.is_crowded:
            return CROWDED_WIDTH_PX, CROWDED_HEIGHT_PX
        return NOMINAL_WIDTH_PX, HEIGHT_PX


def span_of(estimate: Estimate, factor: float = 1.0) -> tuple[float, float, float]:
    """Low, value and high in a unit; the value itself where there is no interval."""
    value = estimate.value or 0.0
    low = value if estimate.low is None else estimate.low
    high = value if estimate.high is None else estimate.high
    return low / factor, value / factor, high / factor


def rows_of(
    plane: Plane, x_domain: tuple[float, float], y_domain: tuple[float, float], *, is_log: bool
) -> list[Row]:
    """One row per point; those on the front choose the place of their name first."""
    factor = score_scale(plane.metric, 1.0).factor
    order = sorted(plane.points, key=lambda p: (not p.is_on_front, not p.is_named))
    spots = [
        Spot(
            x=share_of(span_of(p.cost)[1], x_domain, is_log=is_log),
            y=share_of(span_of(p.score, factor)[1], y_domain, is_log=False),
            text=p.label,
            y_span=_shares(span_of(p.score, factor), y_domain),
            is_optional=not p.is_named and len(order) >= PACKED,
        )
        for p in order
    ]
    width_px, height_px = plane.size_px
    front = [s for s, p in zip(spots, order, strict=True) if p.is_on_front]
    steps = _treads(front, width_px, height_px)
    wide_px = WIDE_PX if plane.is_crowded else None
    places = place(spots, width_px=width_px, height_px=height_px, lines=steps, wide_px=wide_px)
    rows = [
        {**_row(plane, point, at), "label": point.label if at.text else ""}
        for point, at in zip(order, places, strict=True)
    ]
    return rows[::-1]


def _treads(front: Sequence[Spot], width_px: float, height_px: float) -> list[Box]:
    """The level parts of the staircase, which names should keep off."""
    ordered = sorted(front, key=lambda s: s.x)
    starts = [spot.x for spot in ordered]
    return [
        Box(
            spot.x * width_px,
            (1 - spot.y) * height_px - 2,
            end * width_px,
            (1 - spot.y) * height_px + 2,
        )
        for spot, end in zip(ordered, [*starts[1:], 1.0], strict=False)
    ]


def _shares(span: tuple[float, float, float], domain: tuple[float, float]) -> tuple[float, float]:
    return share_of(span[0], domain, is_log=False), share_of(span[2], domain, is_log=False)


def _row(plane: Plane, point: PlanePoint, at: Placement) -> Row:
    cost_low, cost, cost_high = span_of(point.cost)
    score_low, score, score_high = span_of(point.score, score_scale(plane.metric, 1.0).factor)
    return {
        "name": point.name,
        "label": point.label,
        "tip": point.tip,
        "is_on_front": point.is_on_front,
        "is_flat": point.is_flat,
        "doubts": point.doubts,
        "cost": cost,
        "cost_low": cost_low,
        "cost_high": cost_high,
        "score": score,
        "score_low": score_low,
        "score_high": score_high,
        "cost_text": format_estimate(point.cost, plane.resource),
        "score_text": format_score(point.score, plane.metric),
        "colour": point.look.colour,
        "fill": point.look.colour if point.is_on_front else SURFACE,
        "shape": point.look.shape,
        "dx": at.dx,
        "dy": at.dy,
        "align": at.align,
    }
