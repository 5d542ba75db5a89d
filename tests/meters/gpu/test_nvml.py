"""NVML on a fake driver: counters, sampled power, several GPUs, lost ones, companions."""

import csv
import json
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.meters import MeterBank
from breakeven.meters.gpu.nvml import NvmlMeter
from breakeven.meters.gpu_doors import open_nvml
from breakeven.records import Measurement, NoteCode, Resource
from breakeven.records.protocols import Meter, PeakMeter
from breakeven.testing import (
    FakeGpu,
    FakeNvml,
    MeterConformance,
    PeakMeterConformance,
    RecordedPower,
    SteppingClock,
)

LOST, RESET_REQUIRED, NO_PERMISSION = 15, 16, 4


class TestNvmlCounter(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a")]), environ={})


class TestNvmlPower(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a", energy_mj=None)]), environ={})


class TestNvmlLoad(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        load, _ = NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a")]), environ={}).companions
        assert isinstance(load, Meter)
        return load


class TestNvmlMemory(PeakMeterConformance):
    @pytest.fixture
    def meter(self) -> PeakMeter:
        module = FakeNvml([FakeGpu(uuid="GPU-a")])
        meter = NvmlMeter(module=module, environ={}, can_tell_own=lambda: True)
        _, memory = meter.companions
        assert isinstance(memory, PeakMeter)
        return memory


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


def measured(
    meter: NvmlMeter, clock: SteppingClock, *, for_s: float, every_s: float
) -> Measurement:
    """What one window sees, its meters polled as the bank polls them."""
    bank = MeterBank([meter], clock_s=clock)
    with bank.window() as window:
        for _ in range(round(for_s / every_s)):
            clock.advance(every_s)
            meter.read()
    return window.measurement


def test_without_a_driver_pynvml_is_not_even_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(MeterUnavailableError, match="no NVIDIA driver"):
        open_nvml(driver_files=())


def test_the_counter_is_differenced_in_joules(clock: SteppingClock) -> None:
    gpu = FakeGpu(uuid="GPU-a", energy_mj=7_000)
    bank = MeterBank([NvmlMeter(module=FakeNvml([gpu]), environ={})], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
        gpu.energy_mj = 3_007_000
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == pytest.approx(3000.0)


def test_four_gpus_sum_to_twelve_kilojoules_each_its_own_channel(clock: SteppingClock) -> None:
    gpus = [FakeGpu(uuid=f"GPU-{letter}", energy_mj=0) for letter in "abcd"]
    bank = MeterBank([NvmlMeter(module=FakeNvml(gpus), environ={})], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
        for gpu in gpus:
            gpu.energy_mj = 3_000_000
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == pytest.approx(12_000.0)
    assert {"GPU-a", "GPU-b", "GPU-c", "GPU-d"} < {c.channel for c in window.measurement.costs}


def test_a_channel_names_the_card_it_belongs_to() -> None:
    meter = NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a")]), environ={})
    assert [channel.device for channel in meter.channels()] == ["gpu:GPU-a"]


def test_a_gpu_without_a_counter_is_integrated_not_zero(clock: SteppingClock) -> None:
    gpu = FakeGpu(uuid="GPU-a", name="Tesla P40", energy_mj=None, power_mw=100_000)
    meter = NvmlMeter(module=FakeNvml([gpu]), environ={}, clock_s=clock)
    measurement = measured(meter, clock, for_s=30.0, every_s=0.1)
    cost = measurement.total(Resource.ENERGY_J)
    assert cost is not None
    assert cost.value == pytest.approx(3000.0)
    assert cost.sensor == "nvml-power-instant"
    assert cost.low < 0.95 * cost.value < 1.05 * cost.value < cost.high


def test_power_that_jumps_between_samples_widens_the_interval(clock: SteppingClock) -> None:
    gpu = FakeGpu(uuid="GPU-a", name="Tesla P40", energy_mj=None, power_mw=100_000)
    meter = NvmlMeter(module=FakeNvml([gpu]), environ={}, clock_s=clock)
    bank = MeterBank([meter], clock_s=clock)
    with bank.window() as window:
        for power_mw in [300_000, 100_000] * 10:
            clock.advance(0.1)
            gpu.power_mw = power_mw
            meter.read()
    cost = window.measurement.total(Resource.ENERGY_J)
    assert cost is not None
    assert cost.value == pytest.approx(2.0 * 200.0)
    assert cost.low < 2.0 * 100.0 < 2.0 * 300.0 < cost.high


def test_without_a_counter_power_is_integrated_with_coverage_and_a_wider_interval(
    clock: SteppingClock,
) -> None:
    gpu = FakeGpu(uuid="GPU-a", name="Tesla P40", energy_mj=None, power_mw=100_000)
    meter = NvmlMeter(module=FakeNvml([gpu]), environ={}, clock_s=clock)
    bank = MeterBank([meter], clock_s=clock)
    with bank.window() as window:
        for _ in range(10):
            clock.advance(0.5)
            meter.read()
        clock.advance(5.0)
    cost = window.measurement.total(Resource.ENERGY_J)
    assert cost is not None
    assert cost.value == pytest.approx(500.0)
    assert cost.coverage_frac == pytest.approx(0.5)
    assert cost.high > 1000.0
    assert NoteCode.PARTIAL_COVERAGE in [note.code for note in window.measurement.notes]


def test_power_is_polled_at_its_pace_and_counters_seldom() -> None:
    counted = NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a")]), environ={})
    sampled = NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a", energy_mj=None)]), environ={})
    assert sampled.poll_period_s == pytest.approx(0.1)
    assert counted.poll_period_s == pytest.approx(10.0)


def test_counters_that_fall_are_one_error_and_the_next_read_is_sound() -> None:
    gpus = [FakeGpu(uuid="GPU-a", energy_mj=9_000), FakeGpu(uuid="GPU-b", energy_mj=9_000)]
    meter = NvmlMeter(module=FakeNvml(gpus), environ={})
    meter.read()
    for gpu in gpus:
        gpu.energy_mj = 10
    with pytest.raises(CounterResetError, match=r"GPU-a.*GPU-b"):
        meter.read()
    assert meter.read().totals == {"GPU-a": 0.01, "GPU-b": 0.01}


def test_a_reloaded_driver_voids_the_window_and_no_later_one(clock: SteppingClock) -> None:
    recorded = RecordedPower(
        times_s=[0.0, 60.0], powers_w=[100.0, 100.0], clock_s=clock, resets_s=[5.0]
    )
    gpu = FakeGpu(uuid="GPU-a", recorded=recorded)
    bank = MeterBank([NvmlMeter(module=FakeNvml([gpu]), environ={})], clock_s=clock)
    clock.advance(3.0)
    with bank.window() as spoiled:
        clock.advance(4.0)
    with bank.window() as sound:
        clock.advance(10.0)
    assert spoiled.measurement.total(Resource.ENERGY_J) is None
    assert [note.code for note in spoiled.measurement.notes] == [NoteCode.COUNTER_RESET]
    total = sound.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == pytest.approx(1000.0)


def test_what_sensors_show_is_offered_to_whoever_watches_them() -> None:
    gpus = [FakeGpu(uuid="GPU-a", energy_mj=5_000), FakeGpu(uuid="GPU-b", energy_mj=None)]
    meter = NvmlMeter(module=FakeNvml(gpus), environ={})
    assert meter.sensed() == {"GPU-a": 5.0, "GPU-b": 70.0}


def test_a_card_lost_within_a_window_is_absent_with_the_reason_and_the_others_go_on(
    clock: SteppingClock,
) -> None:
    gpus = [FakeGpu(uuid="GPU-a"), FakeGpu(uuid="GPU-b")]
    bank = MeterBank([NvmlMeter(module=FakeNvml(gpus), environ={})], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
        gpus[0].is_lost = True
        gpus[1].energy_mj = 500_000
    energies = [c for c in window.measurement.costs if c.resource is Resource.ENERGY_J]
    assert [(cost.channel, cost.value) for cost in energies] == [("GPU-b", 500.0)]
    (note,) = window.measurement.notes
    assert note.code is NoteCode.METER_UNAVAILABLE
    assert "GPU is lost" in note.message


@pytest.mark.parametrize("code", [LOST, RESET_REQUIRED, NO_PERMISSION])
def test_any_code_but_not_supported_is_a_reason_with_advice(code: int) -> None:
    gpus = [FakeGpu(uuid="GPU-a"), FakeGpu(uuid="GPU-b")]
    meter = NvmlMeter(module=FakeNvml(gpus), environ={})
    gpus[0].returns["nvmlDeviceGetTotalEnergyConsumption"] = code
    reading = meter.read()
    assert reading.totals.keys() == {"GPU-b"}
    assert reading.reasons.keys() == {"GPU-a"}
    assert len(reading.reasons["GPU-a"].split(". ")) > 1


def test_a_driver_shut_down_by_another_library_is_a_reason_not_zero_joules() -> None:
    module = FakeNvml([FakeGpu(uuid="GPU-a")])
    meter = NvmlMeter(module=module, environ={})
    module.n_open = 0
    reading = meter.read()
    assert reading.totals == {}
    assert "Another library" in reading.reasons["GPU-a"]


def test_closing_lets_go_of_the_driver_once() -> None:
    module = FakeNvml([FakeGpu(uuid="GPU-a")], n_open=1)
    meter = NvmlMeter(module=module, environ={})
    meter.close()
    meter.close()
    assert module.n_open == 1


def test_a_refusal_lets_go_of_the_driver() -> None:
    module = FakeNvml([])
    with pytest.raises(MeterUnavailableError, match="lists no GPU"):
        NvmlMeter(module=module, environ={})
    assert module.n_open == 0


def test_the_bank_gets_load_memory_and_what_disturbs_with_the_energy() -> None:
    meter = NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a")]), environ={})
    assert [companion.name for companion in meter.companions] == ["nvml-load", "nvml-memory"]
    assert [observer.name for observer in meter.observers] == ["nvml"]


def test_a_card_that_tells_nothing_but_energy_has_no_companions() -> None:
    gpu = FakeGpu(uuid="GPU-a", power_mw=None, busy_percent=None, memory_bytes=None)
    module = FakeNvml([gpu])
    meter = NvmlMeter(module=module, environ={}, can_tell_own=lambda: False)
    assert meter.companions == ()


def test_runs_on_different_cards_keep_their_joules_apart(clock: SteppingClock) -> None:
    module = FakeNvml([FakeGpu(uuid="GPU-a"), FakeGpu(uuid="GPU-b")])
    banks = [
        MeterBank(
            [NvmlMeter(module=module, environ={"CUDA_VISIBLE_DEVICES": visible})], clock_s=clock
        )
        for visible in ("GPU-a", "GPU-b")
    ]
    with banks[0].window() as one, banks[1].window() as other:
        clock.advance(10.0)
        module.gpus[0].energy_mj, module.gpus[1].energy_mj = 1_000_000, 2_000_000
    totals = [window.measurement.total(Resource.ENERGY_J) for window in (one, other)]
    assert [total.value for total in totals if total is not None] == [1000.0, 2000.0]


@pytest.fixture
def baseline(shared_dir: Path) -> tuple[list[float], list[float]]:
    """Times and powers of a published second on a real card; about 71 W."""
    lines = (shared_dir / "published/sst2_milestone/power_traces.csv").read_text().splitlines()
    rows = [row for row in csv.DictReader(lines) if row["config"] == "phase_1_baseline"]
    return [float(row["timestamp_s"]) for row in rows], [float(row["power_w"]) for row in rows]


def test_published_samples_give_the_published_joules(
    baseline: tuple[list[float], list[float]], shared_dir: Path, clock: SteppingClock
) -> None:
    times_s, powers_w = baseline
    gpu = FakeGpu(uuid="GPU-a", name="Tesla P40", energy_mj=None)
    bank = MeterBank(
        [meter := NvmlMeter(module=FakeNvml([gpu]), environ={}, clock_s=clock)], clock_s=clock
    )
    gpu.power_mw = round(powers_w[0] * 1e3)
    with bank.window() as window:
        for elapsed_s, power_w in zip(
            (later - sooner for sooner, later in pairwise(times_s)), powers_w[1:], strict=True
        ):
            clock.advance(elapsed_s)
            gpu.power_mw = round(power_w * 1e3)
            meter.read()
    expected = json.loads((shared_dir / "published/sst2_milestone/expected.json").read_text())
    cost = window.measurement.total(Resource.ENERGY_J)
    assert cost is not None
    assert cost.value / 872 == pytest.approx(
        expected["published"]["phase_1_baseline"]["j_per_example"], rel=1e-5
    )


def test_recorded_power_of_a_study_comes_back_from_the_counter(
    baseline: tuple[list[float], list[float]], clock: SteppingClock
) -> None:
    """The counter of the fake card counts what the trace integrates to."""
    times_s, powers_w = baseline
    recorded = RecordedPower(times_s=times_s, powers_w=powers_w, clock_s=clock, updates_s=(0.02,))
    gpu = FakeGpu(uuid="GPU-a", recorded=recorded)
    bank = MeterBank([NvmlMeter(module=FakeNvml([gpu]), environ={})], clock_s=clock)
    with bank.window() as window:
        clock.advance(times_s[-1])
    cost = window.measurement.total(Resource.ENERGY_J)
    assert cost is not None
    assert cost.low <= recorded.energy_j(times_s[-1]) <= cost.high
    assert cost.value == pytest.approx(recorded.energy_j(times_s[-1]), rel=0.01)
