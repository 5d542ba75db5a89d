"""The life-cycle in a table: which row builds upon which, and which rows are one run.

Where the table has a column of parents it says so itself. Else the stages of a pathway build on one
another in the order in which they stand, and a stage that stands under two pathways at the very
same costs is one run with two children: the fine-tuned teacher of a paper is trained once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from breakeven.errors import DataFileError
from breakeven.records import Item, Origin, Stage
from breakeven.store.importers.tables.amounts import Amount
from breakeven.store.importers.tables.entries import Entry

REFERENCE, SWEEP = "reference", "sweep"
"""Roles of inference rows: the one that a pathway is known by, and the others."""

FEWEST_SHARED = 2
"""Costs that must agree before two rows are taken for one run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Two rows that are one run.

    Attributes:
        again: Row that is not paid a second time.
        first: Row that it is.
    """

    again: Entry
    first: Entry


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


def name_of(entry: Entry) -> str:
    """Name by which other rows speak of one."""
    return entry.id or row_of(entry)


def row_of(entry: Entry) -> str:
    """Row of the study that an entry is a run of."""
    own = entry.id if entry.repeat is None else ""
    if entry.stage is Stage.INFER:
        label = entry.configuration or own.removeprefix(f"{entry.pathway}/") or entry.stage_word
        return f"{entry.pathway}/{label}"
    return own or "/".join(filter(None, (entry.pathway, entry.stage_word, entry.configuration)))


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
    entries = [_deploying(entry, entries) for entry in entries]
    _refuse_twice(entries)
    is_told = any(entry.parents is not None for entry in entries)
    shared = () if is_told or is_apart else _shared(entries)
    kept = _merged(entries, shared)
    parents = _told(kept) if is_told else _in_order(kept, shared, entries)
    ordered = _sorted(kept, parents)
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


def _deploying(entry: Entry, entries: Sequence[Entry]) -> Entry:
    """Take the evaluation of a pathway for its use where the table has no other use of it."""
    if entry.stage is not Stage.EVALUATE:
        return entry
    has_use = any(e.stage is Stage.INFER and e.pathway == entry.pathway for e in entries)
    return entry if has_use else replace(entry, stage=Stage.INFER)


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
            told = f"{row_of(entry)}" + ("" if entry.repeat is None else f", repeat {entry.repeat}")
            raise DataFileError(
                f"{entry.place}: {told} stands at {first.place} already; if the two are repeats or "
                "blocks, number them in a column (repeat, block), or say which column does with "
                "--column HEADER=block; else give each an id or a configuration."
            )
        seen[key] = entry


def _chains(entries: Sequence[Entry]) -> Mapping[str, list[list[Entry]]]:
    """Stages of development of each pathway, repeats of one together, in the order they stand."""
    chains: dict[str, dict[str, list[Entry]]] = defaultdict(dict)
    for entry in entries:
        stages = chains[entry.pathway]
        if entry.stage not in (Stage.INFER, Stage.SERVE):
            stages.setdefault(row_of(entry), []).append(entry)
    return {pathway: list(stages.values()) for pathway, stages in chains.items()}


def _shared(entries: Sequence[Entry]) -> tuple[Shared, ...]:
    """Beginnings of life-cycles that stand under several pathways at the very same costs."""
    chains = _chains(entries)
    found: list[Shared] = []
    for index, chain in enumerate(chains.values()):
        begins = (chains[other] for other in list(chains)[:index])
        best: list[Shared] = []
        for begin in begins:
            same: list[Shared] = []
            for own, other in zip(chain, begin, strict=False):
                if len(own) != 1 or len(other) != 1 or not _is_same(own[0], other[0]):
                    break
                same.append(Shared(again=own[0], first=other[0]))
            best = max(best, same, key=len)
        found += best
    firsts = {s.again.place: s.first for s in found}
    return tuple(replace(s, first=firsts.get(s.first.place, s.first)) for s in found)


def _is_same(one: Entry, other: Entry) -> bool:
    texts = [[(a.column.header, a.text) for a in entry.amounts] for entry in (one, other)]
    return (
        not (one.id or other.id)
        and one.stage is other.stage
        and texts[0] == texts[1]
        and len(texts[0]) >= FEWEST_SHARED
    )


_FIRST_HAND = (Origin.LIVE, Origin.PUBLISHED, Origin.DERIVED, Origin.INFERRED)
"""Of two cells with the same number the one that is nearer to its source counts."""


def _merged(entries: Sequence[Entry], shared: Sequence[Shared]) -> list[Entry]:
    """Each run once, its numbers from where they are printed first-hand."""
    gone = {s.again.place for s in shared}
    kept = []
    for entry in entries:
        if entry.place in gone:
            continue
        twins = [entry, *(s.again for s in shared if s.first.place == entry.place)]
        amounts = tuple(
            min((t.amounts[i] for t in twins), key=_hand) for i in range(len(entry.amounts))
        )
        kept.append(replace(entry, amounts=amounts))
    return kept


def _hand(amount: Amount) -> int:
    is_listed = amount.origin in _FIRST_HAND
    return _FIRST_HAND.index(amount.origin) if is_listed else len(_FIRST_HAND)


Parents = Mapping[str, tuple[Entry, ...]]
"""Parents by the place of a row."""


def _told(entries: Sequence[Entry]) -> Parents:
    by_name: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in {name_of(entry), row_of(entry)}:
            by_name[name].append(entry)
    chains = _chains(entries)
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


def _in_order(kept: Sequence[Entry], shared: Sequence[Shared], entries: Sequence[Entry]) -> Parents:
    """Each stage builds upon the one above it in its pathway."""
    first = {s.again.place: s.first for s in shared}
    present = {entry.place: entry for entry in kept}
    found: dict[str, tuple[Entry, ...]] = {entry.place: () for entry in kept}
    for pathway, chain in _chains(entries).items():
        before: list[Entry] = []
        for stage in chain:
            now = [present[first.get(e.place, e).place] for e in stage]
            for entry in stage:
                if entry.place in present:
                    found[entry.place] = tuple(_of_repeat(before, entry))
            before = now
        for entry in kept:
            if entry.pathway == pathway and entry.stage in (Stage.INFER, Stage.SERVE):
                found[entry.place] = tuple(_of_repeat(before, entry))
    return found


def _sorted(entries: Sequence[Entry], parents: Parents) -> list[Entry]:
    """Parents before children.

    Raises:
        DataFileError: If a row is its own ancestor; names all on the way round.
    """
    done: dict[str, Entry] = {}
    for start in entries:
        path: list[Entry] = []
        stack = [(start, False)]
        while stack:
            entry, is_left = stack.pop()
            if is_left:
                path.pop()
                done[entry.place] = entry
                continue
            if entry.place in done:
                continue
            if any(entry.place == other.place for other in path):
                round_trip = [*path[[e.place for e in path].index(entry.place) :], entry]
                raise DataFileError(
                    f"{entry.place}: {' builds on '.join(name_of(e) for e in round_trip)}: a row "
                    "cannot be its own ancestor; mend the column of parents."
                )
            path.append(entry)
            stack.append((entry, True))
            stack += [(parent, False) for parent in reversed(parents[entry.place])]
    return list(done.values())


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
    found: dict[str, str] = {}
    for pathway, chain in _chains(entries).items():
        used = [e for e in kept if e.pathway == pathway and e.stage is Stage.INFER]
        built_on = [parent for entry in used for parent in parents[entry.place]]
        last = chain[-1][0] if chain else None
        if built_on:
            found[pathway] = row_of(built_on[0])
        elif last is not None:
            found[pathway] = row_of(first.get(last.place, last))
        else:
            found[pathway] = pathway
    return found


def common_item(placed: Sequence[Placed], asked: Item | None) -> Item | None:
    """What all uses of a table count, of tokens and examples; None where they count nothing.

    Args:
        placed: Every run.
        asked: What the user says that a unit of output is; None for what the table counts.

    Raises:
        DataFileError: If some rows count one thing and some only another; names one of each.
    """
    counted = {
        each.entry.place: {item for item in Item if each.entry.volume.count(item)}
        for each in placed
        if each.entry.stage is Stage.INFER and any(each.entry.volume.count(i) for i in Item)
    }
    if not counted:
        return asked
    wanted = [asked] if asked is not None else list(Item)
    if common := [item for item in wanted if all(item in items for items in counted.values())]:
        return common[0]
    place, items = next(iter(counted.items()))
    one = asked or min(items)
    other, theirs = next((p, i) for p, i in counted.items() if one not in i)
    raise DataFileError(
        f"{other}: counts {_words(min(theirs))} where "
        + (f"--item asks for {_words(one)}" if asked else f"{place} counts {_words(one)}")
        + "; a cost per token and a cost per example cannot be compared. Count the same in every "
        "row, in a column n_examples, n_real_tokens or n_padded_tokens."
    )


def _words(item: Item) -> str:
    return f"{item.value.replace('_', ' ')}s"
