"""Finding cards: the visible ones, those that do not answer beside those that do, MIG."""

from collections.abc import Mapping

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.card import Cards
from breakeven.meters.gpu.nvml_cards import find_cards
from breakeven.meters.gpu.nvml_driver import NvmlDriver
from breakeven.records import NoteCode
from breakeven.testing import FakeGpu, FakeNvml


def found(gpus: list[FakeGpu], environ: Mapping[str, str] | None = None) -> Cards:
    return find_cards(NvmlDriver(FakeNvml(gpus)), environ or {}, can_tell_own=lambda: True)


def uuids(cards: Cards) -> list[str]:
    return [card.uuid for card in cards.working]


@pytest.mark.parametrize("visible", ["1", "GPU-b", "GPU-b,nonsense"])
def test_only_visible_cards_are_read(visible: str) -> None:
    gpus = [FakeGpu(uuid="GPU-aaaa"), FakeGpu(uuid="GPU-bbbb", is_mig=None)]
    assert uuids(found(gpus, {"CUDA_VISIBLE_DEVICES": visible})) == ["GPU-bbbb"]


@pytest.mark.parametrize("visible", ["", "-1", "NoDevFiles"])
def test_cards_hidden_on_purpose_are_not_measured(visible: str) -> None:
    with pytest.raises(MeterUnavailableError, match="shows none of the 1 GPUs"):
        found([FakeGpu(uuid="GPU-a")], {"CUDA_VISIBLE_DEVICES": visible})


def test_an_index_of_different_models_follows_the_bus_when_told_so() -> None:
    gpus = [FakeGpu(uuid="GPU-a", name="T400"), FakeGpu(uuid="GPU-b")]
    environ = {"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert uuids(found(gpus, environ)) == ["GPU-b"]
    with pytest.raises(MeterUnavailableError, match="fastest first"):
        found(gpus, {"CUDA_VISIBLE_DEVICES": "1"})


def test_a_card_cut_into_instances_is_an_error_with_advice() -> None:
    with pytest.raises(MeterUnavailableError, match="whole card only") as caught:
        found([FakeGpu(uuid="GPU-a", is_mig=True)])
    assert "nvidia-smi -mig 0" in caught.value.advice


def test_a_lost_card_is_a_note_and_the_others_are_read() -> None:
    cards = found([FakeGpu(uuid="GPU-a", is_lost=True), FakeGpu(uuid="GPU-b")])
    assert uuids(cards) == ["GPU-b"]
    (note,) = cards.notes
    assert note.code is NoteCode.METER_UNAVAILABLE
    assert "GPU at place 0 does not answer" in note.message
    assert "Xid" in note.advice


def test_a_lost_card_keeps_its_place_in_the_order() -> None:
    gpus = [FakeGpu(uuid="GPU-a", is_lost=True), FakeGpu(uuid="GPU-b")]
    assert uuids(found(gpus, {"CUDA_VISIBLE_DEVICES": "1"})) == ["GPU-b"]
    with pytest.raises(MeterUnavailableError, match="GPU at place 0"):
        found(gpus, {"CUDA_VISIBLE_DEVICES": "0"})


def test_two_lost_cards_are_two_notes() -> None:
    lost = [FakeGpu(uuid=f"GPU-{letter}", is_lost=True) for letter in "ab"]
    cards = found([*lost, FakeGpu(uuid="GPU-c")], {"CUDA_VISIBLE_DEVICES": "0,1,2"})
    assert (uuids(cards), len(cards.notes)) == (["GPU-c"], 2)


def test_a_card_that_falls_silent_while_asked_for_its_sensors_is_named() -> None:
    silent = FakeGpu(uuid="GPU-a", returns={"nvmlDeviceGetTotalEnergyConsumption": 16})
    cards = found([silent, FakeGpu(uuid="GPU-b")])
    (note,) = cards.notes
    assert "H100 80GB HBM3 (GPU-a) does not answer" in note.message
    assert "--gpu-reset" in note.advice


def test_no_card_that_answers_is_an_error_with_the_first_reason() -> None:
    with pytest.raises(MeterUnavailableError, match=r"GPU at place 0 .* GPU is lost"):
        found([FakeGpu(uuid="GPU-a", is_lost=True)])


def test_a_driver_without_cards_is_an_error() -> None:
    with pytest.raises(MeterUnavailableError, match="lists no GPU"):
        found([])


def test_a_card_without_any_energy_sensor_is_an_error() -> None:
    with pytest.raises(MeterUnavailableError, match="neither energy nor power"):
        found([FakeGpu(uuid="GPU-a", energy_mj=None, power_mw=None)])


@pytest.mark.parametrize("code", [3, 4, 999])
def test_a_card_is_measured_without_its_load_and_memory(code: int) -> None:
    functions = (
        "nvmlDeviceGetUtilizationRates",
        "nvmlDeviceGetComputeRunningProcesses",
        "nvmlDeviceGetMemoryInfo",
    )
    (card,) = found([FakeGpu(uuid="GPU-a", returns=dict.fromkeys(functions, code))]).working
    assert (card.busy, card.memory) == (None, None)
    assert card.counter is not None
