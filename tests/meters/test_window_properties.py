"""Windows conserve energy, whatever the counter does and however they nest and overlap."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor
from random import Random
from threading import Barrier, Lock, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.meters import MeterBank, OpenWindow
from breakeven.records import Cost, Measurement, Resource
from breakeven.records.protocols import Channel, Reading
from breakeven.testing import SteppingClock, joules


@dataclass(slots=True, kw_only=True)
class Consumer:
    """A device that consumes when told to, and its counter of a given step."""

    step_j: float = 0.0
    used_j: float = 0.0
    name: str = "device"
    poll_period_s: float = 3600.0
    lock: Lock = field(default_factory=Lock)

    def use(self, energy_j: float) -> None:
        with self.lock:
            self.used_j += energy_j

    def channels(self) -> list[Channel]:
        return [joules("device", resolution=self.step_j)]

    def read(self) -> Reading:
        shown = floor(self.used_j / self.step_j) * self.step_j if self.step_j else self.used_j
        return Reading(totals={"device": shown})

    def close(self) -> None:
        pass


def energy(measurement: Measurement) -> Cost:
    total = measurement.total(Resource.ENERGY_J)
    assert total is not None
    return total


@dataclass(frozen=True, slots=True)
class Block:
    """A window: what is used in it before, between and after the windows inside."""

    gaps_j: tuple[int, ...]
    inside: tuple["Block", ...]


def blocks(depth: int) -> st.SearchStrategy[Block]:
    inner = st.lists(blocks(depth - 1), max_size=3) if depth else st.just([])
    return inner.flatmap(
        lambda inside: st.lists(
            st.integers(0, 1000), min_size=len(inside) + 1, max_size=len(inside) + 1
        ).map(lambda gaps: Block(tuple(gaps), tuple(inside)))
    )


@dataclass(slots=True)
class Run:
    """Blocks that are worked off on one device; each takes a second per joule and one besides."""

    device: Consumer
    clock: SteppingClock = field(default_factory=SteppingClock)
    bank: MeterBank = field(init=False)

    def __post_init__(self) -> None:
        self.bank = MeterBank([self.device], clock_s=self.clock)

    def use(self, energy_j: int) -> None:
        self.device.use(energy_j)
        self.clock.advance(energy_j + 1)

    def work(self, block: Block) -> tuple[Measurement, list[Measurement]]:
        """Measure the block; return it with the windows directly inside it."""
        inner = []
        with self.bank.window() as window:
            self.use(block.gaps_j[0])
            for inside, gap_j in zip(block.inside, block.gaps_j[1:], strict=True):
                inner.append(self.work(inside)[0])
                self.use(gap_j)
        return window.measurement, inner


def spent_j(block: Block) -> int:
    return sum(block.gaps_j) + sum(spent_j(inside) for inside in block.inside)


@given(blocks(3))
def test_a_window_holds_what_was_used_in_it_once_however_many_windows_are_inside(
    block: Block,
) -> None:
    outer, inner = Run(Consumer()).work(block)
    assert energy(outer).value == spent_j(block)
    assert [energy(m).value for m in inner] == [spent_j(inside) for inside in block.inside]


@given(st.lists(blocks(1), min_size=1, max_size=5))
def test_adjacent_windows_add_up_to_the_one_around_them(parts: list[Block]) -> None:
    no_gaps = Block(gaps_j=(0,) * (len(parts) + 1), inside=tuple(parts))
    outer, inner = Run(Consumer()).work(no_gaps)
    assert sum(energy(m).value for m in inner) == energy(outer).value


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.sampled_from([0.5, 1.0, 7.0, 61.0])
)
def test_with_a_coarse_counter_they_add_up_and_every_interval_holds_the_truth(
    uses_j: list[int], step_j: float
) -> None:
    device = Consumer(step_j=step_j)
    run = Run(device)
    inner = []
    with run.bank.window() as outer:
        for use_j in uses_j:
            with run.bank.window() as window:
                run.use(use_j)
            inner.append(energy(window.measurement))
    whole = energy(outer.measurement)
    assert sum(cost.value for cost in inner) == pytest.approx(whole.value)
    for cost, use_j in zip((*inner, whole), (*uses_j, sum(uses_j)), strict=True):
        assert cost.low <= use_j <= cost.high


OPEN, CLOSE = -1, -2
STEPS = st.lists(st.one_of(st.integers(0, 50), st.sampled_from([OPEN, CLOSE])), max_size=40)


@given(STEPS, st.randoms(use_true_random=False))
def test_windows_that_overlap_anyhow_each_hold_their_own_stretch(
    steps: Sequence[int], random: Random
) -> None:
    device, clock = Consumer(), SteppingClock()
    bank = MeterBank([device], clock_s=clock)
    open_now, ended = [], []
    for step in steps:
        if step == OPEN:
            manager = bank.window()
            open_now.append((manager, manager.__enter__(), device.used_j, clock.now_s))
        elif step == CLOSE and open_now:
            manager, window, began_j, began_s = open_now.pop(random.randrange(len(open_now)))
            manager.__exit__(None, None, None)
            ended.append((window, device.used_j - began_j, clock.now_s - began_s))
        elif step >= 0:
            device.use(step)
            clock.advance(1.0)
    seen: list[tuple[OpenWindow, float, float]] = ended
    assert [energy(w.measurement).value for w, _, _ in seen] == [used_j for _, used_j, _ in seen]
    assert [w.measurement.duration_s for w, _, _ in seen] == [took_s for _, _, took_s in seen]


@given(st.lists(st.lists(st.integers(1, 20), min_size=1, max_size=5), min_size=2, max_size=4))
def test_threads_conserve_energy_together(uses_j: list[list[int]]) -> None:
    device = Consumer()
    bank, gate = MeterBank([device]), Barrier(len(uses_j))
    seen: list[tuple[float, float]] = []

    def work(own_j: list[int]) -> None:
        gate.wait()
        for use_j in own_j:
            with bank.window() as window:
                device.use(use_j)
            seen.append((energy(window.measurement).value, use_j))

    with bank.window() as outer:
        threads = [Thread(target=work, args=(own_j,)) for own_j in uses_j]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    whole_j = energy(outer.measurement).value
    assert whole_j == sum(map(sum, uses_j))
    assert all(own_j <= value <= whole_j for value, own_j in seen)
