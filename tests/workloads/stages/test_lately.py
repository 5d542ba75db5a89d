"""The training loss, told at most twice a second and as the mean in between."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from breakeven.testing import SteppingClock  # noqa: E402 - torch first, or not at all
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.stages.lately import Lately  # noqa: E402 - the same

pytestmark = pytest.mark.nlp


def trained(tmp_path: Path, *, is_silent: bool = False) -> list[float]:
    """Six batches, 0.2 s each, of losses 1 to 6."""
    clock = SteppingClock(step_s=0.2)
    context = FakeContext(folder=tmp_path)
    lately = Lately(context=context, clock_s=clock, is_silent=is_silent)
    for value in range(1, 7):
        lately.add(torch.tensor(float(value), requires_grad=True))
        lately.tell()
    return context.losses


def test_the_mean_since_last_time_is_told_twice_a_second(tmp_path: Path) -> None:
    """At 0.6 s the mean of four; the next would be at 1.2 s."""
    assert trained(tmp_path) == [2.5]


def test_a_model_that_is_there_for_its_costs_has_no_loss(tmp_path: Path) -> None:
    assert trained(tmp_path, is_silent=True) == []
