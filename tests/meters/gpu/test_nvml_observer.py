"""Interference on a card: who else computed there, and what held it back."""

import os

import pytest

from breakeven.meters.gpu.nvml_driver import NvmlDriver
from breakeven.meters.gpu.nvml_observer import NvmlObserver
from breakeven.records import NoteCode
from breakeven.records.protocols import Observer
from breakeven.testing import FakeGpu, FakeNvml, ObserverConformance

POWER, HEAT, LOW_UTILISATION = 74, 75, 78
OTHER = 1  # init is nobody's child of ours


def observer_of(*gpus: FakeGpu, can_tell_own: bool = True) -> NvmlObserver:
    driver = NvmlDriver(FakeNvml(list(gpus)))
    return NvmlObserver(driver, [gpu.uuid for gpu in gpus], can_tell_own=lambda: can_tell_own)


class TestNvmlObserver(ObserverConformance):
    @pytest.fixture
    def observer(self) -> Observer:
        return observer_of(FakeGpu(uuid="GPU-a", processes={OTHER: 5}, held_ns={POWER: 7}))


@pytest.mark.parametrize("first", [True, False])
def test_a_process_of_others_is_named_with_its_card(first: bool) -> None:  # noqa: FBT001 - a case
    gpu = FakeGpu(uuid="GPU-a", processes={OTHER: 5} if first else {})
    observer = observer_of(gpu)
    before = observer.look()
    gpu.processes = {} if first else {OTHER: 5}
    (note,) = observer.judge(before, observer.look(), duration_s=1.0)
    assert note.code is NoteCode.DEVICE_SHARED
    assert "1 process of others computed on GPU-a" in note.message


def test_our_own_processes_disturb_nobody() -> None:
    observer = observer_of(FakeGpu(uuid="GPU-a", processes={os.getpid(): 5}))
    look = observer.look()
    assert look["GPU-a other processes"] == 0
    assert observer.judge(look, look, duration_s=1.0) == []


def test_in_a_container_nobody_is_accused() -> None:
    observer = observer_of(FakeGpu(uuid="GPU-a", processes={OTHER: 5}), can_tell_own=False)
    look = observer.look()
    assert not any("processes" in name for name in look)
    assert observer.judge(look, look, duration_s=1.0) == []


def test_time_held_back_is_told_by_its_share_and_cause() -> None:
    gpu = FakeGpu(uuid="GPU-a", held_ns={POWER: 10**9, HEAT: 5 * 10**9})
    observer = observer_of(gpu)
    before = observer.look()
    gpu.held_ns[HEAT] += 3 * 10**9
    (note,) = observer.judge(before, observer.look(), duration_s=10.0)
    assert note.code is NoteCode.THROTTLED
    assert "held back by heat for 30% of the window" in note.message


def test_a_moment_held_back_is_not_worth_a_note() -> None:
    gpu = FakeGpu(uuid="GPU-a", held_ns={POWER: 0})
    observer = observer_of(gpu)
    before = observer.look()
    gpu.held_ns[POWER] += 10**8
    assert observer.judge(before, observer.look(), duration_s=10.0) == []


def test_low_utilisation_is_no_disturbance() -> None:
    gpu = FakeGpu(uuid="GPU-a", held_ns={LOW_UTILISATION: 0})
    observer = observer_of(gpu)
    before = observer.look()
    gpu.held_ns[LOW_UTILISATION] += 10**10
    assert observer.judge(before, observer.look(), duration_s=10.0) == []


def test_a_card_that_is_lost_or_tells_nothing_is_absent_not_undisturbed() -> None:
    lost = FakeGpu(uuid="GPU-a")
    mute = FakeGpu(uuid="GPU-b", returns={"nvmlDeviceGetComputeRunningProcesses": 4})
    observer = observer_of(lost, mute)
    lost.is_lost = True
    assert observer.look() == {}
    assert observer.judge({}, {}, duration_s=1.0) == []


def test_a_look_asks_each_card_twice() -> None:
    module = FakeNvml([FakeGpu(uuid="GPU-a", held_ns={POWER: 0})])
    observer = NvmlObserver(NvmlDriver(module), ["GPU-a"], can_tell_own=lambda: True)
    module.calls.clear()
    observer.look()
    assert module.calls.total() == 2


def test_each_card_is_judged_by_itself() -> None:
    gpus = [FakeGpu(uuid="GPU-a", held_ns={POWER: 0}), FakeGpu(uuid="GPU-b", processes={OTHER: 1})]
    observer = observer_of(*gpus)
    before = observer.look()
    gpus[0].held_ns[POWER] = 10**9
    notes = observer.judge(before, observer.look(), duration_s=1.0)
    assert [note.code for note in notes] == [NoteCode.THROTTLED, NoteCode.DEVICE_SHARED]
