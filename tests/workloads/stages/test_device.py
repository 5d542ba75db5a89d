import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.workloads.stages.device import (  # noqa: E402 - the same
    choose_device,
    prepare_device,
    synchronizer,
)

pytestmark = pytest.mark.nlp


def test_a_cuda_device_is_waited_for() -> None:
    waited: list[object] = []
    device = torch.device("cuda:1")
    synchronizer(device, wait=waited.append)()
    assert waited == [device]


def test_a_cpu_is_not_waited_for() -> None:
    waited: list[object] = []
    synchronizer(torch.device("cpu"), wait=waited.append)()
    assert waited == []


def test_one_thread_by_default_and_the_cpu() -> None:
    assert prepare_device({"threads": 1, "device": "cpu"}) == torch.device("cpu")
    assert torch.get_num_threads() == 1


def test_auto_takes_what_there_is() -> None:
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert choose_device("auto").type == expected


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has what the test lacks")
def test_a_missing_cuda_device_is_an_error_not_a_fallback() -> None:
    with pytest.raises(SettingsError, match="sees no CUDA device here"):
        choose_device("cuda")


def test_a_device_that_torch_does_not_know_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"device='gpu' is no device of torch; choose auto"):
        choose_device("gpu")
