"""Serving of the toy: rows that burn what they were told to, and answers by difficulty."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakeven.errors import SettingsError
from breakeven.records import Cost, Kind, PhaseName, Resource, Scalar, Score, Volume
from breakeven.records.protocols import StageContext

N_TEST = 1000
TOKENS = 30
_STEP_S = 0.02
_LEAST_FOR_P99 = 100

INFERENCE: dict[str, Scalar] = {
    "max_length": 32,
    "n_layers": 0,
    "batch_size": 32,
    "n_batches": 1,
    "split": "test",
    "n_examples": 0,
    "choice_seed": 0,
    "warmup": 0,
    "min_window_s": 0.0,
    "idle_s": 0.0,
    "seed": 0,
}


@dataclass(slots=True, kw_only=True)
class ToyService:
    """Answers rows; a shorter `max_length` costs less and scores less."""

    model: Mapping[str, Any]
    pass_time: Callable[[float], None]
    clock_s: Callable[[], float]
    noise: float
    n_calls: int = 0

    def run(self, context: StageContext, settings: Mapping[str, Scalar]) -> None:
        """Run one configuration."""
        depth = int(settings["n_layers"]) or int(self.model["n_layers"])
        if depth > self.model["n_layers"]:
            raise SettingsError(f"model has {self.model['n_layers']} layers, n_layers={depth}")
        for name, duration_s in (
            (PhaseName.IDLE, float(settings["idle_s"])),
            (PhaseName.WARMUP, 0.001 * int(settings["warmup"])),
        ):
            if duration_s:
                with context.phase(name):
                    self.pass_time(duration_s)
        length_frac = int(settings["max_length"]) / int(INFERENCE["max_length"])
        n_asked, batch_size = int(settings["n_examples"]), int(settings["batch_size"])
        n_batches = max(int(settings["n_batches"]), -(-n_asked // batch_size))
        n_examples = n_asked or n_batches * batch_size
        self.n_calls += 1
        jitter = 1 + self.noise * (-1) ** self.n_calls * (self.n_calls % 5) / 5
        with context.phase(PhaseName.WORK):
            work_s = self.model["work_s"] * n_batches * length_frac * jitter
            work_s = max(work_s, float(settings["min_window_s"]))
            start_s = self.clock_s()
            burn(context, self.pass_time, work_s, log=str(self.model["log"]))
            batch_s = (self.clock_s() - start_s) / n_batches
            context.add_output(
                Volume(
                    n_examples=n_examples,
                    n_real_tokens=n_examples * TOKENS,
                    n_padded_tokens=n_examples * int(settings["max_length"]),
                    n_batches=n_batches,
                )
            )
        for cost in _latency(batch_s, n_batches):
            context.count(cost)
        accuracy, split = self.model["accuracy"] * min(1.0, 0.5 + length_frac), settings["split"]
        n_correct = None
        if n_asked:
            n_correct = _keep_answers(context, accuracy, n_asked, split=str(split))
        context.add_score(scored(accuracy, str(split), n_correct=n_correct, n=n_asked or N_TEST))


def _keep_answers(context: StageContext, accuracy: float, n: int, *, split: str) -> int:
    """Keep which of the first examples are answered rightly, and return how many are.

    They come in an order of difficulty that spreads evenly over any number of them.
    """
    import numpy as np  # noqa: PLC0415 - most toys keep no answers

    difficulty = np.arange(n) * 0.6180339887498949 % 1
    right = difficulty < accuracy
    np.savez(
        context.artifact_dir("predictions") / "predictions.npz",
        index=np.arange(n),
        predicted=right,
        label=np.ones(n, dtype=bool),
        group=np.arange(n),
        split=np.array(split),
    )
    return int(right.sum())


def scored(accuracy: float, split: str, *, n_correct: int | None = None, n: int = N_TEST) -> Score:
    """Accuracy on so many examples of a split."""
    n_correct = round(accuracy * n) if n_correct is None else n_correct
    return Score(
        metric="accuracy", value=n_correct / n, split=split, n_examples=n, n_correct=n_correct
    )


def _latency(batch_s: float, n_batches: int) -> list[Cost]:
    """Every batch of the toy takes the mean; a 99th percentile needs 100 of them."""
    resources = [Resource.LATENCY_P50_S, Resource.LATENCY_P99_S]
    return [
        Cost.exact(r, batch_s, kind=Kind.MEASURED, sensor="monotonic clock", channel="batch")
        for r in resources[: 2 if n_batches >= _LEAST_FOR_P99 else 1]
    ]


def burn(
    context: StageContext, pass_time: Callable[[float], None], total_s: float, *, log: str
) -> None:
    """Let time pass in steps, telling progress and, where there is one, a log file."""
    burnt_s = 0.0
    while burnt_s < total_s:
        pass_time(min(_STEP_S, total_s - burnt_s))
        burnt_s += _STEP_S
        context.progress(min(burnt_s, total_s), total_s)
        if log:
            with Path(log).open("a", encoding="utf-8") as file:
                file.write(f"{context.run_id} {os.getpid()} {time.process_time()}\n")
