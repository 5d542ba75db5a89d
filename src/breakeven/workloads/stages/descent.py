"""Descent: AdamW with linear warm-up and linear decay, one step per batch."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from breakeven.records import Scalar

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


@dataclass(frozen=True, slots=True)
class Descent:
    """Goes down a loss; hidden in it are the optimizer and its schedule."""

    model: nn.Module
    optimizer: AdamW
    schedule: LambdaLR

    @classmethod
    def of(cls, model: nn.Module, settings: Mapping[str, Scalar], *, n_steps: int) -> "Descent":
        """Set up for `n_steps` steps.

        Args:
            model: On its device already.
            settings: `lr`, `weight_decay` and `warmup_ratio` (share of the steps).
            n_steps: Length of the schedule; training may stop earlier.
        """
        n_warmup = round(float(settings["warmup_ratio"]) * n_steps)
        optimizer = AdamW(
            _groups(model, float(settings["weight_decay"])), lr=float(settings["lr"]), fused=True
        )
        schedule = LambdaLR(
            optimizer, lambda step: rate_factor(step, n_warmup=n_warmup, n_steps=n_steps)
        )
        return cls(model, optimizer, schedule)

    def step(self, loss: Tensor) -> None:
        """Move every parameter one step down `loss`."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        nn.utils.clip_grad_norm_(self.model.parameters(), MAX_GRADIENT_NORM)
        self.optimizer.step()
        self.schedule.step()


def _groups(model: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Decay matrices; leave biases and normalisation alone (Devlin et al. 2019, released code)."""
    trained = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
    ]
