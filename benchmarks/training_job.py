"""One training of the benchmark `training` and how its time is taken; free of torch."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from breakeven.records import Scalar, Stage
from breakeven.workloads.catalogue import resolve_stage

OURS = "ours, random order"
OURS_BUCKETED = "ours, bucketed"
TRAINER = "Trainer, random order"
TRAINER_GROUPED = "Trainer, group_by_length"
ARMS = (OURS, TRAINER, OURS_BUCKETED, TRAINER_GROUPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One training.

    Attributes:
        arm: One of `ARMS`.
        seed: Of the new head, the order and dropout.
        task: Task block as in a study.
        n_examples: Training examples drawn from the task, the same for every arm and seed.
        chunk_steps: Steps between two pauses.
        settings: Of the stage finetune, as passed; one epoch unless they say otherwise.
    """

    arm: str
    seed: int
    task: Mapping[str, Scalar]
    n_examples: int
    chunk_steps: int
    settings: Mapping[str, Scalar]

    def resolved(self) -> dict[str, Scalar]:
        """Every setting of the fine-tuning."""
        own: dict[str, Scalar] = {"seed": self.seed, "bucketed": self.arm == OURS_BUCKETED}
        return resolve_stage(Stage.FINETUNE, {"epochs": 1.0, **self.settings, **own})

    @property
    def is_trainer(self) -> bool:
        """Whether transformers' Trainer does it."""
        return self.arm in (TRAINER, TRAINER_GROUPED)


@dataclass(slots=True, kw_only=True)
class Chunks:
    """Takes the CPU seconds of chunks of steps; waiting between two is not billed.

    Attributes:
        chunk_steps: Steps in a chunk.
        n_steps: Steps of the whole training.
        wait: Returns when the next chunk may begin.
        report: Told the CPU seconds of each chunk.
        clock_s: CPU time of this process.
    """

    chunk_steps: int
    n_steps: int
    wait: Callable[[], object]
    report: Callable[[float], object]
    clock_s: Callable[[], float] = time.process_time
    _start_s: float = field(default=0.0, init=False)

    def begin(self) -> None:
        """Wait until the next chunk may begin and start its clock."""
        self.wait()
        self._start_s = self.clock_s()

    def after(self, step: int) -> None:
        """Close the chunk that ends with `step`, if one does, and begin the next if there is one.

        Args:
            step: Steps done, counted from 1.
        """
        is_last = step == self.n_steps
        if step % self.chunk_steps and not is_last:
            return
        self.report(self.clock_s() - self._start_s)
        if not is_last:
            self.begin()
