"""The kernel's own kill when memory runs out, in a memory cgroup where this machine allows one.

It is a SIGKILL that nobody can catch, as in `test_twenty_each.py`; here the kernel sends it.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from breakeven.records import Run, Status
from breakeven.session import recover
from breakeven.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.faults]

LIMIT_BYTES = 96 << 20
CGROUPS = Path("/sys/fs/cgroup")

_HUNGRY = """
import time
time.sleep(1.2)
held = [bytearray(1 << 20) for _ in range(400)]
raise SystemExit("the limit was not kept")
"""
_MEASURED = """
import sys
from breakeven.session import measure
with measure("hungry", store=sys.argv[1]):
    exec(sys.argv[2])
"""


@pytest.fixture
def cgroup() -> Iterator[Path]:
    """A group whose members are killed when they hold more than `LIMIT_BYTES`."""
    for parent, limit in (
        (CGROUPS, "memory.max"),
        (CGROUPS / "unified", "memory.max"),
        (CGROUPS / "memory", "memory.limit_in_bytes"),
    ):
        group = parent / f"breakeven-test-{os.getpid()}"
        if (parent / "cgroup.procs").exists() and may_limit(group, limit):
            yield group
            group.rmdir()
            return
    pytest.skip("no memory cgroup may be made here; the other kills by SIGKILL have to do")


def may_limit(group: Path, limit: str) -> bool:
    """Make the group and limit it; whether that worked."""
    with suppress(OSError):
        group.mkdir()
        try:
            (group / limit).write_text(str(LIMIT_BYTES))
        except OSError:
            group.rmdir()
        else:
            return True
    return False


def joining(cgroup: Path, argv: list[str]) -> list[str]:
    """A command that joins the group and then becomes `argv`."""
    return ["sh", "-c", f'echo $$ > {cgroup}/cgroup.procs; exec "$@"', "sh", *argv]


def only_run(folder: Path) -> Run:
    with Store(folder) as store:
        recover(store)
        (run,) = store.runs()
        return run


def test_a_command_that_runs_out_of_memory_is_recorded_and_its_code_passed_on(
    cgroup: Path, tmp_path: Path
) -> None:
    hungry = joining(cgroup, [sys.executable, "-S", "-c", _HUNGRY])
    argv = [*(sys.executable, "-m", "breakeven", "measure"), *("--store", str(tmp_path), "--")]
    done = subprocess.run([*argv, *hungry], capture_output=True, check=False, timeout=60)
    assert done.returncode == 128 + signal.SIGKILL
    run = only_run(tmp_path)
    assert run.status is Status.INTERRUPTED
    assert run.phases[0].measurement.duration_s > 1.2


def test_a_block_that_runs_out_of_memory_is_recovered(cgroup: Path, tmp_path: Path) -> None:
    argv = [sys.executable, "-c", _MEASURED, str(tmp_path), _HUNGRY]
    done = subprocess.run(joining(cgroup, argv), capture_output=True, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    run = only_run(tmp_path)
    assert run.status is Status.INTERRUPTED
    assert run.phases[0].measurement.duration_s > 1.2 - 1.1
