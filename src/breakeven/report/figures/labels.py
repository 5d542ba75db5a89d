"""Labels: where to put names beside points so that none covers a point or another name.

Vega-Lite has no label placement, so it is done here on a nominal drawing size; greedy, in the
order given, over eight places around each point.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

CHAR_PX = 6.9
LINE_PX = 13.0
POINT_PX = 7.0
N_NEAR = 8
"""Places so near to the point that nobody takes the label for another's."""
TOLERATED = 12.0
"""Square pixels that an optional label may cover, and its distance from the first choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A point in a drawing and what to write beside it.

    Attributes:
        x: Share of the width, 0 left to 1 right.
        y: Share of the height, 0 bottom to 1 top.
        text: The label.
        y_span: Ends of an upright interval through the point, as shares of the height.
        is_optional: Whether the label may be left out where it would cover something.
    """

    x: float
    y: float
    text: str
    y_span: tuple[float, float] | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Offset of a label's anchor in pixels, y downwards, its alignment, and what to write."""

    dx: float
    dy: float
    align: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the drawing in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        """Area that two boxes share, in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)


_PLACES = (
    (9, 0, "left"),
    (-9, 0, "right"),
    (0, -13, "center"),
    (0, 14, "center"),
    (8, -11, "left"),
    (-8, -11, "right"),
    (8, 12, "left"),
    (-8, 12, "right"),
    (9, -24, "left"),
    (9, 25, "left"),
    (-9, -24, "right"),
    (-9, 25, "right"),
    (9, -37, "left"),
    (9, 38, "left"),
    (-9, -37, "right"),
    (-9, 38, "right"),
    (9, -50, "left"),
    (9, 51, "left"),
)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The drawing at one width, with what is taken in it."""

    width_px: float
    height_px: float
    taken: list[Box]


def place(
    spots: Sequence[Spot],
    *,
    width_px: float,
    height_px: float,
    lines: Sequence[Box] = (),
    wide_px: float | None = None,
) -> list[Placement]:
    """Choose for each spot the place that covers least; earlier spots choose first.

    Args:
        spots: In order of importance.
        width_px: Nominal width of the drawing.
        height_px: Nominal height.
        lines: What else names should keep off, at the nominal width.
        wide_px: Another width at which names must keep apart; None for no other.

    Examples:
        >>> [p.align for p in place([Spot(x=0.1, y=0.5, text="FT")], width_px=300, height_px=200)]
        ['left']
    """
    widths = (width_px,) if wide_px is None else (width_px, wide_px)
    drawings = [_drawing(spots, lines, width, height_px, width / width_px) for width in widths]
    placed = []
    for spot in spots:
        near = _PLACES[:N_NEAR] if spot.is_optional else _PLACES
        costs = [max(_cost(spot, place_, drawing) for drawing in drawings) for place_ in near]
        best = min(range(len(near)), key=costs.__getitem__)
        dx, dy, align = _PLACES[best]
        is_left_out = spot.is_optional and costs[best] > TOLERATED
        placed.append(Placement(dx=dx, dy=dy, align=align, text="" if is_left_out else spot.text))
        for drawing in () if is_left_out else drawings:
            box = _label_box(spot, _PLACES[best], drawing.width_px, drawing.height_px)
            drawing.taken.append(box)
    return placed


def _drawing(
    spots: Sequence[Spot], lines: Sequence[Box], width_px: float, height_px: float, stretch: float
) -> _Drawing:
    taken = [Box(b.left * stretch, b.top, b.right * stretch, b.bottom) for b in lines]
    taken += [_around(spot, width_px, height_px) for spot in spots]
    taken += [_bar(spot, spot.y_span, width_px, height_px) for spot in spots if spot.y_span]
    return _Drawing(width_px, height_px, taken)


def _cost(spot: Spot, place_: tuple[float, float, str], drawing: _Drawing) -> float:
    box = _label_box(spot, place_, drawing.width_px, drawing.height_px)
    covered = sum(box.overlap(other) for other in drawing.taken)
    outside = max(0.0, -box.left) + max(0.0, box.right - drawing.width_px)
    outside += max(0.0, -box.top) + max(0.0, box.bottom - drawing.height_px)
    return covered + 40 * outside + _PLACES.index(place_) * 0.5


def _label_box(
    spot: Spot, place_: tuple[float, float, str], width_px: float, height_px: float
) -> Box:
    dx, dy, align = place_
    size = CHAR_PX * len(spot.text)
    anchor = spot.x * width_px + dx
    left = {"left": anchor, "right": anchor - size, "center": anchor - size / 2}[align]
    middle = (1 - spot.y) * height_px + dy
    return Box(left, middle - LINE_PX / 2, left + size, middle + LINE_PX / 2)


def _around(spot: Spot, width_px: float, height_px: float) -> Box:
    x, y = spot.x * width_px, (1 - spot.y) * height_px
    return Box(x - POINT_PX, y - POINT_PX, x + POINT_PX, y + POINT_PX)


def _bar(spot: Spot, span: tuple[float, float], width_px: float, height_px: float) -> Box:
    x, (low, high) = spot.x * width_px, span
    return Box(x - 2, (1 - high) * height_px, x + 2, (1 - low) * height_px)


def spread(
    positions: Sequence[float], *, gap: float = LINE_PX, limit: float = math.inf
) -> list[float]:
    """Move positions on one line apart by at least `gap`, keeping their order.

    Args:
        positions: In pixels.
        gap: Least distance between neighbours, in pixels.
        limit: Largest position allowed.

    Examples:
        >>> spread([10.0, 12.0, 60.0])
        [4.5, 17.5, 60.0]
    """
    order = sorted(range(len(positions)), key=positions.__getitem__)
    groups: list[tuple[float, int]] = []
    for index in order:
        groups.append((positions[index], 1))
        while len(groups) > 1 and _touch(groups[-2], groups[-1], gap):
            (first, n), (second, m) = groups[-2:]
            groups[-2:] = [((first * n + second * m) / (n + m), n + m)]
    moved = [centre + (step - (n - 1) / 2) * gap for centre, n in groups for step in range(n)]
    over = max(0.0, max(moved, default=0.0) - limit)
    result = [0.0] * len(positions)
    for index, position in zip(order, moved, strict=True):
        result[index] = position - over
    return result


def _touch(first: tuple[float, int], second: tuple[float, int], gap: float) -> bool:
    return second[0] - first[0] < gap * (first[1] + second[1]) / 2


def share_of(value: float, domain: tuple[float, float], *, is_log: bool) -> float:
    """Where a value lies on an axis, 0 at its start and 1 at its end."""
    low, high = domain
    if is_log:
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)
