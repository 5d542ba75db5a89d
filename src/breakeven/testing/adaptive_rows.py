"""Rows for the suite of adaptive methods: a toy task, what they begin from, and their answers."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from breakeven.records import Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.context import FakeContext
from breakeven.workloads.adaptive import Adaptive
from breakeven.workloads.catalogue import resolve_inference, resolve_stage
from breakeven.workloads.stages import run_stage
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.passes import plan_pass
from breakeven.workloads.stages.serving import Row, Server
from breakeven.workloads.tasks import Split

N_EXAMPLES = {"train": 60, "validation": 40, "test": 40}
"""Of the toy task, by split."""

_WORDS = {"good": ("fine", "warm", "kind"), "bad": ("cold", "grim", "dull")}


def write_task(folder: Path) -> dict[str, Scalar]:
    """Write a toy task of two classes, some of whose words stand in both, and return its block."""
    folder.mkdir()
    rng = random.Random(0)  # noqa: S311 - toy data
    shared = [word for words in _WORDS.values() for word in words]
    task: dict[str, Scalar] = {"name": "files", "labels": "bad,good"}
    for split, n in N_EXAMPLES.items():
        lines = ["sentence\tlabel"]
        for i in range(n):
            label = ("good", "bad")[i % 2]
            words = [*rng.choices(_WORDS[label], k=2), *rng.choices(shared, k=rng.randint(1, 4))]
            lines.append(f"{' '.join(words)} {split} {i}\t{label}")
        path = folder / f"{split}.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        task[split] = str(path)
    return task


def fitted(context: FakeContext, task: Mapping[str, Scalar], passed: Mapping[str, Scalar]) -> Path:
    """Run a row of stage finetune and return the folder of its model."""
    settings = resolve_stage(Stage.FINETUNE, passed)
    run_stage(context, StageRequest(stage=Stage.FINETUNE, settings=settings, task=task))
    return context.folder / "model"


def opened(method: Adaptive, task: Mapping[str, Scalar], folder: Path, scratch: Path) -> Server:
    """Load a folder as a served row does."""
    request = StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, {}),
        task=task,
        parents={"start": folder},
    )
    return method.open(FakeContext(folder=scratch), request, read_task=open_task)


def row_settings(**passed: Scalar) -> dict[str, Scalar]:
    """Settings of a row of inference."""
    return resolve_inference({"batch_size": 8, **passed})


def answers(server: Server, split: Split[Any], scratch: Path, **passed: Scalar) -> list[Any]:
    """Answers to a split, in its order."""
    settings = row_settings(**passed)
    with server.configured(FakeContext(folder=scratch), settings, split=split) as row:
        return in_order(row, split, settings)


def in_order(row: Row, split: Split[Any], settings: Mapping[str, Scalar]) -> list[Any]:
    """Answers of a row that is set up for a split, in the split's order."""
    found: dict[int, Any] = {}
    for batch in plan_pass(split, settings).batches:
        found.update(zip(batch, row.answer(batch).predicted, strict=True))
    return [found[i] for i in range(len(split))]
