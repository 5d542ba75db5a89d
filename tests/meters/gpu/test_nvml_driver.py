"""The driver's answers: return codes become reasons with advice; pynvml is imported when needed."""

import sys

import pytest

from breakeven.errors import MeterUnavailableError, MissingExtraError
from breakeven.meters.gpu.card import SensorMissingError
from breakeven.meters.gpu.nvml_driver import NvmlDriver
from breakeven.testing import FakeGpu, FakeNvml


def test_without_the_extra_its_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'breakeven\[nvml\]'"):
        NvmlDriver()


def test_an_installed_pynvml_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    module = FakeNvml([FakeGpu(uuid="GPU-a")])
    monkeypatch.setitem(sys.modules, "pynvml", module)
    assert NvmlDriver().ask("nvmlDeviceGetCount") == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        pytest.param(9, "sudo modprobe nvidia", id="driver not loaded"),
        pytest.param(12, "NVIDIA_DRIVER_CAPABILITIES", id="library not found"),
        pytest.param(999, "--gpus all", id="unknown"),
    ],
)
def test_a_driver_that_does_not_answer_says_what_to_do(code: int, advice: str) -> None:
    with pytest.raises(MeterUnavailableError, match="driver does not answer") as caught:
        NvmlDriver(FakeNvml(has_driver=False, init_returns=code))
    assert advice in caught.value.advice


@pytest.mark.parametrize("code", [2, 3, 13, 25])
def test_what_a_card_will_never_answer_is_a_missing_sensor(code: int) -> None:
    gpu = FakeGpu(uuid="GPU-a", returns={"nvmlDeviceGetName": code})
    with pytest.raises(SensorMissingError):
        NvmlDriver(FakeNvml([gpu])).ask("nvmlDeviceGetName", gpu)


def test_a_function_that_an_older_nvidia_ml_py_lacks_is_a_missing_sensor() -> None:
    with pytest.raises(SensorMissingError, match="has no nvmlDeviceGetTomorrow"):
        NvmlDriver(FakeNvml()).ask("nvmlDeviceGetTomorrow")


@pytest.mark.parametrize(
    ("code", "advice"),
    [(1, "Another library"), (4, "Run as root"), (15, "Xid"), (16, "--gpu-reset")],
)
def test_what_a_card_does_not_answer_now_has_advice(code: int, advice: str) -> None:
    gpu = FakeGpu(uuid="GPU-a", returns={"nvmlDeviceGetName": code})
    with pytest.raises(MeterUnavailableError, match="nvmlDeviceGetName") as caught:
        NvmlDriver(FakeNvml([gpu])).ask("nvmlDeviceGetName", gpu)
    assert not isinstance(caught.value, SensorMissingError)
    assert advice in caught.value.advice


def test_field_values_come_in_the_type_that_they_name() -> None:
    gpu = FakeGpu(uuid="GPU-a", power_mw=71_410, held_ns={74: 2**40})
    driver = NvmlDriver(FakeNvml([gpu]))
    assert (driver.field(gpu, 186), driver.field(gpu, 74)) == (71_410.0, 2.0**40)


def test_a_field_that_is_not_supported_says_so_by_itself() -> None:
    gpu = FakeGpu(uuid="GPU-a", has_instant=False)
    with pytest.raises(SensorMissingError, match="field 186"):
        NvmlDriver(FakeNvml([gpu])).field(gpu, 186)


def test_closing_a_driver_that_somebody_else_has_shut_down_is_no_error() -> None:
    module = FakeNvml([FakeGpu(uuid="GPU-a")])
    driver = NvmlDriver(module)
    module.n_open = 0
    driver.close()
    assert module.n_open == 0
