from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("sklearn")
torch = pytest.importorskip("torch")

from tests.workloads.stages.adaptive_rows import answered, at_threshold, served  # noqa: E402 - needs torch

from breakeven.errors import ModelFolderError, SettingsError  # noqa: E402 - needs torch
from breakeven.records import PhaseName, Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.adaptive import read_manifest  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]


@pytest.fixture(scope="module")
def linear(run_row: RunStage) -> FakeContext:
    return run_row(Stage.FINETUNE, {"model": "tfidf"})


@pytest.fixture(scope="module")
def cascade(run_row: RunStage, linear: FakeContext, fine_tuned: FakeContext) -> FakeContext:
    parents = {"start": linear.folder / "model", "fallback": fine_tuned.folder / "model"}
    return run_row(Stage.ADAPT, {"max_drop": 5, "max_length": 12}, parents)


def test_both_members_answer_the_validation_split_once_inside_the_work(
    cascade: FakeContext,
) -> None:
    assert cascade.phases.count(PhaseName.WORK) == 1
    assert cascade.output.n_examples == 2 * 16
    assert cascade.score("handed_on", "validation").n_examples == 16
    assert cascade.score("accuracy", "validation").n_examples == 16


def test_the_artefact_holds_both_members_and_how_it_decides(
    cascade: FakeContext, linear: FakeContext
) -> None:
    folder = cascade.folder / "model"
    found = read_manifest(folder)
    assert found.method == "cascade"
    assert {path.name for path in folder.iterdir()} == {"adapt.json", "small", "large"}
    assert found.validation["n_examples"] == 16
    kept = (folder / "small" / "linear.json").read_bytes()
    assert kept == (linear.folder / "model" / "linear.json").read_bytes()


def test_few_validation_examples_are_said(cascade: FakeContext) -> None:
    assert "threshold-estimated" in [note.code for note in cascade.notes]


def test_a_threshold_of_0_answers_as_the_small_one_and_of_2_as_the_large_one(
    cascade: FakeContext,
    linear: FakeContext,
    fine_tuned: FakeContext,
    toy_task: dict[str, Scalar],
    tmp_path: Path,
) -> None:
    loading = FakeContext(folder=tmp_path)
    both = served(cascade.folder / "model", toy_task, loading)
    for threshold, alone in ((0.0, linear), (2.0, fine_tuned)):
        got, row = answered(at_threshold(both, threshold), tmp_path / f"at{threshold}")
        plain = served(alone.folder / "model", toy_task, loading)
        assert got == answered(plain, tmp_path / f"alone{threshold}")[0]
        assert row.score("handed_on", "test").value == threshold / 2
        assert [row.scores[0].metric, row.scores[-1].metric] == ["accuracy", "handed_on"]


def test_an_answer_does_not_depend_on_its_batch(
    cascade: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    both = served(cascade.folder / "model", toy_task, FakeContext(folder=tmp_path))
    rows = [
        answered(at_threshold(both, 0.65), tmp_path / str(i), batch_size=size, sorted=is_sorted)
        for i, (size, is_sorted) in enumerate([(1, True), (8, True), (30, False)])
    ]
    assert len({tuple(predicted) for predicted, _ in rows}) == 1
    shares = {row.score("handed_on", "test").value for _, row in rows}
    assert len(shares) == 1
    assert 0 < shares.pop() < 1


def test_a_cascade_with_tf_idf_shows_no_tokenizing_and_runs(
    cascade: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    both = served(cascade.folder / "model", toy_task, FakeContext(folder=tmp_path))
    _, row = answered(both, tmp_path / "shown", show_tokenizing=True)
    assert row.phases == [PhaseName.WORK]


def test_tokens_are_those_that_were_computed_and_flops_wait_for_both(
    cascade: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    both = served(cascade.folder / "model", toy_task, FakeContext(folder=tmp_path))
    _, some = answered(at_threshold(both, 0.65), tmp_path / "some")
    _, all_ = answered(at_threshold(both, 2.0), tmp_path / "all")
    _, none = answered(at_threshold(both, 0.0), tmp_path / "none")
    assert none.output.n_real_tokens == 0
    assert 0 < some.output.n_real_tokens < all_.output.n_real_tokens
    assert all_.counted(Resource.FLOPS) == 0


def test_two_encoders_count_the_flops_of_both(
    run_row: RunStage, fine_tuned: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    folder = fine_tuned.folder / "model"
    twice = run_row(Stage.ADAPT, {"max_length": 12}, {"start": folder, "fallback": folder})
    loading = FakeContext(folder=tmp_path)
    both = served(twice.folder / "model", toy_task, loading)
    _, row = answered(at_threshold(both, 2.0), tmp_path / "twice")
    _, once = answered(served(folder, toy_task, loading), tmp_path / "once")
    assert row.counted(Resource.FLOPS) == 2 * once.counted(Resource.FLOPS)
    assert row.counted(Resource.N_PARAMETERS) == 2 * once.counted(Resource.N_PARAMETERS)


def test_without_validation_examples_it_is_refused(
    run_row: RunStage,
    linear: FakeContext,
    fine_tuned: FakeContext,
    unjudged_task: dict[str, Scalar],
) -> None:
    parents = {"start": linear.folder / "model", "fallback": fine_tuned.folder / "model"}
    with pytest.raises(SettingsError, match="no validation examples to choose a threshold on"):
        run_row(Stage.ADAPT, {}, parents, task=unjudged_task)


def test_a_machine_without_probabilities_cannot_be_the_small_one(
    run_row: RunStage, fine_tuned: FakeContext
) -> None:
    vectors = run_row(Stage.FINETUNE, {"model": "tfidf", "estimator": "svm"})
    parents = {"start": vectors.folder / "model", "fallback": fine_tuned.folder / "model"}
    with pytest.raises(SettingsError, match="estimator='svm' says no confidence"):
        run_row(Stage.ADAPT, {}, parents)


def test_batches_of_so_many_tokens_are_refused_before_word_counts_with_what_to_do(
    cascade: FakeContext, toy_task: dict[str, Scalar], context: FakeContext, tmp_path: Path
) -> None:
    service = served(cascade.folder / "model", toy_task, context)
    said = "alone or in a cascade, which knows batch_tokens=0 only; set that, or leave this pathway"
    with pytest.raises(SettingsError, match=said):
        answered(service, tmp_path / "row", batch_tokens=64)


def test_a_missing_fallback_is_named(run_row: RunStage, linear: FakeContext) -> None:
    with pytest.raises(SettingsError, match="method='cascade' needs a row as `fallback`"):
        run_row(Stage.ADAPT, {}, {"start": linear.folder / "model"})


def test_a_damaged_manifest_is_refused(
    cascade: FakeContext, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    (tmp_path / "adapt.json").write_text('{"schema_version": 9}')
    with pytest.raises(ModelFolderError, match="schema_version is 9"):
        served(tmp_path, toy_task, FakeContext(folder=tmp_path / "context"))
