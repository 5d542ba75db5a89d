"""Examine: everything `breakeven doctor` does, in one go; what it finds is an `Examination`."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from breakeven import registry
from breakeven.errors import BreakevenError
from breakeven.meters import MeterBank, Probe, own_meters, probe_meter, utc_now
from breakeven.meters.asked.replay import read_traces
from breakeven.meters.asking import maker_of, parse_meter
from breakeven.records import (
    ChannelFound,
    Examination,
    Kind,
    Machine,
    Origin,
    Resource,
    SelfTest,
    Surroundings,
    Verdict,
)
from breakeven.records.protocols import Channel, Meter, PeakMeter
from breakeven.session.doctor.clocks import judge_clocks, spin_and_look
from breakeven.session.doctor.idle import (
    UPDATES_PER_SLICE,
    Idleness,
    judge_idleness,
    no_energy,
    sleep_through,
    slice_length_s,
)
from breakeven.session.doctor.known_work import (
    WORKS,
    burn,
    check_cpu,
    check_memory,
    judge_counters,
)
from breakeven.session.doctor.looking import channels_found, stated
from breakeven.session.doctor.own_cost import judge_own_cost, measure_own_cost
from breakeven.session.doctor.place import find_place
from breakeven.session.doctor.remedies import missing_sensor
from breakeven.session.doctor.repeats import judge_pairs, measure_pairs, plan_pairs
from breakeven.session.machine import find_machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long each part may take.

    Attributes:
        clocks_s: Looking at the clocks.
        look_s: Looking for updates of one slow sensor.
        background_s: Watching what the meters cost in the background.
        idle_s: Sleeping for the idle draw; 0 leaves it out.
        repeats_s: The A/A test; 0 leaves it out.
    """

    clocks_s: float
    look_s: float
    background_s: float
    idle_s: float = 0.0
    repeats_s: float = 0.0


COUNTING_S = 0.2
"""Work that joule counters must see: hundreds of updates of a CPU's."""

QUICK = Effort(clocks_s=0.3, look_s=1.5, background_s=1.0)
FULL = Effort(clocks_s=1.0, look_s=4.0, background_s=2.0, idle_s=20.0, repeats_s=20.0)


def _say_nothing(text: str) -> None:
    """Nobody waits."""


def examine(  # noqa: PLR0913 - what may be said of an examination
    names: Sequence[str] = (),
    *,
    replay: Path | None = None,
    effort: Effort = QUICK,
    say: Callable[[str], None] = _say_nothing,
    machine: Machine | None = None,
    now: Callable[[], str] = utc_now,
    clock_s: Callable[[], float] = time.monotonic,
) -> Examination:
    """Look at every sensor, try the meters on work whose cost is known, and say what was found.

    Args:
        names: Meters to look at, with options as `NAME:KEY=VALUE,...`; empty means every sensor of
            this machine, and those on request as far as they open without options.
        replay: A recorded power trace to look at besides.
        effort: How long each part may take.
        say: Told what is being done, for people who wait.
        machine: What was found here; looked up by default.
        now: Time stamp in UTC.
        clock_s: Monotonic clock of how long all this takes.

    Raises:
        UnknownNameError: If a meter asked for is not registered.
        SettingsError: If its options cannot be read.
        DataFileError: If the recording cannot be read.
    """
    began_s, examined_at = clock_s(), now()
    here = find_machine() if machine is None else machine
    place = find_place(here.surroundings or Surroundings())
    own = own_meters()
    for name in names:
        maker_of(parse_meter(name).name)
    if replay is not None:
        read_traces(replay)
    wanted = names or [*own, *registry.names("requested_meter")]
    say("looking for sensors")
    probes = [probe_meter(name, replay=replay) for name in dict.fromkeys(wanted)]
    with _bank_of(probes) as bank:
        channels = _channels(bank, effort, say)
        tests = [judge_clocks(spin_and_look(effort.clocks_s))]
        period_s = _longest_period_s(channels)
        tests += _known_work(bank, period_s, say)
        tests += _own_cost(bank, effort, say)
        tests += _repeats(bank, effort, period_s, say)
        idleness = _idleness(bank, effort, say)
    return Examination(
        machine=here,
        examined_at=examined_at,
        took_s=clock_s() - began_s,
        is_full=effort.idle_s > 0 and effort.repeats_s > 0,
        channels=tuple(_with_noise(found, idleness) for found in channels),
        missing=tuple(
            missing_sensor(probe, place, is_own=bool(names) or probe.name in own)
            for probe in probes
            if probe.meter is None
        ),
        self_tests=(*tests, *((idleness.self_test,) if idleness else ())),
        idle=idleness.readings if idleness else (),
    )


@contextmanager
def _bank_of(probes: Sequence[Probe]) -> Iterator[MeterBank]:
    meters = [part for probe in probes for part in probe.parts]
    with MeterBank(
        [meter for meter in meters if isinstance(meter, Meter)],
        peak_meters=[meter for meter in meters if isinstance(meter, PeakMeter)],
    ) as bank:
        yield bank


def _channels(bank: MeterBank, effort: Effort, say: Callable[[str], None]) -> list[ChannelFound]:
    found: list[ChannelFound] = []
    for meter in bank.meters:
        say(f"watching {meter.name} update")
        found += channels_found(meter, look_s=effort.look_s)
    for gauge in bank.peak_meters:
        found += [stated(gauge.name, channel) for channel in gauge.channels()]
    return found


def _known_work(bank: MeterBank, period_s: float, say: Callable[[str], None]) -> list[SelfTest]:
    """Try each meter that is there on work whose cost is known."""
    tests: list[SelfTest] = []
    resources = {channel.resource for channel in bank.channels()}
    if Resource.CPU_S in resources:
        say("burning a known number of CPU seconds")
        tests += [check_cpu(bank, work) for work in WORKS]
    if Resource.PEAK_MEMORY_BYTES in resources:
        say("taking a known amount of memory")
        tests.append(check_memory(bank))
    if live := _live_energy(bank):
        say("making the joule counters move")
        with bank.window() as window:
            burn(max(COUNTING_S, UPDATES_PER_SLICE * period_s))
        tests += judge_counters(window.measurement, live)
    return tests


def _own_cost(bank: MeterBank, effort: Effort, say: Callable[[str], None]) -> list[SelfTest]:
    say("watching what the meters cost themselves")
    try:
        return [judge_own_cost(measure_own_cost(bank, background_s=effort.background_s))]
    except (BreakevenError, OSError) as error:
        return [_not_done("the meters' own cost", error)]


def _repeats(
    bank: MeterBank, effort: Effort, period_s: float, say: Callable[[str], None]
) -> list[SelfTest]:
    if effort.repeats_s <= 0:
        return []
    say("measuring the same work twice, again and again")
    work_s, n_pairs = plan_pairs(longest_period_s=period_s, budget_s=effort.repeats_s)
    n_rounds = _rounds_for(work_s)
    return list(judge_pairs(measure_pairs(bank, lambda: _work(n_rounds), n_pairs=n_pairs)))


def _idleness(bank: MeterBank, effort: Effort, say: Callable[[str], None]) -> Idleness | None:
    if effort.idle_s <= 0:
        return None
    if not _live_energy(bank):
        return no_energy()
    say(f"sleeping for {effort.idle_s:.0f} s to see what nothing costs")
    slice_s = slice_length_s(bank.channels())
    meters = [m for m in bank.meters if any(c.origin is Origin.LIVE for c in m.channels())]
    try:
        stretch = sleep_through(meters, duration_s=effort.idle_s, slice_s=slice_s)
        return judge_idleness(stretch, bank.channels())
    except (BreakevenError, OSError) as error:
        return Idleness(noise_w={}, self_test=_not_done("idle draw", error))


def _with_noise(found: ChannelFound, idleness: Idleness | None) -> ChannelFound:
    noise_w = {} if idleness is None else idleness.noise_w
    is_energy = found.resource is Resource.ENERGY_J
    return replace(found, idle_noise_w=noise_w.get(found.channel) if is_energy else None)


def _not_done(name: str, error: Exception) -> SelfTest:
    return SelfTest(
        name=name,
        verdict=Verdict.FAILED,
        message=f"broken off: {error}",
        advice="The meter that is named failed while it was read; see the channels above.",
    )


def _live_energy(bank: MeterBank) -> list[Channel]:
    return [
        channel
        for meter in bank.meters
        for channel in meter.channels()
        if channel.resource is Resource.ENERGY_J
        and channel.origin is Origin.LIVE
        and channel.kind is Kind.MEASURED
    ]


def _longest_period_s(channels: Sequence[ChannelFound]) -> float:
    """Of the energy channels, as stated or as seen, whichever is longer."""
    periods = [
        max(found.stated_period_s or 0.0, found.seen_period_s or 0.0)
        for found in channels
        if found.resource is Resource.ENERGY_J and found.origin is Origin.LIVE
    ]
    return max(periods, default=0.0)


def _work(n_rounds: int) -> int:
    """Do the same every time: a fixed number of steps, however long they take."""
    total = 0
    for step in range(n_rounds):
        total += step & 7
    return total


def _rounds_for(work_s: float, *, clock_s: Callable[[], float] = time.thread_time) -> int:
    """Number of steps that take about `work_s` here."""
    tried = 100_000
    began_s = clock_s()
    _work(tried)
    return max(1, round(tried * work_s / max(1e-6, clock_s() - began_s)))
