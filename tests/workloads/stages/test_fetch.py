"""Fetching a model before anything is measured, or building one for its costs."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.records import PhaseName, Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.ahead import work_ahead  # noqa: E402 - the same
from breakeven.workloads.catalogue import (  # noqa: E402 - the same
    resolve_inference,
    resolve_stage,
)
from breakeven.workloads.models.encoder import load_model  # noqa: E402 - the same
from breakeven.workloads.stages.infer import InferenceService  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
SHAPED = ("hidden_size", "n_heads", "intermediate_size", "n_layers", "vocab_size", "max_length")


@pytest.fixture
def shape(tiny: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """What a random model is built by."""
    return {name: tiny[name] for name in SHAPED}


def test_a_checkpoint_is_kept_file_by_file(run_row: RunStage, fine_tuned: FakeContext) -> None:
    folder = fine_tuned.folder / "model"
    fetched = run_row(Stage.FETCH, {"model": str(folder)})
    kept = {path.name: path.read_bytes() for path in (fetched.folder / "model").iterdir()}
    assert kept == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert fetched.phases == [PhaseName.WORK]
    assert fetched.counted(Resource.FLOPS) == 0.0


def test_training_begins_from_what_was_fetched(
    run_row: RunStage, pretrained: FakeContext, tiny: Mapping[str, Scalar]
) -> None:
    fetched = run_row(Stage.FETCH, {"model": str(pretrained.folder / "model")})
    trained = run_row(
        Stage.FINETUNE,
        {"epochs": 1, "max_length": tiny["max_length"]},
        {"start": fetched.folder / "model"},
    )
    assert trained.score("accuracy", "validation").value >= 0.0


def deployed(
    folder: Path, task: dict[str, Scalar], context: FakeContext
) -> tuple[InferenceService, dict[str, Scalar]]:
    request = StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, {"model": "parent"}),
        task=task,
        parents={"start": folder},
    )
    passed: dict[str, Scalar] = {"max_length": 12, "min_window_s": 0.0, "warmup": "1"}
    return InferenceService.open(context, request), resolve_inference(passed)


def test_a_random_model_is_used_as_it_is_and_never_scored(
    run_row: RunStage,
    shape: dict[str, Scalar],
    toy_task: dict[str, Scalar],
    context: FakeContext,
) -> None:
    built = run_row(Stage.FETCH, {"model": "random", **shape})
    encoder = load_model(built.folder / "model")
    assert encoder.labels == ("bad", "good")
    assert built.counted(Resource.N_PARAMETERS) == encoder.model.num_parameters()
    service, settings = deployed(built.folder / "model", toy_task, context)
    service.run(context, settings)
    assert context.output.n_examples >= 30
    assert context.scores == []


def test_the_architecture_of_a_checkpoint_is_built_without_its_weights(
    run_row: RunStage, fine_tuned: FakeContext
) -> None:
    given = {"model": str(fine_tuned.folder / "model"), "weights": "random", "n_layers": 2}
    built = run_row(Stage.FETCH, {**given, "max_length": 12})
    assert load_model(built.folder / "model").model.config.num_hidden_layers == 2


def test_a_checkpoint_without_a_head_is_used_under_a_new_one_and_never_scored(
    run_row: RunStage,
    pretrained: FakeContext,
    toy_task: dict[str, Scalar],
    context: FakeContext,
) -> None:
    published = pretrained.folder / "model"
    kept = load_model(published)
    assert (kept.has_new_head, kept.labels) == (True, ("LABEL_0", "LABEL_1"))
    fetched = run_row(Stage.FETCH, {"model": str(published)})
    service, settings = deployed(fetched.folder / "model", toy_task, context)
    service.run(context, settings)
    assert context.output.n_examples >= 30
    assert context.scores == []


@pytest.mark.parametrize("passed", [{"model": "a/b", "n_layers": 2}, {"model": "parent"}])
def test_what_is_fetched_is_not_changed(passed: dict[str, Scalar]) -> None:
    with pytest.raises(SettingsError, match="keeps a checkpoint as it is"):
        resolve_stage(Stage.FETCH, passed)


def test_what_begins_from_a_fetched_model_is_known_beforehand(shape: dict[str, Scalar]) -> None:
    fetched = work_ahead(Stage.FETCH, resolve_stage(Stage.FETCH, shape), {}, {})
    assert fetched is not None
    assert (fetched.flops, fetched.shape["hidden_size"]) == (0.0, 16)
    used = work_ahead(
        Stage.INFER,
        resolve_inference({}),
        {"n_test": 100, "mean_words_test": 8},
        {"start": fetched},
    )
    assert used is not None
    assert used.flops > 0
