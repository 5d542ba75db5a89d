"""What several ranks saw of one phase becomes one measurement.

A device belongs to its node and counts once there; what belongs to a process is kept per rank.
Peak memory is summed over the ranks of a node, which live at the same time, and the largest node
counts: an upper bound, because the peaks need not meet and shared pages are in each of them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from breakeven.analysis.runs.ranks_seen import NODE_LETTERS, Entry, Seen, with_gaps
from breakeven.analysis.uncertain import once
from breakeven.records import Cost, Kind, Measurement, Note, NoteCode, Resource, Scope


def together(seen: Sequence[Seen]) -> Measurement:
    """Put the windows of several ranks together.

    Args:
        seen: At least one, lowest rank first.
    """
    entries = [Entry(s, cost) for s in seen for cost in s.measurement.costs]
    each, twice = _each_device_once(entries)
    kept, gaps = with_gaps(each, seen)
    peaks = [e for e in kept if e.cost.resource is Resource.PEAK_MEMORY_BYTES]
    others = [e for e in kept if e.cost.resource is not Resource.PEAK_MEMORY_BYTES]
    durations = [e.cost for e in others if e.cost.resource is Resource.DURATION_S]
    summed = [e for e in others if e.cost.resource is not Resource.DURATION_S]
    named = _named(summed)
    return Measurement(
        started_at=min(s.measurement.started_at for s in seen),
        duration_s=max(s.measurement.duration_s for s in seen),
        costs=(
            *_longest(durations),
            *_comparable(list(zip((e.node for e in summed), named, strict=True))),
            *_peaks(peaks),
        ),
        notes=once((*_notes(seen), *twice, *gaps)),
    )


def _notes(seen: Sequence[Seen]) -> Iterator[Note]:
    """Every doubt; of load one per node, because each rank takes the other ranks for strangers."""
    n_on_node = Counter(s.rank.node for s in seen)
    told: set[str] = set()
    for s in seen:
        for note in s.measurement.notes:
            if note.code is not NoteCode.BUSY_MACHINE or n_on_node[s.rank.node] == 1:
                yield note
            elif s.rank.node not in told:
                told.add(s.rank.node)
                others = f"rank {s.rank.rank}, for whom the other ranks of its node are others"
                yield replace(note, message=f"{others}, saw: {note.message}")


def _longest(durations: Sequence[Cost]) -> list[Cost]:
    return [max(durations, key=lambda cost: cost.value)] if durations else []


def _each_device_once(entries: Sequence[Entry]) -> tuple[list[Entry], list[Note]]:
    """Drop what a second rank of a node read off the same device at the same time."""
    kept: defaultdict[tuple[str, ...], list[Entry]] = defaultdict(list)
    dropped: dict[int, Entry] = {}
    for entry in sorted(entries, key=lambda e: -e.seen.measurement.duration_s):
        alike = kept[_what(entry)]
        if entry.cost.device and any(_is_twin(entry, other) for other in alike):
            dropped[id(entry)] = entry
        else:
            alike.append(entry)
    in_order = [entry for entry in entries if id(entry) not in dropped]
    return in_order, [_twice_note(list(dropped.values()))] if dropped else []


def _what(entry: Entry) -> tuple[str, ...]:
    cost = entry.cost
    return entry.node, cost.device, cost.resource, cost.sensor, cost.channel


def _is_twin(one: Entry, other: Entry) -> bool:
    is_other_rank = one.seen.rank.rank != other.seen.rank.rank
    return is_other_rank and _overlap(one.seen.measurement, other.seen.measurement)


def _overlap(one: Measurement, other: Measurement) -> bool:
    """Whether two windows of one node, and so of one clock, met; ranks may also take turns."""
    begin, end = _span(one)
    other_begin, other_end = _span(other)
    return begin == other_begin or (begin < other_end and other_begin < end)


def _span(measurement: Measurement) -> tuple[datetime, datetime]:
    begin = datetime.fromisoformat(measurement.started_at)
    return begin, begin + timedelta(seconds=measurement.duration_s)


def _twice_note(dropped: Sequence[Entry]) -> Note:
    names = ", ".join(once(entry.cost.channel for entry in dropped))
    return Note(
        code=NoteCode.LOCKS_UNAVAILABLE,
        message=f"several ranks of a node read {names} at the same time; it is counted once, from "
        "the rank that took longest.",
        advice="Set BREAKEVEN_LOCKS to a local folder that every rank can write to.",
    )


def _named(entries: Sequence[Entry]) -> list[Cost]:
    """Give every channel a name of its own, and say what contains or checks it by that name."""
    name_of = _namer(entries)
    names = {(id(e.seen), e.cost.channel): name_of(e) for e in entries}
    on_node = {(e.node, e.cost.channel): name_of(e) for e in entries if e.cost.device}

    def renamed(entry: Entry, channel: str | None) -> str | None:
        if channel is None:
            return None
        own = names.get((id(entry.seen), channel))
        return own or on_node.get((entry.node, channel), channel)

    return [
        replace(
            e.cost,
            channel=name_of(e),
            part_of=renamed(e, e.cost.part_of),
            check_of=renamed(e, e.cost.check_of),
        )
        for e in entries
    ]


def _namer(entries: Sequence[Entry]) -> Callable[[Entry], str]:
    """Make names as short as they can be.

    With the node where there are several; with the rank where it is the rank's own, or where two
    ranks of a node have another device of one name.
    """
    has_nodes = len({e.node for e in entries}) > 1
    owners: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for e in entries:
        owners[e.node, e.cost.channel].add(e.seen.rank.rank)

    def name_of(entry: Entry) -> str:
        node = f"node {entry.node[:NODE_LETTERS]}/" if has_nodes else ""
        is_shared = len(owners[entry.node, entry.cost.channel]) > 1 or not entry.cost.device
        rank = f"rank {entry.seen.rank.rank}/" if is_shared else ""
        return f"{node}{rank}{entry.cost.channel}"

    return name_of


def _comparable(costs: Sequence[tuple[str, Cost]]) -> list[Cost]:
    """Count every node in the same scope, or a plug on one would hide the parts of the others.

    Where no scope was seen on every node, each node counts in its widest.
    """
    by_resource: defaultdict[Resource, dict[str, set[Scope]]] = defaultdict(dict)
    for node, cost in costs:
        by_resource[cost.resource].setdefault(node, set()).add(cost.scope)
    return [
        seen
        for node, cost in costs
        if (seen := _in_common_scope(cost, node, by_resource[cost.resource])) is not None
    ]


def _in_common_scope(cost: Cost, node: str, scopes: Mapping[str, set[Scope]]) -> Cost | None:
    common = set.intersection(*scopes.values())
    if common:
        return cost if cost.scope.width <= _widest(common).width else None
    return replace(cost, scope=Scope.PART) if cost.scope is _widest(scopes[node]) else None


def _widest(scopes: Iterable[Scope]) -> Scope:
    return max(scopes, key=lambda scope: scope.width)


def _peaks(entries: Sequence[Entry]) -> list[Cost]:
    """One peak per node: the sum of its ranks, which is at least the largest of them."""
    has_nodes = len({e.node for e in entries}) > 1
    same: defaultdict[tuple[str, str, Kind], list[Cost]] = defaultdict(list)
    for e in entries:
        same[e.node, e.cost.channel, e.cost.kind].append(e.cost)
    return [
        replace(
            costs[0],
            channel=f"node {node[:NODE_LETTERS]}/{channel}" if has_nodes else channel,
            value=sum(c.value for c in costs),
            low=max(c.low for c in costs),
            high=sum(c.high for c in costs),
        )
        for (node, channel, _), costs in same.items()
    ]
