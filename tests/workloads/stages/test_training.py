"""One loop for every training: several batches to a step, and going on after an interruption."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from breakeven.records import Scalar, Stage  # noqa: E402 - needs torch
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_stage  # noqa: E402 - the same
from breakeven.workloads.models.encoder import AutoClass, load_model  # noqa: E402 - the same
from breakeven.workloads.stages import run_stage  # noqa: E402 - the same
from breakeven.workloads.stages.checkpoint import Checkpoints, Kept  # noqa: E402 - the same
from breakeven.workloads.stages.team import Team  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass(slots=True, kw_only=True)
class Mortal(FakeContext):
    """Dies when a given number of batches were learned from."""

    dies_at: int = 0

    def progress(self, done: float, total: float) -> None:
        """Die at the appointed time."""
        if done >= self.dies_at:
            raise Killed
        FakeContext.progress(self, done, total)


def weights(folder: Path, head: AutoClass) -> Mapping[str, Any]:
    found: Mapping[str, Any] = load_model(folder, head=head).model.state_dict()
    return found


def equal(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    return all(torch.equal(tensor, second[name]) for name, tensor in first.items())


FITTING: Mapping[str, Scalar] = {"max_epochs": 6, "patience": 2}
STAGES: Mapping[str, tuple[Stage, Mapping[str, Scalar], AutoClass]] = {
    "fixed": (Stage.FINETUNE, {"epochs": 2.5}, AutoClass.CLASSIFICATION),
    "stopping": (Stage.FINETUNE, FITTING, AutoClass.CLASSIFICATION),
    "masked": (Stage.PRETRAIN, {"epochs": 2.5}, AutoClass.MASKED_LM),
    "accumulated": (
        Stage.PRETRAIN,
        {"epochs": 2.5, "gradient_accumulation": 2},
        AutoClass.MASKED_LM,
    ),
}
"""Forty texts in batches of eight: five batches an epoch."""


@pytest.mark.parametrize("case", list(product(STAGES, (3, 5, 10))), ids=str)
def test_a_training_that_was_killed_ends_bit_for_bit_as_if_it_had_not_been(
    case: tuple[str, int],
    tiny: Mapping[str, Scalar],
    toy_task: dict[str, Scalar],
    run_row: RunStage,
    tmp_path: Path,
) -> None:
    way, dies_at = case
    stage, passed, head = STAGES[way]
    settings = {**tiny, **passed, "checkpoint_minutes": 1e-9}
    whole = run_row(stage, settings)
    request = StageRequest(stage=stage, settings=resolve_stage(stage, settings), task=toy_task)
    shelf = tmp_path / "checkpoints"
    shelf.mkdir()
    first = Mortal(folder=tmp_path / "a", checkpoints=shelf, dies_at=dies_at, run_id="first")
    with pytest.raises(Killed):
        run_stage(first, request)
    torch.manual_seed(999)
    again = FakeContext(folder=tmp_path / "b", checkpoints=shelf, run_id="again")
    run_stage(again, request)
    assert again.continued == "first"
    theirs = weights(whole.folder / "model", head)
    assert equal(weights(again.folder / "model", head), theirs)
    assert again.scores == whole.scores
    assert again.output.n_batches < whole.output.n_batches
    n_before = int(next(shelf.iterdir()).name.removeprefix("at-"))
    assert again.output.n_batches + n_before >= whole.output.n_batches


def test_without_minutes_nothing_is_kept(
    run_row: RunStage, tiny: Mapping[str, Scalar], toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    asked = {**tiny, "epochs": 1, "checkpoint_minutes": 0}
    settings = resolve_stage(Stage.FINETUNE, asked)
    context = FakeContext(folder=tmp_path / "a", checkpoints=tmp_path / "none")
    run_stage(context, StageRequest(stage=Stage.FINETUNE, settings=settings, task=toy_task))
    assert not (tmp_path / "none").exists()


def test_several_batches_to_a_step_do_what_one_large_batch_does(
    run_row: RunStage, tiny: Mapping[str, Scalar]
) -> None:
    """Without dropout and in the order of the data, two batches of 8 are one of 16."""
    still = {
        **tiny,
        "epochs": 1,
        "bucketed": False,
        "config": "hidden_dropout_prob=0, attention_probs_dropout_prob=0",
    }
    large = run_row(Stage.FINETUNE, {**still, "batch_size": 16})
    small = run_row(Stage.FINETUNE, {**still, "batch_size": 8, "gradient_accumulation": 2})
    head = AutoClass.CLASSIFICATION
    pairs = zip(
        weights(large.folder / "model", head).values(),
        weights(small.folder / "model", head).values(),
        strict=True,
    )
    assert all(torch.allclose(mine, theirs, atol=1e-5) for mine, theirs in pairs)
    assert (large.output.n_batches, large.output.n_steps) == (3, 3)
    assert (small.output.n_batches, small.output.n_steps) == (5, 3)
    assert small.output.n_examples == large.output.n_examples == 40


def test_no_step_spans_two_epochs(run_row: RunStage, tiny: Mapping[str, Scalar]) -> None:
    """Two epochs of five batches, two to a step: three steps each, the third of one batch."""
    fitted = run_row(Stage.FINETUNE, {**tiny, "epochs": 2, "gradient_accumulation": 2})
    assert (fitted.output.n_batches, fitted.output.n_steps) == (10, 6)


def test_a_checkpoint_takes_the_place_of_the_one_before_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Checkpoints(folder=tmp_path, team=Team())
    kept.save(4, Kept(tensors={"w": torch.tensor([1.0])}, values={"place": 4}))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", _killed)
        with pytest.raises(Killed):
            kept.save(8, Kept(values={"place": 8}))
    found = kept.latest()
    assert found is not None
    assert found.values == {"place": 4}
    assert torch.equal(found.tensors["w"], torch.tensor([1.0]))
    kept.save(12, Kept(values={"place": 12}))
    assert [path.name for path in tmp_path.iterdir()] == ["at-12"]
    assert {path.suffix for path in (tmp_path / "at-12").iterdir()} == {".json", ".safetensors"}


def test_of_two_complete_checkpoints_the_later_counts(tmp_path: Path) -> None:
    """One killed before it deleted the one before: 12 is later than 9, though not by name."""
    kept = Checkpoints(folder=tmp_path / "shelf", team=Team())
    kept.save(9, Kept(tensors={"w": torch.tensor([1.0])}, values={"place": 9}))
    shutil.copytree(tmp_path / "shelf" / "at-9", tmp_path / "before")
    kept.save(12, Kept(tensors={"w": torch.tensor([2.0])}, values={"place": 12}))
    (tmp_path / "before").rename(tmp_path / "shelf" / "at-9")
    found = kept.latest()
    assert found is not None
    assert found.values == {"place": 12}


def _killed(path: Path, target: Path) -> None:
    raise Killed


def test_parts_of_a_checkpoint_come_out_as_they_went_in() -> None:
    own = Kept(tensors={"w": torch.tensor([1.0])}, values={"n": 3})
    both = own.under("model") | Kept(values={"n": 5}).under("pupil")
    assert both.part("model") == own
    assert both.part("pupil").values == {"n": 5}
    assert both.part("mode") == Kept()
