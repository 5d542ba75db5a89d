"""How busy cards are, and power as a check of the counter, through whole windows."""

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters import MeterBank
from breakeven.meters.gpu import Card, GpuLoadMeter, GpuMeter, Sensor
from breakeven.records import Measurement, NoteCode, Resource
from breakeven.records.protocols import Meter
from breakeven.testing import MeterConformance, RecordedPower, SteppingClock


class Dials:
    """A card whose answers are set by hand; None for no answer."""

    def __init__(self, clock: SteppingClock, *, power_w: float = 200.0) -> None:
        self.recorded = RecordedPower(
            times_s=[0.0, 60.0], powers_w=[power_w, power_w], clock_s=clock
        )
        self.counted_frac = 1.0
        self.busy: float | None = 0.5

    def counter_j(self) -> float:
        return self.recorded.energy_mj() / 1e3 * self.counted_frac

    def busy_frac(self) -> float:
        if self.busy is None:
            raise MeterUnavailableError("GPU is lost.", advice="Reboot.")
        return self.busy

    def card(self, uuid: str = "GPU-a", *, power_period_s: float = 0.1) -> Card:
        return Card(
            uuid=uuid,
            model="A card",
            counter=Sensor(name="energy", read=self.counter_j),
            power=Sensor(
                name="power",
                read=lambda: self.recorded.power_mw() / 1e3,
                relative_error=0.05,
                period_s=power_period_s,
            ),
            busy=Sensor(name="busy", read=self.busy_frac),
        )


class TestGpuLoad(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return GpuLoadMeter("load", [Dials(SteppingClock()).card()])


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


def measured(card: Card, clock: SteppingClock, *, for_s: float) -> Measurement:
    load = GpuLoadMeter("load", [card], clock_s=clock)
    energy = GpuMeter("energy", [card], release=lambda: None, clock_s=clock)
    bank = MeterBank([energy, load], clock_s=clock)
    with bank.window() as window:
        while clock.now_s + load.poll_period_s < for_s:
            clock.advance(load.poll_period_s)
            load.read()
        clock.advance(for_s - clock.now_s)
    return window.measurement


def codes(measurement: Measurement) -> list[NoteCode]:
    return [note.code for note in measurement.notes]


def test_busy_seconds_over_the_duration_are_the_utilisation(clock: SteppingClock) -> None:
    measurement = measured(Dials(clock).card(), clock, for_s=20.0)
    busy = measurement.total(Resource.DEVICE_BUSY_S)
    assert busy is not None
    assert busy.value / measurement.duration_s == pytest.approx(0.5)
    assert busy.coverage_frac == pytest.approx(1.0)


def test_several_cards_add_up_their_busy_seconds(clock: SteppingClock) -> None:
    cards = [Dials(clock).card(f"GPU-{letter}") for letter in "ab"]
    load = GpuLoadMeter("load", cards, clock_s=clock)
    bank = MeterBank([load], clock_s=clock)
    with bank.window() as window:
        clock.advance(1.0)
    busy = window.measurement.total(Resource.DEVICE_BUSY_S)
    assert busy is not None
    assert busy.value == pytest.approx(1.0)


def test_a_check_is_never_added_to_what_it_checks(clock: SteppingClock) -> None:
    measurement = measured(Dials(clock).card(), clock, for_s=20.0)
    total = measurement.total(Resource.ENERGY_J)
    check = next(cost for cost in measurement.costs if cost.check_of == "GPU-a")
    assert total is not None
    assert total.value == pytest.approx(4000.0)
    assert check.channel == "GPU-a power"
    assert check.value == pytest.approx(4000.0)
    assert NoteCode.SENSORS_DISAGREE not in codes(measurement)


def test_a_counter_that_counts_half_is_found_out(clock: SteppingClock) -> None:
    dials = Dials(clock)
    dials.counted_frac = 0.57
    assert NoteCode.SENSORS_DISAGREE in codes(measured(dials.card(), clock, for_s=20.0))


def test_a_counter_that_stalls_in_a_window_is_found_out(clock: SteppingClock) -> None:
    dials = Dials(clock)
    dials.recorded = RecordedPower(
        times_s=[0.0, 60.0], powers_w=[200.0, 200.0], clock_s=clock, stalls_s=[(10.0, 60.0)]
    )
    measurement = measured(dials.card(), clock, for_s=20.0)
    total = measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == pytest.approx(2000.0)
    assert NoteCode.SENSORS_DISAGREE in codes(measurement)


def test_a_short_window_raises_no_false_alarm(clock: SteppingClock) -> None:
    """The counter lags by one update, which is a fifth of the value here."""
    dials = Dials(clock)
    assert NoteCode.SENSORS_DISAGREE not in codes(measured(dials.card(), clock, for_s=0.5))


def test_work_in_the_beat_of_the_looks_raises_no_false_alarm(clock: SteppingClock) -> None:
    """Looks 0.5 s apart would hit a peak of this load each time: 8000 J instead of 5000 J."""
    dials = Dials(clock)
    dials.recorded = RecordedPower(
        times_s=[n * 0.125 for n in range(400)],
        powers_w=[400.0, 100.0] * 200,
        clock_s=clock,
        updates_s=(0.125,),
    )
    measurement = measured(dials.card(), clock, for_s=20.0)
    check = next(cost for cost in measurement.costs if cost.check_of == "GPU-a")
    assert check.value == pytest.approx(5000.0, rel=0.2)
    assert check.low < 5000.0 < check.high
    assert NoteCode.SENSORS_DISAGREE not in codes(measurement)


def test_a_card_that_stops_answering_is_absent_with_its_reason(clock: SteppingClock) -> None:
    dials = Dials(clock)
    load = GpuLoadMeter("load", [dials.card()], clock_s=clock)
    load.read()
    dials.busy = None
    reading = load.read()
    assert "GPU-a busy" not in reading.totals
    assert reading.reasons == {"GPU-a busy": "GPU is lost. Reboot."}


def test_what_sensors_show_is_offered_to_whoever_watches_them(clock: SteppingClock) -> None:
    load = GpuLoadMeter("load", [Dials(clock).card()])
    assert load.sensed() == {"GPU-a power": 200.0, "GPU-a busy": 0.5}


def test_a_card_without_a_counter_has_its_power_as_its_value_not_as_a_check() -> None:
    card = Card(uuid="GPU-a", model="A card", power=Sensor(name="power", read=lambda: 70.0))
    assert GpuLoadMeter("load", [card]).channels() == []
