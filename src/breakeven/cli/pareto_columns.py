"""Columns of anybody's table for `breakeven pareto`: which is the name, the score, the costs.

Headers are read as `breakeven import table` reads them, so units are in the header and strict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.errors import DataFileError, UnknownNameError
from breakeven.records import Resource
from breakeven.store.importers.tables.grid import Grid
from breakeven.store.importers.tables.meanings import Meaning, meaning_of, why_unknown
from breakeven.store.importers.tables.vocabulary import Use

_NAMES = (Use.CONFIGURATION, Use.PATHWAY, Use.ID)
"""Columns that may hold names, the closest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Columns of a grid by what they hold.

    Attributes:
        grid: The table.
        name: Position of the column of names.
        meanings: What is known of each, by position.
    """

    grid: Grid
    name: int
    meanings: Mapping[int, Meaning] = field(default_factory=dict)

    def of(self, use: Use) -> list[int]:
        """Positions of the columns of one use."""
        return [i for i, meaning in self.meanings.items() if meaning.use is use]

    def beside(self, index: int, ending: str) -> int | None:
        """Position of the column that is called like another with an ending."""
        wanted = f"{self.grid.header[index]}{ending}"
        return self.grid.header.index(wanted) if wanted in self.grid.header else None


def columns_of(grid: Grid) -> Columns:
    """Tell the columns of a table.

    Raises:
        DataFileError: If none holds names.
    """
    meanings = {
        i: meaning
        for i, header in enumerate(grid.header)
        if (meaning := meaning_of(header)) is not None
    }
    found = Columns(grid=grid, name=0, meanings=meanings)
    name = next((i for use in _NAMES for i in found.of(use)), None)
    if name is None:
        texts = [i for i in range(len(grid.header)) if not _is_number(grid.rows[0].cells[i])]
        name = texts[0] if texts else None
    if name is None:
        raise DataFileError(
            f"{grid.place}: no column holds names; add one such as 'model' or 'config'."
        )
    return Columns(grid=grid, name=name, meanings=meanings)


def score_column(columns: Columns, asked: str) -> int | None:
    """Position of the score; None for counts of right answers, or for none at all.

    Raises:
        DataFileError: If it is not said which, and several or none are there.
        UnknownNameError: If there is none of that name.
    """
    scores = columns.of(Use.SCORE)
    has_counts = bool(columns.of(Use.N_CORRECT)) and bool(example_columns(columns))
    if asked == "none":
        return None
    if asked:
        header = columns.grid.header
        named = [i for i in scores if asked in (header[i], columns.meanings[i].name)]
        if named:
            return named[0]
        if asked == "accuracy" and has_counts:
            return None
        if asked in header:
            return header.index(asked)  # a metric of one's own needs no unit
        known = [*(header[i] for i in scores), *(["accuracy"] if has_counts else [])]
        raise UnknownNameError("score", asked, known)
    if len(scores) + has_counts == 1:
        return scores[0] if scores else None
    names = ", ".join(columns.grid.header[i] for i in scores) or "none that is known"
    raise DataFileError(
        f"{columns.grid.place}: which column is the score? Known here: {names}. Name one with "
        "--score, or --score none to compare costs alone."
    )


def metric_of(columns: Columns, score: int | None) -> str:
    """Name of the score; that of counts is accuracy."""
    if score is None:
        return "accuracy"
    meaning = columns.meanings.get(score)
    is_known = meaning is not None and meaning.use is Use.SCORE
    return meaning.name if meaning is not None and is_known else columns.grid.header[score]


def example_columns(columns: Columns) -> list[int]:
    """Positions of columns that count examples."""
    counts = columns.of(Use.COUNT)
    return [i for i in counts if columns.meanings[i].name == "n_examples"]


def cost_columns(
    columns: Columns, asked: Sequence[str], *, has_traces: bool
) -> tuple[int | None, ...]:
    """Position of each cost, of all where none is asked for; None for energy by traces.

    Raises:
        DataFileError: If no column is a cost, or the one asked for has no unit.
        UnknownNameError: If there is none of that name.
    """
    costs = columns.of(Use.COST)
    names = {columns.grid.header[i]: i for i in costs}
    for i in costs:
        names.setdefault(axis_name(columns, i), i)
    if not asked:
        if not (has_traces or costs):
            raise DataFileError(f"{columns.grid.place}: {_no_cost(columns)}")
        return (*((None,) if has_traces else ()), *costs)
    found: list[int | None] = []
    for name in asked:
        if name == Resource.ENERGY_J.value and has_traces:
            found.append(None)
        elif name in names:
            found.append(names[name])
        elif name in columns.grid.header:
            why = why_unknown(name) or "has no unit that is known; write it as energy_wh or time_s"
            raise DataFileError(f"{columns.grid.place}: column {name!r} {why}.")
        else:
            raise UnknownNameError("cost", name, names)
    return tuple(found)


def _no_cost(columns: Columns) -> str:
    for header in columns.grid.header:
        if why := why_unknown(header):
            return f"column {header!r} {why}."
    return "no column is a cost with a unit in its header, such as energy_wh or duration_s."


def axis_name(columns: Columns, index: int | None) -> str:
    """Name of a cost's axis, with its SI unit."""
    if index is None:
        return Resource.ENERGY_J.value
    resource = columns.meanings[index].resource
    assert resource is not None
    return resource.value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
