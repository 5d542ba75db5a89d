"""Training: batches in, steps down a loss; shared by fitting, distillation and pre-training.

What several batches to a step, several processes and an interruption mean stands here and nowhere
else: whoever trains says what one batch is punished for, and what it must know again itself.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from breakeven.records import Scalar, Volume
from breakeven.records.protocols import StageContext
from breakeven.units import S_PER_MIN
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.stages.checkpoint import (
    Checkpoints,
    Kept,
    keep_model,
    keep_random_state,
    restore_model,
    restore_random_state,
)
from breakeven.workloads.stages.cost_only import is_cost_only
from breakeven.workloads.stages.descent import Descent, n_steps, schedule_notes
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.lately import Lately
from breakeven.workloads.stages.team import Team, rank_seed


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Loss of one batch.

    Attributes:
        loss: Mean over single answers, a scalar on the device.
        weight: How many answers (examples, words, gaps).
    """

    loss: Tensor
    weight: int


class Pupil(Protocol):
    """Who trains, as far as a training must ask."""

    def learn(self, batch: Batch) -> Lost:
        """Compute the loss of a batch, in training mode, and book its work."""
        ...

    def after_epoch(self, n_batches: int) -> bool:
        """Look at the model after a whole pass over the data; say whether that was enough."""
        ...

    def kept(self) -> Kept:
        """What it must know again after an interruption."""
        ...

    def restore(self, kept: Kept) -> None:
        """Go on from where `kept` was made."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One training of one model.

    Attributes:
        model: Of transformers, on its device; trained in place.
        feed: What it learns from.
        settings: `gradient_accumulation`, `checkpoint_minutes`, the learning rate and its schedule.
        context: Told of progress; knows where checkpoints go.
        team: The processes that train it together.
        clock_s: Monotonic clock, in seconds, that checkpoints are made by.
    """

    model: Any
    feed: Feed
    settings: Mapping[str, Scalar]
    context: StageContext
    team: Team = field(default_factory=Team.here)
    clock_s: Callable[[], float] = time.monotonic

    def run(self, pupil: Pupil, *, n_batches: int) -> None:
        """Train until so many batches were learned from, or the pupil has enough.

        Args:
            pupil: Who trains.
            n_batches: At the end; earlier ones of an interrupted run count.
        """
        n_each = int(self.settings["gradient_accumulation"])
        n_epoch = self.feed.n_batches
        total = n_steps(n_batches, n_per_epoch=n_epoch, n_accumulated=n_each)
        descent = Descent.of(self.model, self.settings, n_steps=total, team=self.team)
        for note in schedule_notes(self.settings, total):
            self.context.add_note(note)
        checkpoints = self._checkpoints()
        if not self.team.is_alone:  # what was drawn so far is alike everywhere, dropout must not be
            torch.manual_seed(rank_seed(int(self.settings["seed"]), self.team.rank))
        n_done = self._resume(pupil, descent, checkpoints)
        reach = _Reach.of(self.model, pupil, self.team)
        saved_s = self.clock_s()
        lately = Lately(
            context=self.context, clock_s=self.clock_s, is_silent=is_cost_only(self.model)
        )
        self.model.train()
        for indices in self.feed.orders(n_batches, start=n_done):
            n_done += 1
            # A step never spans two epochs, so that whoever looks at an epoch's end sees it whole.
            is_step = n_done == n_batches or n_done % n_epoch % n_each == 0
            with reach.gathering(is_last=is_step):
                lately.add(self._add(descent, reach, indices))
            if not is_step:
                continue
            descent.step()
            if self.team.is_first:
                self.context.add_output(Volume(n_steps=1))
            self.context.progress(n_done, n_batches)
            lately.tell()
            if n_done % n_epoch == 0:
                if pupil.after_epoch(n_done):
                    break
                self.model.train()
            if checkpoints and self._is_due(saved_s):
                checkpoints.save(n_done, self._kept(pupil, descent, n_done))
                saved_s = self.clock_s()
        self.model.eval()

    def _add(self, descent: Descent, reach: "_Reach", indices: Sequence[int]) -> Tensor:
        """Learn from this process's share of a batch; return its loss.

        Where a batch has fewer windows than the team processes, the others go through the first
        one as well, without weight: the team's sums need everybody.
        """
        own = self.team.share(indices)
        batch = self.feed.batch(own or indices[:1])
        if not self.team.is_first:
            batch = replace(batch, n_batches=0)
        if not own:
            batch = replace(batch, n_examples=0, n_real_tokens=0)
        lost = reach.loss(batch)
        descent.add(lost.loss, weight=lost.weight if own else 0)
        return lost.loss

    def _checkpoints(self) -> Checkpoints | None:
        """Where to keep and look for checkpoints; None where none are wanted or none can be."""
        folder = self.context.checkpoint_dir() if self._period_s else None
        return None if folder is None else Checkpoints(folder=folder, team=self.team)

    @property
    def _period_s(self) -> float:
        return float(self.settings["checkpoint_minutes"]) * S_PER_MIN

    def _is_due(self, saved_s: float) -> bool:
        is_due = self.team.is_first and self.clock_s() - saved_s >= self._period_s
        return self.team.total(float(is_due)) > 0

    def _kept(self, pupil: Pupil, descent: Descent, n_done: int) -> Kept:
        """Everything this process must know again; the first also keeps what all have alike."""
        own = keep_random_state(self._device).under("random") | pupil.kept().under("pupil")
        place = Kept(values={"n_batches": n_done, "run_id": self.context.run_id})
        if not self.team.is_first:
            return own | place
        return own | place | keep_model(self.model).under("model") | descent.kept().under("descent")

    def _resume(self, pupil: Pupil, descent: Descent, checkpoints: Checkpoints | None) -> int:
        """Go back to the latest checkpoint, if there is one; say how many batches lie before."""
        own = checkpoints.latest() if checkpoints else None
        if checkpoints is None or own is None:
            return 0
        shared = replace(checkpoints, team=Team()).latest()
        assert shared is not None  # the first process's part, which all of them read
        restore_model(self.model, shared.part("model"))
        descent.restore(shared.part("descent"))
        pupil.restore(own.part("pupil"))
        restore_random_state(own.part("random"), self._device)
        self.context.continues(str(own.values["run_id"]))
        return int(own.values["n_batches"])

    @property
    def _device(self) -> torch.device:
        device: torch.device = next(self.model.parameters()).device
        return device


class _Whole(nn.Module):
    """A model and what it is punished for as one module, whose output is the loss.

    DistributedDataParallel averages gradients of what its own `forward` computed; a loss may
    call any part of the model.
    """

    def __init__(self, model: nn.Module, pupil: Pupil) -> None:
        super().__init__()
        self.model, self._pupil, self.weight = model, pupil, 0

    def forward(self, batch: Batch) -> Tensor:
        """Return the loss and leave its weight behind."""
        lost = self._pupil.learn(batch)
        self.weight = lost.weight
        return lost.loss


@dataclass(frozen=True, slots=True)
class _Reach:
    """Computes losses so that their gradients are the team's."""

    pupil: Pupil
    whole: _Whole
    parallel: DistributedDataParallel | None

    @classmethod
    def of(cls, model: nn.Module, pupil: Pupil, team: Team) -> "_Reach":
        """Wrap the model unless nobody else trains it."""
        whole = _Whole(model, pupil)
        if team.is_alone:
            return cls(pupil, whole, None)
        # Buffers are constants here and need no broadcast before each batch; this is torch's door.
        constants = [name for name, _ in whole.named_buffers()]
        setattr(whole, "_ddp_params_and_buffers_to_ignore", constants)  # noqa: B010 - not declared
        # Which parameters a head uses is its own business.
        return cls(pupil, whole, DistributedDataParallel(whole, find_unused_parameters=True))

    def gathering(self, *, is_last: bool) -> AbstractContextManager[None]:
        """Send gradients with the last batch of a step only."""
        if self.parallel is None or is_last:
            return nullcontext()
        found: AbstractContextManager[None] = self.parallel.no_sync()
        return found

    def loss(self, batch: Batch) -> Lost:
        """Loss of this process's share of a batch."""
        if self.parallel is None:
            return self.pupil.learn(batch)
        loss = self.parallel(batch)
        return Lost(loss=loss, weight=self.whole.weight)
