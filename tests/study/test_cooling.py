"""Rests until idle: on a pretended machine that is busy for a while and draws less after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from breakeven.errors import StudyFileError
from breakeven.meters import MeterBank
from breakeven.records import Kind, NoteCode, Origin, Rest, Stage, Until
from breakeven.records.protocols import Channel, Reading
from breakeven.session.doctor.load import LoadLook
from breakeven.store import Store
from breakeven.study import load_study, plan_study, run_study
from breakeven.study.cooling import Calm, Cooling, judge, rest_notes
from breakeven.testing.clock import SteppingClock
from breakeven.testing.meters import joules

Write = Callable[..., Path]
N_CPUS = 4


@dataclass
class PretendedMachine:
    """Draws 10 W at rest and 50 W until `hot_until_s`; others use it all until `busy_until_s`."""

    clock: SteppingClock
    hot_until_s: float = 0.0
    busy_until_s: float = 0.0
    tells_load: bool = True
    channel: Channel | None = field(default_factory=lambda: joules("package"))

    name = "pretended"
    poll_period_s = 3600.0

    def channels(self) -> Sequence[Channel]:
        return [] if self.channel is None else [self.channel]

    def read(self) -> Reading:
        now_s = self.clock()
        energy_j = 10.0 * now_s + 40.0 * min(now_s, self.hot_until_s)
        totals: Mapping[str, float] = {"package": energy_j} if self.channel else {}
        return Reading(totals=totals)

    def close(self) -> None:
        pass

    def look(self) -> LoadLook | None:
        busy_s = N_CPUS * min(self.clock(), self.busy_until_s)
        return LoadLook(busy_s=busy_s, own_s=0.0, n_cpus=N_CPUS) if self.tells_load else None

    def cooling(self, *, least_s: float = 0.0, limit_s: float = 60.0) -> Cooling:
        return Cooling(
            open_meters=lambda: MeterBank([self], clock_s=self.clock),
            least_s=least_s,
            limit_s=limit_s,
            clock_s=self.clock,
            wait=self.clock.advance,
            look=self.look,
        )


@pytest.fixture
def machine() -> PretendedMachine:
    """A machine at rest."""
    return PretendedMachine(clock=SteppingClock())


def begun(machine: PretendedMachine, *, least_s: float = 0.0, limit_s: float = 60.0) -> Cooling:
    cooling = machine.cooling(least_s=least_s, limit_s=limit_s)
    cooling.begin()
    return cooling


def test_the_baseline_is_what_was_seen_before_any_work(machine: PretendedMachine) -> None:
    calm = begun(machine).calm
    assert calm is not None
    assert calm.load_frac == 0.02
    assert calm.power_w == pytest.approx({"package": 10.5})
    assert calm.told == "at most other load 2 %, package 10.5 W"
    assert Calm(load_frac=0.5).told == (
        "at most other load 50 %; it was not at rest, so stop the other work and start again"
    )
    assert Calm().told == "their limit: nothing tells of idleness"
    assert machine.clock.now_s == 10.0


def test_a_machine_at_rest_is_left_after_two_calm_seconds(machine: PretendedMachine) -> None:
    assert begun(machine).rest() == Rest(
        duration_s=2.0,
        until=Until.IDLE,
        seen="other load 0 % (at most 2), package 10 W (at most 10.5)",
    )


def test_a_rest_takes_as_long_as_the_power_is_up(machine: PretendedMachine) -> None:
    cooling = begun(machine)
    hot = replace(machine, hot_until_s=machine.clock.now_s + 7.5)
    cooling.open_meters = lambda: MeterBank([hot], clock_s=machine.clock)
    rest = cooling.rest()
    assert (rest.duration_s, rest.is_limited) == (10.0, False)


def test_a_rest_waits_for_other_load_too(machine: PretendedMachine) -> None:
    cooling = begun(machine)
    busy_since_s = machine.clock.now_s
    cooling.look = lambda: LoadLook(
        busy_s=2 * min(machine.clock() - busy_since_s, 4.0), own_s=0.0, n_cpus=N_CPUS
    )
    assert cooling.rest().duration_s == 6.0


def test_a_calm_second_before_a_busy_one_does_not_count(machine: PretendedMachine) -> None:
    cooling = begun(machine)
    busy_since_s = machine.clock.now_s + 1.0
    cooling.look = lambda: LoadLook(
        busy_s=2 * min(max(0.0, machine.clock() - busy_since_s), 1.0), own_s=0.0, n_cpus=N_CPUS
    )
    assert cooling.rest().duration_s == 4.0


def test_the_shortest_rest_is_kept_on_a_machine_that_is_idle(machine: PretendedMachine) -> None:
    assert begun(machine, least_s=20.0).rest().duration_s == 20.0


def test_the_limit_ends_a_rest_and_the_run_says_so(machine: PretendedMachine) -> None:
    cooling = begun(machine, limit_s=30.0)
    cooling.look = lambda: LoadLook(busy_s=machine.clock(), own_s=0.0, n_cpus=N_CPUS)
    rest = cooling.rest()
    assert (rest.duration_s, rest.is_limited) == (30.0, True)
    (note,) = rest_notes(rest)
    assert note.code is NoteCode.NOT_COOLED
    assert (
        "ended by its limit after 30 s: other load 25 % (at most 2), package 10 W" in note.message
    )


def test_without_a_sensor_load_alone_decides(machine: PretendedMachine) -> None:
    machine.channel = None
    assert begun(machine).rest().seen == "other load 0 % (at most 2)"


@pytest.mark.parametrize(
    "changes", [{"kind": Kind.MODELLED}, {"origin": Origin.REPLAYED}, {"name": "another"}]
)
def test_only_a_live_sensor_tells_of_power(
    machine: PretendedMachine, changes: dict[str, str]
) -> None:
    machine.channel = replace(joules("package"), **changes)  # type: ignore[arg-type]  # any field
    cooling = begun(machine)
    assert cooling.calm == Calm(load_frac=0.02)


def test_where_nothing_tells_the_rest_takes_its_limit(machine: PretendedMachine) -> None:
    machine.channel, machine.tells_load = None, False
    rest = begun(machine, limit_s=5.0).rest()
    assert (rest.duration_s, rest.is_limited) == (5.0, True)
    assert rest.seen == "nothing here tells whether the machine is idle"


def test_a_sensor_that_came_later_has_no_baseline(machine: PretendedMachine) -> None:
    cooling = machine.cooling()
    with cooling.open_meters() as bank:
        assert judge(cooling._slices(bank, 0.0), bank.channels(), Calm(load_frac=0.02)) == (
            True,
            "other load 0 % (at most 2)",
        )


def test_a_slow_sensor_makes_longer_slices(machine: PretendedMachine) -> None:
    machine.channel = replace(joules("package"), period_s=0.5)
    assert begun(machine).rest().duration_s == 10.0


def test_a_rest_that_was_not_asked_for_says_nothing() -> None:
    assert rest_notes(None) == ()
    with pytest.raises(ValueError, match="expected >= 0 s, got -1"):
        Rest(duration_s=-1.0)


IDLE = {
    "inference.cooldown_until": "idle",
    "inference.cooldown_s": 0.2,
    "inference.sweep": [],
    "inference.blocks": 1,
}


def test_records_and_the_next_plan_tell_how_long_rests_took(
    write_study: Write, tmp_path: Path
) -> None:
    study = load_study(write_study(), IDLE)
    first = next(r for r in plan_study(study).rows if r.name == "FT/reference").forecast
    assert (first.duration_s, first.is_upper_bound) == (0.2, True)
    assert "cool-down until idle, at its limit" in first.basis
    runs = run_study(study, tmp_path / "store")
    rests = [run.rest for run in runs if run.stage is Stage.INFER]
    assert {rest.until for rest in rests if rest} == {Until.IDLE}
    assert all(rest and rest.duration_s > 0 for rest in rests)
    assert all(run.rest is None for run in runs if run.stage is not Stage.INFER)
    more = load_study(write_study(), {**IDLE, "inference.blocks": 2})
    again = next(r for r in plan_study(more, tmp_path / "store").rows if r.name == "FT/aa")
    assert "cool-down until idle, as before" in again.forecast.basis
    with Store(tmp_path / "store", create=False) as store:
        assert [run.rest for run in store.runs() if run.stage is Stage.INFER] == rests


def test_a_rest_by_time_is_recorded_too(write_study: Write, tmp_path: Path) -> None:
    changes = {"inference.cooldown_s": 0.01, "inference.sweep": [], "inference.blocks": 1}
    runs = run_study(load_study(write_study(), changes), tmp_path / "store")
    rests = {run.rest for run in runs if run.stage is Stage.INFER}
    assert rests == {Rest(duration_s=0.01)}


@pytest.mark.parametrize("changes", [{"cooldown_s": 0.0}, {"cooldown_min_s": 1.0}])
def test_a_rest_until_idle_needs_a_limit(write_study: Write, changes: dict[str, float]) -> None:
    places = {f"inference.{name}": value for name, value in changes.items()}
    with pytest.raises(StudyFileError, match=r"is the limit of a rest until idle"):
        load_study(write_study(), {**IDLE, **places})
