"""Shared beginnings: stages that stand under several pathways and are one run.

A stage that stands under two pathways at the very same costs is one run with two children: the
fine-tuned teacher of a paper is trained once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from breakeven.records import Origin
from breakeven.store.importers.tables.amounts import Amount
from breakeven.store.importers.tables.chains import chains_of
from breakeven.store.importers.tables.entries import Entry

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


def shared_beginnings(entries: Sequence[Entry]) -> tuple[Shared, ...]:
    """Beginnings of life-cycles that stand under several pathways at the very same costs."""
    seen: dict[tuple[object, ...], Entry] = {}
    found: list[Shared] = []
    for chain in chains_of(entries).values():
        beginning: tuple[object, ...] = ()
        for stage in chain:
            if (same := _same(stage)) is None:
                break
            beginning = (*beginning, same)
            if beginning in seen:
                found.append(Shared(again=stage[0], first=seen[beginning]))
            else:
                seen[beginning] = stage[0]
    return tuple(found)


def _same(stage: Sequence[Entry]) -> object:
    """What two stages that are one run agree in; None where that could not be told."""
    if len(stage) != 1 or stage[0].id or len(stage[0].amounts) < FEWEST_SHARED:
        return None
    return stage[0].stage, tuple((a.column.header, a.text) for a in stage[0].amounts)


_FIRST_HAND = (Origin.LIVE, Origin.PUBLISHED, Origin.DERIVED, Origin.INFERRED)
"""Of two cells with the same number the one that is nearer to its source counts."""


def merged(entries: Sequence[Entry], shared: Sequence[Shared]) -> list[Entry]:
    """Each run once, its numbers from where they are printed first-hand."""
    gone = {s.again.place for s in shared}
    again: dict[str, list[Entry]] = defaultdict(list)
    for one in shared:
        again[one.first.place].append(one.again)
    return [
        replace(
            entry,
            amounts=tuple(
                min((twin.amounts[i] for twin in (entry, *again[entry.place])), key=_hand)
                for i in range(len(entry.amounts))
            ),
        )
        for entry in entries
        if entry.place not in gone
    ]


def _hand(amount: Amount) -> int:
    is_listed = amount.origin in _FIRST_HAND
    return _FIRST_HAND.index(amount.origin) if is_listed else len(_FIRST_HAND)
