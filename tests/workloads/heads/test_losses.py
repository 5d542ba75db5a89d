import math

import pytest

torch = pytest.importorskip("torch")

from breakeven.workloads.heads.losses import (  # noqa: E402 - needs torch
    average_of_three,
    cosine_distance,
    masked_lm_loss,
    soft_target_loss,
)

pytestmark = pytest.mark.nlp


def test_task_agnostic_objective_is_the_average_of_its_three_losses() -> None:
    parts = [torch.tensor(x) for x in (3.0, 1.0, 0.5)]
    assert float(average_of_three(*parts)) == pytest.approx((3.0 + 1.0 + 0.5) / 3)


def test_soft_targets_cost_nothing_where_student_and_teacher_agree() -> None:
    logits = torch.tensor([[1.0, 2.0], [0.0, -1.0]])
    assert float(soft_target_loss(logits, logits + 5, temperature=2.0)) == pytest.approx(
        0, abs=1e-6
    )


def test_soft_targets_equal_the_divergence_by_hand() -> None:
    """Teacher (3/4, 1/4), student (1/2, 1/2): KL = 3/4 ln 3/2 + 1/4 ln 1/2; times T^2 = 4."""
    teacher = 2.0 * torch.tensor([[math.log(3), 0.0]])
    found = soft_target_loss(torch.zeros(1, 2), teacher, temperature=2.0)
    assert float(found) == pytest.approx(4 * (0.75 * math.log(1.5) + 0.25 * math.log(0.5)))


def test_cosine_distance_by_hand() -> None:
    student = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    teacher = torch.tensor([[5.0, 0.0], [3.0, 0.0], [-2.0, -2.0]])
    assert float(cosine_distance(student, teacher)) == pytest.approx((0 + 1 + 2) / 3)


def test_masked_lm_loss_of_a_blind_guess_is_the_log_of_the_vocabulary() -> None:
    assert float(masked_lm_loss(torch.zeros(3, 7), torch.tensor([0, 4, 6]))) == pytest.approx(
        math.log(7)
    )


def test_nothing_to_guess_costs_nothing() -> None:
    nothing = torch.zeros(0, 7)
    assert float(masked_lm_loss(nothing, torch.zeros(0, dtype=torch.long))) == 0
    assert float(soft_target_loss(nothing, nothing, temperature=2.0)) == 0
