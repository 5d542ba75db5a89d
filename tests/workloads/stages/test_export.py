"""Every form of task, exported by every backend, answers as the model it was made from."""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from tests.workloads.stages.toys import answers  # noqa: E402 - the same

from breakeven.errors import ExportError, SettingsError  # noqa: E402 - the same
from breakeven.records import NoteCode, PhaseName, Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.backends.graph_folder import read_graph  # noqa: E402 - the same
from breakeven.workloads.stages.agreement import Agreement  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
Task = Mapping[str, Scalar]

BACKENDS = ("onnxruntime", "openvino")
FORMS = ("pairs", "numbers", "tags", "questions")


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
