"""Toy tasks of every form, and stages run on them with models of width 16."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.workloads.stages.toys import (
    N_QUESTIONS,
    ROW,
    TINY,
    pair,
    tagged,
    write_articles,
    write_rows,
)

from breakeven.records import Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.context import FakeContext
from breakeven.workloads.catalogue import resolve_inference, resolve_stage
from breakeven.workloads.stages import run_stage

RunStage = Callable[..., FakeContext]
Task = Mapping[str, Scalar]


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


@pytest.fixture(scope="session")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Task]:
    folder, rng = tmp_path_factory.mktemp("forms"), random.Random(0)
    sizes = {"train": 24, "validation": 8, "test": 10}
    for name, n in sizes.items():
        rows = ["one\ttwo\tanswer\tnumber", *(pair(rng) for _ in range(n))]
        (folder / f"{name}.tsv").write_text("\n".join(rows) + "\n")
        (folder / f"{name}.conll").write_text("\n\n".join(tagged(rng) for _ in range(n)) + "\n")
    tsv, conll = (
        {name: str(folder / f"{name}.{kind}") for name in sizes} for kind in ("tsv", "conll")
    )
    texts: Task = {"name": "files", **tsv, "text_column": "one", "pair_column": "two"}
    return {
        "pairs": {**texts, "label_column": "answer", "labels": "no,yes"},
        "numbers": {**texts, "label_column": "number", "form": "regression"},
        "tags": {"name": "files", **conll, "text_column": "1", "tag_column": "2"},
    }


@pytest.fixture(scope="session")
def fit_form(run_row: RunStage, tasks: dict[str, Task], tiny: Mapping[str, Scalar]) -> RunStage:
    """Fine-tune one tiny model for each form and kind, once."""
    made: dict[tuple[str, str], FakeContext] = {}

    def fit(form: str, kind: str = "bert") -> FakeContext:
        if (form, kind) not in made:
            passed = {
                **tiny,
                "architecture": kind,
                "max_length": 20,
                "n_layers": 2,
                "max_epochs": 2,
            }
            made[form, kind] = run_row(Stage.FINETUNE, passed, task=tasks[form])
        return made[form, kind]

    return fit


@pytest.fixture(scope="session")
def questions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scalar]:
    folder = tmp_path_factory.mktemp("questions")
    paths = {
        name: write_articles(folder / f"{name}.json", n, seed)
        for seed, (name, n) in enumerate(N_QUESTIONS.items())
    }
    return {"name": "files", "form": "question-answering", **paths}


@pytest.fixture(scope="session")
def task_of(tasks: dict[str, Task], questions: Task, toy_task: Task) -> Mapping[str, Task]:
    return {**tasks, "questions": questions, "texts": toy_task}


@pytest.fixture(scope="session")
def trained(
    run_row: RunStage, task_of: Mapping[str, Task], fit_form: RunStage, tiny: Mapping[str, Scalar]
) -> Callable[[str], Path]:
    made: dict[str, Path] = {}

    def train(form: str) -> Path:
        if form in ("pairs", "numbers", "tags"):
            return fit_form(form).folder / "model"
        if form not in made:
            passed = {**tiny, "max_length": 20, "n_layers": 2, "epochs": 2.0}
            made[form] = run_row(Stage.FINETUNE, passed, task=task_of[form]).folder / "model"
        return made[form]

    return train


@pytest.fixture(scope="session")
def export(
    run_row: RunStage, task_of: Mapping[str, Task], trained: Callable[[str], Path]
) -> RunStage:
    """Export a tiny model, each with the same settings once."""
    made: dict[str, FakeContext] = {}

    def run(form: str, **passed: Scalar) -> FakeContext:
        key = f"{form} {passed}"
        if key not in made:
            settings = {"max_length": 20, "stride": 6, **passed}
            parents = {"start": trained(form)}
            made[key] = run_row(Stage.EXPORT, settings, parents, task=task_of[form])
        return made[key]

    return run


@pytest.fixture(scope="session")
def opened(
    task_of: Mapping[str, Task], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    def run(form: str, folder: Path, **passed: Scalar) -> Any:
        from breakeven.workloads.stages.infer import InferenceService  # noqa: PLC0415 - NumPy

        context = FakeContext(folder=tmp_path_factory.mktemp("serve"))
        settings = resolve_stage(Stage.SERVE, passed)
        request = StageRequest(
            stage=Stage.SERVE, settings=settings, task=task_of[form], parents={"start": folder}
        )
        return InferenceService.open(context, request)

    return run


@pytest.fixture(scope="session")
def serve(opened: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> RunStage:
    """Run a row of a model, each opened once as in a study."""
    services: dict[Path, Any] = {}

    def run(form: str, folder: Path, **changed: Scalar) -> FakeContext:
        if folder not in services:
            services[folder] = opened(form, folder)
        context = FakeContext(folder=tmp_path_factory.mktemp("row"))
        services[folder].run(context, resolve_inference({**ROW, **changed}))
        return context

    return run
