import os
from collections.abc import Iterable
from contextlib import suppress

import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.workloads.stages.device import (  # noqa: E402 - the same
    choose_device,
    confined,
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


@pytest.mark.parametrize(("n_threads", "inside"), [(1, {3}), (2, {3, 5}), (8, {3, 5, 7})])
def test_what_takes_every_processor_sees_as_many_as_it_has_threads(
    monkeypatch: pytest.MonkeyPatch, n_threads: int, inside: set[int]
) -> None:
    mine = {7, 3, 5}

    def bind(_: int, processors: Iterable[int]) -> None:
        nonlocal mine
        mine = set(processors)

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(mine), raising=False)
    monkeypatch.setattr(os, "sched_setaffinity", bind, raising=False)
    with suppress(RuntimeError), confined(n_threads):
        assert mine == inside
        raise RuntimeError
    assert mine == {3, 5, 7}
