"""Kills, exceptions and full disks: what is kept, who is left, what the exit code says."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="fault: kill -9 of the meter leaves its command running, uncounted",
        path="session/command.py",
        before="preexec_fn=bond_to(os.getpid())",
        after="preexec_fn=None",
        tests=("tests/faults/test_twenty_each.py",),
    ),
    Mutant(
        name="fault: kill -9 of the meter: the kernel is asked for nothing",
        path="session/bond.py",
        before="ask(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)",
        after="pass",
        tests=("tests/session/test_bond.py",),
    ),
    Mutant(
        name="fault: kill -9 of the meter before its command could ask is not noticed",
        path="session/bond.py",
        before="if os.getppid() != parent_pid:",
        after="if False:",
        tests=("tests/session/test_bond.py",),
    ),
    Mutant(
        name="fault: exception loses all: only what ends well is stored",
        path="session/recorder.py",
        before="            self._store_run(self._finished(error))",
        after="            if error is None: self._store_run(self._finished(error))",
        tests=("tests/session/test_recorder.py",),
    ),
    Mutant(
        name="fault: exception or signal ends in exit code 0",
        path="session/command.py",
        before="return code if code >= 0 else 128 - code",
        after="return 0",
        tests=("tests/session/test_command.py",),
    ),
    Mutant(
        name="fault: SIGTERM ends a measured block without unwinding it",
        path="session/signals.py",
        before="            signal.signal(number, leaving.hear)",
        after="            signal.getsignal(number)",
        tests=("tests/session/test_kills.py",),
    ),
    Mutant(
        name="fault: a full disk ends in silence",
        path="session/recorder.py",
        before="                self._journal.close()\n            raise\n",
        after="                self._journal.close()\n            return\n",
        tests=("tests/faults/test_full_disks.py",),
    ),
)
