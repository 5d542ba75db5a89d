from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from benchmarks.training import train_side_by_side  # noqa: E402 - needs torch
from benchmarks.training_arms import (  # noqa: E402 - the same
    examples_of,
    prepare,
    trainer_arguments,
)
from benchmarks.training_job import (  # noqa: E402 - the same
    OURS,
    OURS_BUCKETED,
    TRAINER,
    TRAINER_GROUPED,
    Job,
)
from benchmarks.training_worker import train  # noqa: E402 - the same
from breakeven.records import Scalar  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

TINY: Mapping[str, Scalar] = {
    "model": "random",
    "hidden_size": 16,
    "n_heads": 2,
    "intermediate_size": 32,
    "n_layers": 1,
    "vocab_size": 100,
    "max_length": 12,
    "batch_size": 8,
}


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scalar]:
    path = tmp_path_factory.mktemp("task") / "rows.tsv"
    rows = [f"{'fine warm' if i % 2 else 'cold grim'} film {i}\t{i % 2}" for i in range(40)]
    path.write_text("\n".join(["sentence\tlabel", *rows]) + "\n", encoding="utf-8")
    return {"name": "files", "train": str(path), "validation": str(path), "test": str(path)}


def job(task: Mapping[str, Scalar], arm: str, **changed: Any) -> Job:
    whole: dict[str, Any] = {"n_examples": 36, "chunk_steps": 2, "settings": TINY, "seed": 0}
    return Job(arm=arm, task=task, **{**whole, **changed})


def train_in_chunks(asked: Job) -> tuple[dict[str, float], int, list[float]]:
    waits: list[str] = []
    cpu_s: list[float] = []
    outcome = train(asked, wait=lambda: waits.append("wait"), report=cpu_s.append)
    return outcome, len(waits), cpu_s


def test_our_settings_are_said_in_the_words_of_trainer(task: Mapping[str, Scalar]) -> None:
    """A tenth of 57 steps, 5.7, is a warm-up of 6."""
    settings = job(task, TRAINER, seed=3).resolved()
    found = trainer_arguments(settings, n_steps=57, is_grouped=False)
    assert found["per_device_train_batch_size"] == 8
    assert (found["learning_rate"], found["weight_decay"]) == (5e-5, 0.01)
    assert (found["warmup_steps"], found["lr_scheduler_type"]) == (6, "linear")
    assert (found["max_grad_norm"], found["num_train_epochs"], found["seed"]) == (1.0, 1.0, 3)
    assert found["train_sampling_strategy"] == "random"


def test_trainer_groups_lengths_when_asked(task: Mapping[str, Scalar]) -> None:
    settings = job(task, TRAINER_GROUPED).resolved()
    found = trainer_arguments(settings, n_steps=5, is_grouped=True)
    assert found["train_sampling_strategy"] == "group_by_length"


def test_transformers_knows_every_argument(task: Mapping[str, Scalar], tmp_path: Path) -> None:
    pytest.importorskip("accelerate")
    transformers = pytest.importorskip("transformers")
    settings = job(task, TRAINER).resolved()
    passed = trainer_arguments(settings, n_steps=5, is_grouped=False)
    made = transformers.TrainingArguments(output_dir=str(tmp_path), **passed)
    assert made.train_sampling_strategy == "random"


def test_arms_and_seeds_share_their_examples(task: Mapping[str, Scalar]) -> None:
    first = prepare(job(task, OURS, n_examples=10))
    second = prepare(job(task, TRAINER, n_examples=10, seed=4))
    assert len(first.feed.encoded) == 10
    assert first.labels == second.labels
    assert first.n_steps == 2
    assert examples_of(first)[0] == {
        "input_ids": first.feed.encoded.ids[0],
        "labels": first.labels[0],
    }


def test_arms_of_one_seed_start_alike_and_differ_in_bucketing(task: Mapping[str, Scalar]) -> None:
    plain, bucketed = prepare(job(task, OURS)), prepare(job(task, OURS_BUCKETED))
    pairs = zip(plain.encoder.model.parameters(), bucketed.encoder.model.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert (plain.feed.is_bucketed, bucketed.feed.is_bucketed) == (False, True)


def test_our_loop_trains_in_chunks_and_is_judged(task: Mapping[str, Scalar]) -> None:
    """36 examples in batches of 8 are 5 steps: chunks of 2, 2 and 1."""
    outcome, n_waits, cpu_s = train_in_chunks(job(task, OURS_BUCKETED))
    assert (n_waits, len(cpu_s)) == (3, 3)
    assert min(cpu_s) > 0
    assert (outcome["n_examples"], outcome["n_held"]) == (36, 40)
    assert 0 <= outcome["accuracy"] <= 1


@pytest.mark.parametrize("arm", [TRAINER, TRAINER_GROUPED])
def test_trainer_stops_at_the_same_places(task: Mapping[str, Scalar], arm: str) -> None:
    pytest.importorskip("accelerate")
    outcome, n_waits, cpu_s = train_in_chunks(job(task, arm))
    assert (n_waits, len(cpu_s)) == (3, 3)
    assert outcome["n_examples"] == 36


@pytest.mark.slow
def test_processes_take_turns_until_all_are_trained(task: Mapping[str, Scalar]) -> None:
    asked = [job(task, OURS), job(task, OURS_BUCKETED)]
    found = list(train_side_by_side(asked))
    assert [j for j, _ in found] == asked
    assert all(t.cpu_s > 0 and t.n_examples == 36 for _, t in found)
