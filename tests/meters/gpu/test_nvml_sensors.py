"""What an NVIDIA card can be asked for, and which of two answers is taken."""

import os

import pytest

from breakeven.meters.gpu.card import Sensor
from breakeven.meters.gpu.nvml_driver import NvmlDriver
from breakeven.meters.gpu.nvml_sensors import (
    busy_sensor,
    counter_sensor,
    memory_sensor,
    power_sensor,
)
from breakeven.meters.gpu.processes import OwnProcesses
from breakeven.records.cost import CARD_MEMORY
from breakeven.testing import FakeGpu, FakeNvml

GIB = 2**30


def driver_of(gpu: FakeGpu) -> NvmlDriver:
    return NvmlDriver(FakeNvml([gpu]))


def power_of(gpu: FakeGpu) -> Sensor:
    sensor = power_sensor(driver_of(gpu), gpu, model=gpu.name)
    assert sensor is not None
    return sensor


def memory_of(gpu: FakeGpu, *, can_tell_own: bool = True) -> Sensor:
    sensor = memory_sensor(
        driver_of(gpu), gpu, own=OwnProcesses(), can_tell_own=lambda: can_tell_own
    )
    assert sensor is not None
    return sensor


def test_the_counter_is_in_joules_by_millijoules() -> None:
    gpu = FakeGpu(uuid="GPU-a", energy_mj=1_500)
    sensor = counter_sensor(driver_of(gpu), gpu)
    assert sensor is not None
    assert (sensor.read(), sensor.resolution) == (1.5, 0.001)


def test_instantaneous_power_is_preferred() -> None:
    sensor = power_of(FakeGpu(uuid="GPU-a", name="NVIDIA A40", power_mw=71_410))
    assert sensor.name == "nvml-power-instant"
    assert sensor.read() == pytest.approx(71.41)
    assert sensor.period_s == pytest.approx(0.1)


def test_a_driver_that_answers_0_watts_has_no_instantaneous_power() -> None:
    gpu = FakeGpu(uuid="GPU-a", power_mw=0)
    assert power_of(gpu).name == "nvml-power-average"


@pytest.mark.parametrize(
    ("model", "generation", "name", "period_s"),
    [
        pytest.param("NVIDIA A40", 7, "nvml-power-average", 1.0, id="Ampere is a mean over 1 s"),
        pytest.param("NVIDIA A100-SXM4-80GB", 7, "nvml-power", 0.1, id="but not GA100"),
        pytest.param("NVIDIA A30", 7, "nvml-power", 0.1, id="nor its smaller sister"),
        pytest.param("Tesla V100-SXM2-32GB", 5, "nvml-power", 0.1, id="Volta is instantaneous"),
        pytest.param(
            "Mystery", None, "nvml-power-average", 1.0, id="unknown: the worse of the two"
        ),
    ],
)
def test_what_nvidia_smi_shows_is_a_mean_on_some(
    model: str, generation: int | None, name: str, period_s: float
) -> None:
    gpu = FakeGpu(uuid="GPU-a", name=model, generation=generation, has_instant=False)
    sensor = power_of(gpu)
    assert (sensor.name, sensor.period_s) == (name, period_s)


@pytest.mark.parametrize("model", ["NVIDIA H100 80GB HBM3", "NVIDIA A100-PCIE-40GB"])
def test_a_sensor_that_looks_part_of_the_time_says_so_and_is_wide(model: str) -> None:
    sensor = power_of(FakeGpu(uuid="GPU-a", name=model))
    assert "three quarters of the time" in sensor.not_covered
    assert sensor.relative_error == pytest.approx(0.65)


def test_other_sensors_are_as_good_as_their_maker_says() -> None:
    sensor = power_of(FakeGpu(uuid="GPU-a", name="NVIDIA A1000"))
    assert "three quarters" not in sensor.not_covered
    assert sensor.relative_error == pytest.approx(0.05)


def test_a_card_may_have_no_power_sensor() -> None:
    gpu = FakeGpu(uuid="GPU-a", power_mw=None)
    assert power_sensor(driver_of(gpu), gpu, model=gpu.name) is None


@pytest.mark.parametrize(
    ("every_us", "period_s"),
    [
        pytest.param(167_000, 0.167, id="as its own samples are spaced"),
        pytest.param(None, 1.0, id="no samples: the slowest"),
        pytest.param(0, 1.0, id="samples without times: the slowest"),
    ],
)
def test_how_busy_is_a_mean_over_the_drivers_sample_period(
    every_us: int | None, period_s: float
) -> None:
    gpu = FakeGpu(uuid="GPU-a", busy_percent=40, sampled_every_us=every_us)
    sensor = busy_sensor(driver_of(gpu), gpu)
    assert sensor is not None
    assert sensor.read() == pytest.approx(0.4)
    assert sensor.period_s == pytest.approx(period_s)


def test_memory_is_that_of_our_own_processes() -> None:
    gpu = FakeGpu(uuid="GPU-a", memory_bytes=9 * GIB, processes={os.getpid(): 2 * GIB, 1: 5 * GIB})
    sensor = memory_of(gpu)
    assert (sensor.name, sensor.read()) == ("nvml-process-memory", 2.0 * GIB)


def test_memory_that_the_driver_hides_counts_as_none_held() -> None:
    gpu = FakeGpu(uuid="GPU-a", processes={os.getpid(): None})
    assert memory_of(gpu).read() == 0.0


@pytest.mark.parametrize(
    ("can_tell_own", "returns"),
    [
        pytest.param(False, {}, id="in a container"),
        pytest.param(True, {"nvmlDeviceGetComputeRunningProcesses": 3}, id="not supported"),
    ],
)
def test_where_ours_cannot_be_told_memory_is_the_whole_cards_and_says_so(
    can_tell_own: bool,  # noqa: FBT001 - a case
    returns: dict[str, int],
) -> None:
    gpu = FakeGpu(uuid="GPU-a", memory_bytes=9 * GIB, returns=returns)
    sensor = memory_of(gpu, can_tell_own=can_tell_own)
    assert (sensor.name, sensor.read()) == ("nvml-card-memory", 9.0 * GIB)
    assert sensor.name in CARD_MEMORY
    assert "whole card" in sensor.not_covered
