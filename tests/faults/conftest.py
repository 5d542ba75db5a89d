"""Real `breakeven run` processes in groups of their own, to be killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from breakeven.records import Run, Stage, Status
from breakeven.store import Store
from breakeven.testing.processes import GROUP, living

STUDY = """\
study: kills
engine: toy
task: {{name: toy}}
defaults: {{log: {log}, work_s: 0.1}}
stages:
  - {{name: base, stage: pretrain, burn_s: 0.6}}
  - {{name: ft, stage: finetune, from: base, burn_s: 0.6}}
  - {{name: small, stage: distil, from: base, teacher: ft, burn_s: 0.6}}
pathways: {{FT: ft, TS: small}}
inference:
  blocks: 2
  sweep:
    - max_length: 16
"""
N_ROWS = 3 + 2 * 5
PATIENCE_S = 60.0


def wait_until(is_so: Callable[[], bool], *, patience_s: float = PATIENCE_S) -> None:
    end_s = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end_s, "waited too long"
        time.sleep(0.02)


@dataclass
class Scene:
    """A study, its store, the log its stages write, and the processes that were started."""

    study: Path
    store: Path
    log: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `breakeven run` in a process group of its own."""
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "breakeven", "run", str(self.study)),
                *("--store", str(self.store), *arguments),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def finish(self, *arguments: str) -> tuple[int, str, str]:
        """Run to the end; exit code, stdout, stderr."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE_S)
        return process.returncode, out, err

    def runs(self) -> tuple[Run, ...]:
        with Store(self.store) as store:
            return store.runs()

    def logged(self) -> dict[str, tuple[int, float]]:
        """Process and CPU seconds last logged by each run."""
        if not self.log.exists():
            return {}
        lines = self.log.read_text().splitlines()
        fields = [line.split() for line in lines if len(line.split()) == 3]
        return {run_id: (int(pid), float(cpu_s)) for run_id, pid, cpu_s in fields}


def group_is_gone(process: subprocess.Popen[str]) -> bool:
    process.poll()
    return not living(GROUP, process.pid)


def ok_rows(runs: tuple[Run, ...]) -> Counter[tuple[str, int]]:
    """How often each planned run ended well."""
    return Counter(
        (run.row, run.repeat if run.block is None else run.block)
        for run in runs
        if run.status is Status.OK and run.stage is not Stage.SERVE
    )


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(study=tmp_path / "kills.yaml", store=tmp_path / "store", log=tmp_path / "log")
    made.study.write_text(STUDY.format(log=made.log), encoding="utf-8")
    yield made
    for process in made.processes:
        if not group_is_gone(process):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)
