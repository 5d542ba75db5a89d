"""Design: the columns from which log cost is foretold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.cell import ROUTE, Cell
from breakeven.analysis.sweeps.compact import MIN_LENGTHS, Surface, surface

LENGTH, DEPTH, BATCH = "length", "depth", "batch"


def levels_of(cell: Cell) -> list[tuple[str, str]]:
    """Everything a cell's cost is foretold by, as names: what was measured of it can be counted.

    Examples:
        >>> levels_of(Cell(route="FT"))
        [('route', 'FT'), ('length', '1'), ('depth', '1'), ('batch', '1')]
    """
    told = cell.features
    numbers = {LENGTH: told.length, DEPTH: told.depth, BATCH: told.batch}
    return list({ROUTE: cell.route, **told.levels, **_texts(numbers)}.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Terms of the model of log cost.

    Attributes:
        line: Cost over length; None: each length is a level.
        numbers: Of depth and batch, those that differ.
        levels: Levels of everything else that differs, by name; the first has no column.
        products: Pairs of terms whose products are columns as well.
        known: Levels that were measured, those that all cells share too; of lengths where they are
            levels.
        spans: Least and largest of length, depth and batch that were measured.
    """

    line: Surface | None
    numbers: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    known: Mapping[str, tuple[str, ...]]
    products: tuple[tuple[str, str], ...] = ()
    spans: Mapping[str, tuple[float, float]]

    @property
    def terms(self) -> tuple[str, ...]:
        """Single terms by name."""
        is_long = self.line is not None and self.line.slope != 0
        return (*((LENGTH,) if is_long else ()), *self.numbers, *self.levels)

    @property
    def told(self) -> tuple[str, ...]:
        """Terms and products in words."""
        return (*self.terms, *(f"{one} x {two}" for one, two in self.products))

    def larger(self) -> Iterator["Design"]:
        """The same with one more product."""
        for pair in combinations(self.terms, 2):
            if pair not in self.products:
                yield replace(self, products=(*self.products, pair))

    def knows(self, cell: Cell) -> bool:
        """Whether everything in a cell was measured, numbers within their span."""
        held = dict(levels_of(cell))
        is_known = all(held.get(name, "") in levels for name, levels in self.known.items())
        numbers = _numbers(cell)
        within = (low <= numbers[name] <= high for name, (low, high) in self.spans.items())
        return is_known and all(within)

    def matrix(self, cells: Sequence[Cell]) -> Floats:
        """Columns, shape (n_cells, n_columns)."""
        single = {term: self._columns(term, cells) for term in self.terms}
        both = [
            (single[one][:, :, None] * single[two][:, None, :]).reshape(len(cells), -1)
            for one, two in self.products
        ]
        return np.hstack([np.ones((len(cells), 1)), *single.values(), *both])

    def _columns(self, term: str, cells: Sequence[Cell]) -> Floats:
        if term in self.levels:
            held = [dict(levels_of(cell)).get(term, "") for cell in cells]
            told = [[float(own == level) for level in self.levels[term][1:]] for own in held]
            return np.array(told, dtype=float).reshape(len(cells), -1)
        if term == LENGTH:
            assert self.line is not None
            at = [self.line.intercept + self.line.slope * c.features.length for c in cells]
            return np.log(np.maximum(at, np.finfo(float).tiny))[:, None]
        return np.log([_numbers(cell)[term] for cell in cells])[:, None]


def design_of(cells: Sequence[Cell], log_costs: Floats) -> Design:
    """Single terms that differ among measured cells, cost following a line in the length.

    The line is that of `compact.surface`, with a factor for each route; where it would fall below
    0 at a length that was measured, cost is taken as proportional to a power of the length.

    Args:
        cells: Measured.
        log_costs: Of each, shape (n_cells,).
    """
    held: dict[str, dict[str, None]] = {}
    for cell in cells:
        for name, level in levels_of(cell):
            held.setdefault(name, {})[level] = None
    for name, seen in held.items():
        if any(name not in dict(levels_of(cell)) for cell in cells):
            seen[""] = None
    differing = {name: tuple(seen) for name, seen in held.items() if len(seen) > 1}
    numbers = tuple(name for name in (DEPTH, BATCH) if name in differing)
    return Design(
        line=_line(cells, log_costs),
        numbers=numbers,
        levels={k: v for k, v in differing.items() if k not in (LENGTH, *numbers)},
        known={k: tuple(v) for k, v in held.items() if k not in (LENGTH, DEPTH, BATCH)},
        spans={
            name: (min(values), max(values))
            for name in (LENGTH, DEPTH, BATCH)
            for values in [[_numbers(cell)[name] for cell in cells]]
        },
    )


def by_length(design: Design, cells: Sequence[Cell]) -> Design | None:
    """The same with a factor for each length; None with fewer than three lengths.

    Args:
        design: With a line.
        cells: Measured.
    """
    lengths = dict.fromkeys(_texts({LENGTH: cell.features.length})[LENGTH] for cell in cells)
    if len(lengths) < MIN_LENGTHS:
        return None
    told = {LENGTH: tuple(lengths)}
    return replace(
        design, line=None, levels={**told, **design.levels}, known={**told, **design.known}
    )


def _line(cells: Sequence[Cell], log_costs: Floats) -> Surface:
    lengths = [cell.features.length for cell in cells]
    n_lengths = len(set(lengths))
    if n_lengths == 1:
        return Surface(intercept=1.0, slope=0.0, factors={})
    plain = Surface(intercept=0.0, slope=1.0, factors={})
    if n_lengths < MIN_LENGTHS:
        return plain
    found = surface(lengths, [cell.route for cell in cells], np.exp(log_costs).tolist())
    is_positive = all(found.intercept + found.slope * length > 0 for length in lengths)
    return found if is_positive and found.slope != 0 else plain


def _numbers(cell: Cell) -> dict[str, float]:
    told = cell.features
    return {LENGTH: told.length, DEPTH: told.depth, BATCH: told.batch}


def _texts(numbers: Mapping[str, float]) -> dict[str, str]:
    return {name: f"{value:g}" for name, value in numbers.items()}
