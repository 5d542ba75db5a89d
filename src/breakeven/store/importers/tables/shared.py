"""Shared beginnings: stages that stand under several pathways and are one run.

A stage that stands under two pathways at the very same costs is one run with two children: the
fine-tuned teacher of a paper is trained once.
"""

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
    chains = chains_of(entries)
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


def merged(entries: Sequence[Entry], shared: Sequence[Shared]) -> list[Entry]:
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
