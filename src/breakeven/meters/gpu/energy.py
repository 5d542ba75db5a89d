"""Joules per GPU: the card's own counter, else its power, sampled and integrated.

A counter is differenced, never turned into power and integrated; only true power sensors are.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.meters.gpu.card import Card
from breakeven.meters.gpu.load import GpuLoadMeter
from breakeven.meters.gpu.memory import GpuMemoryMeter
from breakeven.meters.gpu.sampled import Sampled, counter_channel, power_channel
from breakeven.records import Note
from breakeven.records.protocols import Channel, Observer, Reading

COUNTER_POLL_S = 10.0
"""64-bit counters do not wrap; this only notices a reload of the driver."""

FASTEST_POLL_S = 0.02
"""Cards without a counter are sampled at their own update period, but not faster than this: waking
the thread takes 0.1 ms of CPU."""


class GpuMeter:
    """Joules of every card that was found; each is a channel of its own, and they add up.

    Attributes:
        name: The meter's registered name.
        poll_period_s: Seldom for counters, at the sensors' own pace for sampled power.
        notes: Cards that were found but cannot be read.
        companions: Meters of the same cards that the bank opens with this one.
        observers: Judge what disturbed a window on these cards.
    """

    def __init__(  # noqa: PLR0913 - what cards, and those who read them, bring along
        self,
        name: str,
        cards: Sequence[Card],
        *,
        release: Callable[[], None],
        notes: Sequence[Note] = (),
        observers: Sequence[Observer] = (),
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take charge of the cards.

        Args:
            name: The meter's registered name.
            cards: To be read.
            release: Lets go of the maker's library; called once.
            notes: What a user should know of cards that are not among them.
            observers: What may have disturbed a window on them.
            clock_s: Monotonic clock of the power samples.
        """
        self.name, self.notes, self.observers = name, tuple(notes), tuple(observers)
        self.companions = _companions(name, cards, clock_s)
        self._release, self._clock_s = release, clock_s
        self._tallies = [_Tally(card=card) for card in cards]
        self.poll_period_s = _poll_period_s(cards)

    def channels(self) -> Sequence[Channel]:
        """One channel per card, named by its UUID."""
        return [
            power_channel(t.card, t.card.energy)
            if t.card.counter is None
            else counter_channel(t.card, t.card.counter)
            for t in self._tallies
        ]

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
            slack={t.card.uuid: t.power.slack for t in sampled},
            reasons=reasons,
        )

    def sensed(self) -> Mapping[str, float]:
        """What each sensor shows now: joules of a counter, watts of a power sensor."""
        return {t.card.uuid: t.card.energy.read() for t in self._tallies}

    def close(self) -> None:
        """Let go of the maker's library; companions need it no longer either."""
        release, self._release = self._release, _nothing
        release()


@dataclass(slots=True, kw_only=True)
class _Tally:
    """One card and its joules so far."""

    card: Card
    power: Sampled = field(init=False)
    total_j: float | None = None

    def __post_init__(self) -> None:
        self.power = Sampled(step=self.card.energy.resolution)

    def add(self, clock_s: Callable[[], float]) -> float:
        answer = self.card.energy.read()
        if self.card.counter is None:
            self.power.add(answer, time_s=clock_s())
            return self.power.total
        before_j, self.total_j = self.total_j, answer
        if before_j is not None and answer < before_j:
            raise CounterResetError(
                f"{self.card.uuid}: the energy counter fell from {before_j:.6g} J to "
                f"{answer:.6g} J. The driver was probably reloaded; discard this window "
                "and repeat it."
            )
        return answer


def _companions(
    name: str, cards: Sequence[Card], clock_s: Callable[[], float]
) -> tuple[GpuLoadMeter | GpuMemoryMeter, ...]:
    """Meters of load and memory, as far as any card tells them."""
    load = GpuLoadMeter(f"{name}-load", cards, clock_s=clock_s)
    memory = GpuMemoryMeter(f"{name}-memory", cards)
    return tuple(meter for meter in (load, memory) if meter.channels())


def _poll_period_s(cards: Sequence[Card]) -> float:
    sampled = [card.energy.period_s for card in cards if card.counter is None]
    return max(FASTEST_POLL_S, min(sampled)) if sampled else COUNTER_POLL_S


def _nothing() -> None:
    """What is left to do at a second close."""
