"""Looking: read a meter as fast as it goes and keep when its values change."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from breakeven.errors import BreakevenError
from breakeven.formulas.looks import MIN_UPDATES, UpdateRate, update_rate
from breakeven.records import ChannelFound
from breakeven.records.protocols import Channel, Meter

FAST_S = 0.3
"""First look without any pause: RAPL moves every millisecond (Intel SDM vol. 3B, 16.10)."""

SLOW_EVERY_S = 0.002
"""Pause of the second look, for sensors that move every 20 to 500 ms."""

_MOST_LOOKS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What a meter showed, look by look.

    Attributes:
        times_s: Monotonic clock at each look.
        values: By channel; only channels that were there at every look.
        read_s: Median time that a look took.
    """

    times_s: tuple[float, ...] = ()
    values: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    read_s: float | None = None


def look_at(
    meter: Meter,
    *,
    duration_s: float,
    every_s: float = 0.0,
    clock_s: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> Looks:
    """Read a meter again and again; what goes wrong ends the looking and keeps what was seen.

    Args:
        meter: Opened. One that integrates power may offer `sensed()`, what its sensor shows now.
        duration_s: For how long.
        every_s: Pause between two looks; 0 for none.
        clock_s: Monotonic clock.
        wait: Sleeps.
    """
    seen: list[tuple[float, float, Mapping[str, float]]] = []
    end_s = clock_s() + duration_s
    try:
        while (began_s := clock_s()) < end_s and len(seen) < _MOST_LOOKS:
            shown = shown_by(meter)
            now_s = clock_s()
            seen.append((now_s, now_s - began_s, shown))
            if every_s:
                wait(every_s)
    except (BreakevenError, OSError):
        pass  # whoever judges sees that there are few looks, or none
    return _looks([look for i, look in enumerate(seen) if i == 0 or look[0] > seen[i - 1][0]])


def shown_by(meter: Meter) -> Mapping[str, float]:
    """Return what the sensors show: the totals, or raw values where the meter offers them."""
    sensed: Callable[[], Mapping[str, float]] | None = getattr(meter, "sensed", None)
    return meter.read().totals if sensed is None else sensed()


def channels_found(
    meter: Meter,
    *,
    look_s: float,
    clock_s: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> tuple[ChannelFound, ...]:
    """Describe every channel of a meter: what it says of itself and what was seen of it.

    Args:
        meter: Opened.
        look_s: How long to look for slow sensors; fast ones are looked at first, shortly.
        clock_s: Monotonic clock.
        wait: Sleeps.
    """
    fast = look_at(meter, duration_s=min(FAST_S, look_s), clock_s=clock_s, wait=wait)
    channels = meter.channels()
    slow = Looks()
    if any(not _is_told(fast, channel) for channel in channels):
        slow = look_at(meter, duration_s=look_s, every_s=SLOW_EVERY_S, clock_s=clock_s, wait=wait)
    return tuple(
        with_looks(stated(meter.name, c), fast if _is_told(fast, c) else slow) for c in channels
    )


def stated(meter: str, channel: Channel) -> ChannelFound:
    """Say of a channel what its meter says of it."""
    return ChannelFound(
        meter=meter,
        channel=channel.name,
        resource=channel.resource,
        kind=channel.kind,
        origin=channel.origin,
        sensor=channel.sensor,
        stated_resolution=channel.resolution,
        stated_period_s=channel.period_s,
        part_of=channel.part_of,
        check_of=channel.check_of,
        not_covered=channel.not_covered,
        device=channel.device,
    )


def with_looks(found: ChannelFound, looks: Looks) -> ChannelFound:
    """Add what was seen of a channel; nothing where it could not be looked at twice."""
    rate = _rate(looks, found.channel)
    if rate is None:
        return found
    return replace(
        found,
        seen_step=rate.step,
        seen_period_s=rate.period_s,
        seen_period_low_s=rate.low_s,
        seen_period_high_s=rate.high_s,
        looked_every_s=rate.looked_every_s,
        n_updates=rate.n_updates,
        read_s=looks.read_s,
    )


def _is_told(looks: Looks, channel: Channel) -> bool:
    rate = _rate(looks, channel.name)
    return rate is not None and rate.n_updates >= 2 * MIN_UPDATES


def _rate(looks: Looks, channel: str) -> UpdateRate | None:
    values = looks.values.get(channel, ())
    return update_rate(looks.times_s, values) if len(values) >= 2 else None


def _looks(seen: Sequence[tuple[float, float, Mapping[str, float]]]) -> Looks:
    if not seen:
        return Looks()
    names = set.intersection(*(set(shown) for _, _, shown in seen))
    return Looks(
        times_s=tuple(at_s for at_s, _, _ in seen),
        values={name: tuple(shown[name] for _, _, shown in seen) for name in sorted(names)},
        read_s=median(took_s for _, took_s, _ in seen),
    )
