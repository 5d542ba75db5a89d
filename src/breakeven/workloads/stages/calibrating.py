"""Calibrating: a member answers the validation split once, to choose what it may answer alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from breakeven.errors import SettingsError
from breakeven.records import Note, NoteCode, Scalar, Score, Stage, Volume
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive.thresholds import Choice, least_examples
from breakeven.workloads.catalogue import resolve_inference, resolve_stage
from breakeven.workloads.stages.cascade_service import HANDED_ON
from breakeven.workloads.stages.passes import plan_pass
from breakeven.workloads.stages.scoring import judge
from breakeven.workloads.stages.serving import Row, flops_of
from breakeven.workloads.tasks import Split, Task
from breakeven.workloads.tasks.form import Form

SPLIT = "validation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a row answered, in the order of the split.

    Attributes:
        predicted: One answer for each example.
        confidences: One for each where the row was asked for them.
        volume: What it processed.
        flops: None where the row counts none.
    """

    predicted: Sequence[Any]
    confidences: Sequence[float]
    volume: Volume
    flops: float | None


def answer_all(row: Row, split: Split[Any], settings: Mapping[str, Scalar]) -> Seen:
    """Let a row answer every example of its split once, in batches of similar length."""
    predicted: dict[int, Any] = {}
    confidences: dict[int, float] = {}
    volume, flops = Volume(), list[float | None]()
    for batch in plan_pass(split, settings).batches:
        answers = row.answer(batch)
        predicted |= zip(batch, answers.predicted, strict=True)
        confidences |= zip(batch, answers.confidences, strict=bool(answers.confidences))
        flops.append(flops_of(row, answers))
        volume += Volume(
            n_examples=len(batch),
            n_real_tokens=answers.n_real_tokens,
            n_padded_tokens=answers.n_padded_tokens,
            n_batches=1,
        )
    return Seen(
        predicted=[predicted[i] for i in range(len(split))],
        confidences=[confidences[i] for i in sorted(confidences)],
        volume=volume,
        flops=None if None in flops else sum(filter(None, flops)),
    )


def row_settings(request: StageRequest) -> dict[str, Scalar]:
    """Settings of the rows that answer while an adaptive model is made."""
    kept = ("max_length", "batch_size", "seed", "threads")
    return resolve_inference({name: request.settings[name] for name in kept})


def member_request(request: StageRequest, role: str) -> StageRequest:
    """Ask for one parent as if it alone were served."""
    kept = {name: request.settings[name] for name in ("seed", "threads")}
    return StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, kept),
        task=request.task,
        parents={"start": request.parents[role]},
    )


def check_task(task: Task[Any]) -> None:
    """Refuse tasks without confidences, or without examples to choose thresholds on.

    Raises:
        SettingsError: If it is one of them.
    """
    if task.form is not Form.CLASSIFICATION:
        raise SettingsError(
            f"the task {task.name} is {task.form}, whose answers say no confidence; adaptive "
            f"methods need a task of form {Form.CLASSIFICATION}"
        )
    if not len(task.validation):
        raise SettingsError(
            f"the task {task.name} has no validation examples to choose a threshold on; set "
            "validation_share above 0, or name a validation file or split"
        )


def report_choice(
    context: StageContext,
    task: Task[Any],
    choice: Choice,
    *,
    answers: Sequence[Any],
    max_drop: float,
) -> None:
    """Hand scores and doubts of what was chosen to the context, outside the work.

    Args:
        context: Of the run.
        task: Whose validation split was answered.
        choice: The threshold.
        answers: Those of the adaptive model.
        max_drop: What was asked for, in points.
    """
    verdict = judge(task, answers, task.validation.labels, split=SPLIT)
    share = Score(
        metric=HANDED_ON,
        value=choice.handed_on,
        split=SPLIT,
        n_examples=choice.n,
        higher_is_better=False,
    )
    for score in (*verdict.scores, share):
        context.add_score(score)
    for note in (*verdict.notes, *_doubts(choice, max_drop=max_drop)):
        context.add_note(note)


def validation_facts(choice: Choice) -> dict[str, float | int | bool]:
    """What the manifest keeps of the choice."""
    return {
        "n_examples": choice.n,
        "n_right": choice.n_right,
        "n_right_last": choice.n_right_last,
        "n_lost": choice.n_lost,
        "n_gained": choice.n_gained,
        "handed_on_frac": choice.handed_on,
        "is_bounded": choice.is_bounded,
    }


def _doubts(choice: Choice, *, max_drop: float) -> list[Note]:
    found = []
    if not choice.is_bounded:
        least = least_examples(max_drop)
        enough = f"at least {least:,} are needed" if least < float("inf") else "no number suffices"
        found.append(
            Note(
                code=NoteCode.THRESHOLD_ESTIMATED,
                message=f"the threshold rests on {choice.n:,} validation examples, which cannot "
                f"show a loss below {max_drop:g} points ({enough}); the loss that was seen, and "
                "one example more, decided",
                advice="Validate on more examples or raise max_drop; judge the model on the test "
                "split before it is used.",
            )
        )
    if not sum(choice.shares):
        found.append(
            Note(
                code=NoteCode.ALL_HANDED_ON,
                message="no threshold was found to lose at most "
                f"{max_drop:g} points, so everything gets to the last answer and nothing is saved",
                advice="Use the larger model alone, raise max_drop, or validate on more examples.",
            )
        )
    return found
