"""Asked: what a reader wants to know beyond what every report says; the defaults ask nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Requests that come one at a time, as they come to a service.

    Attributes:
        requests_per_day: How many, on average.
        days: Horizon over which development must pay.
        max_latency_s: Longest wait that is acceptable for one request; None for any.
        restarts_per_day: How often each worker is started anew, beside its first start.

    Raises:
        ValueError: If a number is out of range.
    """

    requests_per_day: float
    days: float = 365.0
    max_latency_s: float | None = None
    restarts_per_day: float = 0.0

    def __post_init__(self) -> None:
        above_zero = {"requests_per_day": self.requests_per_day, "days": self.days}
        if self.max_latency_s is not None:
            above_zero["max_latency_s"] = self.max_latency_s
        for name, value in above_zero.items():
            if not 0 < value < math.inf:
                raise ValueError(f"{name} must be above 0 and finite, got {value}")
        if not 0 <= self.restarts_per_day < math.inf:
            raise ValueError(
                f"restarts_per_day must be at least 0 and finite, got {self.restarts_per_day}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Everything a report can be asked.

    Attributes:
        min_score: Lowest acceptable score; replaces the study's own. None keeps that.
        is_weighted: Whether output is weighted by score in the break-evens shown first.
        shares: Number of downstream tasks that share a row of development, by row.
        lifetimes: Volumes, in items, at which Pareto fronts are wanted beside the planned one.
        n_passes: Passes over the test split that research makes with a model.
        traffic: Requests of one's own; None when nobody asked.
        is_measured_only: Whether modelled and assumed numbers are left out.

    Raises:
        ValueError: If a number is out of range.
    """

    min_score: float | None = None
    is_weighted: bool = False
    shares: Mapping[str, int] = field(default_factory=dict)
    lifetimes: tuple[float, ...] = ()
    n_passes: float = 1.0
    traffic: Traffic | None = None
    is_measured_only: bool = False

    def __post_init__(self) -> None:
        for row, n_tasks in self.shares.items():
            if n_tasks < 1:
                raise ValueError(f"{row} must be shared by at least 1 task, its own, got {n_tasks}")
        for volume in (*self.lifetimes, self.n_passes):
            if not 0 < volume < math.inf:
                raise ValueError(f"a volume must be above 0 and finite, got {volume}")
        if self.is_measured_only and any(n_tasks > 1 for n_tasks in self.shares.values()):
            raise ValueError(
                "a number of tasks that share a row is assumed, so it cannot stand among measured "
                "numbers only; ask for one or the other"
            )
        if self.min_score is not None and not math.isfinite(self.min_score):
            raise ValueError(f"min_score must be finite, got {self.min_score}")


NOTHING = Questions()
