"""Apple and Jetson through zeus: a fake with the same surface, and what happens without it."""

import sys

import pytest

from breakeven.errors import CounterResetError, MeterUnavailableError, MissingExtraError
from breakeven.meters import MeterBank
from breakeven.meters.asked.zeus import TIMEOUT_S, ZeusMeter
from breakeven.records import Resource
from breakeven.testing import FakeZeus
from breakeven.testing.zeus import (
    AppleSilicon,
    AppleSiliconMeasurement,
    Jetson,
    JetsonMeasurement,
)


def apple() -> AppleSilicon:
    cores = [100, 200]
    return AppleSilicon(AppleSiliconMeasurement(cpu_total_mj=1000, performance_cores_mj=cores))


def test_an_apple_chip_is_read_part_by_part_in_joules() -> None:
    chip = apple()
    bank = MeterBank([ZeusMeter(module=FakeZeus(chip))])
    with bank.window() as window:
        chip.measurement.cpu_total_mj = 4000
        chip.measurement.gpu_mj = 500
        chip.measurement.gpu_sram_mj = 200
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == pytest.approx(3.5)  # the SRAM is inside the GPU, never added
    parts = {c.channel: c.part_of for c in window.measurement.costs if c.channel != "wall"}
    assert parts == {"cpu": None, "dram": None, "gpu": None, "gpu-sram": "gpu", "ane": None}


def test_a_jetson_s_module_contains_its_cpu_and_gpu() -> None:
    board = Jetson(JetsonMeasurement())
    bank = MeterBank([ZeusMeter(module=FakeZeus(board))])
    with bank.window() as window:
        board.measurement = JetsonMeasurement(3000.0, 4000.0, 9000.0)
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert (total.value, total.sensor) == (9.0, "zeus Jetson, power integrated by zeus")


def test_a_rail_that_is_missing_is_absent_and_contains_nothing() -> None:
    board = Jetson(JetsonMeasurement(total_energy_mj=None))
    meter = ZeusMeter(module=FakeZeus(board))
    assert {c.name: c.part_of for c in meter.channels()} == {"cpu": None, "gpu": None}
    assert {c.period_s for c in meter.channels()} == {0.1}


def test_a_process_that_has_died_is_waited_for_once_and_briefly() -> None:
    board = Jetson(JetsonMeasurement())
    meter = ZeusMeter(module=FakeZeus(board))
    board.is_dead = True
    with pytest.raises(MeterUnavailableError, match="zeus does not answer"):
        meter.read()
    assert board.waited_s == TIMEOUT_S
    board.is_dead, board.waited_s = False, 0.0
    with pytest.raises(MeterUnavailableError):
        meter.read()  # its next answer would be the one that was missing
    assert board.waited_s == 0.0


def test_a_counter_that_falls_is_a_reset() -> None:
    chip = apple()
    meter = ZeusMeter(module=FakeZeus(chip))
    meter.read()
    chip.measurement.cpu_total_mj = 10
    with pytest.raises(CounterResetError, match=r"cpu: zeus went from 1 J to 0\.01 J"):
        meter.read()
    assert meter.read().totals["cpu"] == 0.01


def test_a_machine_without_such_a_processor() -> None:
    with pytest.raises(MeterUnavailableError, match="No observable SoC") as caught:
        ZeusMeter(module=FakeZeus())
    assert "rapl, nvml" in caught.value.advice


def test_a_processor_that_tells_nothing() -> None:
    silent = AppleSiliconMeasurement(*[None] * 7)
    with pytest.raises(MeterUnavailableError, match="reads no energy from this AppleSilicon"):
        ZeusMeter(module=FakeZeus(AppleSilicon(silent)))


def test_without_zeus_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zeus.device.soc", None)
    with pytest.raises(MissingExtraError, match=r"breakeven\[zeus\]"):
        ZeusMeter()


def test_zeus_is_imported_only_when_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zeus.device.soc", FakeZeus(apple()))
    assert ZeusMeter().read().totals["cpu"] == 1.0
