"""Meters that follow a script, to test whatever runs on meters."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from breakeven.errors import MeterUnavailableError
from breakeven.records import Resource
from breakeven.records.protocols import Channel, Reading


class ScriptedMeter:
    """Returns recorded totals, one per read; windows and sessions run on it without hardware."""

    def __init__(
        self,
        totals: Iterable[Mapping[str, float] | Exception],
        *,
        channels: Sequence[Channel] | None = None,
        name: str = "scripted",
        on_read: Callable[[], None] = lambda: None,
    ) -> None:
        """Keep the script.

        Args:
            totals: What each read returns, or raises.
            channels: What the channels are; joules on those of the first total by default.
            name: The meter's name.
            on_read: Called at every read, to test the order of things.
        """
        script = list(totals)
        first = script[0] if script and not isinstance(script[0], Exception) else {}
        self.name = name
        self.poll_period_s = 3600.0
        self._channels = list(channels) if channels is not None else [joules(c) for c in first]
        self._script: Iterator[Mapping[str, float] | Exception] = iter(script)
        self._on_read = on_read
        self.is_closed = False

    def channels(self) -> Sequence[Channel]:
        """Describe every channel."""
        return self._channels

    def read(self) -> Reading:
        """Return the next recorded total.

        Raises:
            MeterUnavailableError: If the script has no further totals.
        """
        self._on_read()
        try:
            totals = next(self._script)
        except StopIteration:
            raise MeterUnavailableError(f"{self.name}: the script has no further reads.") from None
        if isinstance(totals, Exception):
            raise totals
        return Reading(totals=totals)

    def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True


class ScriptedGauge:
    """A peak meter that returns recorded peaks, one per call."""

    def __init__(self, peaks: Iterable[float], *, name: str = "scripted-gauge") -> None:
        """Keep the script; further calls see nothing."""
        self.name = name
        self.poll_period_s = 3600.0
        self._peaks = iter(peaks)

    def channels(self) -> Sequence[Channel]:
        """One memory channel."""
        return [
            Channel(
                name="memory",
                resource=Resource.PEAK_MEMORY_BYTES,
                sensor="script",
                resolution=1.0,
            )
        ]

    def take_peaks(self) -> Mapping[str, float]:
        """Return the next recorded peak."""
        peak = next(self._peaks, None)
        return {} if peak is None else {"memory": peak}

    def close(self) -> None:
        """Nothing is held."""


def joules(name: str, *, resolution: float = 0.0, part_of: str | None = None) -> Channel:
    """Describe an energy channel for a test."""
    return Channel(
        name=name,
        resource=Resource.ENERGY_J,
        sensor="script",
        resolution=resolution,
        part_of=part_of,
    )
