"""transformers' trainer_state.json: convention, restarts, checkpoints, scores."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from breakeven.errors import DataFileError
from breakeven.records import Kind, NoteCode, Resource, Run, Stage, Status
from breakeven.store.importers.ledgers.imported import Asked, Imported
from breakeven.store.importers.ledgers.trainer_state import Scoring, read_trainer_state

EVALUATION = {
    "epoch": 1.0,
    "eval_accuracy": 0.8726,
    "eval_loss": 0.31,
    "eval_runtime": 4.05,
    "eval_samples_per_second": 215.309,
    "eval_steps_per_second": 6.9,
    "step": 115,
}
END = {
    "epoch": 3.0,
    "step": 345,
    "total_flos": 2.5e15,
    "train_loss": 0.3,
    "train_runtime": 160.3441,
    "train_samples_per_second": 68.627,
    "train_steps_per_second": 2.152,
}


def state(*log: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "best_metric": None,
        "epoch": 3.0,
        "global_step": 345,
        "max_steps": 345,
        "num_train_epochs": 3,
        "num_input_tokens_seen": 0,
        "total_flos": 2.5e15,
        "train_batch_size": 32,
        "trial_params": None,
        "log_history": [{"loss": 0.6, "step": 100}, *log],
        **changes,
    }


def read(folder: Path, content: object, scoring: Scoring | None = None) -> Imported:
    (folder / "ft").mkdir(exist_ok=True)
    path = folder / "ft" / "trainer_state.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_trainer_state(path, Asked(), scoring=scoring)


def only(folder: Path, content: object, scoring: Scoring | None = None) -> Run:
    (run,) = read(folder, content, scoring).runs
    return run


def codes(run: Run) -> set[NoteCode]:
    return {note.code for note in run.notes}


def test_time_flops_and_steps_of_a_training_that_ended(tmp_path: Path) -> None:
    run = only(tmp_path, state(END))
    (duration,) = run.costs(Resource.DURATION_S)
    (flops,) = run.costs(Resource.FLOPS)
    assert (run.row, run.stage, run.status) == ("ft", Stage.FINETUNE, Status.OK)
    assert (duration.value, duration.kind) == (160.3441, Kind.MEASURED)
    assert duration.high - duration.low == pytest.approx(1e-4)
    assert (flops.value, flops.kind, flops.sensor) == (2.5e15, Kind.COUNTED, "transformers 6ND")
    assert run.output.n_steps == 345


def test_the_convention_of_the_flops_is_said(tmp_path: Path) -> None:
    run = only(tmp_path, state(END))
    (note,) = [note for note in run.notes if note.code is NoteCode.FLOPS_CONVENTION]
    assert "6 x input tokens, padding included" in note.message
    assert "without embeddings" in note.message


def test_flops_of_a_model_that_counts_none_are_absent_not_zero(tmp_path: Path) -> None:
    found = read(tmp_path, state(END, total_flos=0))
    assert found.runs[0].costs(Resource.FLOPS) == ()
    assert "total_flos" in [out.what for out in found.left_out]


def test_examples_follow_from_rate_and_runtime_where_rounding_allows(tmp_path: Path) -> None:
    # 3 epochs of 3,668 examples: 11,004 / 160.3441 s = 68.627 per second.
    assert only(tmp_path, state(END)).output.n_examples == 11_004


def test_examples_that_rounding_leaves_open_are_not_guessed(tmp_path: Path) -> None:
    slow = {**END, "train_runtime": 160_344.1, "train_steps_per_second": 0.002}
    assert only(tmp_path, state(slow)).output.n_examples == 0


def test_a_checkpoint_is_an_interrupted_run_without_a_time(tmp_path: Path) -> None:
    run = only(tmp_path, state(EVALUATION, global_step=115))
    assert run.status is Status.INTERRUPTED
    assert run.costs(Resource.DURATION_S) == ()
    assert run.costs(Resource.FLOPS)[0].value == 2.5e15
    assert NoteCode.PARTIAL_COVERAGE in codes(run)


def test_a_checkpoint_says_that_the_end_holds_its_work_again(tmp_path: Path) -> None:
    run = only(tmp_path, state(EVALUATION, global_step=115))
    assert any("would count twice" in note.advice for note in run.notes)


def test_of_a_resumed_training_the_earlier_sessions_widen_the_interval(tmp_path: Path) -> None:
    # 86.26 of 345 steps at 2.152 per second took 40.0841 s; the other 258.7 are not timed.
    half = {**END, "train_runtime": 40.0841}
    (duration,) = only(tmp_path, state(half)).costs(Resource.DURATION_S)
    assert duration.value == 40.0841
    assert duration.coverage_frac == pytest.approx(0.25, rel=0.01)
    assert duration.high == pytest.approx(160.3, rel=0.01)
    assert NoteCode.PARTIAL_COVERAGE in codes(only(tmp_path, state(half)))


def going_on(step: int, runtime_s: float) -> dict[str, Any]:
    return {"loss": 0.5, "step": step, "train_runtime": runtime_s, "train_tokens_per_second": 9.0}


def test_times_that_are_logged_on_the_way_are_in_the_last_one(tmp_path: Path) -> None:
    run = only(tmp_path, state(going_on(100, 46.5), going_on(200, 93.0), END))
    assert run.costs(Resource.DURATION_S)[0].value == 160.3441
    assert run.status is Status.OK
    assert run.output.n_examples == 11_004


def test_a_checkpoint_that_logged_times_is_known_to_its_last_entry(tmp_path: Path) -> None:
    run = only(tmp_path, state(going_on(50, 20.0), going_on(100, 40.0), global_step=200))
    (duration,) = run.costs(Resource.DURATION_S)
    assert (duration.value, duration.coverage_frac) == (40.0, 0.5)
    assert duration.high == pytest.approx(80.0, rel=1e-3)
    assert run.status is Status.INTERRUPTED


def test_a_time_that_falls_back_begins_another_session(tmp_path: Path) -> None:
    log = [going_on(100, 46.5), going_on(200, 93.0), going_on(250, 20.0)]
    end = {**END, "train_runtime": 65.0, "train_steps_per_second": 2.231}
    (duration,) = only(tmp_path, state(*log, end)).costs(Resource.DURATION_S)
    assert (duration.value, duration.coverage_frac) == (158.0, 1.0)


def test_sessions_that_both_ended_add_up(tmp_path: Path) -> None:
    first = {**END, "step": 173, "train_runtime": 80.0, "train_steps_per_second": 2.163}
    second = {**END, "train_runtime": 80.5, "train_steps_per_second": 2.137}
    (duration,) = only(tmp_path, state(first, second)).costs(Resource.DURATION_S)
    assert (duration.value, duration.coverage_frac) == (160.5, 1.0)


def test_scores_are_those_of_the_last_evaluation_with_their_direction(tmp_path: Path) -> None:
    last = {**EVALUATION, "eval_accuracy": 0.9106, "step": 345}
    run = only(tmp_path, state(EVALUATION, last, END))
    by_name = {score.metric: score for score in run.scores}
    assert (by_name["accuracy"].value, by_name["accuracy"].n_examples) == (0.9106, 872)
    assert by_name["accuracy"].higher_is_better
    assert not by_name["loss"].higher_is_better
    assert [(j.step, j.scores[0].value) for j in run.judged] == [(115, 0.8726), (345, 0.9106)]


@pytest.mark.parametrize("value", [1.7, -0.1, 184.9])
def test_a_score_that_is_no_share_is_refused_with_its_step(tmp_path: Path, value: float) -> None:
    spoiled = {**EVALUATION, "eval_accuracy": value}
    with pytest.raises(DataFileError, match=rf"eval_accuracy is {value:g} at step 115, and acc"):
        read(tmp_path, state(spoiled, END))


def test_percent_may_begin_low_and_a_loss_may_be_anything(tmp_path: Path) -> None:
    first = {**EVALUATION, "eval_accuracy": 3.2, "eval_loss": 7.5}
    last = {**EVALUATION, "eval_accuracy": 88.6, "step": 345}
    run = only(tmp_path, state(first, last, END))
    assert {score.metric: score.value for score in run.scores}["accuracy"] == 88.6


def test_a_metric_of_unknown_direction_is_left_out_until_it_is_said(tmp_path: Path) -> None:
    content = state({**EVALUATION, "eval_zing": 3.0}, END)
    found = read(tmp_path, content)
    assert "eval_zing" in [out.what for out in found.left_out]
    said = only(tmp_path, content, Scoring(lower=["zing"], split="test"))
    (zing,) = [score for score in said.scores if score.metric == "zing"]
    assert (zing.higher_is_better, zing.split) == (False, "test")


def test_tokens_are_a_volume_only_once_it_is_said_which(tmp_path: Path) -> None:
    content = state(END, num_input_tokens_seen=1000)
    found = read(tmp_path, content)
    assert found.runs[0].output.n_padded_tokens == found.runs[0].output.n_real_tokens == 0
    assert any("num_input_tokens_seen" in out.what for out in found.left_out)
    assert only(tmp_path, content, Scoring(tokens="padded")).output.n_padded_tokens == 1000
    assert only(tmp_path, content, Scoring(tokens="real")).output.n_real_tokens == 1000


def test_evaluations_in_training_are_not_added_to_its_time(tmp_path: Path) -> None:
    found = read(tmp_path, state(EVALUATION, END, EVALUATION))
    said = {out.what: out.why for out in found.left_out}
    assert said["eval_runtime of 1 evaluations while training"] == "in train_runtime already"
    assert "eval_runtime of 1 evaluations after training" in said


def test_settings_of_a_search_are_kept(tmp_path: Path) -> None:
    run = only(tmp_path, state(END, trial_params={"learning_rate": 3e-5}))
    assert run.settings.resolved["trial.learning_rate"] == 3e-5


def test_a_training_that_diverged_may_have_logged_no_number(tmp_path: Path) -> None:
    text = json.dumps(state(END)).replace('"loss": 0.6', '"loss": NaN')
    assert only(tmp_path, text).status is Status.OK


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(state(END))[:-30], r"trainer_state\.json:1: column \d+: no JSON .* cut off"),
        ("[]", "no global_step and log_history"),
        ({"global_step": 1, "log_history": 3}, "log_history is no list"),
        (state(END, energy=3), "key 'energy' is none of"),
        (state(END, total_flos=-1), "total_flos is -1; expected a number from 0"),
        (state(END, total_flos="many"), "total_flos is 'many'"),
        (state(END, total_flos=True), "total_flos is True"),
        (state({**END, "train_runtime": -3}), r"log_history\[1\]: train_runtime is -3"),
        (state({**EVALUATION, "eval_loss": None}, END), r"log_history\[1\]: eval_loss is None"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_another_file_is_refused_in_one_sentence(
    tmp_path: Path, content: object, message: str
) -> None:
    with pytest.raises(DataFileError, match=message):
        read(tmp_path, content)


def test_a_time_that_is_said_is_taken(tmp_path: Path) -> None:
    read(tmp_path, state(END))
    found = read_trainer_state(
        tmp_path / "ft" / "trainer_state.json", Asked(), started_at="2026-01-01T00:00:00+00:00"
    )
    assert found.runs[0].started_at == "2026-01-01T00:00:00+00:00"
    assert found.remarks == ()


def test_without_a_time_the_training_ended_when_its_file_was_written(tmp_path: Path) -> None:
    file = tmp_path / "trainer_state.json"
    file.write_text(json.dumps(state({**END, "train_runtime": 100.0})))
    os.utime(file, (1_000_000_100, 1_000_000_100))
    (run,) = read_trainer_state(file, Asked()).runs
    assert run.started_at == "2001-09-09T01:46:40.000+00:00"
