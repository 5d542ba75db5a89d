"""Tuning on the toy engine: every trial is a run, and a study that was stopped goes on alike."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from breakeven.errors import IncomparableRunsError, SettingsError
from breakeven.records import Run, Scalar, Status, best_trial
from breakeven.store import Store
from breakeven.study import load_study, plan_study
from breakeven.study.events import Event, EventKind
from breakeven.study.runner import execute
from breakeven.testing.processes import has_ended

TUNED = """\
study: tuned
seed: 1
engine: toy
task: {name: toy}
stages:
  - name: ft
    stage: finetune
    epochs: 3
    burn_s: 0.01
    tune:
      trials: 6
      metric: accuracy
      pruner: hyperband
      space:
        accuracy: {low: 0.5, high: 0.9}
        size_bytes: [100, 200]
  - {name: ts, stage: distil, from: ft, burn_s: 0.01}
pathways: {TS: ts}
inference: {blocks: 1, aa: false}
"""

Write = Callable[..., Path]


FEW = ("trials: 6", "trials: 3")


def written(folder: Path, *replaced: tuple[str, str]) -> Path:
    text = TUNED
    for old, new in replaced:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "tuned.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the tuned study with texts replaced, and return its path."""
    return partial(written, tmp_path)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the tuned study, finished."""
    folder = tmp_path_factory.mktemp("tuned")
    assert execute(load_study(written(folder)), folder / "store").is_complete
    return folder / "store"


@pytest.fixture(scope="module")
def runs(store: Path) -> tuple[Run, ...]:
    """Its runs."""
    return Store(store, create=False).runs()


def trials(runs: tuple[Run, ...]) -> list[Run]:
    return sorted((r for r in runs if r.trial), key=lambda r: (r.row, r.started_at))


def drawn(runs: tuple[Run, ...]) -> dict[str, Mapping[str, Scalar]]:
    return {run.row: run.trial.drawn for run in trials(runs) if run.trial}


def test_every_trial_is_a_run_and_the_best_is_handed_on(runs: tuple[Run, ...]) -> None:
    made, best = trials(runs), best_trial(runs)
    assert [run.row for run in made] == [f"ft/trial-{n}" for n in range(6)]
    assert best is not None
    assert best.scores[0].value == max(s.value for run in made for s in run.scores)
    (ts,) = [run for run in runs if run.row == "ts"]
    assert ts.parents == (best.run_id,)
    for run in made:
        assert run.trial is not None
        assert run.trial.drawn.items() <= run.settings.resolved.items()


def test_a_pruned_trial_has_its_cost_and_its_judgements_and_no_result(
    runs: tuple[Run, ...],
) -> None:
    pruned = [run for run in runs if run.status is Status.PRUNED]
    assert pruned
    for run in pruned:
        assert run.phases
        assert not run.artifacts
        assert not run.scores
        assert run.judged[-1].step < run.judged[-1].n_steps == 3
        assert run.error == f"pruned at step {run.judged[-1].step:g} of 3"
        assert run.output.n_examples == 100 * run.judged[-1].step


def test_only_the_best_checkpoint_is_kept(runs: tuple[Run, ...], store: Path) -> None:
    best = best_trial(runs)
    models = {run.row: run.artifacts["model"] for run in trials(runs) if run.artifacts}
    held = {path.name for path in (store / "artifacts").iterdir()}
    assert len(models) > 1
    assert best is not None
    assert {row for row, model in models.items() if model in held} == {best.row}


def test_a_study_that_was_stopped_draws_what_it_would_have_drawn(
    runs: tuple[Run, ...], write: Write, tmp_path: Path
) -> None:
    study = load_study(write())

    def stop(event: Event) -> None:
        if event.kind is EventKind.ENDED and event.row == "ft/trial-3":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(study, tmp_path / "parts", on_event=stop)
    parts = execute(study, tmp_path / "parts").runs
    assert drawn(parts) == drawn(runs)
    assert [(r.row, r.status) for r in trials(parts)] == [(r.row, r.status) for r in trials(runs)]


def test_a_trial_that_a_kill_cut_short_is_made_again_and_both_are_kept(
    write: Write, tmp_path: Path
) -> None:
    log, store = tmp_path / "log", tmp_path / "store"
    path = write(("burn_s: 0.01", f"burn_s: 0.15\n    log: {log}"), ("trials: 6", "trials: 2"))
    command = [sys.executable, "-m", "breakeven", "run", str(path), "--store", str(store)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not log.is_file():
        time.sleep(0.01)
    process.kill()
    process.wait()
    pid = int(log.read_text(encoding="utf-8").split()[1])
    while not has_ended(pid):
        time.sleep(0.01)
    outcome = execute(load_study(path), store)
    first = [run for run in outcome.runs if run.row == "ft/trial-0"]
    assert outcome.is_complete
    assert [run.status for run in first] == [Status.INTERRUPTED, Status.OK]
    assert first[0].settings == first[1].settings
    assert first[0].phases


def test_a_trial_whose_worker_dies_counts_and_the_next_one_is_drawn(
    write: Write, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    path = write(
        ("burn_s: 0.01", f"burn_s: 0.4\n    log: {log}"),
        ("epochs: 3", "epochs: 2"),
        ("trials: 6", "trials: 2"),
    )
    killed: list[str] = []

    def kill(event: Event) -> None:
        if event.kind is EventKind.PROGRESS and event.row == "ft/trial-0" and not killed:
            killed.append(event.row)
            last = log.read_text(encoding="utf-8").splitlines()[-1]
            os.kill(int(last.split()[1]), signal.SIGKILL)

    outcome = execute(load_study(path), tmp_path / "store", on_event=kill)
    assert killed
    assert outcome.is_complete
    assert [run.row for run in trials(outcome.runs)] == [f"ft/trial-{n}" for n in range(2)]
    dead = next(run for run in outcome.runs if run.row == "ft/trial-0")
    assert dead.status is Status.INTERRUPTED
    again = execute(load_study(path), tmp_path / "store")
    assert again.runs == outcome.runs


def test_a_failed_trial_is_a_record_and_no_failure_of_the_study(
    write: Write, tmp_path: Path
) -> None:
    path = write(FEW, ("size_bytes: [100, 200]", "fail: [true, false]"))
    outcome = execute(load_study(path), tmp_path / "store")
    statuses = {run.status for run in trials(outcome.runs)}
    assert outcome.is_complete
    assert {Status.FAILED, Status.OK} <= statuses
    assert len(trials(outcome.runs)) == 3
    assert execute(load_study(path), tmp_path / "store").runs == outcome.runs


def test_where_every_trial_fails_the_row_has_no_result_until_its_settings_are_mended(
    write: Write, tmp_path: Path
) -> None:
    path = write(("trials: 6", "trials: 2"), ("epochs: 3", "epochs: 3\n    fail: true"))
    outcome = execute(load_study(path), tmp_path / "store")
    assert outcome.failed == ("ft",)
    assert outcome.skipped == ("ts: its parent 'ft' has no result", "TS/reference: " + LEFT_OUT)
    assert execute(load_study(path), tmp_path / "store").failed == ("ft",)
    mended = execute(load_study(write(("trials: 6", "trials: 2"))), tmp_path / "store")
    assert mended.is_complete
    assert len(trials(mended.runs)) == 4


LEFT_OUT = "its parent 'ts' has no result"


def test_trials_of_a_row_without_a_parent_are_left_out_once(write: Write, tmp_path: Path) -> None:
    path = write(
        ("stages:\n", "stages:\n  - {name: base, stage: pretrain, fail: true, burn_s: 0.01}\n"),
        ("    epochs: 3\n", "    epochs: 3\n    from: base\n"),
    )
    outcome = execute(load_study(path), tmp_path / "store")
    assert outcome.failed == ("base",)
    assert outcome.skipped[0] == "ft: its parent 'base' has no result"


def test_another_search_under_the_same_name_is_refused(write: Write, store: Path) -> None:
    changed = load_study(write(("high: 0.9", "high: 0.8")))
    with pytest.raises(IncomparableRunsError, match=r"tune='tpe, hyperband over 3.*0\.5\.\.0\.9"):
        plan_study(changed, store)
    burning = load_study(write(("burn_s: 0.01", "burn_s: 0.02")))
    with pytest.raises(IncomparableRunsError, match=r"burn_s=0\.01"):
        plan_study(burning, store)


def test_more_trials_are_refused_once_other_rows_began_from_the_best(
    write: Write, store: Path
) -> None:
    more = load_study(write(("trials: 6", "trials: 7")))
    with pytest.raises(IncomparableRunsError, match=r"put tune\.trials back"):
        plan_study(more, store)


def test_a_metric_that_the_stage_does_not_score_stops_the_study(
    write: Write, tmp_path: Path
) -> None:
    path = write(("metric: accuracy", "metric: loss"))
    with pytest.raises(SettingsError, match=r"'loss', which .* set tune.metric to one of accuracy"):
        execute(load_study(path), tmp_path / "store")


def test_the_plan_counts_trials_as_runs_of_their_row(write: Write, store: Path) -> None:
    study = load_study(write())
    assert plan_study(study).rows[0].n_runs == 6
    plan = plan_study(study, store)
    assert (plan.rows[0].name, plan.rows[0].n_runs, plan.rows[0].n_done) == ("ft", 6, 6)
    assert plan.n_left == 0


def test_two_launches_on_one_store_make_each_trial_once(write: Write, tmp_path: Path) -> None:
    path, store = write(FEW, ("burn_s: 0.01", "burn_s: 0.1")), tmp_path / "store"
    Store(store).close()
    command = [sys.executable, "-m", "breakeven", "run", str(path), "--store", str(store)]
    other = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    outcome = execute(load_study(path), store)
    other.wait()
    assert outcome.is_complete
    assert [run.row for run in trials(outcome.runs)] == [f"ft/trial-{n}" for n in range(3)]
