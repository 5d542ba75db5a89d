import pytest

from breakeven.formulas.flops import (
    KAPLAN_SENSOR,
    distillation_flops,
    inference_flops,
    kaplan_convention,
    kaplan_sensor,
    training_flops,
)


def test_kaplan_gives_the_papers_fine_tuning_figure() -> None:
    # Dürlich et al. 2023, Table 1: FT fine-tuning 2.48e16, with the letters of equation 7.
    count = training_flops(124_742_805, 256 * 4044 * 32, embeddings="in")
    assert count.flops == pytest.approx(2.4795e16, rel=1e-5)


def test_inference_is_a_third_of_training() -> None:
    assert inference_flops(1000, 7).flops * 3 == training_flops(1000, 7).flops == 42_000


def test_distillation_adds_the_teachers_forward_passes() -> None:
    assert distillation_flops(10, 100, 5).flops == 6 * 10 * 5 + 2 * 100 * 5


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="N=-1"):
        training_flops(-1, 5)


@pytest.mark.parametrize(("embeddings", "word"), [("in", "with"), ("out", "without")])
def test_convention_says_whether_embeddings_count(embeddings: str, word: str) -> None:
    assert f"N {word} embedding tables" in kaplan_convention(embeddings)  # type: ignore[arg-type]


def test_every_count_carries_its_convention() -> None:
    assert training_flops(1, 1).convention == kaplan_convention("out")
    assert kaplan_sensor("out") == KAPLAN_SENSOR
