"""Cooling: rest before a row until the machine is as idle as it was when the study began.

Two things tell: what other processes use of the CPUs, and what each energy channel draws. Both are
looked at before the first row of a launch (the baseline) and then slice by slice in each rest. The
runner looks, asleep in between; its meters are open while it rests and at no other time.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean, pstdev

from breakeven.meters import MeterBank
from breakeven.records import Kind, Note, NoteCode, Origin, Resource, Rest, Until
from breakeven.records.protocols import Channel
from breakeven.session.doctor.idle import Stretch, sleep_through, slice_length_s
from breakeven.session.doctor.load import IDLE_LOAD_FRAC, LoadLook, look_at_load, others_frac

BASELINE_S = 10.0
"""Looked at before the first row; less where the limit of a rest is less."""

N_CALM = 2
"""Slices in a row that must be calm: one may be luck."""

LOAD_MARGIN_FRAC = 0.02
"""Share of the CPUs above the baseline that still counts as idle; see `IDLE_LOAD_FRAC`."""

POWER_MARGIN_FRAC = 0.05
"""Share of the baseline's power above it that still counts as idle, or three standard deviations
of its slices where those are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calm:
    """The most that is seen on a machine at rest.

    Attributes:
        load_frac: Share of the CPUs; None where nobody can say.
        power_w: By energy channel.
    """

    load_frac: float | None = None
    power_w: Mapping[str, float] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """What rests wait for, in words."""
        parts = [] if self.load_frac is None else [f"other load {100 * self.load_frac:.3g} %"]
        parts += [f"{name} {power_w:.3g} W" for name, power_w in self.power_w.items()]
        if not parts:
            return "their limit: nothing tells of idleness"
        is_busy = self.load_frac is not None and self.load_frac > IDLE_LOAD_FRAC + LOAD_MARGIN_FRAC
        doubt = "; it was not at rest, so stop the other work and start again" if is_busy else ""
        return f"at most {', '.join(parts)}{doubt}"


@dataclass(slots=True, kw_only=True)
class Cooling:
    """Rests until idle.

    Attributes:
        open_meters: Opens the meters of the study for a moment.
        least_s: Shortest rest.
        limit_s: Longest rest.
        clock_s: Monotonic clock.
        wait: Sleeps.
        look: Reads what everybody has used of the CPUs.
        calm: The baseline; None before `begin`.
    """

    open_meters: Callable[[], AbstractContextManager[MeterBank]]
    least_s: float
    limit_s: float
    clock_s: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    look: Callable[[], LoadLook | None] = look_at_load
    calm: Calm | None = None

    def begin(self) -> Calm:
        """Take the baseline."""
        with self.open_meters() as bank:
            stretch = self._slices(bank, min(BASELINE_S, self.limit_s))
            self.calm = baseline(stretch, bank.channels())
        return self.calm

    def rest(self) -> Rest:
        """Rest until the machine is back to the baseline, or the limit is reached."""
        calm = self.calm or Calm()
        start_s, n_calm = self.clock_s(), 0
        with self.open_meters() as bank:
            while True:
                stretch = self._slices(bank, 0.0)
                is_calm, seen = judge(stretch, bank.channels(), calm)
                n_calm = n_calm + 1 if is_calm else 0
                took_s = self.clock_s() - start_s
                is_back = n_calm >= N_CALM and took_s >= self.least_s
                if is_back or took_s >= self.limit_s:
                    return Rest(
                        duration_s=took_s, until=Until.IDLE, is_limited=not is_back, seen=seen
                    )

    def _slices(self, bank: MeterBank, duration_s: float) -> Stretch:
        slice_s = min(slice_length_s(bank.channels()), self.limit_s)
        return sleep_through(
            bank.meters,
            duration_s=max(duration_s, slice_s),
            slice_s=slice_s,
            clock_s=self.clock_s,
            wait=self.wait,
            look=self.look,
        )


def baseline(stretch: Stretch, channels: Sequence[Channel]) -> Calm:
    """Say what counts as idle from a stretch before any work."""
    load_frac = _load_frac(stretch)
    limits_w = {}
    for name in _told_by(stretch, channels):
        powers_w = _powers_w(stretch, name)
        mean_w = fmean(powers_w)
        limits_w[name] = mean_w + max(POWER_MARGIN_FRAC * mean_w, 3 * pstdev(powers_w))
    return Calm(
        load_frac=None if load_frac is None else load_frac + LOAD_MARGIN_FRAC, power_w=limits_w
    )


def judge(stretch: Stretch, channels: Sequence[Channel], calm: Calm) -> tuple[bool, str]:
    """Say whether a stretch was calm, and in words what was seen and what is waited for.

    What cannot be seen now is left out; where nothing can, nothing is calm.
    """
    seen: list[tuple[str, float, float, str]] = []
    load_frac = _load_frac(stretch)
    if load_frac is not None and calm.load_frac is not None:
        seen.append(("other load", 100 * load_frac, 100 * calm.load_frac, "%"))
    seen += [
        (name, fmean(_powers_w(stretch, name)), calm.power_w[name], "W")
        for name in _told_by(stretch, channels)
        if name in calm.power_w
    ]
    words = [f"{name} {now:.3g} {unit} (at most {most:.3g})" for name, now, most, unit in seen]
    is_calm = bool(seen) and all(now <= most for _, now, most, _ in seen)
    return is_calm, ", ".join(words) or "nothing here tells whether the machine is idle"


def rest_notes(rest: Rest | None) -> tuple[Note, ...]:
    """Doubts about a run that began before its machine was at rest."""
    if rest is None or not rest.is_limited:
        return ()
    return (
        Note(
            code=NoteCode.NOT_COOLED,
            message=f"the rest before this run was ended by its limit after {rest.duration_s:.3g} "
            f"s: {rest.seen}.",
            advice="Stop what else runs on the machine, or raise inference.cooldown_s.",
        ),
    )


def _load_frac(stretch: Stretch) -> float | None:
    if stretch.load is None or stretch.duration_s <= 0:
        return None
    return others_frac(*stretch.load, duration_s=stretch.duration_s)


def _told_by(stretch: Stretch, channels: Sequence[Channel]) -> list[str]:
    """Energy channels that a live sensor counts."""
    return [
        channel.name
        for channel in channels
        if channel.resource is Resource.ENERGY_J
        and channel.kind is Kind.MEASURED
        and channel.origin is Origin.LIVE
        and channel.name in stretch.totals
        and stretch.duration_s > 0
    ]


def _powers_w(stretch: Stretch, name: str) -> list[float]:
    steps = zip(pairwise(stretch.totals[name]), pairwise(stretch.times_s), strict=True)
    return [
        (after_j - before_j) / (end_s - start_s) for (before_j, after_j), (start_s, end_s) in steps
    ]
