"""Peak memory: a window's own, whoever else looks, and that of a command without us."""

import mmap
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters import MeterBank
from breakeven.meters.host.memory import (
    HighWaterMark,
    HostMemoryMeter,
    children_peak_bytes,
    shared_mark,
)
from breakeven.meters.host.tree import ProcessId, ProcessTree, Seen
from breakeven.records import Resource
from breakeven.records.protocols import PeakMeter
from breakeven.testing import PeakMeterConformance

MIB = 2**20

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's mark is in /proc")
pytestmark = linux


class NoTree(ProcessTree):
    """Descendants that a test makes up: number -> (resident, peak) bytes."""

    def __init__(self) -> None:
        self.living: dict[int, tuple[int, int]] = {}
        super().__init__(has_children=lambda: bool(self.living), latest_birth=lambda: None)

    def lately(self) -> Mapping[ProcessId, Seen]:
        return self.scan()

    def _list(self, birth: int | None) -> dict[ProcessId, Seen]:
        seen = Seen(parent_pid=1, own_s=0.0, reaped_s=0.0)
        return {ProcessId(pid, 0): seen for pid in self.living}

    def resident_bytes(self, key: ProcessId) -> int:
        return self.living[key.pid][0]

    def peak_bytes(self, key: ProcessId) -> int:
        return self.living[key.pid][1]


def fake_self(folder: Path, high_kib: int, *, can_clear: bool = True) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "status").write_text(f"Name:\tx\nVmHWM:\t {high_kib} kB\nVmRSS:\t 7 kB\n")
    if can_clear:
        (folder / "clear_refs").write_text("")
    else:
        (folder / "clear_refs").mkdir()
    return folder


class TestHostMemoryMeter(PeakMeterConformance):
    @pytest.fixture
    def meter(self) -> PeakMeter:
        return HostMemoryMeter()


def take(size_bytes: int) -> None:
    """Take memory from the kernel and give it back; the heap may hold what others gave back."""
    with mmap.mmap(-1, size_bytes) as block:
        block[:: mmap.PAGESIZE] = b"\1" * (size_bytes // mmap.PAGESIZE)


def peak(bank: MeterBank, size_bytes: int) -> float:
    with bank.window() as window:
        if size_bytes:
            take(size_bytes)
    total = window.measurement.total(Resource.PEAK_MEMORY_BYTES)
    assert total is not None
    return total.value


def test_a_row_after_a_bigger_row_reports_its_own_smaller_peak() -> None:
    bank = MeterBank(peak_meters=[HostMemoryMeter(tree=NoTree())])
    rest, big, small = peak(bank, 0), peak(bank, 96 * MIB), peak(bank, 16 * MIB)
    assert big - rest == pytest.approx(96 * MIB, abs=8 * MIB)
    assert small - rest == pytest.approx(16 * MIB, abs=8 * MIB)


def test_an_outer_window_keeps_the_peak_of_an_inner_one() -> None:
    bank = MeterBank(peak_meters=[HostMemoryMeter(tree=NoTree())])
    with bank.window() as outer:
        inner_bytes = peak(bank, 64 * MIB)
    total = outer.measurement.total(Resource.PEAK_MEMORY_BYTES)
    assert total is not None
    assert total.value >= inner_bytes


def test_two_meters_of_one_process_do_not_hide_peaks_from_each_other() -> None:
    first, second = HostMemoryMeter(tree=NoTree()), HostMemoryMeter(tree=NoTree())
    rest = first.take_peaks()["process_tree"]
    take(64 * MIB)
    assert second.take_peaks()["process_tree"] - rest > 56 * MIB
    assert first.take_peaks()["process_tree"] - rest > 56 * MIB


def test_the_mark_of_the_process_is_one() -> None:
    assert shared_mark() is shared_mark()


def test_descendants_are_added_and_looked_at_more_often(tmp_path: Path) -> None:
    tree = NoTree()
    meter = HostMemoryMeter(mark=HighWaterMark(proc_self=fake_self(tmp_path, 100)), tree=tree)
    assert meter.take_peaks() == {"process_tree": 100 * 1024}
    quiet_s = meter.poll_period_s
    tree.living[60] = (5000, 9000)
    assert meter.take_peaks() == {"process_tree": 100 * 1024 + 5000}
    assert meter.poll_period_s < quiet_s


def test_where_the_mark_cannot_be_set_back_memory_is_sampled(tmp_path: Path) -> None:
    mark = HighWaterMark(proc_self=fake_self(tmp_path, 100, can_clear=False))
    meter = HostMemoryMeter(mark=mark, tree=NoTree())
    assert meter.take_peaks() == {"process_tree": 7 * 1024}
    assert meter.channels()[0].sensor == "VmRSS"
    assert "own peaks" in meter.channels()[0].not_covered


def test_without_proc_memory_is_unavailable_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(MeterUnavailableError, match="needs Linux"):
        HighWaterMark(proc_self=tmp_path)


def test_a_kernel_without_the_mark_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("Name:\tx\n")
    with pytest.raises(MeterUnavailableError, match="does not show it"):
        HighWaterMark(proc_self=tmp_path)


def watcher(folder: Path, tree: NoTree, reaped: list[int]) -> HostMemoryMeter:
    mark = HighWaterMark(proc_self=fake_self(folder, 1))
    return HostMemoryMeter(
        include_self=False, mark=mark, tree=tree, reaped_peak_bytes=lambda: reaped[-1]
    )


def test_a_watcher_counts_the_command_and_not_itself(tmp_path: Path) -> None:
    tree = NoTree()
    meter = watcher(tmp_path, tree, [0])
    assert meter.take_peaks() == {}
    tree.living = {60: (5000, 9000), 61: (5000, 6000)}
    assert meter.take_peaks() == {"process_tree": 10_000}
    tree.living = {60: (500, 9000)}
    assert meter.take_peaks() == {"process_tree": 9000}


def test_the_peak_of_a_reaped_process_counts_once_and_only_if_above_ours(tmp_path: Path) -> None:
    reaped = [0]
    meter = watcher(tmp_path, NoTree(), reaped)
    reaped.append(1000)
    assert meter.take_peaks() == {}
    reaped.append(50_000)
    assert meter.take_peaks() == {"process_tree": 50_000}
    assert meter.take_peaks() == {}


def test_the_peak_of_real_children_is_known_when_they_are_reaped() -> None:
    subprocess.run([sys.executable, "-S", "-c", "bytearray(200 << 20)"], check=True)
    assert children_peak_bytes() > 190 * MIB
