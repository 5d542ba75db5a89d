import pytest

from breakeven.records import Note, NoteCode, Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.context import FakeContext
from breakeven.workloads.stages.data import hand_on_notes, open_task
from breakeven.workloads.tasks import Split, make_task


def test_a_task_is_opened_by_its_name(context: FakeContext, toy_task: dict[str, Scalar]) -> None:
    task = open_task(context, StageRequest(stage=Stage.FINETUNE, settings={}, task=toy_task))
    assert (task.labels, len(task.test)) == (("bad", "good"), 30)


def test_doubts_about_the_data_reach_the_run(context: FakeContext) -> None:
    note = Note(code=NoteCode.ABSENT_MODULES, message="nntplib is absent", advice="none needed")
    split = Split(texts=("a",), labels=(0,), sources=("s",))
    hand_on_notes(context, make_task("toy", ("x",), (split, split, split), notes=[note]))
    assert context.notes == [note]


@pytest.mark.parametrize(
    ("stage", "passed", "n_taken"),
    [
        (Stage.FINETUNE, {}, (10, 10)),
        (Stage.PRETRAIN, {}, (40, 10)),
        (Stage.DISTIL, {"method": "task-specific"}, (10, 10)),
        (Stage.DISTIL, {"method": "task-agnostic"}, (40, 10)),
        (Stage.SERVE, {"train_examples": 0}, (40, 40)),
    ],
)
def test_a_stage_takes_no_more_examples_than_it_is_told(
    context: FakeContext,
    toy_task: dict[str, Scalar],
    stage: Stage,
    passed: dict[str, Scalar],
    n_taken: tuple[int, int],
) -> None:
    settings = {"train_examples": 10, "seed": 1, **passed}
    task = open_task(context, StageRequest(stage=stage, settings=settings, task=toy_task))
    assert (len(task.train), len(task.corpus)) == n_taken
    assert len(task.test) == 30
