"""Candidates: services that may answer requests, and what rules one out."""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.costs.life_results import Wait
from breakeven.analysis.serving.idling import IDLING
from breakeven.analysis.serving.services import Service
from breakeven.analysis.words import listed
from breakeven.records import Resource, Stage

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
            *(() if self.is_comparable else (self._why_not_single,)),
        ]
        return listed(why) if why else "can be chosen"

    def has_idle(self, resource: Resource) -> bool:
        """Whether what it takes while it waits is known, and how long it waits."""
        return resource in self.service.idle and Resource.DURATION_S in self.service.per_request

    def has_starts(self, resource: Resource) -> bool:
        """Whether the cost of starting it is known."""
        return resource in self.service.pathway.startup

    @property
    def idle_gap(self) -> str:
        """Why idling is not known, and what to do about it."""
        if self._is_stated:
            return "what was stated says nothing of idling"
        if self.service.pathway.definition.is_joined:
            return (
                "idling not measured, which a pathway that joined by hand has no phase for; make "
                "it a pathway of the study file"
            )
        if Resource.DURATION_S not in self.service.per_request:
            return "how long it waits is not known, for want of the time a request takes"
        return "idling not measured; set inference.idle_s and run again"

    @property
    def starts_gap(self) -> str:
        """Why the cost of a start is not known, and what to do about it."""
        if self._is_stated:
            return "what was stated says nothing of starts"
        if self.service.pathway.definition.is_joined:
            return "starts not told from use; measure its use at a second volume"
        return "starts not measured; run its rows again"

    @property
    def _why_not_single(self) -> str:
        is_joined = self.service.pathway.definition.is_joined
        return "not measured one request at a time" if is_joined else "measured in batches only"

    @property
    def _is_stated(self) -> bool:
        return any(row.stage is Stage.STATED for row in self.service.pathway.rows)


def on_same_parts(candidates: Sequence[Candidate], resource: Resource) -> list[Candidate]:
    """Those that have every part of the cost which another has: who lacks one must not win by it.

    Args:
        candidates: Those that nothing rules out.
        resource: Which cost.
    """
    idle = [c for c in candidates if resource in IDLING and c.has_idle(resource)]
    kept = idle or list(candidates)
    return [c for c in kept if c.has_starts(resource)] or kept
