"""Which AMD GPUs HIP would show."""

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.rocm_visible import AmdGpu, visible_amd_gpus

GPUS = [
    AmdGpu(uuid=f"uuid-{n}", hip_id=3 - n, names=(f"GPU-{n:016x}", f"0000:0{n}:00.0"))
    for n in range(4)
]
"""The library lists them against HIP's order."""


def chosen(**environ: str) -> list[str]:
    return [gpu.uuid[-1] for gpu in visible_amd_gpus(GPUS, environ)]


def test_unset_shows_all_in_hips_order() -> None:
    assert chosen() == ["3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        pytest.param("0", ["3"], id="an index is HIP's"),
        pytest.param("2,0", ["1", "3"], id="in another order"),
        pytest.param("GPU-0000000000000002", ["2"], id="a UUID"),
        pytest.param("gpu-0000000000000002, 0", ["2", "3"], id="in either case, with spaces"),
        pytest.param("0000:01:00.0", ["1"], id="a place on the bus"),
        pytest.param("1,-1,0", ["2"], id="minus one ends the list"),
        pytest.param("1,9,0", ["2"], id="so does what fits nothing"),
        pytest.param("1,1,0", ["2"], id="and one named twice"),
    ],
)
@pytest.mark.parametrize(
    "variable", ["ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"]
)
def test_each_variable_chooses(variable: str, visible: str, expected: list[str]) -> None:
    assert chosen(**{variable: visible}) == expected


def test_hip_chooses_among_what_rocr_left() -> None:
    assert chosen(ROCR_VISIBLE_DEVICES="1,2,3", HIP_VISIBLE_DEVICES="0,2") == ["2", "0"]


def test_hip_goes_before_cuda() -> None:
    assert chosen(HIP_VISIBLE_DEVICES="0", CUDA_VISIBLE_DEVICES="1") == ["3"]


@pytest.mark.parametrize("visible", ["", "-1", "NoDevFiles", "GPU-"])
def test_nothing_visible_is_an_error_that_names_the_variable(visible: str) -> None:
    with pytest.raises(MeterUnavailableError, match=r"HIP_VISIBLE_DEVICES=.* none of the 4 GPUs"):
        chosen(HIP_VISIBLE_DEVICES=visible)


@pytest.mark.parametrize("partition", ["SPX", "N/A", ""])
def test_a_card_in_one_piece_is_measured(partition: str) -> None:
    gpu = AmdGpu(uuid="a", hip_id=0, partition=partition)
    assert visible_amd_gpus([gpu], {}) == (gpu,)


def test_a_card_in_partitions_is_an_error_with_advice() -> None:
    gpu = AmdGpu(uuid="a", hip_id=0, model="MI300X", partition="CPX")
    with pytest.raises(
        MeterUnavailableError, match=r"MI300X \(a\) is divided .* \(CPX\)"
    ) as caught:
        visible_amd_gpus([gpu], {})
    assert "--compute-partition SPX" in caught.value.advice
