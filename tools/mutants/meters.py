"""What a window reads, and when; counters that wrap, processes that end, peaks that nest."""

from tools.mutants.mutant import Mutant

BANK = "meters/bank.py"
WINDOW_TESTS = ("tests/meters/test_window.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="fault: a plug's total that fell is a measured 0",
        path="meters/falls.py",
        before="if last - total > max(",
        after="if last - total > 1e99 + max(",
        tests=("tests/meters/test_bank.py",),
    ),
    Mutant(
        name="fault: a command that no sample met has a mean memory of 0",
        path="meters/host/resident.py",
        before="if is_seen and 0 < gap_s",
        after="if 0 < gap_s",
        tests=("tests/meters/host/test_resident.py",),
    ),
    Mutant(
        name="fault: runs of one process do not say that they count it both",
        path="meters/claims.py",
        before="if any(claimant.shares_process(other) for other in others)",
        after="if not others",
        tests=("tests/meters/test_claims.py",),
    ),
    Mutant(
        name="fault: a window opens before queued work is done",
        path=BANK,
        before="synchronize()\n        window = self._open_window(name)",
        after="window = self._open_window(name)\n        synchronize()",
        tests=WINDOW_TESTS,
    ),
    Mutant(
        name="fault: a window closes before queued work is done",
        path=BANK,
        before="synchronize()\n            finally:\n                self._close_window(window)",
        after="self._close_window(window)\n            finally:\n                synchronize()",
        tests=WINDOW_TESTS,
    ),
    Mutant(
        name="fault: a window without any update of the counter has 0 joules",
        path="meters/window.py",
        before="if not value and _holds_no_update(channel, last, duration_s=duration_s):",
        after="if False:",
        tests=WINDOW_TESTS,
    ),
    Mutant(
        name="what is consumed while other meters are read widens nothing",
        path="meters/window.py",
        before="beside_s = window.start_s - before.began_s + after.ended_s - end_s",
        after="beside_s = before.ended_s - before.began_s + after.ended_s - after.began_s",
        tests=WINDOW_TESTS,
    ),
    Mutant(
        name="the latest peak is kept, not the largest",
        path="meters/window.py",
        before="kept[channel] = max(value, kept.get(channel, 0.0))",
        after="kept[channel] = value",
        tests=WINDOW_TESTS,
    ),
    Mutant(
        name="a wrap counts as nothing",
        path="formulas/unwrap.py",
        before="step += self.span",
        after="step = 0.0",
        tests=("tests/formulas/test_unwrap.py",),
    ),
    Mutant(
        name="power is integrated by its last sample",
        path="formulas/trace.py",
        before="(last[0] + power_w) / 2 * (time_s - last[1])",
        after="power_w * (time_s - last[1])",
        tests=("tests/formulas/test_trace.py",),
    ),
    Mutant(
        name="reaped children are forgotten",
        path="meters/host/account.py",
        before="max(self.total_s, reaped_s + alive_s + self._lost_s)",
        after="max(self.total_s, alive_s + self._lost_s)",
        tests=("tests/meters/host/test_account.py",),
    ),
)
