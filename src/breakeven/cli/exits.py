"""Exit codes: what each means, in one place; `breakeven --help` and the documentation print it."""

import signal
from collections.abc import Mapping
from enum import IntEnum


class Exit(IntEnum):
    """How a command ended, for scripts; from 126 on as POSIX shells and env(1) say it."""

    DONE = 0
    FAILED = 1
    NOT_UNDERSTOOD = 2
    NOT_EXECUTABLE = 126
    NOT_FOUND = 127
    INTERRUPTED = 128 + signal.SIGINT
    TERMINATED = 128 + signal.SIGTERM


MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: "done; `check` shows no breach, `optimize` granted a certificate, `doctor` found "
    "every sensor sound.",
    Exit.FAILED: "failed, or the answer is no; one line on stderr says why. `run` and `demo`: a "
    "row failed or a budget ended the study. `check`: a breach is shown. `optimize`: no "
    "certificate. `doctor`: a sensor failed a test.",
    Exit.NOT_UNDERSTOOD: "the command line cannot be read. `check`: nothing can be told.",
    Exit.NOT_EXECUTABLE: "`measure`: the command is no program that may be executed.",
    Exit.NOT_FOUND: "`measure`: there is no such command.",
    Exit.INTERRUPTED: "Ctrl-C (SIGINT); what was running is kept as interrupted.",
    Exit.TERMINATED: "SIGTERM; the same.",
}

PASSED_ON = "`measure` passes on the exit code of the command that it ran, whatever it is."
