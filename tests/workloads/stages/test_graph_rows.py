"""Rows of graphs: what they refuse, when a session is opened and closed."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from tests.workloads.stages.toys import ROW  # noqa: E402 - the same

import breakeven  # noqa: E402 - needs torch
from breakeven.errors import ModelFolderError, SettingsError  # noqa: E402 - the same
from breakeven.records import PhaseName, Scalar  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.backends.graph_folder import read_graph  # noqa: E402 - the same
from breakeven.workloads.backends.onnxruntime_backend import OnnxGraph  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_inference  # noqa: E402 - the same
from breakeven.workloads.deliver import deliver, serving_settings  # noqa: E402 - the same
from breakeven.workloads.manifest import Manifest  # noqa: E402 - the same
from breakeven.workloads.stages.cascade_service import CascadeRow, CascadeServer  # noqa: E402 - the same
from breakeven.workloads.stages.graph_service import GraphRow, GraphServer  # noqa: E402 - the same
from breakeven.workloads.stages.infer import InferenceService  # noqa: E402 - the same
from breakeven.workloads.stages.serving import confident  # noqa: E402 - the same
from breakeven.workloads.tasks.form import Form  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
Task = Mapping[str, Scalar]

BACKENDS = ("onnxruntime", "openvino")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"precision": "bf16"}, "precision='bf16' cannot be set of a graph of onnxruntime, which"),
        (
            {"n_layers": 1},
            "made with n_layers=2; leave this pathway out of that row by `pathways` of its entry",
        ),
        ({"attention": "eager"}, "attention='eager' cannot be set of a graph"),
        ({"max_length": 600}, "beyond the model's 512 positions"),
    ],
)
def test_what_a_graph_cannot_do_is_refused(
    export: RunStage, serve: RunStage, changed: Mapping[str, Scalar], said: str
) -> None:
    folder = export("texts", backend="onnxruntime").folder / "model"
    with pytest.raises(SettingsError, match=said):
        serve("texts", folder, **changed)


def test_a_graph_runs_on_no_other_device(
    export: RunStage, opened: Callable[..., InferenceService]
) -> None:
    folder = export("texts", backend="onnxruntime").folder / "model"
    with pytest.raises(SettingsError, match="device='cuda' is none that graphs of onnxruntime run"):
        opened("texts", folder, device="cuda")


def test_a_graph_of_other_answers_is_refused(
    export: RunStage, opened: Callable[..., InferenceService]
) -> None:
    folder = export("texts", backend="onnxruntime").folder / "model"
    with pytest.raises(SettingsError, match="the model answers bad, good, the task files asks for"):
        opened("pairs", folder)


def test_a_session_is_opened_anew_for_other_threads_only(
    export: RunStage, opened: Callable[..., InferenceService], tmp_path: Path
) -> None:
    service = opened("texts", export("texts", backend="onnxruntime").folder / "model")
    assert isinstance(service.server, GraphServer)
    graphs, phases = [], []
    for i, threads in enumerate((1, 2, 2, 1)):
        context = FakeContext(folder=tmp_path / f"threads{i}")
        service.run(context, resolve_inference({**ROW, "threads": threads}))
        graphs.append(id(service.server.graph))
        phases.append(context.phases)
    assert graphs[1] == graphs[2]
    work = [PhaseName.WORK]
    assert phases == [work, [PhaseName.LOAD, *work], work, [PhaseName.LOAD, *work]]


def test_a_row_after_one_whose_graph_did_not_open_opens_it_anew(
    export: RunStage, opened: Callable[..., InferenceService], tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(export("texts", backend="onnxruntime").folder / "model", folder)
    service = opened("texts", folder)
    graph = (folder / "model.onnx").rename(tmp_path / "elsewhere")
    with pytest.raises(ModelFolderError, match=r"model\.onnx cannot be opened"):
        service.run(FakeContext(folder=tmp_path / "two"), resolve_inference({**ROW, "threads": 2}))
    graph.rename(folder / "model.onnx")
    context = FakeContext(folder=tmp_path / "one")
    service.run(context, resolve_inference({**ROW, "threads": 1}))
    assert context.phases == [PhaseName.LOAD, PhaseName.WORK]


def test_closing_a_delivered_graph_lets_go_of_its_session(export: RunStage, tmp_path: Path) -> None:
    manifest = Manifest(form=Form.CLASSIFICATION, settings=serving_settings(ROW))
    deliver(export("texts", backend="onnxruntime").folder / "model", tmp_path / "out", manifest)
    model = breakeven.load(tmp_path / "out")
    row = model.row
    assert isinstance(row, GraphRow)
    assert isinstance(row.graph, OnnxGraph)
    assert len(model(["a fine film"])) == 1
    model.close()
    assert row.graph.session is None
    with pytest.raises(ValueError, match="this model is closed; load its folder again"):
        model(["a fine film"])
    model.close()


def test_closing_a_cascade_closes_both_members(
    export: RunStage, opened: Callable[..., InferenceService]
) -> None:
    folder = export("texts", backend="onnxruntime").folder / "model"
    members = [opened("texts", folder).server for _ in range(2)]
    CascadeServer(small=members[0], large=members[1], threshold=0.5).close()
    for member in members:
        assert isinstance(member, GraphServer)
        assert isinstance(member.graph, OnnxGraph)
        assert member.graph.session is None


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_row_of_openvino_says_that_it_prepares_for_each_shape(
    export: RunStage,
    opened: Callable[..., InferenceService],
    context: FakeContext,
    backend: str,
) -> None:
    server = opened("texts", export("texts", backend=backend).folder / "model").server
    settings = resolve_inference(ROW)
    with server.configured(context, settings, split=server.task.test) as row:
        sure = confident(row)
        cascade = CascadeRow(small=sure, large=sure, threshold=0.5)
        assert row.prepares_shapes == cascade.prepares_shapes == (backend == "openvino")


def test_an_unknown_layout_is_refused(export: RunStage, tmp_path: Path) -> None:
    facts = json.loads((export("texts").folder / "model/graph.json").read_text())
    (tmp_path / "graph.json").write_text(json.dumps({**facts, "schema_version": 2}))
    with pytest.raises(ModelFolderError, match="schema_version 2 and this breakeven reads 1"):
        read_graph(tmp_path)
    (tmp_path / "graph.json").write_text("{")
    with pytest.raises(ModelFolderError, match=r"graph\.json cannot be read"):
        read_graph(tmp_path)
