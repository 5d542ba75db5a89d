import pytest

torch = pytest.importorskip("torch")

from breakeven.workloads.stages.descent import Descent, rate_factor  # noqa: E402 - needs torch

pytestmark = pytest.mark.nlp

SETTINGS = {"lr": 0.1, "weight_decay": 0.5, "warmup_ratio": 0.5}


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
    descent.step(model(torch.ones(1, 1)).sum())
    assert model.weight.item() == pytest.approx(-0.05, rel=1e-4)


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
