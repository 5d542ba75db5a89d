"""Rest: how long a machine was left alone before a run, and whether it had come to rest."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Until(StrEnum):
    """What ends a rest."""

    TIME = "time"
    IDLE = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A rest just before a run, in none of its windows.

    Attributes:
        duration_s: How long it took.
        until: What was to end it.
        is_limited: Whether its limit ended it while the machine was not at rest yet.
        seen: What was seen last and what was waited for, in words; empty for a rest by time.
    """

    duration_s: float
    until: Until = Until.TIME
    is_limited: bool = False
    seen: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.duration_s < math.inf:
            raise ValueError(f"a rest takes time, expected >= 0 s, got {self.duration_s}")
