"""Peak memory of cards, by looking."""

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters import MeterBank
from breakeven.meters.gpu import Card, GpuMemoryMeter, Sensor
from breakeven.records import NoteCode, Resource
from breakeven.records.protocols import PeakMeter
from breakeven.testing import PeakMeterConformance, SteppingClock


class Dial:
    """A card whose memory is set by hand; None for no answer."""

    used: float | None = 1e9

    def read(self) -> float:
        if self.used is None:
            raise MeterUnavailableError("GPU is lost.")
        return self.used

    def meter(self) -> GpuMemoryMeter:
        sensor = Sensor(name="memory", read=self.read, not_covered="other processes")
        power = Sensor(name="power", read=lambda: 70.0)
        return GpuMemoryMeter(
            "memory", [Card(uuid="GPU-a", model="A card", power=power, memory=sensor)]
        )


class TestGpuMemory(PeakMeterConformance):
    @pytest.fixture
    def meter(self) -> PeakMeter:
        return Dial().meter()


def test_the_largest_look_within_a_window_is_its_peak() -> None:
    clock, card = SteppingClock(), Dial()
    bank = MeterBank(peak_meters=[card.meter()], clock_s=clock)
    with bank.window() as outer:
        card.used = 5e9
        with bank.window() as inner:
            card.used = 3e9
        card.used = 2e9
    peaks = [w.measurement.total(Resource.PEAK_DEVICE_MEMORY_BYTES) for w in (outer, inner)]
    assert [peak.value for peak in peaks if peak is not None] == [5e9, 3e9]


def test_a_card_that_does_not_answer_is_a_note_not_0_bytes() -> None:
    card = Dial()
    bank = MeterBank(peak_meters=[card.meter()], clock_s=SteppingClock())
    card.used = None
    with bank.window() as window:
        pass
    assert window.measurement.total(Resource.PEAK_DEVICE_MEMORY_BYTES) is None
    assert NoteCode.SHORT_WINDOW in [note.code for note in window.measurement.notes]


def test_it_says_how_often_it_looks_and_what_it_leaves_out() -> None:
    (channel,) = Dial().meter().channels()
    assert channel.not_covered == "peaks between two looks (about 0.5 s apart); other processes"
    assert channel.device == "gpu:GPU-a"


def test_memory_of_our_own_processes_belongs_to_no_device_that_one_run_owns() -> None:
    power = Sensor(name="power", read=lambda: 70.0)
    ours = Sensor(name="memory", read=lambda: 1e9, is_ours=True)
    card = Card(uuid="GPU-a", model="A card", power=power, memory=ours)
    (channel,) = GpuMemoryMeter("memory", [card]).channels()
    assert channel.device == ""
