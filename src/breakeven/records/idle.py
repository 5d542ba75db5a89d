"""Idle draw: what a channel consumes while nothing is asked of it, and what is left above that."""

import math
from dataclasses import dataclass, replace

from breakeven.records.cost import Cost, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleReading:
    """Mean power of one energy channel over a stretch in which nobody worked.

    Attributes:
        channel: The channel's name.
        sensor: What read it.
        power_w: Mean.
        low_w: Lower end of what the reading can vouch for.
        high_w: Upper end.
        duration_s: How long was looked.
        measured_at: UTC, ISO 8601.
    """

    channel: str
    sensor: str
    power_w: float
    low_w: float
    high_w: float
    duration_s: float
    measured_at: str

    def __post_init__(self) -> None:
        if not 0 <= self.low_w <= self.power_w <= self.high_w < math.inf:
            raise ValueError(
                f"idle power of {self.channel} must satisfy 0 <= low <= power <= high, got "
                f"{self.low_w}, {self.power_w}, {self.high_w} W"
            )
        if not 0 < self.duration_s < math.inf:
            raise ValueError(
                f"idle power of {self.channel} needs a stretch longer than 0 s, "
                f"got {self.duration_s} s"
            )


def above_idle(cost: Cost, idle: IdleReading, *, duration_s: float) -> Cost:
    """Take idle draw off a window's gross energy; both must be of one channel.

    Args:
        cost: Gross energy of the channel.
        idle: The channel's idle draw.
        duration_s: Length of the window.

    Raises:
        ValueError: If the two are not of one channel, or the cost is not energy.

    Examples:
        >>> from breakeven.records import Kind
        >>> gross = Cost(resource=Resource.ENERGY_J, value=100, low=99, high=101, channel="gpu",
        ...              kind=Kind.MEASURED, sensor="nvml")
        >>> idle = IdleReading(channel="gpu", sensor="nvml", power_w=4, low_w=3, high_w=5,
        ...                    duration_s=60, measured_at="2026-01-01T00:00:00Z")
        >>> net = above_idle(gross, idle, duration_s=10)
        >>> (net.low, net.value, net.high)
        (49, 60, 71)
    """
    if cost.resource is not Resource.ENERGY_J or cost.channel != idle.channel:
        raise ValueError(
            f"cannot take the idle draw of {idle.channel} off {cost.resource} of {cost.channel}; "
            "take the reading of the same energy channel"
        )
    return replace(
        cost,
        value=max(0, cost.value - idle.power_w * duration_s),
        low=max(0, cost.low - idle.high_w * duration_s),
        high=max(0, cost.high - idle.low_w * duration_s),
        sensor=f"{cost.sensor}, above idle",
    )
