"""kill -9 at random instants: nothing is lost but a second, nothing is done twice."""

import os
import random
import signal
from contextlib import suppress

import pytest

from breakeven.analysis.overview import analyse
from breakeven.records import Resource, Run, Status
from breakeven.session import recover
from breakeven.store import Store

from .conftest import N_ROWS, Scene, group_is_gone, ok_rows, wait_until
from .crowd import SEED, session_cpu_s

pytestmark = [pytest.mark.slow, pytest.mark.faults]

N_KILLS = 20
LOST_S = 1.1
"""What a kill may cost: the journal's period and a late thread."""


def recorded_cpu_s(run: Run) -> float:
    return sum(cost.value for cost in run.costs(Resource.CPU_S))


LONG_ROWS = tuple(f"--set=stages.{row}.burn_s=2.7" for row in ("base", "ft", "small"))
"""Rows that burn more than a kill may lose, so that losing all of one would be seen."""


def kill(scene: Scene, *, after_cpu_s: float, whole_group: bool) -> None:
    """Kill when the study has burnt so much: on a busy machine that is later than otherwise."""
    process = scene.start(*LONG_ROWS)
    wait_until(lambda: process.poll() is not None or session_cpu_s(process.pid) >= after_cpu_s)
    with suppress(ProcessLookupError):
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
    wait_until(lambda: group_is_gone(process))


def test_twenty_kills_lose_a_second_each_and_repeat_nothing(scene: Scene) -> None:
    rng = random.Random(SEED)
    print(f"kills: seed {SEED}")  # noqa: T201 - pytest shows it when the test fails
    finished: set[str] = set()
    for number in range(N_KILLS):
        kill(scene, after_cpu_s=rng.uniform(0.2, 3.4), whole_group=number % 2 == 0)
        with Store(scene.store) as store:
            recover(store)
            assert not store.journals()
        runs = {run.run_id: run for run in scene.runs()}
        for run_id, (_, cpu_s) in scene.logged().items():
            assert runs[run_id].status in (Status.OK, Status.INTERRUPTED)
            if runs[run_id].row in ("base", "ft", "small"):
                assert recorded_cpu_s(runs[run_id]) >= cpu_s - LOST_S
        ok = {run_id for run_id, run in runs.items() if run.status is Status.OK}
        assert finished <= ok
        finished = ok
    code, _, err = scene.finish(*LONG_ROWS)
    assert code == 0, err
    runs_in_end = scene.runs()
    killed = [run for run in runs_in_end if run.status is Status.INTERRUPTED]
    assert sum(scene.logged().get(run.run_id, (0, 0.0))[1] > 1.5 * LOST_S for run in killed) >= 3
    assert_development_holds_every_run_of(("base", "ft"), scene)
    assert len(ok_rows(runs_in_end)) == N_ROWS
    assert set(ok_rows(runs_in_end).values()) == {1}
    assert any(run.status is Status.INTERRUPTED for run in runs_in_end)
    assert finished <= {run.run_id for run in runs_in_end if run.status is Status.OK}


def assert_development_holds_every_run_of(rows: tuple[str, ...], scene: Scene) -> None:
    """The killed runs' cost is in the development total of FT, as the report shows it."""
    with Store(scene.store) as store:
        definition, runs = store.study("kills"), store.runs()
    (ft,) = (p for p in analyse(definition, runs).pathways if p.name == "FT")
    spent_s = sum(recorded_cpu_s(run) for run in runs if run.row in rows)
    assert ft.development[Resource.CPU_S].value == pytest.approx(spent_s)


def test_the_next_command_records_what_was_killed(scene: Scene) -> None:
    process = scene.start()
    wait_until(lambda: bool(scene.logged()))
    os.killpg(process.pid, signal.SIGKILL)
    wait_until(lambda: group_is_gone(process))
    (killed,) = scene.logged()
    code, _, err = scene.finish()
    assert code == 0, err
    (run,) = (run for run in scene.runs() if run.run_id == killed)
    assert run.status is Status.INTERRUPTED
    assert run.row == "base"


def test_a_worker_whose_runner_is_killed_stores_its_run_itself(scene: Scene) -> None:
    process = scene.start()
    wait_until(lambda: bool(scene.logged()))
    process.kill()
    wait_until(lambda: group_is_gone(process))
    (killed,) = scene.logged()
    (run,) = scene.runs()
    assert (run.run_id, run.status) == (killed, Status.INTERRUPTED)
    assert "Terminated" in (run.error or "")


def test_a_killed_worker_costs_one_row_and_the_study_goes_on(scene: Scene) -> None:
    process = scene.start()
    wait_until(lambda: len(scene.logged()) > 2)
    small, (pid, _) = list(scene.logged().items())[2]
    os.kill(pid, signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "failed: small" in out
    assert "skipped: TS/reference: its parent 'small' has no result" in out
    assert "ended by signal 9" in err or "process died" in err
    (run,) = (run for run in scene.runs() if run.run_id == small)
    assert run.status is Status.INTERRUPTED
    assert ok_rows(scene.runs())["FT/reference", 1] == 1


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "term"]
)
def test_a_polite_end_leaves_an_interrupted_record(
    scene: Scene, number: signal.Signals, code: int
) -> None:
    process = scene.start()
    wait_until(lambda: bool(scene.logged()))
    os.killpg(process.pid, number)
    process.communicate(timeout=60)
    assert process.returncode == code
    assert group_is_gone(process)
    (run,) = scene.runs()
    assert run.status is Status.INTERRUPTED
    assert recorded_cpu_s(run) > 0


def test_two_runs_at_once_on_one_store_do_no_row_twice(scene: Scene) -> None:
    both = [scene.start(), scene.start()]
    ends = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    runs = scene.runs()
    assert len(ok_rows(runs)) == N_ROWS
    assert set(ok_rows(runs).values()) == {1}
    assert {run.status for run in runs} == {Status.OK}
