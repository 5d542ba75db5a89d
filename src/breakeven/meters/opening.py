"""Open the meters of this machine, by name or all that work."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakeven.errors import BreakevenError, MeterUnavailableError
from breakeven.meters.asking import Asked, make_meter, own_meters, parse_meter
from breakeven.meters.bank import MeterBank, utc_now
from breakeven.meters.host.tree import ProcessTree
from breakeven.meters.sampler import HAS_THREAD_CLOCK, Sampler
from breakeven.records import Note, NoteCode
from breakeven.records.protocols import Meter, Observer, PeakMeter

REPLAY = "replay"
HOST_NAMES = ("host", "host-memory", "host-resident", "modelled")
"""Meters that follow the process tree, and share one look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What came of opening one meter.

    Attributes:
        name: Its registered name.
        meter: The opened meter; None if it cannot be had.
        reason: Why not.
        advice: What to do about it.
        is_worth_a_note: Whether a run that goes on without it says so.
    """

    name: str
    meter: Meter | PeakMeter | None = None
    reason: str = ""
    advice: str = ""
    is_worth_a_note: bool = True

    @property
    def parts(self) -> Sequence[Meter | PeakMeter]:
        """The meter and the companions that it brings, which read the same devices otherwise."""
        return () if self.meter is None else (self.meter, *getattr(self.meter, "companions", ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A recording to drive the replay meter.

    Attributes:
        path: CSV with the columns t_s, channel, power_w.
        loop: Whether it starts again at its end.
    """

    path: Path
    loop: bool = False


def open_bank(
    names: Sequence[str] = (),
    *,
    replay: Replayed | Path | None = None,
    include_self: bool = True,
    clock_s: Callable[[], float] = time.monotonic,
    now: Callable[[], str] = utc_now,
) -> MeterBank:
    """Open meters and put them into a bank.

    Args:
        names: Registered names, with options as `NAME:KEY=VALUE,...`; empty means every sensor
            of this machine that works. What does not work is then absent and becomes a note with
            the reason and the fix.
        replay: Recording to replay besides; a path is played once.
        include_self: Whether this process counts in CPU seconds and memory; not when it only
            watches a command.
        clock_s: Monotonic clock of every duration, and of the replay.
        now: Time stamp in UTC.

    Raises:
        UnknownNameError: If a name is not registered.
        MeterUnavailableError: If a meter asked for by name cannot be had.
    """
    played = Replayed(path=replay) if isinstance(replay, Path) else replay
    sampler = Sampler()
    clocks = [sampler.cpu_s]
    options = _options(
        played, include_self=include_self, clock_s=clock_s, meter_s=_meter_clock(clocks)
    )
    wanted = [*(names or own_meters()), *((REPLAY,) if played else ())]
    must = {*names, *((REPLAY,) if played else ())}
    probes = _open_all(wanted, options, must)
    opened = [part for probe in probes for part in probe.parts]
    clocks += [meter.cpu_s for meter in opened if hasattr(meter, "cpu_s")]
    return MeterBank(
        [meter for meter in opened if isinstance(meter, Meter)],
        peak_meters=[meter for meter in opened if isinstance(meter, PeakMeter)],
        observers=_observers(opened) if clock_s is time.monotonic else (),
        notes=[note for probe in probes for note in _notes(probe)],
        clock_s=clock_s,
        now=now,
        sampler=sampler,
    )


def _observers(opened: Sequence[Meter | PeakMeter]) -> list[Observer]:
    """What the meters' own observers see; along a pretended clock nothing can be judged."""
    return [observer for meter in opened for observer in getattr(meter, "observers", ())]


def _meter_clock(clocks: Sequence[Callable[[], float]]) -> Callable[[], float] | None:
    """CPU seconds of the background reads, where they can be told while these go on.

    Args:
        clocks: Of the bank's thread, and of the meters that have one of their own.
    """
    return (lambda: sum(clock_s() for clock_s in clocks)) if HAS_THREAD_CLOCK else None


def probe_meter(name: str, *, replay: Path | None = None) -> Probe:
    """Try to open one meter and say what came of it; the caller closes it."""
    played = None if replay is None else Replayed(path=replay)
    options = _options(played, include_self=True, clock_s=time.monotonic)
    return _open(parse_meter(name), options, must=False)


def _options(
    replay: Replayed | None,
    *,
    include_self: bool,
    clock_s: Callable[[], float],
    meter_s: Callable[[], float] | None = None,
) -> Mapping[str, Mapping[str, Any]]:
    """Arguments of our own meters; those of others are made without any."""
    shared = {"include_self": include_self, "tree": ProcessTree()}
    host: dict[str, dict[str, Any]] = {name: dict(shared) for name in HOST_NAMES}
    host["host"]["meter_s"] = meter_s
    host["host-resident"]["clock_s"] = host["modelled"]["clock_s"] = clock_s
    if replay is None:
        return host
    return {**host, REPLAY: {"path": replay.path, "loop": replay.loop, "clock_s": clock_s}}


def _open_all(
    wanted: Sequence[str], options: Mapping[str, Mapping[str, Any]], must: Collection[str]
) -> list[Probe]:
    probes: list[Probe] = []
    try:
        probes.extend(
            _open(parse_meter(text), options, must=text in must) for text in dict.fromkeys(wanted)
        )
    except BaseException:
        _close(probes)
        raise
    return probes


def _open(asked: Asked, options: Mapping[str, Mapping[str, Any]], *, must: bool) -> Probe:
    name = asked.name
    try:
        meter = make_meter(asked, options.get(name, {}))
    except MeterUnavailableError as error:
        if must:
            raise
        return Probe(
            name=name,
            reason=error.message,
            advice=error.advice,
            is_worth_a_note=error.is_worth_a_note,
        )
    except (BreakevenError, ImportError, AttributeError, OSError) as error:
        if must:
            raise
        return Probe(name=name, reason=f"{type(error).__name__}: {error}")
    return Probe(name=name, meter=meter)


def _notes(probe: Probe) -> Sequence[Note]:
    if probe.meter is not None:
        noted: Sequence[Note] = getattr(probe.meter, "notes", ())
        return noted
    if not probe.is_worth_a_note:
        return []
    return [
        Note(
            code=NoteCode.METER_UNAVAILABLE,
            message=f"{probe.name}: {probe.reason}",
            advice=probe.advice or "Run `breakeven doctor`; without it the channel is absent.",
        )
    ]


def _close(probes: Sequence[Probe]) -> None:
    for probe in probes:
        if probe.meter is not None:
            probe.meter.close()
