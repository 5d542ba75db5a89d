"""An import that was killed in the middle of a write is completed by the next, nothing twice."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.store import Store

N_RUNS = 120

_KILLED = """
import os, sys
from breakeven.cli import group
from breakeven.store import store

def torn(fd, data):
    os.write(fd, data[: len(data) - 10])
    os._exit(9)

class Torn(store.Store):
    def __init__(self, path, **options):
        super().__init__(path, write=torn, **options)

import breakeven.store
breakeven.store.Store = Torn
group(["import", *sys.argv[1:]])
"""
"""The first block of runs reaches the disk but for its end, and the process is gone."""


def table(folder: Path) -> Path:
    lines = [f"A,infer,{i},{10 + i},5.0,1000\n" for i in range(N_RUNS)]
    path = folder / "costs.csv"
    path.write_text("pathway,stage,repeat,duration_s,energy_wh,n_examples\n" + "".join(lines))
    return path


def jobs(folder: Path) -> Path:
    lines = [f"{i}|train|COMPLETED|2026-03-02T10:00:00|01:00:00\n" for i in range(N_RUNS)]
    path = folder / "jobs.txt"
    path.write_text("JobID|JobName|State|Start|Elapsed\n" + "".join(lines))
    return path


@pytest.mark.parametrize(
    ("command", "made", "options"),
    [("table", table, ()), ("sacct", jobs, ("--study", "s", "--row", "x", "--zone", "UTC"))],
)
def test_a_killed_import_is_completed_by_the_next(
    tmp_path: Path, command: str, made: object, options: tuple[str, ...]
) -> None:
    assert callable(made)
    arguments = [command, str(made(tmp_path)), "--store", str(tmp_path / "store"), *options]
    killed = subprocess.run([sys.executable, "-c", _KILLED, *arguments], check=False)
    assert killed.returncode == 9
    n_left = len(Store(tmp_path / "store", create=False).runs())
    assert 0 < n_left < N_RUNS
    again = CliRunner().invoke(group, ["import", *arguments])
    assert again.exit_code == 0, again.output
    assert f"{N_RUNS - n_left} " in again.output
    ids = [run.run_id for run in Store(tmp_path / "store", create=False).runs()]
    assert len(ids) == len(set(ids)) == N_RUNS
    assert len(Store(tmp_path / "store", create=False).studies()) == 1
