"""Public helpers for testing meters: scripted ones, and the suites every meter must pass."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from breakeven.errors import MeterUnavailableError
from breakeven.records import Resource
from breakeven.records.protocols import Channel, Meter, PeakMeter, Reading


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


class MeterConformance:
    """Subclass in your plug-in's tests and provide a `meter` fixture; pytest does the rest."""

    def test_is_a_meter(self, meter: Meter) -> None:
        """The object satisfies the protocol and can be polled."""
        assert isinstance(meter, Meter)
        assert meter.name
        assert meter.poll_period_s > 0

    def test_channels_are_described_once_and_honestly(self, meter: Meter) -> None:
        """Names are unique, steps are not negative, containers are channels or absent."""
        channels = meter.channels()
        names = [channel.name for channel in channels]
        assert channels
        assert len(set(names)) == len(names)
        assert all(channel.resolution >= 0 and channel.sensor for channel in channels)
        assert all(channel.part_of != channel.name for channel in channels)

    def test_totals_are_of_known_channels_and_finite(self, meter: Meter) -> None:
        """Nothing is read that is not described, and a missing value is absent, not NaN."""
        reading = meter.read()
        known = {channel.name for channel in meter.channels()}
        assert reading.totals.keys() <= known
        assert reading.covered_s.keys() <= known
        assert all(math.isfinite(total) for total in reading.totals.values())

    def test_totals_never_fall_and_channels_never_vanish(self, meter: Meter) -> None:
        """Counters are cumulative and their channels stable."""
        reads = [meter.read().totals for _ in range(3)]
        for earlier, later in pairwise(reads):
            assert earlier.keys() == later.keys()
            assert all(later[channel] >= total for channel, total in earlier.items())

    def test_can_be_closed(self, meter: Meter) -> None:
        """Closing releases and does not fail."""
        meter.close()


class PeakMeterConformance:
    """Subclass in your plug-in's tests and provide a `meter` fixture with a peak meter."""

    def test_is_a_peak_meter(self, meter: PeakMeter) -> None:
        """The object satisfies the protocol and can be polled."""
        assert isinstance(meter, PeakMeter)
        assert meter.poll_period_s > 0

    def test_peaks_are_of_known_channels_and_not_negative(self, meter: PeakMeter) -> None:
        """Nothing is seen that is not described."""
        peaks = meter.take_peaks()
        assert peaks.keys() <= {channel.name for channel in meter.channels()}
        assert all(0 <= peak < math.inf for peak in peaks.values())

    def test_can_be_closed(self, meter: PeakMeter) -> None:
        """Closing releases and does not fail."""
        meter.close()
