"""The lookout: each window is judged for its own stretch, and a judge never costs a measurement."""

from collections.abc import Mapping, Sequence

import pytest

from breakeven.meters import MeterBank
from breakeven.meters.lookout import LOOK_AGAIN_S, Lookout
from breakeven.records import Note, NoteCode, Resource
from breakeven.records.protocols import Observer
from breakeven.testing import ScriptedMeter, SteppingClock


class Heat:
    """Counts how often it was hot; says so of the stretch it is asked about."""

    name = "heat"

    def __init__(self) -> None:
        self.n_times = 0
        self.n_looks = 0
        self.is_closed = False

    def look(self) -> Mapping[str, float]:
        self.n_looks += 1
        return {"times": float(self.n_times)}

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        n_times = after["times"] - before["times"]
        message = f"hot {n_times:g} times in {duration_s:g} s."
        note = Note(code=NoteCode.THROTTLED, message=message, advice="Cool it.")
        return [note] if n_times else []

    def close(self) -> None:
        self.is_closed = True


class Blind(Heat):
    """Fails whenever it is asked anything."""

    def look(self) -> Mapping[str, float]:
        raise OSError("no such file")


class Confused(Heat):
    """Looks well and judges badly."""

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        raise ZeroDivisionError


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


def test_the_example_is_an_observer() -> None:
    assert isinstance(Heat(), Observer)


def test_nested_and_overlapping_windows_are_judged_for_their_own_stretch(
    clock: SteppingClock,
) -> None:
    heat = Heat()
    bank = MeterBank(observers=[heat], clock_s=clock)
    early, late = bank.window(), bank.window()
    with bank.window() as outer:
        first = early.__enter__()
        clock.advance(10.0)
        heat.n_times = 2
        second = late.__enter__()
        clock.advance(10.0)
        early.__exit__(None, None, None)
        heat.n_times = 3
        clock.advance(10.0)
        late.__exit__(None, None, None)
        clock.advance(10.0)
        with bank.window() as quiet:
            clock.advance(10.0)
    told = [[n.message for n in w.measurement.notes] for w in (outer, first, second, quiet)]
    assert told == [
        ["hot 3 times in 50 s."],
        ["hot 2 times in 20 s."],
        ["hot 1 times in 20 s."],
        [],
    ]


def test_the_look_is_taken_outside_of_both_readings(clock: SteppingClock) -> None:
    events: list[str] = []

    class Telling(Heat):
        def look(self) -> Mapping[str, float]:
            events.append("look")
            return super().look()

    meter = ScriptedMeter([{"gpu0": 0.0}] * 2, on_read=lambda: events.append("read"))
    with MeterBank([meter], observers=[Telling()], clock_s=clock).window():
        clock.advance(1.0)
        events.append("work")
    assert events == ["look", "read", "work", "read", "look"]


def test_a_state_on_the_way_asks_no_observer(clock: SteppingClock) -> None:
    heat = Heat()
    with MeterBank(observers=[heat], clock_s=clock).window() as window:
        clock.advance(1.0)
        window.so_far()
    assert heat.n_looks == 2


@pytest.mark.parametrize("broken", [Blind, Confused])
def test_an_observer_that_fails_costs_neither_the_measurement_nor_the_others(
    broken: type[Heat], clock: SteppingClock, caplog: pytest.LogCaptureFixture
) -> None:
    heat = Heat()
    meter = ScriptedMeter([{"gpu0": 0.0}, {"gpu0": 7.0}])
    with MeterBank([meter], observers=[broken(), heat], clock_s=clock).window() as window:
        clock.advance(1.0)
        heat.n_times = 1
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == 7.0
    assert [note.message for note in window.measurement.notes] == ["hot 1 times in 1 s."]
    assert "heat could not" in caplog.text


def test_short_windows_share_their_looks(clock: SteppingClock) -> None:
    heat = Heat()
    bank = MeterBank(observers=[heat], clock_s=clock)
    for _ in range(1000):
        with bank.window():
            clock.advance(LOOK_AGAIN_S / 100)
    assert heat.n_looks == pytest.approx(10, abs=2)


def test_a_stretch_of_no_length_is_not_judged(clock: SteppingClock) -> None:
    lookout = Lookout([Confused()], clock_s=clock)
    assert lookout.judge(lookout.look(), lookout.look()) == ()


def test_the_bank_closes_its_observers() -> None:
    heat = Heat()
    MeterBank(observers=[heat]).close()
    assert heat.is_closed
