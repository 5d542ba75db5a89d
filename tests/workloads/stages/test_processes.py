"""Two processes of torchrun do what one does with batches twice as large."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import RankFailedError  # noqa: E402 - needs torch
from breakeven.records import Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.models.encoder import AutoClass, load_model  # noqa: E402 - the same

pytestmark = [pytest.mark.nlp, pytest.mark.slow]

RunStage = Callable[..., FakeContext]
STILL = "hidden_dropout_prob=0, attention_probs_dropout_prob=0"


def apart(first: Path, second: Path, head: AutoClass) -> float:
    """Largest difference of any weight of two models."""
    states = [
        load_model(folder / "model", head=head).model.state_dict() for folder in (first, second)
    ]
    return max(float((own - states[1][name]).abs().max()) for name, own in states[0].items())


@pytest.fixture(scope="module")
def odd_task(toy_task: dict[str, Scalar], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Forty-one texts: the last batch of eight is a single one, which two cannot share."""
    lines = Path(str(toy_task["train"])).read_text(encoding="utf-8").splitlines()
    train = tmp_path_factory.mktemp("odd") / "train.tsv"
    train.write_text("\n".join([*lines, "a fine warm film\tgood"]) + "\n", encoding="utf-8")
    return {**toy_task, "train": str(train)}


def test_fine_tuning_ends_with_the_same_weights_and_the_same_work(
    run_row: RunStage, tiny: Mapping[str, Scalar], odd_task: dict[str, Scalar]
) -> None:
    asked = {**tiny, "max_epochs": 3, "patience": 1, "config": STILL}
    one = run_row(Stage.FINETUNE, {**asked, "batch_size": 8}, task=odd_task)
    two = run_row(Stage.FINETUNE, {**asked, "batch_size": 4, "n_processes": 2}, task=odd_task)
    assert apart(one.folder, two.folder, AutoClass.CLASSIFICATION) < 1e-5
    assert [s.metric for s in one.scores] == [s.metric for s in two.scores]
    assert [s.value for s in two.scores] == pytest.approx([s.value for s in one.scores], abs=1e-5)
    for count in ("n_examples", "n_real_tokens", "n_batches", "n_steps"):
        assert getattr(two.output, count) == getattr(one.output, count)
    assert two.counted(Resource.N_LABELLED_EXAMPLES) == 41
    assert two.counted(Resource.FLOPS) == pytest.approx(one.counted(Resource.FLOPS), rel=0.1)


def test_a_student_is_taught_by_all_processes_together(
    run_row: RunStage, tiny: Mapping[str, Scalar], fine_tuned: FakeContext
) -> None:
    teacher = {"teacher": fine_tuned.folder / "model"}
    asked = {"max_length": 12, "epochs": 1, "lr": 5e-3}
    one = run_row(Stage.DISTIL, {**asked, "batch_size": 8}, teacher)
    two = run_row(Stage.DISTIL, {**asked, "batch_size": 4, "n_processes": 2}, teacher)
    assert two.output.n_examples == one.output.n_examples
    assert two.counted(Resource.FLOPS) == pytest.approx(one.counted(Resource.FLOPS), rel=0.1)
    assert two.score("accuracy", "validation").n_examples == 16


def test_pre_training_accumulates_over_processes_and_batches(
    run_row: RunStage, tiny: Mapping[str, Scalar]
) -> None:
    asked = {**tiny, "epochs": 1.5, "batch_size": 4, "gradient_accumulation": 2}
    two = run_row(Stage.PRETRAIN, {**asked, "n_processes": 2})
    assert (two.output.n_batches, two.output.n_steps) == (8, 5)  # 5 batches: 3 steps; 3: 2
    assert two.output.n_examples == 40 + 24
    assert load_model(two.folder / "model", head=AutoClass.MASKED_LM).new_weights == ()


def test_an_error_of_the_ranks_is_told_with_its_traceback(
    run_row: RunStage, tiny: Mapping[str, Scalar], unjudged_task: dict[str, Scalar]
) -> None:
    with pytest.raises(
        RankFailedError, match=r"of 2 failed:\n(.|\n)*SettingsError: epochs=0 stops"
    ):
        run_row(Stage.FINETUNE, {**tiny, "n_processes": 2}, task=unjudged_task)
