"""The profile bert-base-gpu plans the set-up of the SST-2 milestone and nothing else."""

from itertools import product
from pathlib import Path

import pytest

from breakeven.records import Scalar, Stage
from breakeven.records.engine import TaskFacts
from breakeven.study import load_study
from breakeven.study.engine import find_engine
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun, run_table

STUDY = Path(__file__).resolve().parents[2] / "studies" / "sst2_minilm.yaml"

RECIPE = {"epochs": 2, "lr": 3e-5, "batch_size": 32, "weight_decay": 0.01, "warmup_ratio": 0.06}
"""R004-08, training."""

LENGTHS = (16, 24, 32, 40, 48, 64, 96, 128)
MAXIMUM = {"padding": "max_length", "batch_size": 64, "warmup": "10"}
ALL_LAYERS = 0


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(STUDY, profile="bert-base-gpu")


@pytest.fixture(scope="module")
def plan(study: Study) -> tuple[PlannedRun, ...]:
    return run_table(study, TaskFacts(content_hash="sst2"), find_engine(study.engine))


def finetunings(plan: tuple[PlannedRun, ...]) -> list[PlannedRun]:
    return [run for run in plan if run.row == "ft"]


def swept(plan: tuple[PlannedRun, ...]) -> list[dict[str, Scalar]]:
    """Settings of FT's configurations in the first block, as the milestone runs them."""
    chosen = [run for run in plan if (run.pathway, run.block, run.start_repeat) == ("FT", 0, 0)]
    settings = [dict(run.engine_settings) for run in chosen]
    return [each for each in settings if MAXIMUM.items() <= each.items()]


def test_every_fine_tuning_is_the_recipe(plan: tuple[PlannedRun, ...]) -> None:
    for run in finetunings(plan):
        assert {name: run.engine_settings[name] for name in RECIPE} == RECIPE
        assert run.engine_settings["model"] == "google-bert/bert-base-uncased"
        assert run.engine_settings["max_length"] == 128


def test_evaluation_runs_in_batches_of_64_after_10_to_warm_up(
    study: Study, plan: tuple[PlannedRun, ...]
) -> None:
    """R004-06; 0 batches are the whole development set, and batches of 1 stand for requests."""
    used = [run.engine_settings for run in plan if run.stage is Stage.INFER]
    assert study.reference["batch_size"] == 64
    assert {s["batch_size"] for s in used if not s["idle_s"]} == {64}
    assert {s["batch_size"] for s in used if s["idle_s"]} == {1}
    assert {(s["warmup"], s["n_batches"]) for s in used} == {("10", 0)}


def test_five_seeds_are_trained_and_each_is_used_in_every_block(
    plan: tuple[PlannedRun, ...],
) -> None:
    assert [run.engine_settings["seed"] for run in finetunings(plan)] == [1, 2, 3, 4, 5]
    repeats = [
        (run.start_repeat, run.block)
        for run in plan
        if run.row.startswith(("FT/repeat-", "FT/reference"))
    ]
    assert sorted(repeats) == list(product(range(5), range(5)))


def test_every_length_is_crossed_with_both_precisions_on_one_checkpoint(
    plan: tuple[PlannedRun, ...],
) -> None:
    whole = [s for s in swept(plan) if s["n_layers"] == ALL_LAYERS]
    found = {(s["precision"], s["max_length"]) for s in whole}
    assert found == set(product(("fp32", "fp16"), LENGTHS))
    used = [run for run in plan if (run.pathway, run.start_repeat) == ("FT", 0)]
    assert {run.parent("start") for run in used if run.stage is Stage.INFER} == {("ft", 0)}


def test_even_depths_up_to_all_layers_are_swept(plan: tuple[PlannedRun, ...]) -> None:
    """BERT-base has 12 layers; 0 stands for all of them."""
    uncut = {"max_length": 128, "precision": "fp32"}
    depths = {s["n_layers"] for s in swept(plan) if uncut.items() <= s.items()}
    assert depths == {ALL_LAYERS, 2, 4, 6, 8, 10}
