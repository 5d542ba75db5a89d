"""Idle draw and its noise: what each energy channel counts while nobody asks for anything."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import mean, stdev

from breakeven.meters.bank import utc_now
from breakeven.records import IdleReading, Kind, Resource, SelfTest, Verdict
from breakeven.records.protocols import Channel, Meter
from breakeven.session.doctor.load import (
    IDLE_LOAD_FRAC,
    LoadLook,
    look_at_load,
    others_frac,
)

NAME = "idle draw"

SLICE_S = 1.0
"""Length of the slices whose scatter is the noise; longer where a sensor updates slowly."""

UPDATES_PER_SLICE = 10
"""As many updates as a window needs before one more or less is a tenth of it."""

BUSY_DEVICE_FRAC = 0.05
"""Share of the time in which a device may have worked and still be called idle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Totals of every channel along a stretch in which this process slept.

    Attributes:
        times_s: Monotonic clock, shape (n_reads,).
        totals: By channel, shape (n_reads,); only channels that were there at every read.
        load: What everybody had used before and after; None where nobody can say.
    """

    times_s: tuple[float, ...]
    totals: Mapping[str, tuple[float, ...]]
    load: tuple[LoadLook, LoadLook] | None = None

    @property
    def duration_s(self) -> float:
        """From the first read to the last."""
        return self.times_s[-1] - self.times_s[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Idleness:
    """Idle draw where it could be told.

    Attributes:
        readings: One per energy channel, none when the machine was not idle.
        noise_w: Standard deviation of the power from slice to slice, by channel.
        self_test: What came of it, for people.
    """

    readings: tuple[IdleReading, ...] = ()
    noise_w: Mapping[str, float]
    self_test: SelfTest


def sleep_through(  # noqa: PLR0913 - the clocks of a test
    meters: Sequence[Meter],
    *,
    duration_s: float,
    slice_s: float,
    clock_s: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
    look: Callable[[], LoadLook | None] = look_at_load,
) -> Stretch:
    """Read the meters once per slice and sleep in between.

    Args:
        meters: Opened; polled as often as they ask to be.
        duration_s: For how long.
        slice_s: Time between two reads that are kept.
        clock_s: Monotonic clock.
        wait: Sleeps.
        look: Reads what everybody has used.
    """
    before = look()
    shown = [_totals(meters)]
    times_s = [clock_s()]  # after the read, as those that follow
    poll_s = min([slice_s, *(meter.poll_period_s for meter in meters)])
    while times_s[-1] - times_s[0] < duration_s:
        end_s, left_s = times_s[-1] + slice_s, slice_s
        while left_s > 0:  # at least once: a read may take longer than a slice
            wait(min(left_s, poll_s))
            totals = _totals(meters)
            left_s = end_s - clock_s()
        times_s.append(clock_s())
        shown.append(totals)
    after = look()
    names = set.intersection(*(set(totals) for totals in shown))
    return Stretch(
        times_s=tuple(times_s),
        totals={name: tuple(totals[name] for totals in shown) for name in sorted(names)},
        load=None if before is None or after is None else (before, after),
    )


def slice_length_s(channels: Sequence[Channel]) -> float:
    """How long a slice must be for the slowest energy channel."""
    periods = [c.period_s or 0.0 for c in channels if c.resource is Resource.ENERGY_J]
    return max([SLICE_S, *(UPDATES_PER_SLICE * period_s for period_s in periods)])


def judge_idleness(
    stretch: Stretch, channels: Sequence[Channel], *, now: Callable[[], str] = utc_now
) -> Idleness:
    """Turn a stretch into idle readings, or say why it was not idle.

    The mean is that of the whole stretch; its interval a t interval over slices, widened by the
    sensor's step and its maker's error.

    Args:
        stretch: Slept through.
        channels: Every channel of the meters.
        now: Time stamp in UTC.
    """
    disturbed = disturbance(stretch, channels)
    energy = [
        channel
        for channel in channels
        if channel.resource is Resource.ENERGY_J
        and channel.kind is Kind.MEASURED
        and channel.name in stretch.totals
    ]
    if disturbed:
        return _untold(
            f"not told: {disturbed}.",
            "Stop the other work (top, nvidia-smi) and run: breakeven doctor --full.",
        )
    if not energy:
        return no_energy()
    found = [(c, _powers_w(stretch, c.name)) for c in energy]
    readings = tuple(_reading(c, powers_w, stretch, now()) for c, powers_w in found)
    noise_w = {c.name: stdev(powers_w) for c, powers_w in found if len(powers_w) > 1}
    told = ", ".join(
        f"{r.channel} {r.power_w:.3g} W ({r.low_w:.3g} to {r.high_w:.3g}, scatter "
        f"{noise_w.get(r.channel, 0.0):.2g} W)"
        for r in readings
    )
    return Idleness(
        readings=readings,
        noise_w=noise_w,
        self_test=SelfTest(
            name=NAME,
            verdict=Verdict.PASSED,
            message=f"{told}, over {stretch.duration_s:.0f} s.",
            figures={f"{r.channel}_w": r.power_w for r in readings},
        ),
    )


def no_energy() -> Idleness:
    """Say that nothing here has an idle draw that could be told."""
    return _untold("no channel here counts joules, so there is none to tell.")


def _untold(message: str, advice: str = "") -> Idleness:
    test = SelfTest(name=NAME, verdict=Verdict.NOT_DONE, message=message, advice=advice)
    return Idleness(noise_w={}, self_test=test)


def disturbance(stretch: Stretch, channels: Sequence[Channel]) -> str:
    """Say in words why a stretch was not idle; empty when it was, as far as can be seen."""
    if stretch.duration_s <= 0:
        return "no time passed"
    if stretch.load is not None:
        others = others_frac(*stretch.load, duration_s=stretch.duration_s)
        if others > IDLE_LOAD_FRAC:
            return f"other processes used {others:.0%} of the processors meanwhile"
    for channel in channels:
        if channel.resource is Resource.DEVICE_BUSY_S and channel.name in stretch.totals:
            busy_s = stretch.totals[channel.name][-1] - stretch.totals[channel.name][0]
            if busy_s / stretch.duration_s > BUSY_DEVICE_FRAC:
                return f"{channel.name} was busy {busy_s / stretch.duration_s:.0%} of the time"
    return ""


def _powers_w(stretch: Stretch, channel: str) -> list[float]:
    steps_j = [later - sooner for sooner, later in pairwise(stretch.totals[channel])]
    steps_s = [later - sooner for sooner, later in pairwise(stretch.times_s)]
    return [max(0.0, j) / s for j, s in zip(steps_j, steps_s, strict=True) if s > 0]


def _reading(
    channel: Channel, powers_w: Sequence[float], stretch: Stretch, measured_at: str
) -> IdleReading:
    totals = stretch.totals[channel.name]
    power_w = max(0.0, totals[-1] - totals[0]) / stretch.duration_s
    blur_w = channel.resolution / stretch.duration_s + channel.relative_error * power_w
    blur_w += mean(powers_w) * (channel.period_s or 0.0) / stretch.duration_s
    half_w = blur_w + _half_width(powers_w)
    return IdleReading(
        channel=channel.name,
        sensor=channel.sensor,
        power_w=power_w,
        low_w=max(0.0, power_w - half_w),
        high_w=power_w + half_w,
        duration_s=stretch.duration_s,
        measured_at=measured_at,
    )


def _half_width(powers_w: Sequence[float]) -> float:
    """Half of the 95 % t interval of the mean; the whole power when there is one slice only."""
    from breakeven.analysis.uncertain import quantile  # noqa: PLC0415 - scipy, only when needed

    if len(powers_w) < 2:
        return powers_w[0]
    return quantile(len(powers_w) - 1) * stdev(powers_w) / sqrt(len(powers_w))


def _totals(meters: Sequence[Meter]) -> dict[str, float]:
    found: dict[str, float] = {}
    for meter in meters:
        found.update(meter.read().totals)
    return found
