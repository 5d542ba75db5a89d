"""Parents: which row builds upon which, as a column tells it or as the order of rows has it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from breakeven.errors import DataFileError
from breakeven.records import Stage
from breakeven.store.importers.tables.chains import chains_of, name_of, row_of
from breakeven.store.importers.tables.entries import Entry
from breakeven.store.importers.tables.shared import Shared

Parents = Mapping[str, tuple[Entry, ...]]
"""Parents by the place of a row."""


def told(entries: Sequence[Entry]) -> Parents:
    """Parents as a column names them; a use without any builds on the last stage of its pathway.

    Raises:
        DataFileError: If no row is called so; names the row, and the nearest name.
    """
    by_name: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in {name_of(entry), row_of(entry)}:
            by_name[name].append(entry)
    chains = chains_of(entries)
    found: dict[str, tuple[Entry, ...]] = {}
    for entry in entries:
        named = [parent for name in entry.parents or () for parent in _named(name, entry, by_name)]
        if not named and entry.stage is Stage.INFER:
            named = _of_repeat(chains[entry.pathway][-1], entry) if chains[entry.pathway] else []
        found[entry.place] = tuple(named)
    return found


def _named(name: str, entry: Entry, by_name: Mapping[str, list[Entry]]) -> list[Entry]:
    if name in by_name:
        return _of_repeat(by_name[name], entry)
    close = get_close_matches(name, by_name, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    names = ", ".join(list(by_name)[:20])
    raise DataFileError(
        f"{entry.place}: column 'parents' names {name!r}, and no row is called so.{hint} "
        f"Rows: {names}."
    )


def _of_repeat(found: Sequence[Entry], entry: Entry) -> list[Entry]:
    """Of several repeats that of the same number, else all."""
    same = [each for each in found if each.repeat == entry.repeat]
    return same or list(found)


def in_order(kept: Sequence[Entry], shared: Sequence[Shared], entries: Sequence[Entry]) -> Parents:
    """Each stage builds upon the one above it in its pathway."""
    first = {s.again.place: s.first for s in shared}
    present = {entry.place: entry for entry in kept}
    found: dict[str, tuple[Entry, ...]] = {entry.place: () for entry in kept}
    last: dict[str, list[Entry]] = {}
    for pathway, chain in chains_of(entries).items():
        before: list[Entry] = []
        for stage in chain:
            now = [present[first.get(e.place, e).place] for e in stage]
            for entry in stage:
                if entry.place in present:
                    found[entry.place] = tuple(_of_repeat(before, entry))
            before = now
        last[pathway] = before
    for entry in kept:
        if entry.stage in (Stage.INFER, Stage.SERVE):
            found[entry.place] = tuple(_of_repeat(last[entry.pathway], entry))
    return found


def eldest_first(entries: Sequence[Entry], parents: Parents) -> list[Entry]:
    """Parents before children.

    Raises:
        DataFileError: If a row is its own ancestor; names all on the way round.
    """
    done: dict[str, Entry] = {}
    for start in entries:
        path: dict[str, Entry] = {}
        stack = [(start, False)]
        while stack:
            entry, is_left = stack.pop()
            if is_left:
                del path[entry.place]
                done[entry.place] = entry
                continue
            if entry.place in done:
                continue
            if entry.place in path:
                way = list(path.values())
                round_trip = [*way[list(path).index(entry.place) :], entry]
                raise DataFileError(
                    f"{entry.place}: {' builds on '.join(name_of(e) for e in round_trip)}: a row "
                    "cannot be its own ancestor; mend the column of parents."
                )
            path[entry.place] = entry
            stack.append((entry, True))
            stack += [(parent, False) for parent in reversed(parents[entry.place])]
    return list(done.values())
