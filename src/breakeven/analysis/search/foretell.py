"""Foretell: what cells will cost, from those that were measured, so that hopeless ones are spared.

Log cost by least squares: a line in the length, a factor for every level of everything else, powers
of depth and batch; products of two of these only where they foretell cells that were left out
better. Where cost does not follow a line in the length, each length has a factor of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.design import Design, by_length, design_of, levels_of

_EXACT = 1e-6
"""Errors of log cost that are rounding."""

PAYS = 0.95
"""A product of two terms stays when the error of cells left out falls below this share."""

MOST_PRODUCTS = 6
P_PLAIN = 0.01
"""Below this p of an F test, factors for each length tell more than a line does."""

N_PROBES = 24
NEW_ROUTE = 0.3
"""By how much a probe on a route without any must tell more: it is to be made and loaded first."""


def probes(cells: Sequence[Cell], rng: np.random.Generator, *, least: int = N_PROBES) -> list[int]:
    """Choose cells to measure first, so that every level of everything is among them often.

    Routes are used again rather than new ones made and loaded, where that tells nearly as much.

    Args:
        cells: All there are.
        rng: Breaks ties.
        least: How many at least; more where there are many levels.

    Returns:
        Places in `cells`.
    """
    held = [levels_of(cell) for cell in cells]
    seen: dict[tuple[str, str], int] = {level: 0 for levels in held for level in levels}
    left = [int(place) for place in rng.permutation(len(cells))]
    chosen: list[int] = []
    opened: set[str] = set()

    def told_by(place: int) -> float:
        tells = sum(1 / (1 + seen[level]) for level in held[place])
        return tells - NEW_ROUTE * (cells[place].route not in opened)

    for _ in range(min(len(cells), max(least, 2 * len(seen)))):
        best = max(left, key=told_by)
        left.remove(best)
        chosen.append(best)
        opened.add(cells[best].route)
        for level in held[best]:
            seen[level] += 1
    return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """How cost was foretold, and how well.

    Attributes:
        terms: What it went by.
        is_length_plain: Whether cost follows a line in the length; else each length has a factor
            of its own and lengths that were not measured are not foretold.
        p_length: Of the F test that tells the two apart; None where lengths do not differ enough.
        error_frac: Root mean square of relative errors, each cell foretold by all others.
        n: Cells that rests on.
        checked_frac: The same for cells measured after they had been foretold; None before.
        n_checked: Cells that rests on.
        n_skipped: Cells that were not measured because of it.
    """

    terms: tuple[str, ...]
    is_length_plain: bool
    p_length: float | None
    error_frac: float
    n: int
    checked_frac: float | None = None
    n_checked: int = 0
    n_skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Foretelling:
    """A fit that foretells.

    Attributes:
        report: How well.
        error: Root mean square of the errors of log cost.
        design: What it goes by.
        weights: Of the columns of the design.
    """

    report: Foretold
    error: float
    design: Design
    weights: Floats

    def log_costs(self, cells: Sequence[Cell]) -> Floats:
        """Log cost of each cell; nan where it holds something that was not measured."""
        told: Floats = self.design.matrix(cells) @ self.weights
        told[[not self.design.knows(cell) for cell in cells]] = np.nan
        return told


def foretell(cells: Sequence[Cell], log_costs: Floats) -> Foretelling:
    """Fit the log costs of measured cells.

    Args:
        cells: Measured, at least three.
        log_costs: Of each, shape (n_cells,).

    Examples:
        >>> from breakeven.analysis.search.cell import cell_of
        >>> cells = [cell_of(route, {"max_length": n}) for route in "ab" for n in (8, 16, 32, 64)]
        >>> costs = [(1 + n) * share for share in (1.0, 0.5) for n in (8, 16, 32, 64)]
        >>> found = foretell(cells, np.log(costs))
        >>> found.report.is_length_plain, found.report.terms, round(found.error, 6)
        (True, ('length', 'route'), 0.0)
        >>> round(float(np.exp(found.log_costs([cell_of("b", {"max_length": 48})]))[0]), 3)
        24.5
    """
    line = design_of(cells, log_costs)
    levels = by_length(line, cells)
    p = None if levels is None else _p_of_levels(line, levels, cells, log_costs)
    is_plain = p is None or p >= P_PLAIN
    design = _with_products(line if is_plain or levels is None else levels, cells, log_costs)
    weights, errors = _fit(design.matrix(cells), log_costs)
    error = _rms(errors)
    return Foretelling(
        report=Foretold(
            terms=design.told,
            is_length_plain=is_plain,
            p_length=p,
            error_frac=float(np.expm1(error)),
            n=len(cells),
        ),
        error=error,
        design=design,
        weights=weights,
    )


def _with_products(design: Design, cells: Sequence[Cell], log_costs: Floats) -> Design:
    """Add products of two terms, best first, as long as they pay."""
    best = _rms(_fit(design.matrix(cells), log_costs)[1])
    for _ in range(MOST_PRODUCTS):
        tried = [
            (_rms(_fit(larger.matrix(cells), log_costs)[1]), place, larger)
            for place, larger in enumerate(design.larger())
        ]
        error, _, larger = min(tried, default=(np.inf, 0, design))
        if error > PAYS * best or best < _EXACT:
            break
        best, design = error, larger
    return design


def _fit(matrix: Floats, log_costs: Floats) -> tuple[Floats, Floats]:
    """Weights, and the error of each cell when it is left out.

    A cell that alone decides about a term cannot be foretold by the others; its error is then as
    large as log costs scatter.
    """
    inverse = np.linalg.pinv(matrix)
    weights: Floats = inverse @ log_costs
    leverage = np.einsum("ij,ji->i", matrix, inverse)
    is_alone = leverage > 1 - 1e-6
    residuals = log_costs - matrix @ weights
    errors = residuals / np.where(is_alone, 1.0, 1 - leverage)
    errors[is_alone] = log_costs.std()
    return weights, errors


def _p_of_levels(
    line: Design, levels: Design, cells: Sequence[Cell], log_costs: Floats
) -> float | None:
    """P of the F test whether factors for each length tell more than a line."""
    left, ranks = [], []
    for design in (line, levels):
        matrix = design.matrix(cells)
        residuals = log_costs - matrix @ _fit(matrix, log_costs)[0]
        left.append(float(residuals @ residuals))
        ranks.append(int(np.linalg.matrix_rank(matrix)))
    n_more, n_free = ranks[1] - ranks[0], len(cells) - ranks[1]
    if n_more <= 0 or n_free <= 0:
        return None
    if left[1] <= _EXACT**2 * len(cells):
        return 1.0 if left[0] <= _EXACT**2 * len(cells) else 0.0
    ratio = (left[0] - left[1]) / n_more / (left[1] / n_free)
    return float(stats.f.sf(ratio, n_more, n_free))


def _rms(errors: Floats) -> float:
    return float(np.sqrt(np.mean(errors**2)))
