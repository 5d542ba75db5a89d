"""Peak memory per GPU and window, by looking again and again: drivers keep no peak to ask for."""

from collections.abc import Mapping, Sequence

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.card import Card, Sensor
from breakeven.meters.gpu.load import LOAD_POLL_S, uneven_pauses_s
from breakeven.records import Resource
from breakeven.records.protocols import Channel


class GpuMemoryMeter:
    """Largest memory in use on each card since the last look."""

    def __init__(self, name: str, cards: Sequence[Card]) -> None:
        """Look from now on.

        Args:
            name: The meter's name.
            cards: To be looked at; whoever found them releases them.
        """
        self.name = name
        self._pauses_s = uneven_pauses_s()
        self.poll_period_s = next(self._pauses_s)
        self._sensors = [(card, card.memory) for card in cards if card.memory is not None]

    def channels(self) -> Sequence[Channel]:
        """One channel per card that tells its memory."""
        return [_channel(card, sensor) for card, sensor in self._sensors]

    def take_peaks(self) -> Mapping[str, float]:
        """Return what is in use now, in bytes; a card that does not answer is absent."""
        self.poll_period_s = next(self._pauses_s)
        peaks: dict[str, float] = {}
        for card, sensor in self._sensors:
            try:
                peaks[f"{card.uuid} memory"] = sensor.read()
            except MeterUnavailableError:
                continue
        return peaks

    def close(self) -> None:
        """Nothing is held open; the cards belong to whoever found them."""


def _channel(card: Card, sensor: Sensor) -> Channel:
    return Channel(
        name=f"{card.uuid} memory",
        resource=Resource.PEAK_DEVICE_MEMORY_BYTES,
        sensor=sensor.name,
        resolution=sensor.resolution,
        not_covered=f"peaks between two looks (about {LOAD_POLL_S} s apart); {sensor.not_covered}",
        device="" if sensor.is_ours else card.device,
    )
