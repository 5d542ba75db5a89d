"""Rates that are sampled as time passes, and the channels over them."""

from dataclasses import dataclass, field

from breakeven.formulas.trace import PowerIntegrator
from breakeven.meters.gpu.card import Card, Sensor
from breakeven.records import Resource
from breakeven.records.protocols import Channel

MAX_GAP_S = 1.0
"""Samples further apart leave what is between them unobserved."""


@dataclass(slots=True, kw_only=True)
class Sampled:
    """What a rate (watts, busy share) adds up to (joules, busy seconds).

    Attributes:
        step: Smallest step of the sensor; it rounds by up to half of that.
        slack: How far the total may be off for what happened between samples, and for rounding:
            each step in time lies between its lower and its higher sample.
    """

    step: float = 0.0
    slack: float = 0.0
    _sum: PowerIntegrator = field(default_factory=lambda: PowerIntegrator(max_gap_s=MAX_GAP_S))
    _last: float = 0.0

    @property
    def total(self) -> float:
        """Trapezoid rule over the observed part."""
        return self._sum.energy_j

    @property
    def covered_s(self) -> float:
        """Seconds observed."""
        return self._sum.covered_s

    def add(self, rate: float, *, time_s: float) -> None:
        """Take one sample at a monotonic time."""
        before_s = self._sum.covered_s
        self._sum.add(rate, time_s=time_s)
        elapsed_s = self._sum.covered_s - before_s
        self.slack += (abs(rate - self._last) + self.step) / 2 * elapsed_s
        self._last = rate


def counter_channel(card: Card, counter: Sensor) -> Channel:
    """Describe joules of a card by its own counter."""
    return Channel(
        name=card.uuid,
        resource=Resource.ENERGY_J,
        sensor=counter.name,
        resolution=counter.resolution,
        period_s=counter.period_s,
        not_covered=counter.not_covered,
        relative_error=counter.relative_error,
        device=card.device,
    )


def power_channel(card: Card, power: Sensor, *, check_of: str | None = None) -> Channel:
    """Describe joules of a card by its sampled power, as the value or as a check of the counter."""
    return Channel(
        name=card.uuid if check_of is None else f"{card.uuid} power",
        resource=Resource.ENERGY_J,
        sensor=power.name,
        resolution=power.resolution * power.period_s,
        period_s=power.period_s,
        not_covered=f"power between two samples; {power.not_covered}",
        relative_error=power.relative_error,
        device=card.device,
        check_of=check_of,
    )


def busy_channel(card: Card, busy: Sensor) -> Channel:
    """Describe the seconds in which a card was busy."""
    return Channel(
        name=f"{card.uuid} busy",
        resource=Resource.DEVICE_BUSY_S,
        sensor=busy.name,
        resolution=busy.resolution * busy.period_s,
        period_s=busy.period_s,
        not_covered=busy.not_covered,
        device=card.device,
    )
