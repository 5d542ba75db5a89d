"""Each check of the suite passes on a good peak meter and fails on a faulty one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from breakeven.records import Resource
from breakeven.records.protocols import Channel, PeakMeter
from breakeven.testing import PeakMeterConformance, ScriptedGauge

PEAKS = PeakMeterConformance()


class TestScriptedGauge(PeakMeterConformance):
    @pytest.fixture
    def meter(self) -> PeakMeter:
        return ScriptedGauge([3.0])


class Gauge(ScriptedGauge):
    """A peak meter without a fault."""

    def __init__(self) -> None:
        super().__init__([1.0, 2.0])


class AddingGauge(Gauge):
    def channels(self) -> Sequence[Channel]:
        return [replace(super().channels()[0], resource=Resource.CPU_S)]


class GrowingGauge(Gauge):
    n_looks = 0

    def channels(self) -> Sequence[Channel]:
        return [replace(super().channels()[0], resolution=float(self.n_looks))]

    def take_peaks(self) -> Mapping[str, float]:
        self.n_looks += 1
        return super().take_peaks()


class NegativeGauge(Gauge):
    def take_peaks(self) -> Mapping[str, float]:
        return {"memory": -1.0}


class StrayGauge(Gauge):
    def take_peaks(self) -> Mapping[str, float]:
        return {"other": 1.0}


class NamelessGauge(Gauge):
    def __init__(self) -> None:
        super().__init__()
        self.name = ""


@pytest.mark.parametrize(
    ("check", "maker"),
    [
        (PEAKS.test_is_a_peak_meter, NamelessGauge),
        (PEAKS.test_channels_are_described_once_and_honestly, AddingGauge),
        (PEAKS.test_channels_stay_what_they_are, GrowingGauge),
        (PEAKS.test_peaks_are_of_known_channels_and_not_negative, NegativeGauge),
        (PEAKS.test_peaks_are_of_known_channels_and_not_negative, StrayGauge),
        (PEAKS.test_survives_a_fork, StrayGauge),
    ],
)
def test_a_faulty_peak_meter_is_caught(
    check: Callable[[PeakMeter], None], maker: Callable[[], PeakMeter]
) -> None:
    check(Gauge())
    with pytest.raises(AssertionError):
        check(maker())
