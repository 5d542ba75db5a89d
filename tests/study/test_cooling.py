"""Rests until idle: on a pretended machine that is busy for a while and draws less after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import StudyFileError
from breakeven.meters import MeterBank
from breakeven.records import Kind, NoteCode, Origin, Rest, Stage, Until
from breakeven.records.protocols import Channel, Reading
from breakeven.session.doctor.load import LoadLook
from breakeven.store import Store
from breakeven.study import load_study, plan_study, run_study
from breakeven.study.calm import Calm, Level, judge
from breakeven.study.cooling import Cooling, rest_notes
from breakeven.testing.clock import SteppingClock
from breakeven.testing.meters import joules

Write = Callable[..., Path]
N_CPUS = 4
LOAD_ALONE = Calm(levels=(Level(name="other load", unit="%", seen=0.0, scatter=2.0),))


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
    assert [(level.name, level.seen) for level in calm.levels] == [
        ("other load", 0.0),
        ("package", pytest.approx(10.0)),
    ]
    assert calm.told == "at most other load 2 %, package 10.5 W, as measured"
    assert calm.doubt == ""
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
    (note,) = rest_notes(rest, cooling.calm)
    assert note.code is NoteCode.NOT_COOLED
    assert (
        "ended by its limit after 30 s; last measured: other load 25 % (at most 2), package 10 W"
        in note.message
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
    assert cooling.calm is not None
    assert [level.name for level in cooling.calm.levels] == ["other load"]


def test_where_nothing_tells_the_rest_takes_its_limit(machine: PretendedMachine) -> None:
    machine.channel, machine.tells_load = None, False
    rest = begun(machine, limit_s=5.0).rest()
    assert (rest.duration_s, rest.is_limited) == (5.0, True)
    assert rest.seen == "nothing here tells whether the machine is idle"


def test_a_sensor_that_came_later_has_no_baseline(machine: PretendedMachine) -> None:
    cooling = machine.cooling()
    with cooling.open_meters() as bank:
        assert judge(cooling._slices(bank, 0.0), bank.channels(), LOAD_ALONE) == (
            True,
            "other load 0 % (at most 2)",
        )


def test_a_slow_sensor_makes_longer_slices(machine: PretendedMachine) -> None:
    machine.channel = replace(joules("package"), period_s=0.5)
    assert begun(machine).rest().duration_s == 10.0


def test_a_rest_that_was_not_asked_for_says_nothing() -> None:
    assert rest_notes(None, None) == ()
    with pytest.raises(ValueError, match="expected >= 0 s, got -1"):
        Rest(duration_s=-1.0)


def busy_at_first(machine: PretendedMachine, *, busy_s: float, hot_s: float = 0.0) -> Cooling:
    """Take a baseline while others use everything, which draws 50 W."""
    machine.busy_until_s, machine.hot_until_s = busy_s, hot_s or busy_s
    return begun(machine)


def test_a_baseline_of_a_busy_machine_is_told_at_once(machine: PretendedMachine) -> None:
    calm = busy_at_first(machine, busy_s=60.0).calm
    assert calm is not None
    assert calm.told == (
        "at most other load 102 %, package 52.5 W, as measured. It was not at rest: other "
        "processes used 100% of the processors meanwhile. Stop the other work and start again; "
        "until then rests wait for the quietest that they see"
    )


def test_runs_say_that_their_rest_compared_with_a_busy_machine(machine: PretendedMachine) -> None:
    cooling = busy_at_first(machine, busy_s=600.0)
    rest = cooling.rest()
    assert (rest.duration_s, rest.is_limited) == (2.0, False)
    (note,) = rest_notes(rest, cooling.calm)
    assert note.code is NoteCode.NOT_COOLED
    assert note.message == (
        "rests compare with a machine that was not at rest itself (other processes used 100% of "
        "the processors meanwhile); last measured: other load 100 % (at most 102), package 50 W "
        "(at most 52.5)."
    )
    assert "Stop what else runs" in note.advice


def test_a_quieter_level_is_what_rests_wait_for_from_then_on(machine: PretendedMachine) -> None:
    cooling = busy_at_first(machine, busy_s=11.0)
    rest = cooling.rest()  # a busy second, one that shows how quiet it can be, two calm ones
    assert (rest.duration_s, rest.is_limited) == (4.0, False)
    assert rest.seen == "other load 0 % (at most 7), package 10 W (at most 10.5)"
    assert rest_notes(rest, cooling.calm) == ()
    machine.hot_until_s = machine.clock.now_s + 5.0
    assert cooling.rest().duration_s == 7.0


def test_power_of_a_busy_machine_is_no_level_once_the_others_are_gone(
    machine: PretendedMachine,
) -> None:
    cooling = busy_at_first(machine, busy_s=10.0, hot_s=11.5)
    rest = cooling.rest()  # 50 W, 30 W, 10 W, then two seconds no quieter
    assert (rest.duration_s, rest.seen) == (
        5.0,
        "other load 0 % (at most 7), package 10 W (at most 10.5)",
    )


def test_a_second_that_is_a_little_quieter_lowers_nothing(machine: PretendedMachine) -> None:
    cooling = machine.cooling()
    cooling.calm = Calm(
        levels=(
            Level(name="other load", unit="%", seen=4.0, scatter=2.0, least=5.0),
            Level(name="package", unit="W", seen=10.4, scatter_frac=0.05),
        )
    )
    assert cooling.rest().duration_s == 2.0
    assert [level.seen for level in cooling.calm.levels] == [4.0, 10.4]


@given(
    seen=st.floats(0.0, 1e3),
    scatter=st.floats(0.0, 1e2),
    least=st.floats(0.0, 10.0),
    nows=st.lists(st.floats(0.0, 1e3)),
)
def test_a_level_never_rises_and_ends_within_its_margin_of_the_least(
    seen: float, scatter: float, least: float, nows: list[float]
) -> None:
    level = Level(name="package", unit="W", seen=seen, scatter=scatter, least=least)
    ends = level
    for now in nows:
        ends = ends.lowered(now)
    assert ends.seen <= seen
    assert all(max(now, least) >= ends.seen - ends.margin for now in nows)
    assert ends.seen in {seen, *(max(now, least) for now in nows)}


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


def test_a_shortest_rest_that_nothing_ends_early_is_refused(write_study: Write) -> None:
    with pytest.raises(StudyFileError, match=r"cooldown_min_s=30 .*set cooldown_until: idle"):
        load_study(write_study(), {"inference.cooldown_s": 60.0, "inference.cooldown_min_s": 30.0})
