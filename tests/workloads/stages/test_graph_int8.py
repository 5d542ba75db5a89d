"""Graphs in int8: what is built, what is refused, and what batches do to their answers."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch")

from breakeven.errors import ExportError, SettingsError  # noqa: E402 - needs torch
from breakeven.records import NoteCode, Scalar, Stage  # noqa: E402 - the same
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.backends.graph_folder import read_graph  # noqa: E402 - the same
from breakeven.workloads.backends.openvino_backend import Openvino  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_inference, resolve_stage  # noqa: E402 - the same
from breakeven.workloads.models.fast_tokenizer import load_fast  # noqa: E402 - the same
from breakeven.workloads.stages.data import open_task  # noqa: E402 - the same
from breakeven.workloads.stages.graph_export import export_graph  # noqa: E402 - the same
from breakeven.workloads.stages.infer import InferenceService  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
INT8 = (
    ("onnxruntime", "int8-dynamic"),
    ("openvino", "int8-dynamic"),
    ("openvino", "int8-static"),
)
ROUNDING = 1e-3


@pytest.fixture(scope="module")
def export(run_row: RunStage, fine_tuned: FakeContext) -> RunStage:
    for name in ("onnxruntime", "openvino", "nncf"):
        pytest.importorskip(name)
    made: dict[str, FakeContext] = {}

    def run(**passed: Scalar) -> FakeContext:
        key = str(passed)
        if key not in made:
            settings = {"max_length": 12, "n_layers": 2, "if_slower": "keep", **passed}
            made[key] = run_row(Stage.EXPORT, settings, {"start": fine_tuned.folder / "model"})
        return made[key]

    return run


@pytest.fixture
def serve(toy_task: Mapping[str, Scalar], tmp_path: Path) -> RunStage:
    def run(made: FakeContext, **changed: Scalar) -> FakeContext:
        context = FakeContext(folder=tmp_path / "row")
        request = StageRequest(
            stage=Stage.SERVE,
            settings=resolve_stage(Stage.SERVE, {}),
            task=toy_task,
            parents={"start": made.folder / "model"},
        )
        row = {"max_length": 12, "min_window_s": 0.0, "warmup": "0", **changed}
        InferenceService.open(context, request).run(context, resolve_inference(row))
        return context

    return run


@pytest.mark.parametrize(("backend", "precision"), INT8)
def test_a_graph_in_int8_is_held_against_its_model_and_fp32(
    export: RunStage, backend: str, precision: str
) -> None:
    made = export(backend=backend, precision=precision)
    assert read_graph(made.folder / "model").precision == precision
    assert made.score("agreement", "validation").value > 0.8
    assert 0 < made.score("largest_difference", "validation").value < 0.5
    assert made.score("cpu_ratio_to_fp32", "validation").value > 0


def test_what_others_listen_with_is_left_as_it_was(
    export: RunStage, capsys: pytest.CaptureFixture[str]
) -> None:
    """NNCF's own way of being silent sets the level of every handler on its logger, for good."""
    logger = logging.getLogger("nncf")
    listener = logging.NullHandler()
    listener.setLevel(logging.INFO)
    logger.addHandler(listener)
    try:
        before = logger.level
        export(backend="openvino", precision="int8-static")
        assert (listener.level, logger.level) == (logging.INFO, before)
    finally:
        logger.removeHandler(listener)
    assert capsys.readouterr().out == ""


def test_a_graph_in_fp32_is_held_against_no_other(export: RunStage) -> None:
    made = export(backend="onnxruntime")
    assert {score.metric for score in made.scores} == {"agreement", "largest_difference"}


def test_weights_in_int8_take_half_the_file_at_most(export: RunStage) -> None:
    sizes = [
        (export(backend="openvino", precision=p).folder / "model/model.bin").stat().st_size
        for p in ("fp32", "int8-static")
    ]
    assert sizes[1] < sizes[0] / 2


def test_one_scale_for_all_channels_gives_other_logits(export: RunStage) -> None:
    one, many = (
        export(backend="onnxruntime", precision="int8-dynamic", **passed)
        for passed in ({"per_channel": False}, {})
    )
    differences = [each.score("largest_difference", "validation").value for each in (one, many)]
    assert differences[0] != differences[1]


def test_scales_are_found_on_as_many_training_examples_as_asked(export: RunStage) -> None:
    few, more = (
        export(backend="openvino", precision="int8-static", **passed)
        for passed in ({"calibration_examples": 2}, {})
    )
    differences = [each.score("largest_difference", "validation").value for each in (few, more)]
    assert differences[0] > differences[1]


def test_scales_are_found_on_training_examples_alone(
    context: FakeContext, toy_task: Mapping[str, Scalar], fine_tuned: FakeContext
) -> None:
    seen: list[list[int]] = []

    class Watched(Openvino):
        def export(self, model: Any, out: Path, **given: Any) -> None:
            for batch in given["calibration"]:
                lengths = batch["attention_mask"].sum(1)
                seen.extend(list(i[:n]) for i, n in zip(batch["input_ids"], lengths, strict=True))
            raise ExportError("seen enough")

    passed: dict[str, Scalar] = {
        "backend": "openvino",
        "precision": "int8-static",
        "max_length": 12,
    }
    request = StageRequest(
        stage=Stage.EXPORT,
        settings=resolve_stage(Stage.EXPORT, passed),
        task=toy_task,
        parents={"start": fine_tuned.folder / "model"},
    )
    with pytest.raises(ExportError, match="seen enough"):
        export_graph(context, request, Watched())
    task, tokenize = open_task(context, request), load_fast(fine_tuned.folder / "model")
    of_train, of_test = (
        sorted(tokenize(list(split.texts), truncation=True, max_length=12)["input_ids"])
        for split in (task.train, task.test)
    )
    assert sorted(seen) == of_train != of_test


def test_what_openvino_cannot_round_is_refused(export: RunStage) -> None:
    with pytest.raises(ExportError, match="has a scale for each channel always"):
        export(backend="openvino", precision="int8-dynamic", per_channel=False)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        ({"per_channel": False}, "per_channel=False does nothing in precision fp32; leave it out"),
        (
            {"precision": "int8-dynamic", "calibration_examples": 9},
            "calibration_examples=9 does nothing in precision int8-dynamic; leave it out, or",
        ),
    ],
)
def test_settings_that_do_nothing_in_a_precision_are_refused(
    passed: Mapping[str, Scalar], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        resolve_stage(Stage.EXPORT, {"backend": "openvino", **passed})


def test_a_backend_is_asked_for_no_precision_that_it_lacks() -> None:
    with pytest.raises(SettingsError, match="choose one of fp32, int8-dynamic, or another backend"):
        resolve_stage(Stage.EXPORT, {"backend": "onnxruntime", "precision": "int8-static"})


@pytest.mark.parametrize(("backend", "precision"), INT8)
def test_answers_by_batch_are_found_by_trying(
    export: RunStage, serve: RunStage, backend: str, precision: str
) -> None:
    made = export(backend=backend, precision=precision)
    moved_frac = read_graph(made.folder / "model").batch_difference_frac
    depends = backend == "onnxruntime"  # OpenVINO's scales are those of a token
    assert moved_frac is not None
    assert (moved_frac > ROUNDING) == depends
    codes = {note.code for note in serve(made, batch_size=4).notes}
    assert (NoteCode.ANSWERS_BY_BATCH in codes) == depends


@pytest.fixture(scope="module")
def sst2(shared_dir: Path) -> Mapping[str, Scalar]:
    paths = {name: shared_dir / "data/sst2" / f"{name}.tsv" for name in ("train", "dev")}
    return {
        "name": "files",
        "train": str(paths["train"]),
        "test": str(paths["dev"]),
        "limit": 1500,
        "labels": "0,1",
    }


@pytest.fixture(scope="module")
def encoder(
    shared_dir: Path, run_row: RunStage, sst2: Mapping[str, Scalar]
) -> Callable[[str], FakeContext]:
    """A real encoder whose head was fitted to 1,000 sentences, in int8."""
    model = str(shared_dir / "models/all-MiniLM-L6-v2")
    fitted = run_row(Stage.FINETUNE, {"model": model, "trained": "head", "epochs": 5.0}, task=sst2)

    def export(backend: str) -> FakeContext:
        asked: dict[str, Scalar] = {"backend": backend, "precision": "int8-dynamic"}
        parents = {"start": fitted.folder / "model"}
        return run_row(Stage.EXPORT, {**asked, "if_slower": "keep"}, parents, task=sst2)

    return export


@pytest.mark.slow
@pytest.mark.parametrize(("backend", "depends"), [("onnxruntime", True), ("openvino", False)])
def test_real_sentences_are_answered_by_what_shares_their_batch(
    encoder: Callable[[str], FakeContext],
    sst2: Mapping[str, Scalar],
    tmp_path: Path,
    backend: str,
    *,
    depends: bool,
) -> None:
    request = StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, {}),
        task=sst2,
        parents={"start": encoder(backend).folder / "model"},
    )
    service = InferenceService.open(FakeContext(folder=tmp_path / "serve"), request)
    rows = {size: FakeContext(folder=tmp_path / str(size)) for size in (8, 64)}
    for size, row in rows.items():
        asked: dict[str, Scalar] = {"batch_size": size, "min_window_s": 0.0, "warmup": "0"}
        service.run(row, resolve_inference(asked))
    eight, more = (answers(row) for row in rows.values())
    assert len(eight) == 872
    assert bool((eight != more).any()) == depends
    for row in rows.values():
        assert (NoteCode.ANSWERS_BY_BATCH in {note.code for note in row.notes}) == depends


def answers(row: FakeContext) -> NDArray[np.int64]:
    with np.load(row.folder / "predictions" / "predictions.npz", allow_pickle=False) as kept:
        found: NDArray[np.int64] = kept["predicted"]
        return found
