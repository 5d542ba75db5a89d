"""Candidates: services that may answer requests, and what rules one out."""

from dataclasses import dataclass

from breakeven.analysis.life_results import Wait
from breakeven.analysis.services import Service
from breakeven.analysis.words import listed
from breakeven.records import Resource

TOO_SLOW = {
    Wait.ABOVE: "median latency above the limit",
    Wait.TAIL_ABOVE: "99th percentile of latency above the limit",
    Wait.UNKNOWN: "latency not known",
}
"""Latencies that rule an option out, in words; one that is not known cannot be shown to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A service and whether it may be chosen.

    Attributes:
        service: What would answer.
        is_good_enough: Reaches the quality asked for.
        wait: How it stands to the latency asked for.
        is_comparable: Was measured one request at a time, as others were; or none was.
    """

    service: Service
    is_good_enough: bool
    wait: Wait
    is_comparable: bool

    @property
    def is_eligible(self) -> bool:
        """Whether nothing rules it out."""
        return self.is_good_enough and self.wait not in TOO_SLOW and self.is_comparable

    @property
    def why_out(self) -> str:
        """What rules it out, in words."""
        why = [
            *(() if self.is_good_enough else ("not good enough",)),
            *([TOO_SLOW[self.wait]] if self.wait in TOO_SLOW else []),
            *(() if self.is_comparable else ("measured in batches only",)),
        ]
        return listed(why) if why else "can be chosen"

    def has_idle(self, resource: Resource) -> bool:
        """Whether what it takes while it waits is known, and how long it waits."""
        return resource in self.service.idle and Resource.DURATION_S in self.service.per_request
