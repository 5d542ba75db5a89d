"""Lately: the mean training loss since it was last told, at most twice a second.

Reading a loss waits for the device, so it is read rarely enough to cost nothing, and kept on the
device in between.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from breakeven.records.protocols import StageContext

PERIOD_S = 0.5
"""As often as a run notes what it has cost."""


@dataclass(slots=True, kw_only=True)
class Lately:
    """Tells a context how the training goes.

    Attributes:
        context: Told the mean loss.
        clock_s: Monotonic clock, in seconds.
        is_silent: Whether the loss means nothing, as for a model that is there for its costs.
    """

    context: StageContext
    clock_s: Callable[[], float]
    is_silent: bool = False
    _sum: Tensor | None = None
    _n: int = 0
    _told_s: float | None = None

    def add(self, loss: Tensor) -> None:
        """Take in the loss of one batch, a scalar on the device."""
        if not self.is_silent:
            own = loss.detach()
            self._sum = own if self._sum is None else self._sum + own
            self._n += 1

    def tell(self) -> None:
        """Tell the mean, if it is time."""
        now_s = self.clock_s()
        if self._told_s is None:
            self._told_s = now_s
        if self._sum is None or now_s - self._told_s < PERIOD_S:
            return
        self.context.learning(float(self._sum) / self._n)
        self._sum, self._n, self._told_s = None, 0, now_s
