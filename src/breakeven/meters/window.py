"""A window: two snapshots of every meter become one measurement.

The order is *sync, read, work, sync, read*. This file only computes; `bank.py` does the reading.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from breakeven.meters.containment import rehung
from breakeven.meters.doubts import absent, doubts_of, unobserved, unseen
from breakeven.meters.lookout import Look
from breakeven.records import Cost, Kind, Measurement, Note, NoteCode, Origin, Resource
from breakeven.records.disagreement import disagreements
from breakeven.records.protocols import Channel, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedReading:
    """One meter's reading, the clock before and after it, and why it is empty if it is."""

    reading: Reading
    began_s: float
    ended_s: float
    doubt: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Every meter, read once; a meter that failed is absent."""

    by_meter: Mapping[str, TimedReading]


@dataclass(slots=True, kw_only=True, eq=False)
class OpenWindow:
    """Handle to a window; `measurement` exists only after it has closed.

    Attributes:
        name: What the window is about; for people.
        started_at: UTC, ISO 8601.
        look: What observers counted just before the opening.
        opening: Readings at the opening.
        start_s: Monotonic clock after them.
        read_now: Takes the closing readings without closing, for `so_far`.
        peaks: Largest value of each peak channel, by meter, while the window was open.
        broken: Doubt that makes a meter's readings useless for this window, by meter.
        measurement: What the window saw.
    """

    name: str
    started_at: str
    look: Look
    opening: Snapshot
    start_s: float
    read_now: Callable[["OpenWindow"], Measurement] = field(repr=False)
    peaks: dict[str, dict[str, float]] = field(default_factory=dict)
    broken: dict[str, Note] = field(default_factory=dict)
    measurement: Measurement = field(init=False)

    def so_far(self) -> Measurement:
        """Measure up to now and leave the window open; device work is not waited for."""
        return self.read_now(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a bank knows about its channels, by meter; constant while the bank is open."""

    counters: Mapping[str, Sequence[Channel]]
    peaks: Mapping[str, Sequence[Channel]]


def measure_window(
    sheet: Sheet, window: OpenWindow, closing: Snapshot, *, end_s: float
) -> Measurement:
    """Turn opening and closing readings into costs with intervals.

    A channel that could not be read at both ends is absent and named in a note; never 0.

    Args:
        sheet: Channels of every meter.
        window: The window, with its opening snapshot and peaks.
        closing: Readings at the end.
        end_s: Monotonic clock just before them.
    """
    duration_s = max(0.0, end_s - window.start_s)
    costs, notes = [_duration(duration_s)], list[Note]()
    for meter, channels in sheet.counters.items():
        before, after = window.opening.by_meter[meter], closing.by_meter[meter]
        if broken := window.broken.get(meter) or before.doubt or after.doubt:
            notes.append(broken)
            continue
        # Meters are read one after the other: what one counts begins and ends beside the window.
        beside_s = window.start_s - before.began_s + after.ended_s - end_s
        for channel in channels:
            cost, doubts = _counter_cost(
                channel, before, after, duration_s=duration_s, beside_s=max(0.0, beside_s)
            )
            costs += cost
            notes += doubts
    for meter, channels in sheet.peaks.items():
        peaks = window.peaks.get(meter, {})
        costs += [_peak_cost(c, peaks[c.name]) for c in channels if c.name in peaks]
        notes += [unseen(c, duration_s) for c in channels if c.name not in peaks]
    kept, doubts = _drop_impossible_containers(costs)
    sound = rehung(kept, chain.from_iterable(sheet.counters.values()))
    doubts += _replayed(sound) + disagreements(sound, duration_s=duration_s)
    return Measurement(
        started_at=window.started_at,
        duration_s=duration_s,
        costs=tuple(sound),
        notes=tuple(notes + doubts),
    )


def _duration(duration_s: float) -> Cost:
    return Cost.exact(
        Resource.DURATION_S,
        duration_s,
        kind=Kind.MEASURED,
        sensor="monotonic clock",
        channel="wall",
    )


def _counter_cost(
    channel: Channel,
    before: TimedReading,
    after: TimedReading,
    *,
    duration_s: float,
    beside_s: float,
) -> tuple[list[Cost], list[Note]]:
    """Cost of one channel, or none and the reason."""
    name, first, last = channel.name, before.reading, after.reading
    if name not in first.totals or name not in last.totals:
        return [], [absent(channel, last.reasons.get(name) or first.reasons.get(name, ""))]
    coverage_frac = _coverage(name, first, last, duration_s=duration_s)
    if coverage_frac <= 0:
        return [], [unobserved(channel, duration_s)]
    value = max(0.0, last.totals[name] - first.totals[name])
    if not value and _holds_no_update(channel, last, duration_s=duration_s):
        return [], [unseen(channel, duration_s)]
    # What was still missing at the opening is too much in the value, at the closing too little.
    early, late = first.lag.get(name, 0.0), last.lag.get(name, 0.0)
    period_s = 0.0 if name in last.lag else channel.period_s or 0.0
    blur_s = beside_s + period_s
    rate = value / duration_s if duration_s > 0 else 0.0
    unsampled = max(0.0, last.slack.get(name, 0.0) - first.slack.get(name, 0.0))
    slack = channel.resolution + rate * blur_s + channel.relative_error * value + unsampled
    cost = Cost(
        resource=channel.resource,
        value=value,
        low=max(0.0, value - slack - early),
        high=(value + slack + late) / coverage_frac,
        kind=channel.kind,
        channel=name,
        sensor=channel.sensor,
        origin=channel.origin,
        resolution=channel.resolution,
        period_s=channel.period_s,
        coverage_frac=coverage_frac,
        not_covered=channel.not_covered,
        part_of=channel.part_of,
        device=channel.device,
        check_of=channel.check_of,
        scope=channel.scope,
    )
    return [cost], doubts_of(channel, duration_s=duration_s, coverage_frac=coverage_frac)


def _holds_no_update(channel: Channel, last: Reading, *, duration_s: float) -> bool:
    """Whether a total had no occasion to move: what it did not show is then unknown, not 0.

    That goes for counters and for what something on the network tells now and then; power that we
    sample ourselves was looked at.
    """
    is_sampled = channel.name in last.covered_s and channel.name not in last.lag
    return not is_sampled and duration_s < (channel.period_s or 0.0)


def _coverage(name: str, first: Reading, last: Reading, *, duration_s: float) -> float:
    if name not in last.covered_s or duration_s <= 0:
        return 1.0
    return min(1.0, (last.covered_s[name] - first.covered_s.get(name, 0.0)) / duration_s)


def _peak_cost(channel: Channel, peak: float) -> Cost:
    return Cost(
        resource=channel.resource,
        value=peak,
        low=peak,
        high=peak + channel.resolution,
        kind=channel.kind,
        channel=channel.name,
        sensor=channel.sensor,
        origin=channel.origin,
        resolution=channel.resolution,
        period_s=channel.period_s,
        not_covered=channel.not_covered,
        part_of=channel.part_of,
        device=channel.device,
    )


def _replayed(costs: Sequence[Cost]) -> list[Note]:
    replayed = [cost for cost in costs if cost.origin is Origin.REPLAYED]
    if not replayed:
        return []
    sensors = ", ".join(sorted({cost.sensor for cost in replayed}))
    return [
        Note(
            code=NoteCode.REPLAYED,
            message=f"{', '.join(c.channel for c in replayed)}: not measured here, {sensors}.",
            advice="Believe the method, not the number: it is somebody else's recorded power.",
        )
    ]


def _drop_impossible_containers(costs: Sequence[Cost]) -> tuple[list[Cost], list[Note]]:
    """Drop channels that show less than their parts, such as a platform zone stuck at 0."""
    parts_low: defaultdict[tuple[Resource, str], float] = defaultdict(float)
    for cost in costs:
        if cost.part_of is not None:
            parts_low[cost.resource, cost.part_of] += cost.low
    impossible = [c for c in costs if c.high < parts_low[c.resource, c.channel]]
    notes = [
        Note(
            code=NoteCode.COSTS_DISAGREE,
            message=(
                f"{c.channel} showed {c.value:.4g}, less than the "
                f"{parts_low[c.resource, c.channel]:.4g} of its parts, and was left out."
            ),
            advice="Trust the parts; this machine does not fill that counter.",
        )
        for c in impossible
    ]
    return [c for c in costs if c not in impossible], notes


def merge_peaks(windows: Iterable[OpenWindow], meter: str, peaks: Mapping[str, float]) -> None:
    """Let every open window know the largest values since the last look."""
    for window in windows:
        kept = window.peaks.setdefault(meter, {})
        for channel, value in peaks.items():
            kept[channel] = max(value, kept.get(channel, 0.0))
