"""Runs inside one tool's environment and measures one thing: `probe.py TOOL WHAT`.

Standard library only, besides the tool and, for the loop, torch. Writes `told.json`.
"""

import json
import os
import resource
import sys
import time
from statistics import median

N_WINDOWS = 300
BACKGROUND_S = 15.0
N_PAIRS = 20
PERIOD_S = 0.1


class Breakeven:
    """By bank and window, as `measure` uses them."""

    def __init__(self):
        from breakeven.meters import open_bank

        self.bank = open_bank()

    def start(self):
        self.bank.start()
        self._open = self.bank.window("work")
        self._open.__enter__()

    def stop(self):
        self._open.__exit__(None, None, None)
        self.bank.stop()

    def window(self):
        with self.bank.window("warm"):
            pass

    def read(self):
        """The sensors' own share of a window: every meter once at either end."""
        for meter in self.bank.meters:
            meter.read()
        for gauge in self.bank.peak_meters:
            gauge.take_peaks()


class Codecarbon:
    """By tracker, and by task for windows; no network is there to be waited for."""

    def __init__(self):
        self._tracker = None

    def _new(self):
        from codecarbon import EmissionsTracker

        return EmissionsTracker(
            measure_power_secs=PERIOD_S, log_level="critical", save_to_file=False
        )

    def start(self):
        self._tracker = self._new()
        self._tracker.start()

    def stop(self):
        self._tracker.stop()

    def window(self):
        if not hasattr(self, "_tasks"):
            self._tasks = self._new()
        self._tasks.start_task()
        self._tasks.stop_task()


class Zeus:
    """By monitor; it samples power in helpers of its own, at the period it finds."""

    def __init__(self):
        self._monitor = None

    def start(self):
        from zeus.monitor import ZeusMonitor

        self._monitor = ZeusMonitor()
        self._monitor.begin_window("work", sync_execution=False)

    def stop(self):
        self._monitor.end_window("work", sync_execution=False)
        if self._monitor.power_monitor is not None:
            self._monitor.power_monitor.stop()

    def window(self):
        self._monitor.begin_window("warm", sync_execution=False)
        self._monitor.end_window("warm", sync_execution=False)


TOOLS = {"breakeven": Breakeven, "codecarbon": Codecarbon, "zeus": Zeus}
IMPORTS = {
    "breakeven": "import breakeven",
    "codecarbon": "import codecarbon",
    "zeus": "import zeus",
}
"""The base package, as a program names it first."""


def start(name):
    """CPU and elapsed seconds from the import to an open window, helpers included."""
    exec(IMPORTS[name])
    before_s, began_s = cpu_s(), time.monotonic()
    tool = TOOLS[name]()
    tool.start()
    took_s = time.monotonic() - began_s
    spent_s = cpu_s() - before_s
    time.sleep(1.0)
    helpers = others()
    return {
        "cpu_s": spent_s + sum(helpers.values()),
        "elapsed_s": took_s,
        "n_helpers": len(helpers),
    }


def memory(name):
    """Private and shared bytes that measuring adds to a bare interpreter, helpers included."""
    before = pss_bytes(os.getpid())
    tool = TOOLS[name]()
    tool.start()
    time.sleep(2.0)
    here = pss_bytes(os.getpid()) - before
    helpers = sum(pss_bytes(pid) for pid in others())
    return {"added_bytes": here + helpers, "helpers_bytes": helpers}


def window(name):
    """CPU seconds of a warm window, median."""
    tool = TOOLS[name]()
    tool.start()
    for _ in range(10):
        tool.window()
    n_windows = N_WINDOWS if name != "codecarbon" else 20
    taken_s = [timed(tool.window) for _ in range(n_windows)]
    told = {"window_s": median(taken_s)}
    if name == "breakeven":
        told["sensors_s"] = 2 * median(timed(tool.read) for _ in range(n_windows))
    return told


def background(name):
    """CPU seconds per second while the program sleeps, helpers included."""
    tool = TOOLS[name]()
    tool.start()
    time.sleep(2.0)
    before_s, reads = cpu_s() + sum(others().values()), n_reads()
    began_s = time.monotonic()
    time.sleep(BACKGROUND_S)
    passed_s = time.monotonic() - began_s
    spent_s = cpu_s() + sum(others().values()) - before_s
    return {"cpu_s_per_s": spent_s / passed_s, "reads_per_s": (n_reads() - reads) / passed_s}


def loop(name):
    """A torch loop with and without the tool, A B B A: CPU seconds of each chunk."""
    sys.path.extend(filter(None, os.environ.get("METERING_TORCH", "").split(":")))
    import torch

    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    a, b = (torch.rand(192, 192, generator=generator) for _ in range(2))
    tool = TOOLS[name]()
    with_s, without_s = [], []
    for pair in range(-2, N_PAIRS):
        for metered in (True, False) if pair % 2 else (False, True):
            if metered:
                tool.start()
            before_s = cpu_s() + sum(others().values())
            for _ in range(1800):
                torch.relu(a @ b).sum().item()
            spent_s = cpu_s() + sum(others().values()) - before_s
            if metered:
                tool.stop()
            if pair >= 0:
                (with_s if metered else without_s).append(spent_s)
    ratios = sorted(x / y - 1 for x, y in zip(with_s, without_s, strict=True))
    return {
        "slowdown": median(with_s) / median(without_s) - 1,
        "of_pairs": median(ratios),
        "middle_half": [ratios[len(ratios) // 4], ratios[-len(ratios) // 4]],
        "chunk_s": median(without_s),
    }


def floors(_name):
    """A RAPL read through an open file, and importing pynvml: nobody can be below."""
    fd = os.open("/sys/class/powercap/intel-rapl:0/energy_uj", os.O_RDONLY)
    began_s = time.process_time()
    for _ in range(20_000):
        int(os.pread(fd, 32, 0))
    read_s = (time.process_time() - began_s) / 20_000
    os.environ["RIVALS_REAL_NVML"] = "1"
    sys.path[:] = [path for path in sys.path if not path.endswith("shim")]
    began_s = time.process_time()
    import pynvml  # noqa: F401

    return {"read_s": read_s, "pynvml_s": time.process_time() - began_s}


def timed(action):
    """CPU seconds of this process, all threads."""
    before_s = time.process_time()
    action()
    return time.process_time() - before_s


def cpu_s():
    """CPU seconds of this process and of children it has waited for."""
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def others():
    """CPU seconds of every other process of this session, by process."""
    me, session, found = os.getpid(), os.getsid(0), {}
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == me:
            continue
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            with open(f"/proc/{name}/schedstat") as file:
                spent_s = int(file.read().split()[0]) / 1e9
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found[int(name)] = spent_s
    return found


def pss_bytes(pid):
    """Memory of a process, shared pages by their share."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))


def n_reads():
    """How often the fake GPU was asked for its power in this process; 0 without one."""
    module = sys.modules.get("pynvml")
    return getattr(module, "n_power_reads", 0)


if __name__ == "__main__":
    tool_name, what = sys.argv[1:]
    told = globals()[what](tool_name)
    with open(os.path.join(os.environ["RIVALS_FOLDER"], "told.json"), "w") as file:
        json.dump(told, file)
    os._exit(0)  # no tool may hold up the end
