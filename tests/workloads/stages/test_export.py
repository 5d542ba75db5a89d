"""Every form of task, exported by every backend, answers as the model it was made from."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import breakeven  # noqa: E402 - needs torch
from breakeven.errors import ExportError, ModelFolderError, SettingsError  # noqa: E402 - the same
from breakeven.records import NoteCode, PhaseName, Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.backends.graph_folder import read_graph  # noqa: E402 - the same
from breakeven.workloads.backends.onnxruntime_backend import OnnxGraph  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_inference, resolve_stage  # noqa: E402 - the same
from breakeven.workloads.deliver import deliver, serving_settings  # noqa: E402 - the same
from breakeven.workloads.manifest import Manifest  # noqa: E402 - the same
from breakeven.workloads.stages.agreement import Agreement  # noqa: E402 - the same
from breakeven.workloads.stages.cascade_service import CascadeRow, CascadeServer  # noqa: E402 - the same
from breakeven.workloads.stages.graph_service import GraphRow, GraphServer  # noqa: E402 - the same
from breakeven.workloads.stages.infer import InferenceService  # noqa: E402 - the same
from breakeven.workloads.stages.serving import confident  # noqa: E402 - the same
from breakeven.workloads.tasks.form import Form  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
Task = Mapping[str, Scalar]

BACKENDS = ("onnxruntime", "openvino")
FORMS = ("pairs", "numbers", "tags", "questions")
ROW: Mapping[str, Scalar] = {
    "max_length": 20,
    "stride": 6,
    "batch_size": 4,
    "min_window_s": 0.0,
    "warmup": "0",
}


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
) -> Callable[..., InferenceService]:
    def run(form: str, folder: Path, **passed: Scalar) -> InferenceService:
        context = FakeContext(folder=tmp_path_factory.mktemp("serve"))
        settings = resolve_stage(Stage.SERVE, passed)
        request = StageRequest(
            stage=Stage.SERVE, settings=settings, task=task_of[form], parents={"start": folder}
        )
        return InferenceService.open(context, request)

    return run


@pytest.fixture(scope="session")
def serve(
    opened: Callable[..., InferenceService], tmp_path_factory: pytest.TempPathFactory
) -> RunStage:
    """Run a row of a model, each opened once as in a study."""
    services: dict[Path, InferenceService] = {}

    def run(form: str, folder: Path, **changed: Scalar) -> FakeContext:
        if folder not in services:
            services[folder] = opened(form, folder)
        context = FakeContext(folder=tmp_path_factory.mktemp("row"))
        services[folder].run(context, resolve_inference({**ROW, **changed}))
        return context

    return run


def answers(context: FakeContext) -> dict[str, Any]:
    with np.load(context.folder / "predictions" / "predictions.npz", allow_pickle=False) as kept:
        return dict(kept)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("form", FORMS)
def test_a_graph_answers_as_its_model_does(
    export: RunStage, serve: RunStage, trained: Callable[[str], Path], form: str, backend: str
) -> None:
    made = export(form, backend=backend)
    graph = answers(serve(form, made.folder / "model"))
    model = answers(serve(form, trained(form)))
    assert made.score("agreement", "validation").value == 1
    assert made.score("largest_difference", "validation").value < 1e-4
    assert graph.keys() == model.keys()
    for name, own in model.items():
        assert graph[name] == pytest.approx(own, abs=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["distilbert", "roberta"])
def test_other_families_are_exported_as_well(
    run_row: RunStage, tasks: dict[str, Task], fit_form: RunStage, kind: str, backend: str
) -> None:
    parents = {"start": fit_form("pairs", kind).folder / "model"}
    made = run_row(
        Stage.EXPORT, {"max_length": 20, "backend": backend}, parents, task=tasks["pairs"]
    )
    assert made.score("agreement", "validation").value == 1
    has_types = "token_type_ids" in read_graph(made.folder / "model").inputs
    assert has_types == (kind == "roberta")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"batch_size": 1}, id="one by one"),
        pytest.param({"padding": "max_length", "sorted": False}, id="padded"),
        pytest.param({"max_length": 6}, id="cut short"),
        pytest.param({"tokenize": "ahead", "threads": 2}, id="ahead, on two threads"),
    ],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_row_of_a_graph_takes_settings_as_one_of_the_model_does(
    export: RunStage,
    serve: RunStage,
    trained: Callable[[str], Path],
    backend: str,
    changed: Mapping[str, Scalar],
) -> None:
    graph = serve("texts", export("texts", backend=backend).folder / "model", **changed)
    model = serve("texts", trained("texts"), **changed)
    assert answers(graph)["predicted"].tolist() == answers(model)["predicted"].tolist()
    assert graph.output == model.output
    for resource in (Resource.FLOPS, Resource.N_PARAMETERS):
        assert graph.counted(resource) == model.counted(resource)


def test_the_folder_says_what_the_graph_is(export: RunStage) -> None:
    made = export("pairs", backend="onnxruntime", check_examples=5)
    facts = read_graph(made.folder / "model")
    assert (facts.backend, facts.precision, facts.n_layers) == ("onnxruntime", "fp32", 2)
    assert facts.inputs == ("input_ids", "attention_mask", "token_type_ids")
    assert facts.outputs == ("logits",)
    assert facts.n_positions == 512
    assert facts.versions.keys() == {"torch", "transformers", "onnx", "onnxruntime"}
    assert {path.suffix for path in (made.folder / "model").iterdir()} == {".onnx", ".json"}
    assert made.phases[-2:] == [PhaseName.LOAD, PhaseName.WORK]
    assert made.counted(Resource.N_PARAMETERS) == facts.n_parameters
    assert made.score("agreement", "validation").n_examples == made.output.n_examples == 5


def test_inputs_longer_than_those_compared_are_noted(export: RunStage, serve: RunStage) -> None:
    """Texts have up to 14 tokens; the export cut them to 6, so that it compared 6."""
    folder = export("texts", backend="onnxruntime", max_length=6).folder / "model"
    assert read_graph(folder).max_length == 6
    codes = {
        length: [note.code for note in serve("texts", folder, max_length=length).notes]
        for length in (6, 20)
    }
    assert NoteCode.LONGER_THAN_COMPARED not in codes[6]
    assert NoteCode.LONGER_THAN_COMPARED in codes[20]
    padded = serve("texts", folder, max_length=6, padding="max_length")
    assert NoteCode.LONGER_THAN_COMPARED not in [note.code for note in padded.notes]


def test_the_longest_input_compared_is_what_the_folder_says(export: RunStage) -> None:
    """Not the limit: no text has as many tokens."""
    assert 3 < read_graph(export("texts", max_length=200).folder / "model").max_length < 60


def test_work_is_that_of_comparing(export: RunStage) -> None:
    made = export("pairs", backend="openvino")
    n_kaplan = read_graph(made.folder / "model").n_kaplan
    expected = 2 * (2 * n_kaplan) * made.output.n_padded_tokens  # 2N a token, by model and graph
    assert made.counted(Resource.FLOPS) == expected


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_lower_layers_alone_are_exported(
    export: RunStage, serve: RunStage, trained: Callable[[str], Path], backend: str
) -> None:
    made = export("texts", backend=backend, n_layers=1)
    assert read_graph(made.folder / "model").n_layers == 1
    shallow = serve("texts", trained("texts"), n_layers=1)
    graph = serve("texts", made.folder / "model", n_layers=1)
    assert answers(graph)["predicted"].tolist() == answers(shallow)["predicted"].tolist()
    with pytest.raises(SettingsError, match="model has 2 layers, n_layers=3 asked"):
        export("texts", backend=backend, n_layers=3)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_a_narrower_graph_is_held_against_fp32(export: RunStage, precision: str) -> None:
    made = export("texts", backend="openvino", precision=precision, if_slower="keep")
    assert read_graph(made.folder / "model").precision == precision
    assert 0 <= made.score("largest_difference", "validation").value < 0.1


def test_half_precision_halves_the_file(export: RunStage) -> None:
    sizes = [
        (made.folder / "model/model.bin").stat().st_size
        for p in ("fp32", "fp16")
        for made in [export("texts", backend="openvino", precision=p, if_slower="keep")]
    ]
    assert sizes[1] < 0.6 * sizes[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"precision": "bf16"}, "precision='bf16' cannot be set of a graph of onnxruntime, which"),
        ({"n_layers": 1}, "made with n_layers=2; leave this pathway out of that row"),
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


def test_what_exports_sees_as_many_processors_as_threads(
    run_row: RunStage,
    trained: Callable[[str], Path],
    toy_task: Task,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """NNCF computes on all it sees; bounds are put back."""
    bounds: list[set[int]] = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    monkeypatch.setattr(
        os, "sched_setaffinity", lambda _, own: bounds.append(set(own)), raising=False
    )
    passed = {"max_length": 20, "threads": 2, "backend": "onnxruntime"}
    run_row(Stage.EXPORT, passed, {"start": trained("texts")}, task=toy_task)
    assert bounds == [{0, 1}, {0, 1, 2}]


def test_an_export_writes_nothing_into_the_systems_temporary_folder(
    run_row: RunStage,
    trained: Callable[[str], Path],
    toy_task: Task,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """So that what a killed one leaves lies in the scratch of its store; here there is no other."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    for backend, precision in (("onnxruntime", "int8-dynamic"), ("openvino", "fp32")):
        passed = {"backend": backend, "precision": precision, "if_slower": "keep"}
        parents = {"start": trained("texts")}
        made = run_row(Stage.EXPORT, {"max_length": 20, **passed}, parents, task=toy_task)
        assert all(path.is_file() for path in (made.folder / "model").iterdir())


def test_a_model_there_for_its_costs_is_exported_but_never_scored(
    run_row: RunStage, serve: RunStage, trained: Callable[[str], Path], toy_task: Task
) -> None:
    passed = {"model": str(trained("texts")), "weights": "random", "max_length": 20}
    empty = run_row(Stage.FETCH, passed, task=toy_task).folder / "model"
    made = run_row(Stage.EXPORT, {"max_length": 20}, {"start": empty}, task=toy_task)
    assert made.score("agreement", "validation").value == 1
    assert serve("texts", made.folder / "model").scores == []


@pytest.fixture
def no_encoders(
    run_row: RunStage,
    export: RunStage,
    fit_form: RunStage,
    pretrained: FakeContext,
    tasks: dict[str, Task],
) -> Mapping[str, Path]:
    """Folders that cannot be exported for the pairs, by what is said of them."""
    return {
        "its `from` is a linear model": run_row(
            Stage.FINETUNE, {"model": "tfidf"}, task=tasks["pairs"]
        ).folder,
        "its `from` is a graph": export("pairs").folder,
        "its `from` is a gpt2 that reads from left to right": fit_form("pairs", "gpt2").folder,
        "a head for the task files, and its `from` has none": pretrained.folder,
    }


def test_only_encoders_with_a_head_are_exported(
    run_row: RunStage, no_encoders: Mapping[str, Path], tasks: dict[str, Task]
) -> None:
    for said, folder in no_encoders.items():
        with pytest.raises(SettingsError, match=said):
            run_row(
                Stage.EXPORT, {"max_length": 12}, {"start": folder / "model"}, task=tasks["pairs"]
            )
    with pytest.raises(SettingsError, match="needs a row to export; set `from`"):
        run_row(Stage.EXPORT, {}, task=tasks["pairs"])


def test_without_validation_examples_there_is_nothing_to_compare_on(
    run_row: RunStage, trained: Callable[[str], Path], unjudged_task: Task
) -> None:
    with pytest.raises(SettingsError, match="and the task files has none; set validation_share"):
        run_row(Stage.EXPORT, {"max_length": 12}, {"start": trained("texts")}, task=unjudged_task)


AGREED = Agreement(n_examples=4, n_equal=3, largest_difference=0.01, largest_logit=2.0)


def test_a_graph_in_fp32_that_answers_otherwise_fails() -> None:
    with pytest.raises(ExportError, match=r"answers 3 of 4 examples as its model does.*0\.01"):
        AGREED.require(precision="fp32")
    AGREED.require(precision="int8-dynamic")
    replace(AGREED, largest_difference=0.0019).require(precision="fp32")  # a tie broke otherwise


def test_logits_that_are_no_numbers_fail_in_every_precision() -> None:
    with pytest.raises(ExportError, match="in bf16 gives logits that are no finite numbers"):
        replace(AGREED, largest_difference=float("nan")).require(precision="bf16")


def test_an_unknown_layout_is_refused(export: RunStage, tmp_path: Path) -> None:
    facts = json.loads((export("texts").folder / "model/graph.json").read_text())
    (tmp_path / "graph.json").write_text(json.dumps({**facts, "schema_version": 2}))
    with pytest.raises(ModelFolderError, match="schema_version 2 and this breakeven reads 1"):
        read_graph(tmp_path)
    (tmp_path / "graph.json").write_text("{")
    with pytest.raises(ModelFolderError, match=r"graph\.json cannot be read"):
        read_graph(tmp_path)
