"""Tables of anybody's numbers for `breakeven pareto`: points from a CSV or JSON file.

Headers are read as `breakeven import table` reads them, so units are in the header and strict.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from breakeven.analysis.dominance import Axis, GivenPoint, Traced, given_axes
from breakeven.cli.pareto_columns import (
    Columns,
    axis_name,
    columns_of,
    cost_columns,
    example_columns,
    metric_of,
    score_column,
)
from breakeven.cli.traces_file import read_traces
from breakeven.errors import DataFileError
from breakeven.records import Kind, Origin, Resource
from breakeven.store.importers.printed import is_clock, read_clock, read_printed
from breakeven.store.importers.tables.grid import Grid, Row, read_grid
from breakeven.store.importers.tables.vocabulary import Use

if TYPE_CHECKING:
    from breakeven.store.importers.printed import Printed

_COUNTED = (Resource.FLOPS, Resource.N_PARAMETERS)
LOSSES = frozenset({"perplexity", "loss", "error_rate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTable:
    """Points of a file.

    Attributes:
        points: In order.
        axes: Score first, where there is one.
        traces: What costs were integrated from; empty for printed ones.
        assumed: Axes of which the file does not say how their numbers were had.
        macs: Whether work was given as multiply-accumulates and doubled.
        left_out: Names of rows in which a cell that is needed is empty.
    """

    points: tuple[GivenPoint, ...]
    axes: tuple[Axis, ...]
    traces: tuple[Traced, ...] = ()
    assumed: tuple[str, ...] = ()
    macs: bool = False
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is asked of a file.

    Attributes:
        score: Column or metric; empty for the only one, "none" for none.
        costs: Columns or names of costs; empty for all of them.
        part: Table inside a JSON file.
        kind: How its costs were had; None where nobody says.
        traces: Power samples by name; None without.
    """

    score: str = ""
    costs: tuple[str, ...] = ()
    part: str = ""
    kind: Kind | None = None
    traces: Path | None = None


def read_tables(path: Path, choice: Choice) -> Iterator[GivenTable]:
    """Read points from a file: in the costs asked for, else in every cost by itself.

    Args:
        path: CSV, or JSON by its ending.
        choice: Which columns.

    Raises:
        DataFileError: As `read_table`.
        UnknownNameError: The same.
    """
    if choice.costs or choice.score == "none":
        yield read_table(path, choice)
        return
    columns = columns_of(read_grid(path, part=choice.part))
    has_traces = choice.traces is not None
    for index in cost_columns(columns, (), has_traces=has_traces):
        name = axis_name(columns, index) if index is None else columns.grid.header[index]
        yield read_table(path, replace(choice, costs=(name,)))


def read_table(path: Path, choice: Choice) -> GivenTable:
    """Read points from a file.

    Args:
        path: CSV, or JSON by its ending.
        choice: Which columns.

    Raises:
        DataFileError: If the file, a header or a cell cannot be read; names row and column.
        UnknownNameError: If there is no column of a name.
    """
    grid = read_grid(path, part=choice.part)
    columns = columns_of(grid)
    traces = {} if choice.traces is None else read_traces(choice.traces)
    score = score_column(columns, choice.score)
    costs = cost_columns(columns, choice.costs, has_traces=bool(traces))
    metric = None if choice.score == "none" else metric_of(columns, score)
    if choice.score == "none" and len(costs) < 2:
        raise DataFileError(
            f"{grid.place}: without a score two costs are needed; name two with --cost, or a score "
            "with --score."
        )
    axes = given_axes(
        metric,
        [axis_name(columns, index) for index in costs],
        lower_is_better=metric in LOSSES,
    )
    reader = _Reader(
        columns=columns, axes=axes, score=score, costs=costs, choice=choice, traces=traces
    )
    read = [(row, reader.point(row)) for row in grid.rows]
    points = tuple(point for _, point in read if point is not None)
    if not points:
        raise DataFileError(
            f"{grid.place}: no row has a value of {', '.join(axis.name for axis in axes)}; fill "
            "the cells, or choose other columns."
        )
    if axes[0].is_fraction and any(point.values[0] > 1 for point in points):
        axes = (replace(axes[0], is_fraction=False), *axes[1:])
    units = [columns.meanings[i].unit for i in costs if i is not None]
    return GivenTable(
        points=points,
        axes=axes,
        traces=tuple(traces[point.name] for point in points if point.name in traces),
        assumed=tuple(
            axis.name
            for i, axis in enumerate(axes)
            if any(point.kinds.get(i) is Kind.ASSUMED for point in points)
        ),
        macs=any(unit is not None and unit.is_macs for unit in units),
        left_out=tuple(row.cells[columns.name] for row, point in read if point is None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads rows into points."""

    columns: Columns
    axes: tuple[Axis, ...]
    score: int | None
    costs: tuple[int | None, ...]
    choice: Choice
    traces: Mapping[str, Traced]

    def point(self, row: Row) -> GivenPoint | None:
        """One row; None where a cell that is needed is empty."""
        name = row.cells[self.columns.name]
        if not name:
            raise DataFileError(
                f"{row.place}: column {self.columns.grid.header[self.columns.name]!r} is empty; "
                "expected a name."
            )
        needed = [i for i in (self.score, *self.costs) if i is not None]
        if any(not row.cells[i] for i in needed):
            return None
        counts = self._counts(row)
        values, bounds = list[float](), dict[int, tuple[float, float]]()
        rounded = set[int]()
        kinds, origins = dict[int, Kind](), dict[int, Origin]()
        for place, axis in enumerate(self.axes):
            index = self.score if axis.is_score else self.costs[place - self._n_scores]
            if index is None and axis.is_score:
                assert counts is not None
                values.append(counts[0] / counts[1])
                continue
            if index is None:
                found = self._traced(row, name, self._n_items(row))
                kinds[place], origins[place] = Kind.MEASURED, Origin.PUBLISHED
                values.append(found[0])
                bounds[place] = found[1:]
                continue
            printed, ends = self._cell(row, index)
            values.append(printed.value)
            if ends is not None:
                bounds[place] = ends
                if self.columns.beside(index, "_low") is None:
                    rounded.add(place)
            kinds[place], origins[place] = self._said(row, index, axis)
        return GivenPoint(
            name=name,
            values=tuple(values),
            bounds=bounds,
            counts=counts if self.score is None or self._agrees(counts, values) else None,
            kinds=kinds,
            origins=origins,
            printed=frozenset(rounded),
        )

    @property
    def _n_scores(self) -> int:
        return sum(axis.is_score for axis in self.axes)

    def _agrees(self, counts: tuple[int, int] | None, values: Sequence[float]) -> bool:
        is_share = self.axes[0].name == "accuracy" and self.axes[0].is_score
        return is_share and counts is not None and abs(values[0] - counts[0] / counts[1]) <= 0.005

    def _counts(self, row: Row) -> tuple[int, int] | None:
        correct, examples = self.columns.of(Use.N_CORRECT), example_columns(self.columns)
        if not (correct and examples and self._n_scores):
            return None
        found = []
        for index in (correct[0], examples[0]):
            text = row.cells[index]
            if not text.isdecimal():
                raise _bad(self.columns.grid, row, index, "expected a whole number")
            found.append(int(text))
        if not 0 <= found[0] <= found[1] or not found[1]:
            raise DataFileError(
                f"{row.place}: {found[0]} right of {found[1]} examples is no share."
            )
        return found[0], found[1]

    def _n_items(self, row: Row) -> float:
        examples = example_columns(self.columns)
        if not examples:
            return 1.0
        text = row.cells[examples[0]]
        if not text.isdecimal() or int(text) == 0:
            raise _bad(self.columns.grid, row, examples[0], "expected a whole number above 0")
        return float(text)

    def _traced(self, row: Row, name: str, n_items: float) -> tuple[float, float, float]:
        if name not in self.traces:
            raise DataFileError(
                f"{row.place}: {self.choice.traces} holds no samples of {name!r}; the names of "
                "both files must agree."
            )
        found = self.traces[name]
        return found.energy_j / n_items, found.low_j / n_items, found.high_j / n_items

    def _cell(self, row: Row, index: int) -> "tuple[Printed, tuple[float, float] | None]":
        printed = self._number(row, index, like=index)
        ends = [self.columns.beside(index, ending) for ending in ("_low", "_high")]
        if ends == [None, None]:
            is_open = printed.high > printed.low
            return printed, (printed.low, printed.high) if is_open else None
        if None in ends:
            raise DataFileError(
                f"{row.place}: column {self.columns.grid.header[index]!r} has one end of an "
                "interval; give both _low and _high, or neither."
            )
        low, high = (self._number(row, end or 0, like=index).value for end in ends)
        if not low <= printed.value <= high:
            raise DataFileError(
                f"{row.place}: column {self.columns.grid.header[index]!r}: {low:g} to {high:g} "
                f"does not hold its value {printed.value:g}; expected low <= value <= high."
            )
        return printed, (low, high)

    def _number(self, row: Row, index: int, *, like: int) -> "Printed":
        text, meaning = row.cells[index], self.columns.meanings.get(like)
        plain = text.replace(",", ".") if self.columns.grid.has_decimal_commas else text
        is_cost = meaning is not None and meaning.use is Use.COST
        unit = meaning.unit if meaning is not None else None
        factor = 1.0 if unit is None else unit.factor
        if meaning is not None and meaning.is_percent:
            factor = 0.01
        try:
            found = read_clock(plain) if is_clock(plain) else read_printed(plain, factor=factor)
        except ValueError as error:
            raise _bad(self.columns.grid, row, index, str(error)) from error
        if is_cost and found.value < 0:
            raise _bad(self.columns.grid, row, index, "expected a cost of 0 or more")
        return found

    def _said(self, row: Row, index: int, axis: Axis) -> tuple[Kind, Origin]:
        """Kind and origin of a cell: by a column of kinds, by --kind, else assumed."""
        header, kinds = self.columns.grid.header, self.columns.of(Use.KIND)
        stems = [header[index], header[index].rpartition("_")[0]]
        beside = next((i for i in kinds if self.columns.meanings[i].name in stems), None)
        by_nature = axis.is_score or axis.resource in _COUNTED
        kind = self.choice.kind or (Kind.COUNTED if by_nature else Kind.ASSUMED)
        if beside is None or not row.cells[beside]:
            return kind, Origin.PUBLISHED
        text = row.cells[beside]
        if text in list(Kind):
            return Kind(text), Origin.PUBLISHED
        if text in list(Origin):
            return kind, Origin(text)
        known = ", ".join((*Kind, *Origin))
        raise _bad(self.columns.grid, row, beside, f"expected one of {known}")


def _bad(grid: Grid, row: Row, index: int, expected: str) -> DataFileError:
    return DataFileError(
        f"{row.place}: column {grid.header[index]!r} holds {row.cells[index]!r}; {expected}."
    )
