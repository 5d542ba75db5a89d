"""Which column holds what: from the headers, and from what the user says of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from breakeven.errors import DataFileError
from breakeven.store.importers.printed import is_clock
from breakeven.store.importers.tables.grid import Grid
from breakeven.store.importers.tables.meanings import (
    Meaning,
    clock_meaning,
    meaning_of,
    plain,
    why_unknown,
)
from breakeven.store.importers.tables.vocabulary import KNOWN, Use

ONLY_ONE = frozenset(
    {
        *(Use.ID, Use.STAGE, Use.PARENTS, Use.CONFIGURATION, Use.REPEAT, Use.N_REPEATS),
        *(Use.BLOCK, Use.ROLE, Use.STATUS, Use.SPLIT, Use.DATE, Use.N_CORRECT),
    }
)
"""Uses that one column has; of pathways the first counts and the others are settings."""


OWN_SETTINGS = frozenset({"pathway", "role", "n_repeats"})
"""Settings that an import gives itself; a column so called is kept as `role_in_table`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the user says of columns, by header.

    Attributes:
        meanings: Meaning, written as a header would be ("energy_wh", "setting").
        units: Unit of columns whose header names a quantity alone.
        ignored: Columns to leave out.
        exact: Columns whose numbers were not rounded.
        negative_unknown: Columns in which a number below 0 stands for one that is not known.
    """

    meanings: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    exact: Sequence[str] = ()
    negative_unknown: Sequence[str] = ()

    def headers(self) -> Iterator[str]:
        """Every header that is spoken of."""
        yield from (*self.meanings, *self.units, *self.ignored)
        yield from (*self.exact, *self.negative_unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        header: As written.
        index: Its place, from 0.
        meaning: What it holds.
    """

    header: str
    index: int
    meaning: Meaning


def read_columns(grid: Grid, said: Said) -> tuple[Column, ...]:
    """Tell what each column holds.

    Raises:
        DataFileError: If a header does not say, or two say the same; names the column, and how to
            tell its meaning or to leave it out.
    """
    for header in said.headers():
        if header not in grid.header:
            raise DataFileError(f"{grid.place}: {_no_column(header, grid.header)}")
    columns = [
        Column(header=header, index=i, meaning=_meaning(grid, header, i, said))
        for i, header in enumerate(grid.header)
    ]
    columns = _one_pathway(columns)
    _refuse_twice(grid, columns)
    _refuse_kinds_of_nothing(grid, columns)
    return tuple(columns)


def _no_column(header: str, known: Sequence[str]) -> str:
    close = get_close_matches(header, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"no column {header!r}.{hint} Columns: {', '.join(known)}."


def _meaning(grid: Grid, header: str, index: int, said: Said) -> Meaning:
    if header in said.ignored:
        return Meaning(use=Use.IGNORED)
    if header in said.meanings:
        return _told(grid, header, said.meanings[header])
    if header in said.units:
        return _with_unit(grid, header, said.units[header])
    found = meaning_of(header)
    if found is None:
        cells = [row.cells[index] for row in grid.rows if row.cells[index]]
        found = clock_meaning(header) if cells and all(map(is_clock, cells)) else None
    if found is None:
        raise DataFileError(f"{grid.place}: column {header!r} {_advice(header)}")
    return found


def _told(grid: Grid, header: str, text: str) -> Meaning:
    if text in ("setting", "score"):
        name = plain(header)
        return Meaning(use=Use(text), name=f"{name}_in_table" if name in OWN_SETTINGS else name)
    found = meaning_of(text) or clock_meaning(text)
    if found is None:
        why = why_unknown(text)
        close = get_close_matches(text, KNOWN, n=1)
        hint = f" Did you mean {close[0]!r}?" if close and not why else ""
        raise DataFileError(
            f"{grid.place}: --column {header}={text}: {text!r} "
            f"{why or 'is no meaning that is known'}."
            f"{hint} Known: {', '.join(KNOWN)}."
        )
    return found


def _with_unit(grid: Grid, header: str, unit: str) -> Meaning:
    found = meaning_of(f"{header} ({unit})")
    if found is None:
        raise DataFileError(
            f"{grid.place}: --unit {header}={unit}: {header!r} in {unit!r} is no cost that is "
            f"known; say what it is with --column {header}=MEANING, such as energy_wh."
        )
    return found


def _advice(header: str) -> str:
    if why := why_unknown(header):
        return (
            f"{why}. Or say it with --column {header}=MEANING, or leave it out with --ignore "
            f"{header}."
        )
    close = get_close_matches(plain(header), KNOWN, n=1, cutoff=0.7)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return (
        f"is none that is known.{hint} Say what it holds with --column {header}=MEANING (such as "
        f"energy_wh, score, setting), or leave it out with --ignore {header}."
    )


def _one_pathway(columns: Sequence[Column]) -> list[Column]:
    """Take the column that names pathways best; the others describe it."""
    order = ("pathway", "scenario", "system", "model", "models")
    named = [c for c in columns if c.meaning.use is Use.PATHWAY]
    best = min(named, key=lambda c: order.index(c.meaning.name), default=None)
    return [
        column
        if column is best or column.meaning.use is not Use.PATHWAY
        else Column(
            header=column.header,
            index=column.index,
            meaning=Meaning(use=Use.SETTING, name=column.meaning.name),
        )
        for column in columns
    ]


def _refuse_twice(grid: Grid, columns: Sequence[Column]) -> None:
    seen: dict[object, str] = {}
    for column in columns:
        meaning = column.meaning
        key: object = None
        if meaning.use in ONLY_ONE:
            key = meaning.use
        elif meaning.use in (Use.SCORE, Use.COUNT, Use.SETTING, Use.COST):
            key = (meaning.use, meaning.name, meaning.resource)
        if key is not None and key in seen:
            raise DataFileError(
                f"{grid.place}: columns {seen[key]!r} and {column.header!r} both hold "
                f"{meaning.resource or meaning.name or meaning.use}; leave one out with --ignore."
            )
        seen[key] = column.header


def _refuse_kinds_of_nothing(grid: Grid, columns: Sequence[Column]) -> None:
    for column in columns:
        if column.meaning.use is Use.KIND and kind_target(column, columns) is None:
            raise DataFileError(
                f"{grid.place}: column {column.header!r} says how {column.meaning.name!r} came "
                "about, and there is no such column; rename it, or leave it out with --ignore "
                f"{column.header}."
            )


def kind_target(kind: Column, columns: Sequence[Column]) -> Column | None:
    """Cost or score of whose kind a column speaks: of `energy_kind` the column `energy_wh`."""
    wanted = kind.meaning.name
    for column in columns:
        if column.meaning.use in (Use.COST, Use.SCORE):
            name = plain(column.header)
            if name == wanted or name.startswith(f"{wanted}_"):
                return column
    return None
