"""NVML on a fake driver: counters, sampled power, several GPUs, lost ones, no driver."""

import sys
from pathlib import Path

import pytest

from breakeven.errors import CounterResetError, MeterUnavailableError, MissingExtraError
from breakeven.meters import MeterBank, nvml
from breakeven.meters.nvml import NvmlMeter
from breakeven.records import NoteCode, Resource
from breakeven.records.protocols import Meter
from breakeven.testing import FakeGpu, FakeNvml, MeterConformance, SteppingClock


class TestNvmlCounter(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a")]), environ={})


class TestNvmlPower(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a", energy_mj=None)]), environ={})


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


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


@pytest.mark.parametrize("visible", ["1", "GPU-b"])
def test_only_visible_gpus_are_read(visible: str) -> None:
    module = FakeNvml([FakeGpu(uuid="GPU-a"), FakeGpu(uuid="GPU-b", is_mig=None)])
    meter = NvmlMeter(module=module, environ={"CUDA_VISIBLE_DEVICES": visible})
    assert [channel.name for channel in meter.channels()] == ["GPU-b"]


def test_without_a_counter_power_is_integrated_with_coverage_and_a_wider_interval(
    clock: SteppingClock,
) -> None:
    gpu = FakeGpu(uuid="GPU-a", energy_mj=None, power_mw=100_000)
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
    assert cost.low < 475.0
    assert cost.high > 1000.0
    assert NoteCode.PARTIAL_COVERAGE in [note.code for note in window.measurement.notes]


def test_power_is_polled_often_and_counters_seldom() -> None:
    counted = NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a")]), environ={})
    sampled = NvmlMeter(module=FakeNvml([FakeGpu(uuid="GPU-a", energy_mj=None)]), environ={})
    assert sampled.poll_period_s <= 0.1 < counted.poll_period_s


def test_a_counter_that_falls_is_an_error() -> None:
    gpu = FakeGpu(uuid="GPU-a", energy_mj=9_000)
    meter = NvmlMeter(module=FakeNvml([gpu]), environ={})
    gpu.energy_mj = 10
    with pytest.raises(CounterResetError, match="GPU-a"):
        meter.read()


def test_a_lost_gpu_is_absent_and_the_others_go_on() -> None:
    gpus = [FakeGpu(uuid="GPU-a"), FakeGpu(uuid="GPU-b")]
    meter = NvmlMeter(module=FakeNvml(gpus), environ={})
    gpus[0].is_lost = True
    assert meter.read().totals.keys() == {"GPU-b"}


def test_a_gpu_without_any_sensor_is_unavailable() -> None:
    module = FakeNvml([FakeGpu(uuid="GPU-a", energy_mj=None, power_mw=None)])
    with pytest.raises(MeterUnavailableError, match="neither energy nor power"):
        NvmlMeter(module=module, environ={})
    assert module.n_open == 0


def test_a_gpu_that_does_not_answer_at_the_start_is_unavailable() -> None:
    class Lost(FakeNvml):
        def nvmlDeviceGetHandleByIndex(self, index: int) -> FakeGpu:  # noqa: N802
            raise self.NVMLError("GPU is lost")

    module = Lost([FakeGpu(uuid="GPU-a")])
    with pytest.raises(MeterUnavailableError, match="does not answer the NVIDIA driver"):
        NvmlMeter(module=module, environ={})
    assert module.n_open == 0


@pytest.mark.parametrize(
    ("module", "message"),
    [
        pytest.param(FakeNvml(has_driver=False), "does not answer", id="driver not loaded"),
        pytest.param(FakeNvml([]), "lists no GPU", id="no GPU"),
        pytest.param(
            FakeNvml([FakeGpu(uuid="GPU-a", is_mig=True)]), "MIG", id="cut into instances"
        ),
    ],
)
def test_what_cannot_be_measured_is_unavailable_with_the_reason(
    module: FakeNvml, message: str
) -> None:
    with pytest.raises(MeterUnavailableError, match=message):
        NvmlMeter(module=module, environ={})
    assert module.n_open == 0


def test_closing_lets_go_of_the_driver() -> None:
    module = FakeNvml([FakeGpu(uuid="GPU-a")])
    NvmlMeter(module=module, environ={}).close()
    assert module.n_open == 0


def test_without_a_driver_pynvml_is_not_even_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "_DRIVER_FILES", ())
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(MeterUnavailableError, match="no NVIDIA driver"):
        NvmlMeter()


def test_a_driver_without_the_extra_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "_DRIVER_FILES", (Path(__file__),))
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'breakeven\[nvml\]'"):
        NvmlMeter()


def test_an_installed_pynvml_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "_DRIVER_FILES", (Path(__file__),))
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml([FakeGpu(uuid="GPU-a")]))
    assert NvmlMeter(environ={}).channels()[0].sensor == "nvml-energy"
