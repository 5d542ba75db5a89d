"""Work ahead: FLOPs and parameters of rows by hand, and None where sizes are not at hand."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from breakeven.records import Scalar, Stage
from breakeven.records.engine import Work
from breakeven.workloads.ahead import work_ahead
from breakeven.workloads.calibration import try_speed
from breakeven.workloads.catalogue import resolve_inference, resolve_stage

SIZES: dict[str, Scalar] = {"hidden_size": 10, "n_layers": 4, "n_heads": 2, "intermediate_size": 20}
RANDOM: dict[str, Scalar] = {"model": "random", "vocab_size": 100, **SIZES}
FACTS = {"n_train": 50, "n_validation": 5, "n_corpus": 200}
PER_LAYER = 4 * 10 * 10 + 2 * 10 * 20


def ahead(stage: Stage, passed: Mapping[str, Scalar], **parents: Work) -> Work:
    settings = resolve_stage(stage, {"max_length": 8, **passed})
    work = work_ahead(stage, settings, FACTS, parents)
    assert work is not None
    return work


def test_pretraining_trains_layers_on_the_corpus() -> None:
    work = ahead(Stage.PRETRAIN, {**RANDOM, "epochs": 0.5})
    assert work.flops == pytest.approx(6 * 4 * PER_LAYER * 200 * 8 * 0.5)
    assert work.n_parameters == 4 * PER_LAYER + 10 * (100 + 512 + 10)
    assert not work.is_upper_bound


def test_fine_tuning_that_may_stop_early_is_bounded_and_validates_each_epoch() -> None:
    base = ahead(Stage.PRETRAIN, RANDOM)
    work = ahead(Stage.FINETUNE, {"max_epochs": 3}, start=base)
    n_tokens = 8 * 3
    assert work.flops == 4 * PER_LAYER * n_tokens * (6 * 50 + 2 * 5)
    assert work.is_upper_bound


def test_a_student_has_half_the_layers_and_pays_for_its_teacher() -> None:
    base = ahead(Stage.PRETRAIN, RANDOM)
    work = ahead(Stage.DISTIL, {"epochs": 1}, start=base, teacher=base)
    student, teacher = 2 * PER_LAYER, 4 * PER_LAYER
    assert work.shape["n_layers"] == 2
    assert work.flops == 8 * (50 * (6 * student + 2 * teacher) + 5 * 2 * student)


def test_task_agnostic_distillation_reads_the_corpus() -> None:
    base = ahead(Stage.PRETRAIN, RANDOM)
    passed: dict[str, Scalar] = {"method": "task-agnostic", "epochs": 1, "n_layers": 3}
    work = ahead(Stage.DISTIL, passed, start=base, teacher=base)
    expected = 200 * 8 * (6 * 3 * PER_LAYER + 2 * 4 * PER_LAYER)
    assert work.flops == pytest.approx(expected)


def test_the_sizes_of_a_local_checkpoint_are_read_from_its_configuration(tmp_path: Path) -> None:
    config = {
        "model_type": "bert",
        "hidden_size": 10,
        "num_hidden_layers": 4,
        "num_attention_heads": 2,
        "intermediate_size": 20,
        "vocab_size": 100,
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    work = ahead(Stage.FINETUNE, {"model": str(tmp_path), "epochs": 1, "n_layers": 1})
    assert work.flops == PER_LAYER * 8 * (6 * 50 + 2 * 5)


@pytest.mark.parametrize("model", ["tfidf", "someone/on-a-hub", "parent"])
def test_a_model_that_is_not_at_hand_is_unknown(model: str) -> None:
    settings = resolve_stage(Stage.FINETUNE, {"model": model})
    assert work_ahead(Stage.FINETUNE, settings, FACTS, {}) is None


@pytest.mark.parametrize(("n_words", "n_tokens"), [(2.0, 5), (100.0, 8)])
def test_short_texts_are_forecast_by_their_words(n_words: float, n_tokens: int) -> None:
    settings = resolve_stage(Stage.FINETUNE, {**RANDOM, "max_length": 8, "epochs": 1})
    work = work_ahead(Stage.FINETUNE, settings, {**FACTS, "mean_words_train": n_words}, {})
    assert work is not None
    assert work.flops == 4 * PER_LAYER * n_tokens * (6 * 50 + 2 * 5)
    assert work.shape["max_length"] == n_tokens


@pytest.mark.parametrize(
    ("passed", "n_layers", "n_tokens"),
    [
        ({}, 4, 5),
        ({"padding": "max_length"}, 4, 8),
        ({"n_layers": 1}, 1, 5),
    ],
)
def test_one_pass_over_the_test_split(
    passed: Mapping[str, Scalar], n_layers: int, n_tokens: int
) -> None:
    """2 words are 3 tokens and two special ones; padded to 8 they are 8."""
    base = ahead(Stage.PRETRAIN, RANDOM)
    settings = resolve_stage(Stage.INFER, {"max_length": 8, **passed})
    facts = {**FACTS, "n_test": 7, "mean_words_test": 2.0}
    work = work_ahead(Stage.INFER, settings, facts, {"start": base})
    assert work is not None
    assert work.flops == 2 * n_layers * PER_LAYER * 7 * n_tokens
    assert work.shape == base.shape


def test_the_speed_of_another_precision_is_not_guessed() -> None:
    base = ahead(Stage.PRETRAIN, RANDOM)
    settings = resolve_stage(Stage.INFER, {"precision": "bf16"})
    assert work_ahead(Stage.INFER, settings, FACTS, {"start": base}) is None


def test_a_student_of_an_unknown_teacher_is_unknown() -> None:
    settings = resolve_stage(Stage.DISTIL, {})
    assert work_ahead(Stage.DISTIL, settings, FACTS, {}) is None


SHAPE: dict[str, Scalar] = {
    **SIZES,
    "max_length": 8,
    "batch_size": 2,
    "threads": 1,
    "device": "cpu",
}


def test_a_speed_that_cannot_be_tried_is_none() -> None:
    assert try_speed({**SHAPE, "n_heads": 0}) is None


@pytest.mark.nlp
def test_a_speed_is_tried_in_a_process_of_its_own() -> None:
    speed = try_speed(SHAPE)
    assert speed is not None
    assert speed.flops_per_s > 0
    assert speed.start_s > 0


@pytest.mark.nlp
def test_the_trial_trains_at_least_one_step() -> None:
    from breakeven.workloads.calibration import train_layer  # noqa: PLC0415 - needs torch

    tried = train_layer(SHAPE, trial_s=0.0)
    assert tried["flops_per_s"] > 0
    assert tried["trial_s"] > 0


def test_fewer_training_examples_are_less_work() -> None:
    few, whole = (
        work_ahead(
            Stage.FINETUNE,
            resolve_stage(Stage.FINETUNE, {"model": "random", "train_examples": n}),
            {"n_train": 50},
            {},
        )
        for n in (10, 0)
    )
    assert few is not None
    assert whole is not None
    assert few.flops == pytest.approx(whole.flops / 5)


def pass_over(form: str, n_words: float, **passed: Scalar) -> float:
    """Tokens that an inference row is forecast to compute on per example."""
    base = ahead(Stage.PRETRAIN, RANDOM)
    facts: dict[str, Scalar] = {"form": form, "n_test": 1, "mean_words_test": n_words}
    settings = resolve_inference({"max_length": 30, **passed})
    work = work_ahead(Stage.INFER, settings, facts, {"start": base})
    assert work is not None
    return work.flops / (2 * 4 * PER_LAYER)


@pytest.mark.parametrize("form", ["question-answering", "language-modelling"])
def test_a_long_text_is_read_in_windows_that_share_tokens(form: str) -> None:
    assert pass_over(form, 10) == 16  # 13.5 tokens and two special ones
    assert pass_over(form, 40) == 30 * 3  # 56 tokens: 30, then 20 new ones and 6
    assert pass_over(form, 40, stride=0) == 30 * 2
    assert pass_over("classification", 40) == 30


def test_generation_reads_prompts_and_all_new_tokens_but_the_last() -> None:
    assert pass_over("generation", 40, prompt_tokens=12, new_tokens=5) == 16
    assert pass_over("generation", 4, new_tokens=5) == 8 + 4
