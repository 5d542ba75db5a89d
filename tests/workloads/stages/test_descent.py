import pytest

torch = pytest.importorskip("torch")

from breakeven.records import Scalar  # noqa: E402 - needs torch
from breakeven.workloads.stages.descent import Descent, n_steps, rate_factor  # noqa: E402 - same

pytestmark = pytest.mark.nlp

SETTINGS: dict[str, Scalar] = {
    "lr": 0.1,
    "weight_decay": 0.5,
    "warmup_ratio": 0.5,
    "warmup_steps": 0,
    "gradient_accumulation": 1,
}


@pytest.mark.parametrize(
    ("step", "factor"), [(0, 0.25), (3, 1.0), (4, 1.0), (7, 0.5), (10, 0.0), (12, 0.0)]
)
def test_rate_rises_then_falls_to_nothing(step: int, factor: float) -> None:
    assert rate_factor(step, n_warmup=4, n_steps=10) == pytest.approx(factor)


def test_without_warm_up_the_full_rate_comes_first() -> None:
    assert rate_factor(0, n_warmup=0, n_steps=1) == 1.0


def test_first_step_moves_against_the_gradient_by_the_warm_up_rate() -> None:
    """Adam's first step is lr x sign of the gradient; 4 steps, 2 of warm-up: half of lr."""
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    descent = Descent.of(model, SETTINGS, n_steps=4)
    descent.add(model(torch.ones(1, 1)).sum())
    descent.step()
    assert model.weight.item() == pytest.approx(-0.05, rel=1e-4)


@pytest.mark.parametrize(("n_warmup", "rate"), [(0, 0.05), (1, 0.1), (4, 0.025)])
def test_steps_of_warm_up_take_the_place_of_their_share(n_warmup: int, rate: float) -> None:
    descent = Descent.of(torch.nn.Linear(1, 1), {**SETTINGS, "warmup_steps": n_warmup}, n_steps=4)
    assert descent.optimizer.param_groups[0]["lr"] == pytest.approx(rate)


def test_batches_of_one_step_count_by_their_weight() -> None:
    """Means 3 of one answer and 7 of three: their mean is 6, whose gradient is 6."""
    model = torch.nn.Linear(1, 1, bias=False)
    descent = Descent.of(model, {**SETTINGS, "gradient_accumulation": 2, "lr": 0.0}, n_steps=1)
    seen = []
    model.weight.register_hook(lambda gradient: None)
    descent.optimizer.register_step_pre_hook(lambda *_: seen.append(model.weight.grad.item()))
    for mean, weight in ((0.3, 1), (0.7, 3), (99.0, 0)):
        descent.add((model.weight * mean).sum(), weight=weight)
    descent.step()
    assert seen == [pytest.approx(0.6)]


@pytest.mark.parametrize(
    ("n_batches", "found"), [(10, 3), (20, 6), (25, 8), (3, 1), (4, 1), (5, 2)]
)
def test_a_step_never_spans_two_epochs(n_batches: int, found: int) -> None:
    """Ten batches an epoch, four a step: 4 + 4 + 2."""
    assert n_steps(n_batches, n_per_epoch=10, n_accumulated=4) == found


def test_only_matrices_decay() -> None:
    decay = {
        parameter.ndim: group["weight_decay"]
        for group in Descent.of(torch.nn.Linear(2, 2), SETTINGS, n_steps=1).optimizer.param_groups
        for parameter in group["params"]
    }
    assert decay == {2: 0.5, 1: 0.0}


def test_frozen_parameters_are_left_out() -> None:
    model = torch.nn.Linear(2, 2)
    model.bias.requires_grad_(False)
    groups = Descent.of(model, SETTINGS, n_steps=1).optimizer.param_groups
    assert [len(group["params"]) for group in groups] == [1, 0]
