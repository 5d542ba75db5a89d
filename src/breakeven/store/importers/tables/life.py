"""The life-cycle in a table: each run once, in its place.

Where the table has a column of parents it says so itself. Else the stages of a pathway build on one
another in the order in which they stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from breakeven.errors import DataFileError
from breakeven.records import Stage
from breakeven.store.importers.tables.chains import chains_of, name_of, row_of
from breakeven.store.importers.tables.entries import Entry
from breakeven.store.importers.tables.parents import Parents, eldest_first, in_order, told
from breakeven.store.importers.tables.shared import Shared, merged, shared_beginnings

REFERENCE, SWEEP = "reference", "sweep"
"""Roles of inference rows: the one that a pathway is known by, and the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A row in its place.

    Attributes:
        entry: What it says.
        row: Name of the row in the study.
        parents: Names in the table (`name_of`) of the runs that it builds upon.
        role: Of an inference row; empty for the others.
    """

    entry: Entry
    row: str
    parents: tuple[Entry, ...]
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A table as life-cycles.

    Attributes:
        placed: Every run once, parents before children.
        deployed: Row whose result each pathway deploys; the pathway's own name where the table has
            no development of it.
        shared: Rows that were taken for runs of another pathway.
        is_told: Whether a column of parents told what builds upon what.
    """

    placed: tuple[Placed, ...]
    deployed: Mapping[str, str]
    shared: tuple[Shared, ...]
    is_told: bool


def as_lives(entries: Sequence[Entry], *, is_apart: bool = False, reference: str = "") -> Life:
    """Put the rows of a table into life-cycles.

    Args:
        entries: As read.
        is_apart: Whether equal stages of several pathways are different runs after all.
        reference: Configuration by which pathways are known; the first one by default.

    Raises:
        DataFileError: If two rows have one name, or a parent is unknown or its own descendant;
            names the rows.
    """
    entries = _deploying(entries)
    _refuse_twice(entries)
    is_told = any(entry.parents is not None for entry in entries)
    shared = () if is_told or is_apart else shared_beginnings(entries)
    kept = merged(entries, shared)
    parents = told(kept) if is_told else in_order(kept, shared, entries)
    ordered = eldest_first(kept, parents)
    roles = _roles(kept, reference)
    return Life(
        placed=tuple(
            Placed(entry=e, row=row_of(e), parents=parents[e.place], role=roles.get(e.place, ""))
            for e in ordered
        ),
        deployed=_deployed(kept, parents, shared, entries),
        shared=tuple(shared),
        is_told=is_told,
    )


def _deploying(entries: Sequence[Entry]) -> list[Entry]:
    """Take the evaluation of a pathway for its use where the table has no other use of it."""
    used = {entry.pathway for entry in entries if entry.stage is Stage.INFER}
    return [
        replace(entry, stage=Stage.INFER)
        if entry.stage is Stage.EVALUATE and entry.pathway not in used
        else entry
        for entry in entries
    ]


def _refuse_twice(entries: Sequence[Entry]) -> None:
    seen: dict[tuple[object, ...], Entry] = {}
    for entry in entries:
        key = (name_of(entry),) if entry.id else (row_of(entry), entry.repeat, entry.block)
        if key in seen:
            first = seen[key]
            if entry.id:
                raise DataFileError(
                    f"{entry.place}: id {entry.id!r} stands at {first.place} already; give every "
                    "row an id of its own."
                )
            what = f"{row_of(entry)}" + ("" if entry.repeat is None else f", repeat {entry.repeat}")
            raise DataFileError(
                f"{entry.place}: {what} stands at {first.place} already; if the two are repeats or "
                "blocks, number them in a column (repeat, block), or say which column does with "
                "--column HEADER=block; else give each an id or a configuration."
            )
        seen[key] = entry


def _roles(entries: Sequence[Entry], reference: str) -> Mapping[str, str]:
    """Role of each inference row; one configuration of each pathway is its reference."""
    found: dict[str, str] = {}
    known_by: dict[str, str] = {}
    use = [entry for entry in entries if entry.stage is Stage.INFER]
    for entry in use:
        if entry.role == REFERENCE or (reference and entry.configuration == reference):
            known_by.setdefault(entry.pathway, row_of(entry))
    for entry in use:
        row = known_by.setdefault(entry.pathway, row_of(entry))
        found[entry.place] = entry.role or (REFERENCE if row_of(entry) == row else SWEEP)
    return found


def _deployed(
    kept: Sequence[Entry], parents: Parents, shared: Sequence[Shared], entries: Sequence[Entry]
) -> Mapping[str, str]:
    """Row that each pathway deploys: what its use builds upon, else its last stage."""
    first = {s.again.place: s.first for s in shared}
    built_on: dict[str, Entry] = {}
    for entry in kept:
        if entry.stage is Stage.INFER and parents[entry.place]:
            built_on.setdefault(entry.pathway, parents[entry.place][0])
    found: dict[str, str] = {}
    for pathway, chain in chains_of(entries).items():
        last = chain[-1][0] if chain else None
        if pathway in built_on:
            found[pathway] = row_of(built_on[pathway])
        elif last is not None:
            found[pathway] = row_of(first.get(last.place, last))
        else:
            found[pathway] = pathway
    return found
