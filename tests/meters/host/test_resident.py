"""Resident memory over time: byte-seconds by the trapezoid rule, and what samples leave open."""

import sys
from pathlib import Path

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters import MeterBank
from breakeven.meters.host.procfs import PAGE_BYTES
from breakeven.meters.host.resident import MAX_GAP_S, ResidentMemoryMeter
from breakeven.meters.host.tree import ProcessId, ProcessTree, Seen
from breakeven.records import Cost, NoteCode, Resource
from breakeven.records.protocols import Meter
from breakeven.testing import MeterConformance, SteppingClock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


class Living(ProcessTree):
    """Descendants that a test makes up: number -> resident bytes."""

    def __init__(self) -> None:
        super().__init__(has_children=lambda: False)
        self.living: dict[int, int] = {}

    def lately(self) -> dict[ProcessId, Seen]:
        seen = Seen(parent_pid=1, own_s=0.0, reaped_s=0.0)
        return {ProcessId(pid, 0): seen for pid in self.living}

    def resident_bytes(self, key: ProcessId) -> int:
        return self.living[key.pid]

    def peak_bytes(self, key: ProcessId) -> int:
        return 2 * self.living[key.pid]


class TestResidentMemoryMeter(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return ResidentMemoryMeter()


class Scene:
    """A fake /proc, a tree and a clock, and a meter over them."""

    def __init__(self, folder: Path, *, include_self: bool = True) -> None:
        self.clock, self.tree, self._folder = SteppingClock(), Living(), folder
        (folder / "self").mkdir()
        self.own(0, n_pages=1)
        self.meter = ResidentMemoryMeter(
            include_self=include_self,
            tree=self.tree,
            proc=folder,
            clock_s=self.clock,
            reaped_peak_bytes=lambda: 5000,
        )
        self.bank = MeterBank([self.meter], clock_s=self.clock)

    def own(self, after_s: float, *, n_pages: int) -> None:
        self.clock.advance(after_s)
        (self._folder / "self" / "statm").write_text(f"900 {n_pages} 0 0 0 0 0\n")

    def sampled(self, *steps: tuple[float, int]) -> Cost | None:
        """Byte-seconds of a window in which memory is sampled after each (seconds, pages)."""
        with self.bank.window() as window:
            for after_s, n_pages in steps:
                self.own(after_s, n_pages=n_pages)
                self.meter.read()
        self.notes = window.measurement.notes
        return window.measurement.total(Resource.MEMORY_BYTE_S)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_memory_is_integrated_by_the_trapezoid_rule(scene: Scene) -> None:
    # From 1 page to 3 in 2 s, then 3 pages for 4 s: 2 x 2 + 3 x 4 page seconds.
    cost = scene.sampled((2.0, 3), (4.0, 3))
    assert cost is not None
    assert cost.value == 16 * PAGE_BYTES


def test_the_interval_holds_both_ends_of_every_step_and_a_page(scene: Scene) -> None:
    # The first step may have been 1 page or 3 pages all the time: 2 page seconds either way.
    cost = scene.sampled((2.0, 3), (4.0, 3))
    assert cost is not None
    assert (cost.low, cost.high) == (13 * PAGE_BYTES, 19 * PAGE_BYTES)


def test_what_nobody_sampled_is_not_covered(scene: Scene) -> None:
    cost = scene.sampled((MAX_GAP_S + 1, 3), (MAX_GAP_S - 1, 3))
    assert cost is not None
    assert cost.coverage_frac == pytest.approx((MAX_GAP_S - 1) / (2 * MAX_GAP_S))
    assert NoteCode.PARTIAL_COVERAGE in [note.code for note in scene.notes]


def test_a_watcher_counts_the_command_and_not_itself(tmp_path: Path) -> None:
    scene = Scene(tmp_path, include_self=False)
    scene.tree.living = {60: 1000, 61: 500}
    scene.meter.read()
    scene.clock.advance(2.0)
    with scene.bank.window() as window:
        scene.clock.advance(2.0)
    total = window.measurement.total(Resource.MEMORY_BYTE_S)
    assert total is not None
    assert total.value == 3000.0


def test_a_command_that_no_sample_met_has_no_mean_memory_instead_of_0(tmp_path: Path) -> None:
    scene = Scene(tmp_path, include_self=False)
    with scene.bank.window() as window:
        scene.clock.advance(0.05)
    assert window.measurement.total(Resource.MEMORY_BYTE_S) is None
    assert [note.code for note in window.measurement.notes] == [NoteCode.PARTIAL_COVERAGE]


def test_the_mean_of_a_command_met_once_reaches_up_to_its_peaks(tmp_path: Path) -> None:
    # 1 s from nothing to 1000 bytes with a peak of 2000, 1 s to nothing with a peak of 5000.
    scene = Scene(tmp_path, include_self=False)
    with scene.bank.window() as window:
        scene.clock.advance(1.0)
        scene.tree.living = {60: 1000}
        scene.meter.read()
        scene.clock.advance(1.0)
        scene.tree.living = {}
    total = window.measurement.total(Resource.MEMORY_BYTE_S)
    assert total is not None
    assert (total.value, total.low, total.high) == (1000.0, 0.0, 7000.0 + PAGE_BYTES)


def test_without_proc_memory_is_unavailable_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(MeterUnavailableError, match="cannot be read"):
        ResidentMemoryMeter(proc=tmp_path)


def test_the_memory_of_this_process_is_seen() -> None:
    with MeterBank([ResidentMemoryMeter()]) as bank, bank.window() as window:
        sum(range(10_000))
    total = window.measurement.total(Resource.MEMORY_BYTE_S)
    assert total is not None
    assert total.value / window.measurement.duration_s > 2**20
