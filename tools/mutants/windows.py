"""What windows, the host's own sensors and their judges promise, taken back line by line."""

from tools.mutants.mutant import Mutant

CONDUCT = ("tests/meters/test_own_conduct.py",)
INTERFERENCE = ("tests/meters/test_interference.py",)
LOOKOUT = ("tests/meters/test_lookout.py",)
PROPERTIES = ("tests/meters/test_window_properties.py",)
RESIDENT = ("tests/meters/host/test_resident.py",)
SCREEN = ("tests/cli/test_cost_screen.py",)
TREE = ("tests/meters/host/test_tree.py",)
WINDOW = ("tests/meters/test_window.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="fault: wall clock for durations",
        path="meters/bank.py",
        before="clock_s: Callable[[], float] = time.monotonic,",
        after="clock_s: Callable[[], float] = time.time,",
        tests=CONDUCT,
    ),
    Mutant(
        name="fault: wall clock for memory over time",
        path="meters/host/resident.py",
        before="clock_s: Callable[[], float] = time.monotonic,",
        after="clock_s: Callable[[], float] = time.time,",
        tests=CONDUCT,
    ),
    Mutant(
        name="fault: nested windows: an inner one begins with the outer one",
        path="meters/bank.py",
        before="            opening = self._read_all()",
        after="            opening = self._open[0].opening if self._open else self._read_all()",
        tests=PROPERTIES,
    ),
    Mutant(
        name="fault: nested windows: the outer one ends with the inner one",
        path="meters/bank.py",
        before="                self._open.remove(window)",
        after="                self._open.clear()",
        tests=WINDOW,
    ),
    Mutant(
        name="fault: nested windows: a phase inside a phase counts twice",
        path="session/gathering.py",
        before="        if self._open_phase is not None:\n            raise ValueError(",
        after="        if self._phases is None:\n            raise ValueError(",
        tests=("tests/session/test_recorder.py",),
    ),
    Mutant(
        name="fault: kill -9 loses all: nothing is journaled while a run runs",
        path="session/recorder.py",
        before="self._bank.on_tick(self._tick, period_s=self._journal_period_s)",
        after="self._bank.on_tick(self._tick, period_s=3600.0)",
        tests=("tests/session/test_recorder.py", "tests/session/test_kills.py"),
    ),
    Mutant(
        name="fault: kill -9 loses the phase that is open",
        path="session/gathering.py",
        before="        if self._open_phase is not None:\n            name",
        after="        if self._open_phase is None:\n            name",
        tests=("tests/session/test_recorder.py", "tests/session/test_kills.py"),
    ),
    Mutant(
        name="fault: a parent that spins while the child is measured",
        path="session/command.py",
        before="        code = process.wait()",
        after="        while process.poll() is None:\n            pass\n"
        "        code = process.wait()",
        tests=CONDUCT,
    ),
    Mutant(
        name="fault: a helper process per meter",
        path="meters/host/cpu_time.py",
        before="        self._include_self = include_self\n",
        after="        self._include_self = include_self\n"
        '        __import__("subprocess").Popen(["sleep", "3"])\n',
        tests=CONDUCT,
    ),
    Mutant(
        name="fault: a thread per meter stays behind",
        path="meters/sampler.py",
        before="            self._n_starts = max(0, self._n_starts - 1)",
        after="            self._n_starts = max(1, self._n_starts - 1)",
        tests=CONDUCT,
    ),
    Mutant(
        name="fault: a slow closing read does not widen the interval",
        path="meters/window.py",
        before=" + after.ended_s - end_s",
        after="",
        tests=WINDOW,
    ),
    Mutant(
        name="fault: a slow opening read does not widen the interval",
        path="meters/window.py",
        before="window.start_s - before.began_s + ",
        after="",
        tests=WINDOW,
    ),
    Mutant(
        name="fault: what samples left open is not in the interval",
        path="meters/window.py",
        before=" + unsampled\n",
        after="\n",
        tests=(*WINDOW, *RESIDENT),
    ),
    Mutant(
        name="fault: windows shorter than ten updates are not lengthened",
        path="workloads/stages/passes.py",
        before="max(min_window_s, enough_s) if min_window_s > 0 else 0.0",
        after="min_window_s",
        tests=("tests/workloads/stages/test_measured_row.py",),
    ),
    Mutant(
        name="fault: windows shorter than ten updates are not marked",
        path="meters/doubts.py",
        before="    if duration_s < few_s:",
        after="    if duration_s < 0:",
        tests=WINDOW,
    ),
    Mutant(
        name="an observer that fails costs the measurement",
        path="meters/lookout.py",
        before="            return None\n",
        after="            raise\n",
        tests=LOOKOUT,
    ),
    Mutant(
        name="observers look inside the window",
        path="meters/bank.py",
        before="            look = self._lookout.look()\n            self._take_peaks()\n"
        "            opening = self._read_all()\n",
        after="            self._take_peaks()\n            opening = self._read_all()\n"
        "            look = self._lookout.look()\n",
        tests=LOOKOUT,
    ),
    Mutant(
        name="the measured work is taken for other load",
        path="meters/interference/load.py",
        before="others_s = grown[OTHERS] - grown[USED]",
        after="others_s = grown[OTHERS]",
        tests=INTERFERENCE,
    ),
    Mutant(
        name="only the own control group's quota is seen",
        path="meters/interference/cgroup.py",
        before="        yield from (base / above for above in own.parents)\n",
        after="",
        tests=INTERFERENCE,
    ),
    Mutant(
        name="two threads of a core are throttled twice",
        path="meters/interference/clocks.py",
        before="            if part not in known:",
        after="            if part:",
        tests=INTERFERENCE,
    ),
    Mutant(
        name="a birth goes unnoticed",
        path="meters/host/tree.py",
        before="birth is not None and birth == self._birth and",
        after="birth is not None and self._birth is not None and",
        tests=TREE,
    ),
    Mutant(
        name="the children of a dead child are no orphans",
        path="meters/host/tree.py",
        before=" and not self._has_news()",
        after="",
        tests=TREE,
    ),
    Mutant(
        name="memory is integrated by its last sample",
        path="meters/host/resident.py",
        before="(now_bytes + self._sample_bytes) / 2 * gap_s",
        after="now_bytes * gap_s",
        tests=RESIDENT,
    ),
    Mutant(
        name="idle draw of another sensor is taken off",
        path="cli/cost_screen.py",
        before="known.get((cost.channel, cost.sensor))",
        after="next(iter(known.values()), None)",
        tests=SCREEN,
    ),
)
