"""What an export needs, and what one that fails leaves: its run, and nothing half made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from breakeven.errors import (  # noqa: E402 - needs torch
    BackendMissingError,
    BreakevenError,
    ExportError,
)
from breakeven.meters import MeterBank  # noqa: E402 - the same
from breakeven.records import Run, Scalar, Stage, Status  # noqa: E402 - the same
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.session import Recorder  # noqa: E402 - the same
from breakeven.store import Store  # noqa: E402 - the same
from breakeven.testing.backends import hidden  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.backends.backend import Graph  # noqa: E402 - the same
from breakeven.workloads.backends.onnxruntime_backend import OnnxRuntime  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_stage  # noqa: E402 - the same
from breakeven.workloads.stages.graph_export import export_graph  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
Task = Mapping[str, Scalar]


class HalfWay(OnnxRuntime):
    """Dies with a part of its graph written."""

    def export(self, model: Any, out: Path, **given: Any) -> None:
        (out / "model.onnx").write_bytes(b"half")
        raise ExportError("the disk was taken away")


@dataclass
class Inverted:
    """Answers the opposite."""

    sound: Graph

    def __call__(self, inputs: Any) -> Any:
        return {name: -own for name, own in self.sound(inputs).items()}

    def close(self) -> None:
        self.sound.close()


class Liar(OnnxRuntime):
    """Exports well, and its graph then answers otherwise."""

    def open(self, folder: Path, *, threads: int) -> Any:
        return Inverted(super().open(folder, threads=threads))


@pytest.mark.parametrize(
    ("backend", "said"), [(HalfWay(), "was taken away"), (Liar(), "answers 0 of 16 examples")]
)
def test_a_failed_export_leaves_its_run_and_no_artefact(
    fine_tuned: FakeContext, toy_task: Task, tmp_path: Path, backend: OnnxRuntime, said: str
) -> None:
    store = Store(tmp_path / "store")
    request = StageRequest(
        stage=Stage.EXPORT,
        settings=resolve_stage(Stage.EXPORT, {"max_length": 12}),
        task=toy_task,
        parents={"start": fine_tuned.folder / "model"},
    )
    skeleton = Run(
        run_id="ort",
        stage=Stage.EXPORT,
        status=Status.INTERRUPTED,
        row="ort",
        started_at="2024-05-01T12:00:00.000+00:00",
    )

    with pytest.raises(ExportError, match=said), Recorder(store, skeleton, bank=MeterBank([])) as r:
        export_graph(r, request, backend)

    (run,) = store.runs()
    assert run.status is Status.FAILED
    assert said in (run.error or "")
    assert run.artifacts == {}
    kept = [p for name in ("artifacts", "scratch") for p in (store.path / name).glob("*")]
    assert kept == []


def test_only_int8_asks_for_nncf(run_row: RunStage, fine_tuned: FakeContext) -> None:
    pytest.importorskip("openvino")
    parents = {"start": fine_tuned.folder / "model"}
    asked = {"max_length": 12, "backend": "openvino", "check_examples": 4}
    with hidden("nncf"):
        made = run_row(Stage.EXPORT, asked, parents)
        with pytest.raises(BreakevenError, match="'openvino' needs nncf, not installed") as told:
            run_row(Stage.EXPORT, {**asked, "precision": "int8-static"}, parents)
    assert made.score("agreement", "validation").value == 1
    assert isinstance(told.value, BackendMissingError)
