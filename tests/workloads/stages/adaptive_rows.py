"""Rows of adaptive models: a folder served at some threshold, and what a row of it answers."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from breakeven.records import Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.context import FakeContext
from breakeven.workloads.catalogue import resolve_inference, resolve_stage

if TYPE_CHECKING:
    from breakeven.workloads.stages.infer import InferenceService

ROW: Mapping[str, Scalar] = {
    "max_length": 12,
    "batch_size": 8,
    "min_window_s": 0.0,
    "warmup": "0",
}


def served(folder: Path, task: Mapping[str, Scalar], context: FakeContext) -> "InferenceService":
    """Load a folder as it is."""
    from breakeven.workloads.stages.infer import InferenceService  # noqa: PLC0415 - NumPy

    request = StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, {}),
        task=task,
        parents={"start": folder},
    )
    return InferenceService.open(context, request)


def at_threshold(service: "InferenceService", threshold: float) -> "InferenceService":
    """The same, which decides by another confidence."""
    server: Any = service.server  # of a cascade or of exits
    return replace(service, server=replace(server, threshold=threshold))


def answered(
    service: "InferenceService", folder: Path, **changed: Scalar
) -> tuple[Any, FakeContext]:
    """Answers of a row to the test split, and what else the row left behind."""
    context = FakeContext(folder=folder)
    service.run(context, resolve_inference({**ROW, **changed}))
    with np.load(folder / "predictions" / "predictions.npz", allow_pickle=False) as kept:
        return kept["predicted"].tolist(), context
