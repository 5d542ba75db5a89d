"""CUDA_VISIBLE_DEVICES as CUDA reads it, not as a list of NVML indices."""

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.cuda_visible import Gpu, visible_gpus

GPUS = [Gpu(uuid=f"GPU-{letter * 8}-0000", name="H100") for letter in "abcd"]
MIXED = [Gpu(uuid="GPU-1", name="T400"), Gpu(uuid="GPU-2", name="H100")]


def chosen(visible: str | None, *, order: str | None = None) -> list[str]:
    return [gpu.uuid[4] for gpu in visible_gpus(GPUS, visible=visible, order=order)]


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        pytest.param(None, ["a", "b", "c", "d"], id="unset shows all"),
        pytest.param("2", ["c"], id="one index"),
        pytest.param("3,1", ["d", "b"], id="indices in another order"),
        pytest.param("GPU-bbbbbbbb-0000", ["b"], id="a UUID"),
        pytest.param("GPU-cccc,GPU-a", ["c", "a"], id="beginnings of UUIDs"),
        pytest.param(" 1 , 2 ", ["b", "c"], id="spaces"),
        pytest.param("0,9,1", ["a"], id="the list ends at what fits nothing"),
        pytest.param("1,-1,2", ["b"], id="minus one ends the list"),
    ],
)
def test_what_cuda_would_show(visible: str | None, expected: list[str]) -> None:
    assert chosen(visible) == expected


@pytest.mark.parametrize("visible", ["", "-1", "nonsense", "GPU-", "1,1"])
def test_nothing_visible_is_an_error_not_zero_joules(visible: str) -> None:
    with pytest.raises(MeterUnavailableError, match="shows none of the 4 GPUs"):
        chosen(visible)


def test_a_mig_instance_is_an_error_with_advice() -> None:
    with pytest.raises(MeterUnavailableError, match="whole card only") as caught:
        chosen("MIG-12345678")
    assert "nvidia-smi -mig 0" in caught.value.advice


@pytest.mark.parametrize("visible", [None, "0", "GPU-1"])
def test_a_gpu_cut_into_instances_is_an_error(visible: str | None) -> None:
    cut = [Gpu(uuid="GPU-1", name="H100", is_mig=True)]
    with pytest.raises(MeterUnavailableError, match="MIG"):
        visible_gpus(cut, visible=visible, order=None)


def test_indices_of_different_models_are_unclear_until_the_order_is_fixed() -> None:
    with pytest.raises(MeterUnavailableError, match="fastest first"):
        visible_gpus(MIXED, visible="0", order=None)
    assert visible_gpus(MIXED, visible="0", order="PCI_BUS_ID") == (MIXED[0],)
    assert visible_gpus(MIXED, visible="GPU-2", order=None) == (MIXED[1],)
