"""Calm: how quiet a machine has been seen, and whether it is as quiet by now.

A level is lowered by what is quieter, so that a machine that was busy at first is not what all that
follows is compared with; until then there is a doubt to be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, pstdev

from breakeven.records import Kind, Origin, Resource
from breakeven.records.protocols import Channel
from breakeven.session.doctor.idle import Stretch, disturbance
from breakeven.session.doctor.load import IDLE_LOAD_FRAC, others_frac

LOAD_MARGIN_FRAC = 0.02
"""Share of the CPUs above the baseline that still counts as idle; see `IDLE_LOAD_FRAC`, below which
the baseline is not lowered: a slice is too short to tell less."""

POWER_MARGIN_FRAC = 0.05
"""Share of the baseline's power above it that still counts as idle, or three standard deviations
of its slices where those are more."""

LOAD = "other load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The quietest that was seen of one thing that is measured.

    Attributes:
        name: The load, or an energy channel.
        unit: Of `seen` and all that follows: % or W.
        seen: When it was quietest.
        scatter: What is nothing but scatter.
        scatter_frac: The same as a share of `seen`; the larger of the two counts.
        least: Not told apart from less.
    """

    name: str
    unit: str
    seen: float
    scatter: float = 0.0
    scatter_frac: float = 0.0
    least: float = 0.0

    @property
    def margin(self) -> float:
        """How far from `seen` is still the same."""
        return max(self.scatter, self.scatter_frac * self.seen)

    @property
    def most(self) -> float:
        """The most that counts as idle."""
        return self.seen + self.margin

    def lowered(self, now: float) -> "Level":
        """What is quietest when this much is seen now."""
        quieter = max(now, self.least)
        return replace(self, seen=quieter) if quieter < self.seen - self.margin else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Calm:
    """What rests wait for.

    Attributes:
        levels: Of what can be seen.
        doubt: Why the machine was not at rest at these levels; empty when it was.
    """

    levels: tuple[Level, ...] = ()
    doubt: str = ""

    @property
    def told(self) -> str:
        """What rests wait for, in words."""
        if not self.levels:
            return "their limit: nothing tells of idleness"
        parts = [f"{level.name} {level.most:.3g} {level.unit}" for level in self.levels]
        doubt = (
            f". It was not at rest: {self.doubt}. Stop the other work and start again; until then "
            "rests wait for the quietest that they see"
        )
        return f"at most {', '.join(parts)}, as measured{doubt if self.doubt else ''}"

    def lowered(self, stretch: Stretch, channels: Sequence[Channel]) -> "Calm":
        """What rests wait for after another stretch.

        What was drawn while others worked is no level of a machine at rest: the first stretch
        without them says how much it draws by now, and those that follow how much less.
        """
        doubt = self.doubt and disturbance(stretch, channels)
        now = {level.name: level.seen for level in self.levels} | _seen(stretch, channels)
        is_first = bool(self.doubt) and not doubt
        levels = tuple(
            replace(level, seen=now[level.name])
            if is_first and level.name != LOAD
            else level.lowered(now[level.name])
            for level in self.levels
        )
        is_quieter = is_first or levels != self.levels
        return Calm(levels=levels, doubt=doubt) if is_quieter else self


def baseline(stretch: Stretch, channels: Sequence[Channel]) -> Calm:
    """Say what counts as idle from a stretch before any work."""
    doubt = disturbance(stretch, channels)
    levels = []
    for name, seen in _seen(stretch, channels).items():
        if name == LOAD:
            margin, least = 100 * LOAD_MARGIN_FRAC, 100 * IDLE_LOAD_FRAC
            levels.append(Level(name=name, unit="%", seen=seen, scatter=margin, least=least))
        else:
            # What others do makes power scatter more than it does at rest.
            scatter_w = 0.0 if doubt else 3 * pstdev(_powers_w(stretch, name))
            share = POWER_MARGIN_FRAC
            levels.append(
                Level(name=name, unit="W", seen=seen, scatter=scatter_w, scatter_frac=share)
            )
    return Calm(levels=tuple(levels), doubt=doubt)


def judge(stretch: Stretch, channels: Sequence[Channel], calm: Calm) -> tuple[bool, str]:
    """Say whether a stretch was calm, and in words what was seen and what is waited for.

    What cannot be seen now is left out; where nothing can, nothing is calm.
    """
    now = _seen(stretch, channels)
    seen = [(level, now[level.name]) for level in calm.levels if level.name in now]
    words = [
        f"{level.name} {value:.3g} {level.unit} (at most {level.most:.3g})" for level, value in seen
    ]
    is_calm = bool(seen) and all(value <= level.most for level, value in seen)
    return is_calm, ", ".join(words) or "nothing here tells whether the machine is idle"


def _seen(stretch: Stretch, channels: Sequence[Channel]) -> dict[str, float]:
    """What a stretch tells, by name: percent of the CPUs, watts of each energy channel."""
    seen = {name: fmean(_powers_w(stretch, name)) for name in _told_by(stretch, channels)}
    load_frac = _load_frac(stretch)
    return seen if load_frac is None else {LOAD: 100 * load_frac, **seen}


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
