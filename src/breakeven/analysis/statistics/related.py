"""Related: two columns of runs held against each other, and what one value does to the answer.

r = 0.997 between FLOPs and energy may rest on one run that is far from all others, while the energy
per FLOP of the same runs differs tenfold: a correlation over decades says that large is large.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.samples.correlation import Correlation, correlate
from breakeven.analysis.uncertain import LEVEL
from breakeven.records import Note, NoteCode

MOST = 0.5
"""Share of the spread from which on one value carries a correlation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Two columns.

    Attributes:
        x: Name of the one.
        y: Name of the other.
        found: Pearson's r, Spearman's, and the value that holds most of the spread; None with fewer
            than four points, or where a column does not vary.
        fold: Largest y / x over the smallest; None where a value is not above 0.
        n: Points.
        level: Of the interval.
    """

    x: str
    y: str
    found: Correlation | None
    fold: float | None
    n: int
    level: float


def relate(
    xs: Sequence[float],
    ys: Sequence[float],
    *,
    names: tuple[str, str] = ("x", "y"),
    level: float = LEVEL,
) -> Related:
    """Correlate two columns and say how far their quotient ranges.

    Args:
        xs: shape (n,).
        ys: shape (n,).
        names: Of both columns.
        level: Confidence level.

    Raises:
        ValueError: If the lengths differ.

    Examples:
        >>> told = relate([1, 2, 3, 1000], [4.0, 3.0, 9.0, 4000.0])
        >>> round(told.found.pearson.value, 3), round(told.fold, 2)
        (1.0, 2.67)
    """
    is_positive = min(*xs, *ys, 1.0) > 0
    quotients = [y / x for x, y in zip(xs, ys, strict=True)] if is_positive else []
    return Related(
        x=names[0],
        y=names[1],
        found=correlate(xs, ys, level=level),
        fold=max(quotients) / min(quotients) if quotients else None,
        n=len(xs),
        level=level,
    )


def leverage(told: Related) -> tuple[Note, ...]:
    """Warn where one value carries the correlation.

    Args:
        told: As `relate` gives it.

    Examples:
        >>> leverage(relate([1, 2, 3, 100], [3.0, 1.0, 2.0, 90.0]))[0].code.value
        'one-value-carries'
    """
    found = told.found
    if found is None or not found.rests_on(MOST):
        return ()
    without = found.pearson_without
    rest = "too little is left" if without is None else f"r is {without:.5g}"
    spread = "" if told.fold is None else f" {told.y} per {told.x} differs {told.fold:.3g}-fold."
    return (
        Note(
            code=NoteCode.ONE_VALUE_CARRIES,
            message=f"one value ({len(found.holders)} of {told.n} points) holds {found.share:.2%} "
            f"of the spread; without it {rest}.{spread}",
            advice="Look at the quotient row by row, and at logarithms, before saying that the one "
            "follows the other.",
        ),
    )
