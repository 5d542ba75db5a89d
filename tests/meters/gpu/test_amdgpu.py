"""AMD GPUs on a fake library: counters, sampled power, dies, partitions, lost cards."""

from collections.abc import Mapping

import pytest

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.meters import MeterBank
from breakeven.meters.gpu.amdgpu import AmdGpuMeter
from breakeven.records import Measurement, NoteCode, Resource
from breakeven.records.cost import CARD_MEMORY
from breakeven.records.protocols import Meter
from breakeven.testing import (
    FakeAmdGpu,
    FakeAmdSmi,
    MeterConformance,
    RecordedPower,
    SteppingClock,
)


class TestAmdCounter(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return AmdGpuMeter(module=FakeAmdSmi([FakeAmdGpu(uuid="a")]), environ={})


class TestAmdPower(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return AmdGpuMeter(module=FakeAmdSmi([FakeAmdGpu(uuid="a", ticks=None)]), environ={})


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


def opened(
    *gpus: FakeAmdGpu,
    environ: Mapping[str, str] | None = None,
    clock: SteppingClock | None = None,
) -> AmdGpuMeter:
    module = FakeAmdSmi(list(gpus))
    if clock is None:
        return AmdGpuMeter(module=module, environ=environ or {})
    return AmdGpuMeter(
        module=module, environ=environ or {}, watch_s=1.0, clock_s=clock, sleep_s=clock.advance
    )


def steady(clock: SteppingClock, power_w: float = 300.0) -> RecordedPower:
    return RecordedPower(
        times_s=[0.0, 99.0], powers_w=[power_w, power_w], clock_s=clock, updates_s=(0.01,)
    )


def measured(meter: AmdGpuMeter, clock: SteppingClock, *, for_s: float) -> Measurement:
    bank = MeterBank([meter], clock_s=clock)
    with bank.window() as window:
        for _ in range(round(for_s / 0.1)):
            clock.advance(0.1)
            meter.read()
    return window.measurement


@pytest.mark.parametrize("key", ["energy_accumulator", "power"])
def test_the_counter_is_its_steps_times_their_size_in_every_release(
    key: str, clock: SteppingClock
) -> None:
    gpu = FakeAmdGpu(uuid="a", counter_key=key, recorded=steady(clock))
    cost = measured(opened(gpu, clock=clock), clock, for_s=10.0).total(Resource.ENERGY_J)
    assert cost is not None
    assert cost.sensor == "amdsmi-energy"
    assert cost.value == pytest.approx(3000.0, rel=1e-3)
    assert cost.low < 3000.0 * 15.259 / 15.3 < cost.value


def test_several_cards_add_up_each_its_own_channel(clock: SteppingClock) -> None:
    gpus = [FakeAmdGpu(uuid=letter, recorded=steady(clock)) for letter in "abcd"]
    total = measured(opened(*gpus, clock=clock), clock, for_s=10.0).total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == pytest.approx(12_000.0, rel=1e-3)


def test_its_update_period_is_measured_and_its_device_named(clock: SteppingClock) -> None:
    recorded = RecordedPower(
        times_s=[0.0, 99.0], powers_w=[90.0, 90.0], clock_s=clock, updates_s=(0.05,)
    )
    (channel,) = opened(FakeAmdGpu(uuid="a", recorded=recorded), clock=clock).channels()
    assert channel.period_s == pytest.approx(0.05, abs=0.003)
    assert channel.device == "gpu:a"


@pytest.mark.parametrize(
    ("gpu", "sensor"),
    [
        pytest.param(FakeAmdGpu(uuid="a", ticks=None), "amdsmi-power", id="no counter"),
        pytest.param(FakeAmdGpu(uuid="a", ticks=0), "amdsmi-power", id="one that never counted"),
        pytest.param(
            FakeAmdGpu(uuid="a", ticks=None, power_w=None, mean_power_w=90),
            "amdsmi-power-average",
            id="a mean only, as before MI300",
        ),
    ],
)
def test_power_is_the_second_choice(gpu: FakeAmdGpu, sensor: str) -> None:
    (channel,) = opened(gpu).channels()
    assert channel.sensor == sensor


def test_a_counter_that_stands_still_is_not_believed(clock: SteppingClock) -> None:
    """An MI100 told 8152136 steps for ever (ROCm/amdsmi issue 22)."""
    gpu = FakeAmdGpu(uuid="a", ticks=8_152_136, power_w=200)
    meter = opened(gpu, clock=clock)
    cost = measured(meter, clock, for_s=10.0).total(Resource.ENERGY_J)
    assert cost is not None
    assert cost.value == pytest.approx(2000.0)
    assert cost.low < 1995.0
    assert cost.high > 2005.0
    assert "stood still" in meter.notes[0].message


def test_a_counter_that_falls_is_an_error() -> None:
    gpu = FakeAmdGpu(uuid="a")
    meter = opened(gpu)
    meter.read()
    gpu.ticks = 5
    with pytest.raises(CounterResetError, match="a: the energy counter fell"):
        meter.read()


def test_a_lost_card_is_absent_with_its_reason_and_the_others_go_on() -> None:
    gpus = [FakeAmdGpu(uuid="a"), FakeAmdGpu(uuid="b")]
    meter = opened(*gpus)
    gpus[0].is_lost = True
    reading = meter.read()
    assert reading.totals.keys() == {"b"}
    assert "AMDGPU_RESTART_ERR" in reading.reasons["a"]


def test_a_card_lost_at_the_start_is_a_note_and_keeps_its_place() -> None:
    gpus = [FakeAmdGpu(uuid="a", is_lost=True), FakeAmdGpu(uuid="b")]
    meter = opened(*gpus, environ={"HIP_VISIBLE_DEVICES": "0,1"})
    assert [channel.name for channel in meter.channels()] == ["b"]
    assert [note.code for note in meter.notes] == [NoteCode.METER_UNAVAILABLE]
    assert "GPU at place 0 does not answer" in meter.notes[0].message


def test_a_card_that_falls_silent_while_asked_for_its_sensors_is_named() -> None:
    silent = FakeAmdGpu(uuid="a", returns={"amdsmi_get_energy_count": 10})
    meter = opened(silent, FakeAmdGpu(uuid="b"))
    assert "MI300X (a) does not answer" in meter.notes[0].message


def test_a_chosen_card_is_the_only_one() -> None:
    gpus = [FakeAmdGpu(uuid="a", hip_id=1), FakeAmdGpu(uuid="b", hip_id=0)]
    meter = opened(*gpus, environ={"HIP_VISIBLE_DEVICES": "0"})
    assert [channel.name for channel in meter.channels()] == ["b"]


def test_a_card_without_a_uuid_is_named_by_its_place_on_the_bus() -> None:
    gpu = FakeAmdGpu(uuid="00000000-0000-0000-0000-000000000000")
    assert [channel.name for channel in opened(gpu).channels()] == ["0000:01:00.0"]


def test_the_second_die_of_a_card_is_not_counted_twice() -> None:
    dies = [
        FakeAmdGpu(uuid="a", name="AMD Instinct MI250X", power_w=None, mean_power_w=89),
        FakeAmdGpu(uuid="b", name="AMD Instinct MI250X", power_w=None, mean_power_w=0),
    ]
    meter = opened(*dies)
    (channel,) = meter.channels()
    assert channel.name == "a"
    assert "both dies" in channel.not_covered
    assert "b) is the second die" in meter.notes[0].message


def test_a_second_die_alone_is_an_error_with_advice() -> None:
    gpu = FakeAmdGpu(uuid="b", name="AMD Instinct MI250X", power_w=0)
    with pytest.raises(MeterUnavailableError, match="second die") as caught:
        opened(gpu)
    assert "first die visible" in caught.value.advice


@pytest.mark.parametrize(
    ("gpus", "message"),
    [
        pytest.param([], "lists no GPU", id="no card"),
        pytest.param([FakeAmdGpu(uuid="a", partition="CPX")], "divided", id="partitions"),
        pytest.param(
            [FakeAmdGpu(uuid="a", ticks=None, power_w=None)],
            "neither energy nor power",
            id="no sensor",
        ),
        pytest.param([FakeAmdGpu(uuid="a", is_lost=True)], "does not answer", id="all lost"),
    ],
)
def test_what_cannot_be_measured_is_unavailable_and_the_library_let_go(
    gpus: list[FakeAmdGpu], message: str
) -> None:
    module = FakeAmdSmi(gpus)
    with pytest.raises(MeterUnavailableError, match=message):
        AmdGpuMeter(module=module, environ={})
    assert module.n_open == 0


def test_load_and_memory_come_with_the_energy(clock: SteppingClock) -> None:
    gpu = FakeAmdGpu(uuid="a", recorded=steady(clock), busy_percent=25, memory_mib=1024)
    meter = opened(gpu, clock=clock)
    load, memory = meter.companions
    assert [channel.name for channel in load.channels()] == ["a power", "a busy"]
    bank = MeterBank([meter, load], peak_meters=[memory], clock_s=clock)  # type: ignore[list-item]  # told apart by name
    with bank.window() as window:
        clock.advance(1.0)
    busy = window.measurement.total(Resource.DEVICE_BUSY_S)
    peak = window.measurement.total(Resource.PEAK_DEVICE_MEMORY_BYTES)
    assert busy is not None
    assert peak is not None
    assert busy.value == pytest.approx(0.25)
    assert peak.value == 2**30
    assert peak.sensor in CARD_MEMORY


def test_a_card_is_measured_without_its_load_and_memory() -> None:
    gpu = FakeAmdGpu(uuid="a", power_w=None, busy_percent=None, memory_mib=None, partition=None)
    assert opened(gpu).companions == ()
