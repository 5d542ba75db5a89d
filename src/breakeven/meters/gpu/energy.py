"""Joules per GPU: the card's own counter, else its power, sampled and integrated.

A counter is differenced, never turned into power and integrated; only true power sensors are.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.formulas.trace import PowerIntegrator
from breakeven.meters.gpu.card import Card, Sensor
from breakeven.records import Note, Resource
from breakeven.records.protocols import Channel, Meter, Observer, PeakMeter, Reading

COUNTER_POLL_S = 10.0
"""64-bit counters do not wrap; this only notices a reload of the driver."""

FASTEST_POLL_S = 0.02
"""Cards without a counter are sampled at their own update period, but not faster than this: waking
the thread takes 0.1 ms of CPU."""

MAX_GAP_S = 1.0
"""Samples further apart leave what is between them unobserved."""


class GpuMeter:
    """Joules of every card that was found; each is a channel of its own, and they add up.

    Attributes:
        name: The meter's registered name.
        poll_period_s: Seldom for counters, at the sensors' own pace for sampled power.
        notes: Cards that were found but cannot be read.
        companions: Meters of the same cards that the bank opens with this one.
        observers: Judge what disturbed a window on these cards.
    """

    def __init__(  # noqa: PLR0913 - what a meter with companions is made of
        self,
        name: str,
        cards: Sequence[Card],
        *,
        release: Callable[[], None],
        notes: Sequence[Note] = (),
        companions: Sequence[Meter | PeakMeter] = (),
        observers: Sequence[Observer] = (),
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take charge of the cards.

        Args:
            name: The meter's registered name.
            cards: To be read.
            release: Lets go of the maker's library; called once.
            notes: What a user should know of cards that are not among them.
            companions: Further meters of the same cards.
            observers: What may have disturbed a window on them.
            clock_s: Monotonic clock of the power samples.
        """
        self.name, self.notes = name, tuple(notes)
        self.companions, self.observers = tuple(companions), tuple(observers)
        self._release, self._clock_s = release, clock_s
        self._tallies = [_Tally(card=card) for card in cards]
        self.poll_period_s = _poll_period_s(cards)

    def channels(self) -> Sequence[Channel]:
        """One channel per card, named by its UUID."""
        return [energy_channel(t.card, t.card.energy, name=t.card.uuid) for t in self._tallies]

    def read(self) -> Reading:
        """Return joules so far per card; one that no longer answers is absent, with its reason.

        Raises:
            CounterResetError: If a counter fell.
        """
        totals: dict[str, float] = {}
        reasons: dict[str, str] = {}
        fallen: list[str] = []
        for tally in self._tallies:
            try:
                totals[tally.card.uuid] = tally.add(self._clock_s)
            except CounterResetError as error:
                fallen.append(str(error))
            except MeterUnavailableError as error:
                reasons[tally.card.uuid] = str(error)
        if fallen:
            raise CounterResetError(" ".join(fallen))
        sampled = [t for t in self._tallies if t.card.counter is None]
        return Reading(
            totals=totals,
            covered_s={t.card.uuid: t.power.covered_s for t in sampled},
            slack={t.card.uuid: t.power.slack_j for t in sampled},
            reasons=reasons,
        )

    def close(self) -> None:
        """Let go of the maker's library; companions need it no longer either."""
        release, self._release = self._release, _nothing
        release()


def energy_channel(
    card: Card, sensor: Sensor, *, name: str, check_of: str | None = None
) -> Channel:
    """Describe joules of a card by one of its sensors."""
    is_counter = sensor is card.counter
    unseen = "" if is_counter else "power between two samples; "
    return Channel(
        name=name,
        resource=Resource.ENERGY_J,
        sensor=sensor.name,
        resolution=sensor.resolution,
        period_s=sensor.period_s,
        not_covered=f"{unseen}{sensor.not_covered}",
        relative_error=sensor.relative_error,
        device=card.device,
        check_of=check_of,
    )


@dataclass(slots=True, kw_only=True)
class SampledPower:
    """Joules of one power sensor that is sampled as time passes.

    Attributes:
        slack_j: How far they may be off for what happened between samples: each step lies between
            its lower and its higher sample, so by half their difference.
    """

    slack_j: float = 0.0
    _sum: PowerIntegrator = field(default_factory=lambda: PowerIntegrator(max_gap_s=MAX_GAP_S))
    _last_w: float = 0.0

    @property
    def energy_j(self) -> float:
        """Trapezoid rule over the observed part."""
        return self._sum.energy_j

    @property
    def covered_s(self) -> float:
        """Seconds observed."""
        return self._sum.covered_s

    def add(self, power_w: float, *, time_s: float) -> None:
        """Take one sample, in watts, at a monotonic time."""
        before_s = self._sum.covered_s
        self._sum.add(power_w, time_s=time_s)
        self.slack_j += abs(power_w - self._last_w) / 2 * (self._sum.covered_s - before_s)
        self._last_w = power_w


@dataclass(slots=True, kw_only=True)
class _Tally:
    """One card and its joules so far."""

    card: Card
    power: SampledPower = field(default_factory=SampledPower)
    total_j: float | None = None

    def add(self, clock_s: Callable[[], float]) -> float:
        answer = self.card.energy.read()
        if self.card.counter is None:
            self.power.add(answer, time_s=clock_s())
            return self.power.energy_j
        before_j, self.total_j = self.total_j, answer
        if before_j is not None and answer < before_j:
            raise CounterResetError(
                f"{self.card.uuid}: the energy counter fell from {before_j:.6g} J to "
                f"{answer:.6g} J. The driver was probably reloaded; discard this window "
                "and repeat it."
            )
        return answer


def _poll_period_s(cards: Sequence[Card]) -> float:
    sampled = [card.energy.period_s for card in cards if card.counter is None]
    return max(FASTEST_POLL_S, min(sampled)) if sampled else COUNTER_POLL_S


def _nothing() -> None:
    """What is left to do at a second close."""
