"""The AMD driver's answers: status codes become reasons with advice."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from breakeven.errors import MeterUnavailableError, MissingExtraError
from breakeven.meters.gpu.amdgpu_driver import AmdDriver
from breakeven.meters.gpu.card import SensorMissingError
from breakeven.testing import FakeAmdGpu, FakeAmdSmi


def test_without_the_extra_its_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "amdsmi", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'breakeven\[amd\]'"):
        AmdDriver()


def test_an_installed_amdsmi_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "amdsmi", FakeAmdSmi([FakeAmdGpu(uuid="a")]))
    assert len(AmdDriver().ask("amdsmi_get_processor_handles")) == 1


def test_a_library_that_does_not_fit_prints_nothing_and_is_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "amdsmi.py").write_text("print('no libamd_smi.so')\nraise KeyError('ROCM_PATH')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(MeterUnavailableError, match="does not fit the ROCm") as caught:
        AmdDriver()
    assert "/opt/rocm/share/amd_smi" in caught.value.advice
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("code", "advice"),
    [(34, "sudo modprobe amdgpu"), (10, "usermod -aG render"), (7, "amd-smi list")],
)
def test_a_driver_that_does_not_answer_says_what_to_do(code: int, advice: str) -> None:
    with pytest.raises(MeterUnavailableError, match="driver does not answer") as caught:
        AmdDriver(FakeAmdSmi(init_returns=code))
    assert advice in caught.value.advice


@pytest.mark.parametrize("code", [1, 2, 3, 5, 40])
def test_what_a_card_will_never_answer_is_a_missing_sensor(code: int) -> None:
    gpu = FakeAmdGpu(uuid="a", returns={"amdsmi_get_power_info": code})
    with pytest.raises(SensorMissingError):
        AmdDriver(FakeAmdSmi([gpu])).ask("amdsmi_get_power_info", gpu)


def test_a_function_that_an_older_amdsmi_lacks_is_a_missing_sensor() -> None:
    with pytest.raises(SensorMissingError, match="has no amdsmi_get_tomorrow"):
        AmdDriver(FakeAmdSmi()).ask("amdsmi_get_tomorrow")


@pytest.mark.parametrize(("code", "advice"), [(10, "usermod"), (30, "busy"), (54, "was reset")])
def test_what_a_card_does_not_answer_now_has_advice_in_one_line(code: int, advice: str) -> None:
    gpu = FakeAmdGpu(uuid="a", returns={"amdsmi_get_power_info": code})
    with pytest.raises(MeterUnavailableError, match="AMDSMI_STATUS") as caught:
        AmdDriver(FakeAmdSmi([gpu])).ask("amdsmi_get_power_info", gpu)
    assert advice in caught.value.advice
    assert "\n" not in caught.value.message


class Told(ModuleType):
    """A library that answers one question with what it is given."""

    AmdSmiException = RuntimeError

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__("amdsmi")
        self.AmdSmiInitFlags = FakeAmdSmi.AmdSmiInitFlags
        self.amdsmi_init = lambda _flags: None
        self.question = lambda _handle: answer


@pytest.mark.parametrize("absent", ["N/A", None, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF])
def test_what_a_card_lacks_is_no_number(absent: object) -> None:
    driver = AmdDriver(Told({"new": absent, "old": 12}))
    assert driver.number("question", None, "new", "old") == 12.0
    with pytest.raises(SensorMissingError, match="no new or newer"):
        driver.number("question", None, "new", "newer")


def test_closing_twice_lets_go_once_and_minds_nobody() -> None:
    module = FakeAmdSmi([], n_open=1)
    driver = AmdDriver(module)
    driver.close()
    driver.close()
    assert module.n_open == 1
    shut = AmdDriver(module)
    module.n_open = 0
    shut.close()
