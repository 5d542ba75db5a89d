"""The process in which one arm of the benchmark `training` trains, stepped from outside.

The first line on stdin is a `Job`; each further line lets it train one chunk of steps. Answers go
to stdout, one JSON object a line: `ready` before each chunk, `cpu_s` after it, `outcome` at last.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.training_arms import Prepared, prepare, train_ours, train_trainer
from benchmarks.training_job import TRAINER_GROUPED, Chunks, Job
from breakeven.testing.context import FakeContext
from breakeven.workloads.stages.ledger import Ledger

Outcome = dict[str, float]


def main() -> None:
    """Serve one job on stdin and stdout; whatever else prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def tell(**answer: Any) -> None:  # noqa: ANN401 - JSON
        print(json.dumps(answer), file=answers, flush=True)

    def wait() -> None:
        tell(ready=True)
        if not sys.stdin.readline():
            raise SystemExit("the benchmark that steps this process is gone")

    job = Job(**json.loads(sys.stdin.readline()))
    tell(outcome=train(job, wait=wait, report=lambda cpu_s: tell(cpu_s=cpu_s)))


def train(job: Job, *, wait: Callable[[], object], report: Callable[[float], object]) -> Outcome:
    """Train one arm in chunks, then judge it on the validation split, which nobody times.

    Args:
        job: What to train.
        wait: Returns when the next chunk may begin.
        report: Told the CPU seconds of each chunk.
    """
    prepared = prepare(job)
    settle()
    chunks = Chunks(chunk_steps=job.chunk_steps, n_steps=prepared.n_steps, wait=wait, report=report)
    with tempfile.TemporaryDirectory() as made:
        if job.is_trainer:
            is_grouped = job.arm == TRAINER_GROUPED
            train_trainer(prepared, chunks, Path(made), is_grouped=is_grouped)
        else:
            train_ours(prepared, chunks, Path(made))
    return {
        "accuracy": judge(prepared),
        "n_held": len(prepared.held.task.validation),
        "n_examples": len(prepared.labels),
        "tokenize_cpu_s": prepared.tokenize_cpu_s,
    }


def judge(prepared: Prepared) -> float:
    """Accuracy on the validation split, computed alike for every arm."""
    ledger = Ledger(FakeContext(folder=Path()))
    return prepared.held.judge(prepared.learner, ledger).verdict(n_draws=0).scores[0].value


def settle() -> None:
    """Take a step of AdamW on nothing: torch's late imports are then made before any clock."""
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.AdamW([weight], fused=True)
    weight.sum().backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    optimizer.step()
    optimizer.zero_grad()


if __name__ == "__main__":
    main()
