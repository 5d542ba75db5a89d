"""The scene: what events and the journal tell of a running study, and nothing that they do not."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from breakeven.cli.live.scene import Follower, RowNow, Scene
from breakeven.meters.journal import Journal
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Stage,
    Status,
)
from breakeven.store.codec import encode_run
from breakeven.study.events import Begun, Event, EventKind, Known

AT = "2026-01-01T00:00:00+00:00"
BEGUN = Begun(study="small", headline=Resource.CPU_S, n_cpus=2)


def amount(resource: Resource, value: float, *, period_s: float | None = None) -> Cost:
    is_energy = resource is Resource.ENERGY_J
    return Cost(
        resource=resource,
        value=value,
        low=value,
        high=value,
        kind=Kind.MEASURED,
        channel="c",
        sensor="s",
        origin=Origin.REPLAYED if is_energy else Origin.LIVE,
        period_s=period_s,
    )


def run_of(
    duration_s: float, *, cpu_s: float | None = None, energy_j: float | None = None, **sensor: float
) -> Run:
    """A run whose work took so much by now; None is not measured."""
    costs = [amount(Resource.DURATION_S, duration_s)]
    costs += [amount(Resource.CPU_S, cpu_s)] if cpu_s is not None else []
    costs += [amount(Resource.ENERGY_J, energy_j, **sensor)] if energy_j is not None else []
    measured = Measurement(started_at=AT, duration_s=duration_s, costs=tuple(costs))
    return Run(
        run_id="r",
        stage=Stage.FINETUNE,
        status=Status.INTERRUPTED,
        started_at=AT,
        phases=(Phase(name=PhaseName.WORK, measurement=measured),),
    )


@dataclass
class Study:
    """A study that is followed, on a clock of its own."""

    store: Path
    now_s: float = 0.0
    journal: Journal | None = None
    follower: Follower = field(init=False)

    def __post_init__(self) -> None:
        self.follower = Follower(self.store, clock_s=lambda: self.now_s)
        self.tell(EventKind.PLANNED, n_left=4, begun=BEGUN)

    def tell(self, kind: EventKind, *, left: tuple[float, bool] | None = None, **told: Any) -> None:
        self.follower.follow(Event(kind=kind, **told), left=left)

    def start(self) -> None:
        self.tell(EventKind.STARTED, row="ft", stage=Stage.FINETUNE, run_id="r", n_left=4)
        folder = self.store / "journal"
        folder.mkdir()
        self.journal = Journal(folder / "r.jsonl", owner=b"{}", state=encode_run(run_of(0.0)))

    def see(self, at_s: float, run: Run) -> Scene:
        assert self.journal is not None
        self.now_s = at_s
        self.journal.write(encode_run(run))
        return self.follower.look()

    def row(self) -> RowNow:
        row = self.follower.look().row
        assert row is not None
        return row


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path)


def rates(scene: Scene) -> dict[Resource, float]:
    assert scene.row is not None
    return {resource: round(rate.value, 6) for resource, rate in scene.row.rates.items()}


def test_what_is_in_use_now_is_the_change_between_two_entries_of_the_journal(study: Study) -> None:
    study.start()
    study.see(1.0, run_of(1.0, cpu_s=0.5, energy_j=100.0))
    seen = study.see(3.0, run_of(3.0, cpu_s=4.5, energy_j=140.0))

    assert rates(seen) == {Resource.CPU_S: 2.0, Resource.ENERGY_J: 20.0}


def test_it_is_that_of_the_latest_seconds(study: Study) -> None:
    study.start()
    for second in range(1, 11):
        cpu_s = 2.0 * min(second, 5)  # both CPUs, then none
        seen = study.see(second, run_of(float(second), cpu_s=cpu_s))

    assert rates(seen) == {Resource.CPU_S: 0.0}


def test_no_rate_is_told_of_one_entry_of_too_short_a_time_or_of_what_nothing_measures(
    study: Study,
) -> None:
    study.start()
    assert rates(study.see(1.0, run_of(1.0, cpu_s=1.0))) == {}
    assert rates(study.see(1.5, run_of(1.5, cpu_s=1.5))) == {}
    assert rates(study.see(2.0, run_of(2.0, cpu_s=2.0))) == {Resource.CPU_S: 1.0}


def test_a_sensor_that_tells_each_five_seconds_gives_no_watts_before_that(study: Study) -> None:
    study.start()
    for second in range(1, 6):
        seen = study.see(second, run_of(float(second), energy_j=0.0, period_s=5.0))
    assert rates(seen) == {}
    seen = study.see(6.0, run_of(6.0, energy_j=50.0, period_s=5.0))
    assert rates(seen) == {Resource.ENERGY_J: 10.0}


def test_a_sensor_that_is_lost_gives_no_watts_instead_of_none(study: Study) -> None:
    study.start()
    study.see(1.0, run_of(1.0, energy_j=10.0))
    assert rates(study.see(2.0, run_of(2.0, energy_j=5.0))) == {}
    assert rates(study.see(3.0, run_of(3.0, cpu_s=3.0))) == {}


def test_a_row_without_a_journal_has_neither_costs_nor_rates(study: Study) -> None:
    study.tell(EventKind.STARTED, row="ft", stage=Stage.FINETUNE, run_id="r", block=1, n_left=4)
    study.now_s = 9.0

    assert study.row() == RowNow(name="ft block 2", stage=Stage.FINETUNE, took_s=9.0)


def test_the_time_left_of_a_row_is_at_the_pace_since_its_first_step(study: Study) -> None:
    study.start()
    study.now_s = 10.0  # importing took that long and is no step
    study.tell(EventKind.PROGRESS, done=1, total=100, n_left=4)
    assert study.row().left_s is None
    study.now_s = 20.0
    study.tell(EventKind.PROGRESS, done=21, total=100, n_left=4)
    assert study.row().done_frac == 0.21
    assert study.row().left_s == pytest.approx(39.5)
    study.now_s = 30.0
    assert study.row().left_s == pytest.approx(29.5)


def test_costs_of_ended_rows_earlier_sittings_and_the_open_row_add_up(study: Study) -> None:
    spent = (amount(Resource.CPU_S, 100.0),)
    begun = Begun(study="small", headline=Resource.CPU_S, n_cpus=2, spent=spent)
    study.tell(EventKind.PLANNED, n_left=2, begun=begun)
    study.start()
    study.see(1.0, run_of(1.0, cpu_s=1.0))
    study.tell(EventKind.ENDED, row="ft", run=run_of(5.0, cpu_s=5.0), n_left=1)
    study.tell(EventKind.STARTED, row="ts", run_id="r", n_left=1)
    seen = study.see(7.0, run_of(2.0, cpu_s=2.0))

    assert seen.costs[Resource.CPU_S, Kind.MEASURED].value == 107.0
    assert seen.ended[Resource.CPU_S, Kind.MEASURED].value == 105.0
    assert (seen.n_done, seen.n_total, seen.n_left) == (1, 2, 1)


def test_the_time_left_runs_down_between_rows_and_is_unknown_when_it_has_passed(
    study: Study,
) -> None:
    known = Known(duration_s=30.0, n_runs=1)
    study.tell(EventKind.ENDED, row="ft", n_left=1, known=known, left=(30.0, True))
    study.now_s = 10.0
    assert study.follower.look().left == (20.0, True)
    assert study.follower.look().known == known
    study.now_s = 50.0
    study.tell(EventKind.SAID, text="nothing to do with it")
    assert study.follower.look().left is None
    assert study.follower.look().row is None


def test_steps_of_a_row_do_not_begin_the_time_left_anew(study: Study) -> None:
    study.tell(EventKind.ENDED, row="base", n_left=4, left=(100.0, False))
    study.start()
    study.now_s = 30.0
    study.tell(EventKind.PROGRESS, done=1, total=100, n_left=4, left=(100.0, False))

    assert study.follower.look().left == (70.0, False)


@pytest.mark.parametrize(
    ("n_left", "expected_s", "left"),
    [
        (4, 100.0, (90.0, False)),  # that of all rows is longer
        (4, 12.0, (40.0, True)),  # at least the row's own: of the others nobody can tell
        (1, 12.0, (40.0, False)),  # and the last row's is the study's
        (4, 5.0, (40.0, True)),
    ],
)
def test_a_study_does_not_end_before_the_row_that_runs(
    study: Study, n_left: int, expected_s: float, left: tuple[float, bool]
) -> None:
    study.tell(EventKind.ENDED, row="base", n_left=n_left, left=(expected_s, False))
    study.tell(EventKind.STARTED, row="ft", run_id="r", n_left=n_left)
    study.tell(EventKind.PROGRESS, done=0, total=100, n_left=n_left)
    study.now_s = 10.0
    study.tell(EventKind.PROGRESS, done=20, total=100, n_left=n_left)

    assert study.follower.look().left == left
