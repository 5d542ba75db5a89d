"""Interference: what others did to a window, told from trees of files that a test writes."""

import subprocess
import sys
from pathlib import Path

import pytest

from breakeven.meters import open_bank
from breakeven.meters.host.cpu_time import HostMeter
from breakeven.meters.interference import (
    ClockObserver,
    ControlGroupObserver,
    LoadObserver,
    SwapObserver,
    host_observers,
)
from breakeven.meters.interference.load import USED
from breakeven.records import Note, NoteCode
from breakeven.records.protocols import Observer
from breakeven.testing import SteppingClock

MIB = 2**20


def put(root: Path, path: str, text: object) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(f"{text}\n")


def judged(observer: Observer, change: dict[str, object], root: Path) -> list[Note]:
    """What the observer says of ten seconds in which those files changed."""
    before = observer.look()
    for path, text in change.items():
        put(root, path, text)
    return list(observer.judge(before, observer.look(), duration_s=10.0))


def stat(*, user: int, steal: int = 0, idle: int = 5000) -> str:
    """/proc/stat of two CPUs, in ticks of 10 ms."""
    return f"cpu  {user} 0 100 {idle} 10 7 7 {steal} 0 0\ncpu0 0 0\ncpu1 0 0\nintr 0"


class Load:
    """A machine of two CPUs on which ours used 5 CPU seconds in ten."""

    def __init__(self, root: Path) -> None:
        self.root, self.own = root, iter([100.0, 105.0])
        put(root, "proc/stat", stat(user=20_000, steal=10))
        self.observer = LoadObserver(
            used_s=lambda: next(self.own), root=root, switches=iter([7.0, 1241.0]).__next__
        )

    def notes(self, **after: int) -> list[Note]:
        return judged(self.observer, {"proc/stat": stat(**after)}, self.root)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    return Load(tmp_path)


def test_other_processes_are_told_with_their_share(load: Load) -> None:
    # 12 CPU s of everybody less 5 of ours: 7 of the 20 that two CPUs have in 10 s.
    (note,) = load.notes(user=21_200, steal=10)
    assert note.code is NoteCode.BUSY_MACHINE
    assert note.message == (
        "other processes used 7 CPU s in these 10 s, 35% of the machine's 2 CPUs; the measured "
        "process had to give up its processor 1,234 times."
    )


def test_a_quiet_machine_is_worth_no_note(load: Load) -> None:
    assert load.notes(user=20_550, steal=10) == []


def test_what_a_hypervisor_withholds_is_told(load: Load) -> None:
    (note,) = load.notes(user=20_500, steal=110)
    assert note.code is NoteCode.CPU_STOLEN
    assert "withheld 1 CPU s, 17% of what was asked for" in note.message


def test_a_kernel_that_counts_nothing_stolen_is_understood(tmp_path: Path) -> None:
    put(tmp_path, "proc/stat", "cpu  100 0 100 5000\ncpu0 0 0")
    observer = LoadObserver(used_s=lambda: 0.0, root=tmp_path, switches=lambda: 0.0)
    (note,) = judged(observer, {"proc/stat": "cpu  900 0 100 5000\ncpu0 0 0"}, tmp_path)
    assert note.message == (
        "other processes used 8 CPU s in these 10 s, 80% of the machine's 1 CPUs."
    )


def test_a_burst_of_ticks_in_a_short_window_is_not_blamed_on_others(tmp_path: Path) -> None:
    put(tmp_path, "proc/stat", stat(user=0))
    observer = LoadObserver(used_s=lambda: 0.0, root=tmp_path)
    before = observer.look()
    put(tmp_path, "proc/stat", stat(user=3))
    assert observer.judge(before, observer.look(), duration_s=0.05) == []


THROTTLE = "sys/devices/system/cpu/cpu0/thermal_throttle"


class Clocks:
    """Two hardware threads of one core, with a policy that allows all of 3.6 GHz."""

    def __init__(self, root: Path) -> None:
        for cpu in ("cpu0", "cpu1"):
            folder = f"sys/devices/system/cpu/{cpu}"
            put(root, f"{folder}/topology/core_cpus_list", "0-1")
            put(root, f"{folder}/topology/physical_package_id", 0)
            for counter in ("core_throttle_count", "package_throttle_count"):
                put(root, f"{folder}/thermal_throttle/{counter}", 5)
            put(root, f"{folder}/thermal_throttle/core_throttle_total_time_ms", 100)
        for policy in ("policy0", "policy1"):
            folder = f"sys/devices/system/cpu/cpufreq/{policy}"
            put(root, f"{folder}/cpuinfo_max_freq", 3_600_000)
            put(root, f"{folder}/scaling_max_freq", 3_600_000)
        self.root, self.observer = root, ClockObserver(root=root)


@pytest.fixture
def clocks(tmp_path: Path) -> Clocks:
    return Clocks(tmp_path)


def test_heat_is_told_with_its_share_of_the_window(clocks: Clocks) -> None:
    change: dict[str, object] = {
        f"{THROTTLE}/core_throttle_count": 8,
        f"{THROTTLE}/core_throttle_total_time_ms": 2600,
    }
    (note,) = judged(clocks.observer, change, clocks.root)
    assert note.code is NoteCode.THROTTLED
    assert note.message == (
        "processors were slowed down by heat 3 times, for 2.5 s (25% of the window)."
    )


def test_a_core_with_two_threads_is_slowed_down_once(clocks: Clocks) -> None:
    assert sorted(clocks.observer.look()) == [
        "count:core 0-1",
        "count:package 0",
        "limit_khz:policy0",
        "time_ms:core 0-1",
    ]


def test_kernels_that_do_not_time_it_give_the_number_of_times(clocks: Clocks) -> None:
    (note,) = judged(clocks.observer, {f"{THROTTLE}/package_throttle_count": 6}, clocks.root)
    assert note.message == "processors were slowed down by heat 1 times."


def test_a_limit_of_the_clock_is_told_with_the_way_to_lift_it(clocks: Clocks) -> None:
    path = "sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq"
    (note,) = judged(clocks.observer, {path: 1_200_000}, clocks.root)
    assert "limited to 1.2 GHz of 3.6 GHz" in note.message
    assert "--max 3.6GHz" in note.advice


def test_a_counter_that_vanishes_is_left_out(clocks: Clocks) -> None:
    before = clocks.observer.look()
    (clocks.root / THROTTLE / "core_throttle_count").unlink()
    assert clocks.observer.judge(before, clocks.observer.look(), duration_s=10.0) == []


def vmstat(*, came: int, went: int) -> str:
    return f"nr_free_pages 1\npswpin {came}\npswpout {went}\npgfault 3"


@pytest.fixture
def swapping(tmp_path: Path) -> SwapObserver:
    put(tmp_path, "proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2")
    put(tmp_path, "proc/vmstat", vmstat(came=100, went=100))
    put(tmp_path, "proc/self/status", "Name:\tx\nVmSwap:\t     0 kB")
    return SwapObserver(root=tmp_path)


def test_swapping_is_told_with_what_lies_there_of_ours(
    swapping: SwapObserver, tmp_path: Path
) -> None:
    change: dict[str, object] = {
        "proc/vmstat": vmstat(came=100 + 256, went=100 + 1024),
        "proc/self/status": "VmSwap:\t  2048 kB",
    }
    (note,) = judged(swapping, change, tmp_path)
    assert note.code is NoteCode.SWAPPED
    assert "4.0 MiB of memory to swap and 1.0 MiB back" in note.message
    assert "2.0 MiB of this process are there" in note.message


def test_a_few_pages_are_no_disturbance(swapping: SwapObserver, tmp_path: Path) -> None:
    assert judged(swapping, {"proc/vmstat": vmstat(came=110, went=110)}, tmp_path) == []


def quota(*, n_periods: int, n_throttled: int, waited: str) -> str:
    return (
        f"usage_usec 9\nnr_periods {n_periods}\nnr_throttled {n_throttled}\n{waited}\nnr_bursts 0"
    )


GROUP = "sys/fs/cgroup/jobs/mine"


@pytest.fixture
def version_2(tmp_path: Path) -> ControlGroupObserver:
    put(tmp_path, "proc/self/cgroup", "0::/jobs/mine")
    put(tmp_path, f"{GROUP}/memory.events", "low 0\nhigh 1\nmax 0\noom 0\noom_kill 0")
    for folder in (GROUP, "sys/fs/cgroup/jobs"):
        text = quota(n_periods=10, n_throttled=0, waited="throttled_usec 0")
        put(tmp_path, f"{folder}/cpu.stat", text)
    put(tmp_path, "sys/fs/cgroup/cpu.stat", "usage_usec 77")
    return ControlGroupObserver(root=tmp_path)


@pytest.mark.parametrize("folder", [GROUP, "sys/fs/cgroup/jobs"])
def test_a_quota_is_told_whichever_level_sets_it(
    version_2: ControlGroupObserver, tmp_path: Path, folder: str
) -> None:
    text = quota(n_periods=110, n_throttled=45, waited="throttled_usec 4500000")
    (note,) = judged(version_2, {f"{folder}/cpu.stat": text}, tmp_path)
    assert note.code is NoteCode.LIMITED
    assert note.message == (
        "a quota of CPU time held the work back in 45% of its periods, 4.5 s of waiting in these "
        "10 s."
    )


def test_memory_limits_and_kills_are_told(version_2: ControlGroupObserver, tmp_path: Path) -> None:
    text = "low 0\nhigh 13\nmax 2\noom 1\noom_kill 1"
    notes = judged(version_2, {f"{GROUP}/memory.events": text}, tmp_path)
    words = ["memory.high) 12 times", "memory.max) 2 times", "1 processes of the group were killed"]
    assert [word in note.message for note, word in zip(notes, words, strict=True)] == [True] * 3


def test_limits_that_nobody_met_are_worth_no_note(
    version_2: ControlGroupObserver, tmp_path: Path
) -> None:
    assert judged(version_2, {}, tmp_path) == []


def test_version_1_is_read_at_its_own_mounts(tmp_path: Path) -> None:
    put(tmp_path, "proc/self/cgroup", "9:name=systemd:/\n4:memory:/box\n2:cpu,cpuacct:/\n0::/")
    put(tmp_path, "sys/fs/cgroup/memory/memory.failcnt", 0)
    cpu = "sys/fs/cgroup/cpu,cpuacct/cpu.stat"
    put(tmp_path, cpu, quota(n_periods=0, n_throttled=0, waited="throttled_time 0"))
    observer = ControlGroupObserver(root=tmp_path)
    text = quota(n_periods=100, n_throttled=50, waited="throttled_time 2000000000")
    change = {cpu: text, "sys/fs/cgroup/memory/memory.failcnt": 3}
    held, full = judged(observer, change, tmp_path)
    assert "in 50% of its periods, 2 s of waiting" in held.message
    assert "(memory.max) 3 times" in full.message


def test_a_group_that_vanishes_is_left_out(version_2: ControlGroupObserver, tmp_path: Path) -> None:
    before = version_2.look()
    (tmp_path / GROUP / "cpu.stat").unlink()
    assert version_2.judge(before, version_2.look(), duration_s=10.0) == []


def test_where_there_is_nothing_to_see_nobody_looks(tmp_path: Path) -> None:
    assert host_observers(used_s=lambda: 0.0, root=tmp_path) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="load is read from /proc")
@pytest.mark.parametrize("include_self", [True, False])
def test_neither_the_measured_tree_nor_the_meter_is_other_load(*, include_self: bool) -> None:
    meter = HostMeter(include_self=include_self)
    load = next(observer for observer in meter.observers if observer.name == "load")
    before = load.look()
    burn = [sys.executable, "-S", "-c", "import time\nwhile time.process_time() < 0.2: pass"]
    subprocess.run(burn, check=True)
    assert load.look()[USED] - before[USED] >= 0.2


def test_along_a_pretended_clock_nothing_is_judged() -> None:
    clock = SteppingClock()
    with open_bank(["host"], clock_s=clock) as bank, bank.window() as window:
        clock.advance(1e-6)
    assert window.measurement.notes == ()
