"""Measurement: what one window saw, channel by channel."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from operator import add

from breakeven.records.cost import Cost, Kind, Resource
from breakeven.records.note import Note
from breakeven.records.volume import Volume

UNSEEN_STRETCH = "some of the stretches"
"""What a sum over stretches leaves out where a sensor saw only some of them."""


class PhaseName(StrEnum):
    """Parts of a run that are measured apart."""

    IMPORT = "import"
    LOAD = "load"
    IDLE = "idle"
    WARMUP = "warmup"
    WORK = "work"
    PREFILL = "prefill"
    """Reading prompts and saying one token, of work that says many: measured apart, after it."""
    TOKENIZE = "tokenize"
    """Turning the texts of the work into tokens, a part of it: measured apart, after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What one window saw; energy is gross, idle draw included.

    Attributes:
        started_at: UTC, ISO 8601; a timestamp only, never subtracted.
        duration_s: Monotonic clock, from the opening reads to the closing reads.
        costs: One per channel; a channel that could not be read is absent.
        notes: Doubts about these numbers.
    """

    started_at: str
    duration_s: float
    costs: tuple[Cost, ...] = ()
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.duration_s < math.inf:
            raise ValueError(f"duration_s must be finite and >= 0, got {self.duration_s}")

    def total(self, resource: Resource, kind: Kind = Kind.MEASURED) -> Cost | None:
        """Sum of one resource over the channels that neither contain nor check each other.

        Of scopes only the widest counts: a plug contains the package and the GPU. One that saw
        less than half as much of the window as a narrower one contains nothing: a log that ends
        soon after the phase began is not what the phase consumed.

        Returns:
            None when no channel of that kind saw the resource: missing is not zero.
        """
        found = [c for c in self.costs if c.resource is resource and c.kind is kind]
        present = {c.channel for c in found}
        outermost = [c for c in found if not {c.part_of, c.check_of} & present]
        if not outermost:
            return None
        needed_frac = max(c.coverage_frac for c in outermost) / 2
        blind = {c.scope for c in outermost if c.coverage_frac < needed_frac}
        whole = [c.scope for c in outermost if c.scope not in blind]
        widest = max(whole or [c.scope for c in outermost], key=lambda scope: scope.width)
        return reduce(add, [c for c in outermost if c.scope is widest])

    def followed_by(self, later: "Measurement") -> "Measurement":
        """Put two stretches of one name together, channel by channel; of doubts one of each code.

        Every cost keeps its channel and what contains or checks it, so that `total` stays right.
        A channel that only one stretch has is dropped where it would hide one that both have: what
        a plug saw of one stretch is less than what the package saw of both.
        """
        mine, theirs = _by_channel(self.costs), _by_channel(later.costs)
        duration_s = self.duration_s + later.duration_s
        both = [_continued(mine[key], theirs[key]) for key in mine if key in theirs]
        partly = [
            _partly_seen(cost, seen_s, duration_s)
            for seen_s, costs, others in (
                (self.duration_s, mine, theirs),
                (later.duration_s, theirs, mine),
            )
            for key, cost in costs.items()
            if key not in others
        ]
        shown = [cost for cost in partly if not any(_hides(cost, other) for other in both)]
        return Measurement(
            started_at=self.started_at,
            duration_s=duration_s,
            costs=(*both, *shown),
            notes=tuple({note.code: note for note in (*later.notes, *self.notes)}.values()),
        )


_Key = tuple[Resource, Kind, str]


def _by_channel(costs: Iterable[Cost]) -> Mapping[_Key, Cost]:
    return {(cost.resource, cost.kind, cost.channel): cost for cost in costs}


def _continued(first: Cost, second: Cost) -> Cost:
    """Sum of a channel over two stretches."""
    both = first + second
    return replace(
        first,
        value=both.value,
        low=both.low,
        high=both.high,
        origin=both.origin,
        coverage_frac=both.coverage_frac,
        not_covered=both.not_covered,
    )


def _partly_seen(only: Cost, seen_s: float, duration_s: float) -> Cost:
    """What one of two stretches has, as a number of both: it covers less, and says so."""
    gaps = dict.fromkeys([*filter(None, only.not_covered.split("; ")), UNSEEN_STRETCH])
    said = replace(only, not_covered="; ".join(gaps))
    if not (only.resource.is_additive and 0 < seen_s < duration_s):
        return said
    share_frac = seen_s / duration_s
    return replace(said, high=only.high / share_frac, coverage_frac=only.coverage_frac * share_frac)


def _hides(cost: Cost, other: Cost) -> bool:
    """Whether a total leaves the other out because of the first."""
    is_alike = (cost.resource, cost.kind) == (other.resource, other.kind)
    is_wider = cost.scope.width > other.scope.width
    return is_alike and (is_wider or cost.channel in (other.part_of, other.check_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWindow:
    """What one named part of a run consumed; inside the phases and never added to them.

    Attributes:
        name: What it was about ("tokenize").
        n_times: How often it was opened.
        measurement: Over all of its stretches; where several of one name were open at once, as in
            threads, the time is counted once.
    """

    name: str
    n_times: int
    measurement: Measurement

    def __post_init__(self) -> None:
        if not (self.name and self.n_times > 0):
            raise ValueError(
                f"a window needs a name and was opened at least once, got {self.name!r}, "
                f"{self.n_times}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One named part of a run and what it consumed.

    Attributes:
        name: Which part.
        measurement: What its window saw.
        output: What it processed, where that is not the run's own output, which is the work's.
    """

    name: PhaseName
    measurement: Measurement
    output: Volume | None = None
