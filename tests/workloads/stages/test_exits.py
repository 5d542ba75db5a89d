from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

pytest.importorskip("sklearn")
torch = pytest.importorskip("torch")

from tests.workloads.stages.adaptive_rows import answered, at_threshold, served  # noqa: E402 - needs torch

from breakeven.errors import ModelFolderError, SettingsError  # noqa: E402 - needs torch
from breakeven.records import PhaseName, Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.adaptive import read_manifest  # noqa: E402 - the same
from breakeven.workloads.models.encoder import load_model  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
EXITS: Mapping[str, Scalar] = {
    "method": "early-exit",
    "exits": "1,3",
    "max_drop": 10,
    "max_length": 12,
    "batch_size": 8,
}


@pytest.fixture(scope="module")
def stopped(run_row: RunStage, fine_tuned: FakeContext) -> FakeContext:
    return run_row(Stage.ADAPT, EXITS, {"start": fine_tuned.folder / "model"})


def test_fitting_passes_the_training_examples_once_through_the_layers_below(
    stopped: FakeContext, fine_tuned: FakeContext
) -> None:
    assert stopped.phases.count(PhaseName.WORK) == 1
    assert stopped.output.n_examples == 40 + 16
    assert stopped.counted(Resource.N_LABELLED_EXAMPLES) == 40
    model = load_model(fine_tuned.folder / "model").model
    n_layer = sum(p.numel() for p in model.bert.encoder.layer[0].parameters())
    n_tokens = stopped.output.n_padded_tokens
    assert 2 * 3 * n_layer * n_tokens < stopped.counted(Resource.FLOPS) < 2 * 5 * n_layer * n_tokens


def test_fewer_training_examples_are_used_where_asked(
    run_row: RunStage, fine_tuned: FakeContext
) -> None:
    parents = {"start": fine_tuned.folder / "model"}
    fewer = run_row(Stage.ADAPT, {**EXITS, "train_examples": 10}, parents)
    assert fewer.output.n_examples == 10 + 16


def test_the_artefact_holds_the_encoder_its_exits_and_no_pickle(
    stopped: FakeContext, fine_tuned: FakeContext
) -> None:
    folder = stopped.folder / "model"
    found = read_manifest(folder)
    assert (found.method, found.exits) == ("early-exit", (1, 3))
    names = {path.name for path in folder.iterdir()}
    assert names == {"adapt.json", "encoder", "exits.safetensors"}
    kept = (folder / "encoder" / "model.safetensors").read_bytes()
    assert kept == (fine_tuned.folder / "model" / "model.safetensors").read_bytes()


def test_exits_that_learned_from_a_trained_encoder_are_better_than_chance(
    stopped: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    service = served(stopped.folder / "model", toy_task, FakeContext(folder=tmp_path))
    _, row = answered(at_threshold(service, 0.0), tmp_path / "row")
    assert row.score("left_after_1", "test").value == 1.0
    assert row.score("left_after_3", "test").value == 0.0
    assert row.score("accuracy", "test").value > 0.7


def test_when_nobody_is_sure_answers_and_flops_are_those_of_the_encoder(
    stopped: FakeContext, fine_tuned: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    loading = FakeContext(folder=tmp_path)
    service = served(stopped.folder / "model", toy_task, loading)
    got, row = answered(at_threshold(service, 2.0), tmp_path / "row")
    plain = served(fine_tuned.folder / "model", toy_task, loading)
    expected, whole = answered(plain, tmp_path / "whole")
    assert got == expected
    assert row.counted(Resource.FLOPS) == whole.counted(Resource.FLOPS)
    assert row.output == whole.output


def test_an_answer_does_not_depend_on_its_batch_and_leaving_saves_flops(
    stopped: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    service = served(stopped.folder / "model", toy_task, FakeContext(folder=tmp_path))
    rows = [
        answered(at_threshold(service, 0.9), tmp_path / str(i), batch_size=size, sorted=is_sorted)
        for i, (size, is_sorted) in enumerate([(1, True), (8, True), (30, False)])
    ]
    assert len({tuple(predicted) for predicted, _ in rows}) == 1
    shares = {row.score("left_after_1", "test").value for _, row in rows}
    assert len(shares) == 1
    _, whole = answered(at_threshold(service, 2.0), tmp_path / "whole", batch_size=1)
    assert rows[0][1].counted(Resource.FLOPS) < whole.counted(Resource.FLOPS)


def test_cut_layers_are_refused(
    stopped: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    service = served(stopped.folder / "model", toy_task, FakeContext(folder=tmp_path))
    with pytest.raises(
        SettingsError, match=r"n_layers=1 cuts an encoder with exits, .* `pathways`"
    ):
        answered(service, tmp_path / "row", n_layers=1)


def test_a_linear_model_has_no_layers_to_stop_between(run_row: RunStage) -> None:
    linear = run_row(Stage.FINETUNE, {"model": "tfidf"})
    with pytest.raises(SettingsError, match="stops between the layers of an encoder in torch"):
        run_row(Stage.ADAPT, EXITS, {"start": linear.folder / "model"})


def test_missing_exits_are_refused(
    stopped: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    folder = stopped.folder / "model"
    (tmp_path / "adapt.json").write_bytes((folder / "adapt.json").read_bytes())
    (tmp_path / "encoder").symlink_to(folder / "encoder")
    with pytest.raises(ModelFolderError, match=r"holds not the exits that adapt\.json names"):
        served(tmp_path, toy_task, FakeContext(folder=tmp_path / "context"))
