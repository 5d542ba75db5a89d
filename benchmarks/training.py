"""How fast we train: examples per CPU second of `Fit` against transformers' Trainer.

`python -m benchmarks training --model DIR --data DIR`; without them a small random model learns
the embedded task. Four processes train side by side, seed by seed, and only one of them computes
at a time: they take turns of some steps, A B C D D C B A, so that what the machine does to one it
does to all. Trainer needs accelerate, which is no dependency of ours and is installed beside.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.result import Result
from benchmarks.training_job import ARMS, Job
from benchmarks.training_table import Trained, results, told
from breakeven.records import Scalar

SMALL_MODEL: Mapping[str, Scalar] = {"model": "random", "max_length": 48, "lr": 5e-4}
SMALL_TASK: Mapping[str, Scalar] = {"name": "pydoc", "max_per_family": 300}


def run(passed: Sequence[str] = ()) -> list[Result]:
    """Train every arm at every seed, except what `--out` holds already, and compare.

    Args:
        passed: Options of the command line.
    """
    if find_spec("accelerate") is None:
        raise SystemExit(
            "accelerate is not installed, and Trainer needs it: pip install accelerate"
        )
    asked = parser().parse_args(passed)
    jobs = [job_of(asked, arm, seed) for seed in range(asked.seeds) for arm in ARMS]
    done = read_done(asked.out)
    for seed in range(asked.seeds):
        missing = [job for job in jobs if job.seed == seed and key(job) not in done]
        for job, trained in train_side_by_side(missing):
            done[key(job)] = trained
            write_done(asked.out, job, trained)
    every = [done[key(job)] for job in jobs]
    print(told(every), file=sys.stderr)
    return results(every)


def parser() -> argparse.ArgumentParser:
    """Options of this benchmark."""
    made = argparse.ArgumentParser(prog="python -m benchmarks training", description=__doc__)
    made.add_argument("--model", help="folder of a model; a small random one without")
    made.add_argument("--data", type=Path, help="folder with train.tsv and dev.tsv; pydoc without")
    made.add_argument("--examples", type=int, default=640, help="training examples, once each")
    made.add_argument("--seeds", type=int, default=3, help="trainings of each arm")
    made.add_argument("--lr", type=float, help="peak learning rate")
    made.add_argument("--chunk-steps", type=int, default=5, help="steps between two turns")
    made.add_argument("--out", type=Path, help="file that keeps what is done, to go on later")
    return made


def job_of(asked: argparse.Namespace, arm: str, seed: int) -> Job:
    """Make one training of what was asked on the command line."""
    task = SMALL_TASK
    if asked.data:
        held = str(asked.data / "dev.tsv")
        task = {
            "name": "files",
            "train": str(asked.data / "train.tsv"),
            "validation": held,
            "test": held,
        }
    settings = {"model": asked.model} if asked.model else SMALL_MODEL
    return Job(
        arm=arm,
        seed=seed,
        task=task,
        n_examples=asked.examples,
        chunk_steps=asked.chunk_steps,
        settings={**settings, **({"lr": asked.lr} if asked.lr else {})},
    )


def key(job: Job) -> str:
    """Text that is equal for equal trainings."""
    return json.dumps(asdict(job), sort_keys=True)


def read_done(path: Path | None) -> dict[str, Trained]:
    """What an earlier benchmark left; nothing where there is no file."""
    if path is None or not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {key(Job(**line["job"])): Trained(**line["trained"]) for line in lines}


def write_done(path: Path | None, job: Job, trained: Trained) -> None:
    """Add one training to the file, if there is one."""
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            print(json.dumps({"job": asdict(job), "trained": asdict(trained)}), file=file)


def train_side_by_side(jobs: Sequence[Job]) -> Iterator[tuple[Job, Trained]]:
    """Train jobs of equally many steps in turns, a chunk each, and give what came out."""
    with ExitStack() as open_workers:
        workers = [open_workers.enter_context(Worker(job)) for job in jobs]
        waiting, is_forward = list(workers), True
        while waiting:
            for worker in waiting if is_forward else reversed(waiting):
                worker.step()
            waiting = [worker for worker in waiting if worker.trained is None]
            is_forward = not is_forward
        yield from ((w.job, w.trained) for w in workers if w.trained is not None)


class Worker:
    """A process that trains one job and waits after each chunk of steps."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.trained: Trained | None = None
        self._cpu_s = 0.0

    def __enter__(self) -> Self:
        """Start the process and wait until it has loaded everything."""
        command = [sys.executable, "-m", "benchmarks.training_worker"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._send(json.dumps(asdict(self.job)))
        self._receive("ready")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """End the process; one that is still waiting sees its input close."""
        self._process.communicate()

    def step(self) -> None:
        """Let it train one chunk."""
        self._send("")
        self._cpu_s += self._receive("cpu_s")["cpu_s"]
        answer = self._receive("ready", "outcome")
        if "outcome" in answer:
            self.trained = Trained(
                arm=self.job.arm, seed=self.job.seed, cpu_s=self._cpu_s, **answer["outcome"]
            )

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)

    def _receive(self, *expected: str) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {}
        if not answer.keys() & set(expected):
            raise SystemExit(
                f"{self.job.arm} ended early, expected {' or '.join(expected)}; its error is above"
            )
        return answer
