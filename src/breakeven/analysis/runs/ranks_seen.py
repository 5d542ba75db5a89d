"""What ranks saw of one phase, and what none of them saw.

Of a device that a node shares one rank counts, and it stops counting when it is done; and a node
may have no sensor at all. Neither may pass for a whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.uncertain import once
from breakeven.records import Cost, Kind, Measurement, Note, NoteCode, Rank, Resource

NODE_LETTERS = 8
"""Of a node's hash, in the names of channels."""

DONE_FRAC = 0.99
"""Share of its node's time after which a rank that is done was there to the end."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one rank measured in one phase."""

    rank: Rank
    measurement: Measurement


@dataclass(frozen=True, slots=True)
class Entry:
    """One cost and who had it."""

    seen: Seen
    cost: Cost

    @property
    def node(self) -> str:
        """Machine it was seen on."""
        return self.seen.rank.node


def with_gaps(entries: Sequence[Entry], seen: Sequence[Seen]) -> tuple[list[Entry], list[Note]]:
    """Say of each cost what was not seen, and widen its interval where that is known.

    Args:
        entries: Every device once.
        seen: What all ranks measured.
    """
    whole, ended = _to_the_end(entries, seen)
    blind = _blind_nodes(whole, seen)
    if not blind:
        return whole, ended
    names = ", ".join(f"node {node[:NODE_LETTERS]}" for node in blind)
    return [_without(e, names) if _is_energy(e) else e for e in whole], [
        *ended,
        _blind_note(names, n_nodes=len({s.rank.node for s in seen})),
    ]


def _to_the_end(entries: Sequence[Entry], seen: Sequence[Seen]) -> tuple[list[Entry], list[Note]]:
    """Let a device whose rank was done early cover that share of its node's time."""
    longest_s = {s.rank.node: 0.0 for s in seen}
    for s in seen:
        longest_s[s.rank.node] = max(longest_s[s.rank.node], s.measurement.duration_s)
    found, early = list[Entry](), list[Entry]()
    for entry in entries:
        seen_s, whole_s = entry.seen.measurement.duration_s, longest_s[entry.node]
        if not _is_additive_device(entry.cost) or seen_s >= DONE_FRAC * whole_s or not seen_s:
            found.append(entry)
        else:
            found.append(_covering(entry, seen_s / whole_s))
            early.append(entry)
    return found, [_early_note(early, longest_s)] if early else []


def _is_additive_device(cost: Cost) -> bool:
    return bool(cost.device) and cost.resource.is_additive


def _covering(entry: Entry, share_frac: float) -> Entry:
    cost = entry.cost
    widened = replace(
        cost, high=cost.high / share_frac, coverage_frac=cost.coverage_frac * share_frac
    )
    return replace(entry, cost=widened)


def _early_note(early: Sequence[Entry], longest_s: dict[str, float]) -> Note:
    names = ", ".join(once(entry.cost.channel for entry in early))
    first = min(early, key=lambda e: e.seen.measurement.duration_s / longest_s[e.node])
    seen_s, whole_s = first.seen.measurement.duration_s, longest_s[first.node]
    return Note(
        code=NoteCode.PARTIAL_COVERAGE,
        message=f"{names}: the rank that counted was done before the others of its node, at worst "
        f"after {seen_s:.4g} of {whole_s:.4g} s; the value ends there.",
        advice="Read the upper end of the interval, or let all ranks wait for each other before "
        "the measurement ends.",
    )


def _blind_nodes(entries: Iterable[Entry], seen: Sequence[Seen]) -> list[str]:
    """Nodes of which nothing counted joules while something did on others."""
    counted = {entry.node for entry in entries if _is_energy(entry)}
    return [node for node in once(s.rank.node for s in seen) if counted and node not in counted]


def _is_energy(entry: Entry) -> bool:
    return entry.cost.resource is Resource.ENERGY_J and entry.cost.kind is Kind.MEASURED


def _without(entry: Entry, names: str) -> Entry:
    gaps = "; ".join(filter(None, (entry.cost.not_covered, names)))
    return replace(entry, cost=replace(entry.cost, not_covered=gaps))


def _blind_note(names: str, *, n_nodes: int) -> Note:
    return Note(
        code=NoteCode.PARTIAL_COVERAGE,
        message=f"nothing counted joules on {names} of {n_nodes} nodes; the energy is that of the "
        "others alone.",
        advice="Run `breakeven doctor` there; do not compare this energy with that of a stage "
        "whose nodes were all seen.",
    )
