"""A toy task of two easy classes, and stages run on it with models of width 16."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from breakeven.records import Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.context import FakeContext
from breakeven.workloads.catalogue import resolve_stage
from breakeven.workloads.stages import run_stage

RunStage = Callable[..., FakeContext]

TINY: Mapping[str, Scalar] = {
    "model": "random",
    "hidden_size": 16,
    "n_heads": 2,
    "intermediate_size": 32,
    "n_layers": 4,
    "vocab_size": 100,
    "max_length": 12,
    "batch_size": 8,
    "lr": 5e-3,
}
WORDS = {
    "good": ("fine", "lovely", "bright", "warm", "kind", "sweet"),
    "bad": ("cold", "awful", "grim", "bitter", "dull", "harsh"),
}
NEUTRAL = ("the", "film", "was", "a", "story", "and", "scene")


def write_rows(path: Path, n_rows: int, seed: int) -> str:
    rng = random.Random(seed)
    lines = ["sentence\tlabel"]
    for i in range(n_rows):
        label = ("good", "bad")[i % 2]
        words = rng.choices(NEUTRAL, k=rng.randint(1, 6)) + rng.choices(WORDS[label], k=2)
        rng.shuffle(words)
        lines.append(f"{' '.join(words)} {i}\t{label}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture(scope="session")
def toy_task(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scalar]:
    folder = tmp_path_factory.mktemp("task")
    sizes = {"train": 40, "validation": 16, "test": 30}
    paths = {
        name: write_rows(folder / f"{name}.tsv", n, seed)
        for seed, (name, n) in enumerate(sizes.items())
    }
    return {"name": "files", "labels": "bad,good", **paths}


@pytest.fixture(scope="session")
def unjudged_task(toy_task: dict[str, Scalar]) -> dict[str, Scalar]:
    """The same without validation rows."""
    kept = {key: value for key, value in toy_task.items() if key != "validation"}
    return {**kept, "validation_share": 0.0}


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    return FakeContext(folder=tmp_path / "artifacts")


@pytest.fixture(scope="session")
def run_row(toy_task: dict[str, Scalar], tmp_path_factory: pytest.TempPathFactory) -> RunStage:
    """Resolve settings and run a stage in a context of its own; `parents` are folders by role."""

    def run(
        stage: Stage,
        passed: Mapping[str, Scalar],
        parents: Mapping[str, Path] | None = None,
        *,
        task: Mapping[str, Scalar] = toy_task,
    ) -> FakeContext:
        context = FakeContext(folder=tmp_path_factory.mktemp("run"))
        request = StageRequest(
            stage=stage,
            settings=resolve_stage(stage, passed),
            task=task,
            parents=parents or {},
        )
        run_stage(context, request)
        return context

    return run


@pytest.fixture(scope="session")
def tiny() -> Mapping[str, Scalar]:
    return TINY


@pytest.fixture(scope="session")
def pretrained(run_row: RunStage) -> FakeContext:
    pytest.importorskip("torch")
    return run_row(Stage.PRETRAIN, {**TINY, "epochs": 2})


@pytest.fixture(scope="session")
def fine_tuned(run_row: RunStage) -> FakeContext:
    pytest.importorskip("torch")
    return run_row(Stage.FINETUNE, {**TINY, "max_epochs": 6})
