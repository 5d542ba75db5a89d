from collections.abc import Mapping, Sequence

from breakeven.records import Kind, Origin, Resource
from breakeven.records.engine import TaskFacts
from breakeven.records.protocols import Channel, Meter, PeakMeter, Reading


class OneCounter:
    name = "one"
    poll_period_s = 1.0

    def channels(self) -> Sequence[Channel]:
        return [Channel(name="a", resource=Resource.ENERGY_J, sensor="fake", resolution=1e-6)]

    def read(self) -> Reading:
        return Reading(totals={"a": 1.0})

    def close(self) -> None:
        """Nothing was opened."""


class OneGauge:
    name = "gauge"
    poll_period_s = 1.0

    def channels(self) -> Sequence[Channel]:
        return []

    def take_peaks(self) -> Mapping[str, float]:
        return {}

    def close(self) -> None:
        """Nothing was opened."""


def test_a_meter_is_told_from_a_gauge_by_what_it_does() -> None:
    assert isinstance(OneCounter(), Meter)
    assert not isinstance(OneCounter(), PeakMeter)
    assert isinstance(OneGauge(), PeakMeter)
    assert not isinstance(OneGauge(), Meter)


def test_a_channel_is_measured_live_unless_it_says_otherwise() -> None:
    (channel,) = OneCounter().channels()
    assert (channel.kind, channel.origin) == (Kind.MEASURED, Origin.LIVE)


def test_a_reading_observes_all_the_time_unless_it_says_otherwise() -> None:
    assert OneCounter().read().covered_s == {}


def test_a_task_without_a_known_majority_says_so() -> None:
    assert TaskFacts(content_hash="ab").majority_scores == {}
