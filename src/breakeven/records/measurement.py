"""Measurement: what one window saw, channel by channel."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import add

from breakeven.records.cost import Cost, Kind, Resource
from breakeven.records.note import Note


class PhaseName(StrEnum):
    """Parts of a run that are measured apart."""

    IMPORT = "import"
    LOAD = "load"
    IDLE = "idle"
    WARMUP = "warmup"
    WORK = "work"


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

        Of scopes only the widest counts: a plug contains the package and the GPU.

        Returns:
            None when no channel of that kind saw the resource: missing is not zero.
        """
        found = [c for c in self.costs if c.resource is resource and c.kind is kind]
        present = {c.channel for c in found}
        outermost = [c for c in found if not {c.part_of, c.check_of} & present]
        if not outermost:
            return None
        widest = max((c.scope for c in outermost), key=lambda scope: scope.width)
        return reduce(add, [c for c in outermost if c.scope is widest])


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One named part of a run and what it consumed."""

    name: PhaseName
    measurement: Measurement
