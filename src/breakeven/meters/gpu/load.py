"""What GPUs do beside consuming: how busy they are, and their power as a check of the counter.

A meter of its own, so that its many reads do not widen the counters' intervals: energy is read
alone, at the two ends of a window.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.card import Card, Sensor
from breakeven.meters.gpu.sampled import Sampled, busy_channel, power_channel
from breakeven.records.protocols import Channel, Reading

LOAD_POLL_S = 0.5
"""Two looks a second on average. A check needs no more: a counter that is wrong is wrong for long,
and what happens between two looks widens its interval. Each look costs 0.1 ms of CPU for the thread
and some tens of microseconds per card and question; memory is looked at in the same breath."""

_GOLDEN_FRAC = 0.618_033_988_749_895


class GpuLoadMeter:
    """Busy seconds per card, and joules from sampled power where a counter gives the joules."""

    def __init__(
        self, name: str, cards: Sequence[Card], *, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Look from now on.

        Args:
            name: The meter's name.
            cards: To be looked at; whoever found them releases them.
            clock_s: Monotonic clock of the samples.
        """
        self.name, self._clock_s = name, clock_s
        self._pauses_s = uneven_pauses_s()
        self.poll_period_s = next(self._pauses_s)
        self._tracks = [track for card in cards for track in _tracks(card)]

    def channels(self) -> Sequence[Channel]:
        """A check and a busy channel per card, as far as it has sensors for them."""
        return [track.channel for track in self._tracks]

    def read(self) -> Reading:
        """Take one sample of everything; what does not answer is absent."""
        self.poll_period_s = next(self._pauses_s)
        totals: dict[str, float] = {}
        reasons: dict[str, str] = {}
        for track in self._tracks:
            name = track.channel.name
            try:
                track.sum.add(track.sensor.read(), time_s=self._clock_s())
                totals[name] = track.sum.total
            except MeterUnavailableError as error:
                reasons[name] = str(error)
        return Reading(
            totals=totals,
            covered_s={track.channel.name: track.sum.covered_s for track in self._tracks},
            slack={track.channel.name: track.sum.slack for track in self._tracks},
            reasons=reasons,
        )

    def sensed(self) -> Mapping[str, float]:
        """What each sensor shows now: watts, or the busy share."""
        return {track.channel.name: track.sensor.read() for track in self._tracks}

    def close(self) -> None:
        """Nothing is held open; the cards belong to whoever found them."""


def uneven_pauses_s() -> Iterator[float]:
    """Pauses from 0.6 to 1.4 of the mean, spread evenly, the same for all who look together.

    Work goes in beats. Looks at a beat of their own would meet it at the same phase each time, and
    see nothing but peaks or nothing but troughs.
    """
    phase = 0.0
    while True:
        phase = (phase + _GOLDEN_FRAC) % 1.0
        yield LOAD_POLL_S * (0.6 + 0.8 * phase)


@dataclass(slots=True, kw_only=True)
class _Track:
    """One sampled rate (watts, busy share) and what it adds up to (joules, busy seconds)."""

    channel: Channel
    sensor: Sensor
    sum: Sampled = field(init=False)

    def __post_init__(self) -> None:
        self.sum = Sampled(step=self.sensor.resolution)


def _tracks(card: Card) -> Iterator[_Track]:
    if card.counter is not None and card.power is not None:
        channel = power_channel(card, card.power, check_of=card.uuid)
        yield _Track(channel=channel, sensor=card.power)
    if card.busy is not None:
        yield _Track(channel=busy_channel(card, card.busy), sensor=card.busy)
