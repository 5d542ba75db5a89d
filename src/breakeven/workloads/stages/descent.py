"""Descent: AdamW with linear warm-up and linear decay; a step may rest on several batches."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from breakeven.records import Note, NoteCode, Scalar
from breakeven.workloads.stages.checkpoint import Kept
from breakeven.workloads.stages.team import Team

MAX_GRADIENT_NORM = 1.0
"""Gradients are scaled down to this norm (Devlin et al. 2019, released code)."""


def rate_factor(step: int, *, n_warmup: int, n_steps: int) -> float:
    """Share of the full learning rate used at `step`, counted from 0.

    Rises linearly over `n_warmup` steps, then falls linearly to 0 at `n_steps`.

    >>> [rate_factor(s, n_warmup=2, n_steps=6) for s in (0, 1, 2, 4, 6)]
    [0.5, 1.0, 1.0, 0.5, 0.0]
    """
    if step < n_warmup:
        return (step + 1) / n_warmup
    return max(0.0, (n_steps - step) / max(1, n_steps - n_warmup))


def n_warmup_steps(settings: Mapping[str, Scalar], n_steps: int) -> int:
    """Steps over which the rate rises: `warmup_steps`, or where that is 0 `warmup_ratio` of all.

    >>> n_warmup_steps({"warmup_steps": 0, "warmup_ratio": 0.1}, 40)
    4
    """
    return int(settings["warmup_steps"]) or round(float(settings["warmup_ratio"]) * n_steps)


def schedule_notes(settings: Mapping[str, Scalar], n_steps: int) -> list[Note]:
    """Doubt a schedule that ends before its warm-up does."""
    n_warmup = n_warmup_steps(settings, n_steps)
    if n_warmup < n_steps:
        return []
    return [
        Note(
            code=NoteCode.LR_NEVER_FALLS,
            message=f"the learning rate warms up over {n_warmup:,} steps and the training has "
            f"{n_steps:,}: it rises to the end, at most to "
            f"{rate_factor(n_steps - 1, n_warmup=n_warmup, n_steps=n_steps):.0%} of lr.",
            advice="Set warmup_steps below the number of steps, or warmup_ratio instead, or train "
            "for longer.",
        )
    ]


@dataclass(slots=True)
class Descent:
    """Goes down a loss; hidden in it are the optimizer and its schedule.

    Attributes:
        model: On its device already.
        optimizer: Of its parameters.
        schedule: Of the learning rate.
        team: Whose gradients are averaged, by torch, while they are made.
        is_weighted: Whether a step rests on more than one mean loss, over batches or processes,
            so that each counts by its weight.
    """

    model: nn.Module
    optimizer: AdamW
    schedule: LambdaLR
    team: Team
    is_weighted: bool
    _weight: float = 0.0

    @classmethod
    def of(
        cls,
        model: nn.Module,
        settings: Mapping[str, Scalar],
        *,
        n_steps: int,
        team: Team | None = None,
    ) -> "Descent":
        """Set up for `n_steps` steps.

        Args:
            model: On its device already.
            settings: `lr`, `weight_decay`, `warmup_steps`, or where these are 0 `warmup_ratio`
                (share of the steps), and `gradient_accumulation`.
            n_steps: Length of the schedule; training may stop earlier.
            team: Itself alone unless said otherwise.
        """
        n_warmup = n_warmup_steps(settings, n_steps)
        optimizer = AdamW(
            _groups(model, float(settings["weight_decay"])), lr=float(settings["lr"]), fused=True
        )
        schedule = LambdaLR(
            optimizer, lambda step: rate_factor(step, n_warmup=n_warmup, n_steps=n_steps)
        )
        team = team or Team()
        is_weighted = int(settings["gradient_accumulation"]) > 1 or not team.is_alone
        return cls(model, optimizer, schedule, team, is_weighted)

    def add(self, loss: Tensor, *, weight: int = 1) -> None:
        """Add the gradient of a loss to those that the next step rests on.

        Args:
            loss: Mean over single answers.
            weight: How many answers; a loss of weight 0 counts nothing.
        """
        self._weight += weight
        (loss * weight if self.is_weighted else loss).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped

    def step(self) -> None:
        """Move every parameter one step down the mean of the losses that were added."""
        if self.is_weighted:
            # Each process holds the team's sum over its size (DistributedDataParallel's manual).
            self._scale(self.team.n_ranks / max(1.0, self.team.total(self._weight)))
        nn.utils.clip_grad_norm_(self.model.parameters(), MAX_GRADIENT_NORM)
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad(set_to_none=True)
        self._weight = 0.0

    def kept(self) -> Kept:
        """Moments and place in the schedule, between two steps."""
        states = self.optimizer.state_dict()["state"]
        return Kept(
            tensors={f"{i}.{name}": t for i, own in states.items() for name, t in own.items()},
            values={
                "last_epoch": self.schedule.last_epoch,
                "rates": [group["lr"] for group in self.optimizer.param_groups],
            },
        )

    def restore(self, kept: Kept) -> None:
        """Go on from where `kept` was made."""
        states: dict[int, dict[str, Tensor]] = {}
        for key, tensor in kept.tensors.items():
            number, _, name = key.partition(".")
            states.setdefault(int(number), {})[name] = tensor
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": states, "param_groups": groups})
        self.schedule.last_epoch = kept.values["last_epoch"]
        for group, rate in zip(self.optimizer.param_groups, kept.values["rates"], strict=True):
            group["lr"] = rate

    def _scale(self, factor: float) -> None:
        gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
        torch._foreach_mul_(gradients, factor)


def n_steps(n_batches: int, *, n_per_epoch: int, n_accumulated: int) -> int:
    """Steps over so many batches; one never spans two epochs, so an epoch's last may be smaller.

    Args:
        n_batches: In all.
        n_per_epoch: Batches of an epoch.
        n_accumulated: Batches a step rests on.

    Examples:
        >>> n_steps(25, n_per_epoch=10, n_accumulated=4)
        8
    """
    n_epochs, n_more = divmod(n_batches, n_per_epoch)
    per_epoch = math.ceil(n_per_epoch / n_accumulated)
    return n_epochs * per_epoch + math.ceil(n_more / n_accumulated)


def _groups(model: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Decay matrices; leave biases and normalisation alone (Devlin et al. 2019, released code)."""
    trained = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
    ]
