"""Question answering end to end in a stage: fitted, imitated, served; costs are per question."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from breakeven.records import Resource, Scalar, Stage  # noqa: E402 - needs torch
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_inference, resolve_stage  # noqa: E402
from breakeven.workloads.stages.infer import InferenceService  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
N = {"train": 60, "validation": 10, "test": 20}
LENGTHS: Mapping[str, Scalar] = {"max_length": 24, "stride": 6}


@pytest.fixture(scope="module", params=["bert", "distilbert", "gpt2"])
def fitted(
    request: pytest.FixtureRequest,
    run_row: RunStage,
    tiny: Mapping[str, Scalar],
    questions: Mapping[str, Scalar],
) -> FakeContext:
    settings = {**tiny, **LENGTHS, "architecture": request.param, "epochs": 6.0, "batch_size": 16}
    return run_row(Stage.FINETUNE, settings, task=questions)


def serve(folder: Path, task: Mapping[str, Scalar], into: Path, **changed: Scalar) -> FakeContext:
    settings = resolve_stage(Stage.SERVE, {})
    request = StageRequest(
        stage=Stage.SERVE, settings=settings, task=task, parents={"start": folder}
    )
    context = FakeContext(folder=into)
    row = {"batch_size": 4, "min_window_s": 0.0, "warmup": "0", **LENGTHS, **changed}
    InferenceService.open(context, request).run(context, resolve_inference(row))
    return context


def test_answers_are_learned_and_counted_by_question(
    fitted: FakeContext, questions: Mapping[str, Scalar], tmp_path: Path
) -> None:
    assert fitted.output.n_examples == 6 * N["train"]
    assert fitted.counted(Resource.N_LABELLED_EXAMPLES) == N["train"]
    row = serve(fitted.folder / "model", questions, tmp_path)
    exact = row.score("exact_match", "test")
    assert exact.value > 0.8
    assert (exact.n_examples, row.output.n_examples) == (N["test"], N["test"])
    assert row.scores[0] == exact
    assert row.score("answer_f1", "test").value >= exact.value
    with np.load(tmp_path / "predictions/predictions.npz", allow_pickle=False) as kept:
        assert kept["correct"].mean() == exact.value
        assert len(kept["answer_f1"]) == N["test"]


def test_shorter_windows_cost_more_tokens_for_the_same_questions(
    fitted: FakeContext, questions: Mapping[str, Scalar], tmp_path: Path
) -> None:
    short = serve(fitted.folder / "model", questions, tmp_path / "a", max_length=14, stride=4)
    long = serve(fitted.folder / "model", questions, tmp_path / "b", max_length=100)
    assert short.output.n_examples == long.output.n_examples == N["test"]
    assert short.output.n_batches == long.output.n_batches == 5
    assert short.output.n_real_tokens > long.output.n_real_tokens


@pytest.mark.parametrize("targets", ["hard", "soft"])
def test_a_student_learns_its_teachers_answers(
    run_row: RunStage,
    fitted: FakeContext,
    questions: Mapping[str, Scalar],
    tmp_path: Path,
    targets: str,
) -> None:
    passed = {**LENGTHS, "targets": targets, "epochs": 4.0, "batch_size": 16, "lr": 5e-3}
    student = run_row(Stage.DISTIL, passed, {"teacher": fitted.folder / "model"}, task=questions)
    row = serve(student.folder / "model", questions, tmp_path)
    assert row.score("exact_match", "test").value > 0.5
    assert student.score("exact_match", "validation").n_examples == N["validation"]
