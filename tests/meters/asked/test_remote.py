"""Meters that are asked in the background: what a read says while answers come, stall and stop."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.meters import MeterBank
from breakeven.meters.asked.answers import NoAnswer
from breakeven.meters.asked.known import Answer
from breakeven.meters.asked.remote import RemoteMeter
from breakeven.meters.sampler import Sampler
from breakeven.records import Cost, NoteCode
from breakeven.records.protocols import Channel
from breakeven.testing import ScriptedMeter, SteppingClock, joules

PLUG = replace(joules("plug"), device="plug:1", period_s=1.0)
COUNTER = replace(joules("plug-counter", resolution=3.6), device="plug:1", period_s=60.0)
BOTH = {"power": PLUG, "counter": replace(COUNTER, check_of="plug")}


class Still(Sampler):
    """Asks nothing by itself, so that a test decides when a question is put."""

    def start(self) -> None:
        pass


class Scripted:
    """Gives one answer after the other."""

    def __init__(
        self,
        answers: Iterable[Answer | Exception],
        channels: Mapping[str, Channel],
        on_ask: Callable[[], None] = lambda: None,
    ) -> None:
        self.channels = channels
        self._answers: Iterator[Answer | Exception] = iter(answers)
        self._on_ask = on_ask
        self.n_asked = self.n_closed = self.n_aborted = 0

    def ask(self) -> Answer:
        self.n_asked += 1
        self._on_ask()
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def abort(self) -> None:
        self.n_aborted += 1

    def close(self) -> None:
        self.n_closed += 1


def watts(*powers_w: float) -> list[Answer]:
    return [Answer(power_w=power_w) for power_w in powers_w]


class Desk:
    """A meter, its clock, and a hand on both."""

    def __init__(
        self,
        answers: Iterable[Answer | Exception],
        channels: Mapping[str, Channel] | None = None,
    ) -> None:
        self.clock = SteppingClock()
        self.source = Scripted(answers, {"power": PLUG} if channels is None else channels)
        self.meter = RemoteMeter(
            self.source, name="plug", period_s=1.0, clock_s=self.clock, asker=Still()
        )
        self.bank = MeterBank([self.meter], observers=self.meter.observers, clock_s=self.clock)

    def pass_time(self, duration_s: float, *, asks: bool = True) -> None:
        self.clock.advance(duration_s)
        if asks:
            self.meter.ask()


def cost(costs: Iterable[Cost], channel: str = "plug") -> Cost:
    return next(one for one in costs if one.channel == channel)


def test_power_is_integrated_between_answers() -> None:
    desk = Desk(watts(10.0, 20.0, 20.0))
    for _ in range(2):
        desk.pass_time(1.0)
    assert desk.meter.read().totals == {"plug": 15.0 + 20.0}


def test_a_counter_is_differenced_and_checks_the_power() -> None:
    answers = [Answer(power_w=10.0, counter_j=j) for j in (1000.0, 1036.0, 1072.0)]
    desk = Desk(answers, BOTH)
    with desk.bank.window() as window:
        for _ in range(2):
            desk.pass_time(4.0)
    power, counter = (cost(window.measurement.costs, name) for name in ("plug", "plug-counter"))
    assert (power.value, counter.value) == (80.0, 72.0)
    assert counter.check_of == "plug"
    assert power.low <= 80.0 <= power.high
    assert counter.low <= 80.0 <= counter.high  # one update of a minute may be missing


def test_steady_power_has_an_interval_of_age_and_period() -> None:
    desk = Desk(watts(*[100.0] * 12))
    desk.pass_time(1.0)
    desk.pass_time(0.25, asks=False)  # the window opens a quarter of a second after an answer
    with desk.bank.window() as window:
        desk.pass_time(0.75)
        for _ in range(9):
            desk.pass_time(1.0)
        desk.pass_time(0.25, asks=False)
    measured = cost(window.measurement.costs)
    assert (measured.value, measured.coverage_frac) == (1000.0, 1.0)
    assert (measured.low, measured.high) == pytest.approx((1000.0 - 125.0, 1000.0 + 125.0))


def test_power_that_changed_between_two_answers_widens_the_interval() -> None:
    desk = Desk(watts(0.0, 100.0))
    desk.pass_time(2.0)
    assert desk.meter.read().slack == {"plug": 100.0}


def test_a_power_that_is_rounded_widens_the_interval() -> None:
    rounded = [Answer(power_w=10.0, power_step_w=1.0)] * 2
    desk = Desk(rounded)
    desk.pass_time(4.0)
    assert desk.meter.read().slack == {"plug": 2.0}


def test_a_window_between_two_answers_shows_no_joules_rather_than_zero() -> None:
    desk = Desk(watts(100.0, 100.0))
    with desk.bank.window() as window:
        desk.pass_time(0.5, asks=False)
    assert [c.channel for c in window.measurement.costs] == ["wall"]
    (note,) = window.measurement.notes
    assert note.code is NoteCode.SHORT_WINDOW
    assert "the channel is absent here, not zero" in note.advice


def test_a_window_without_any_answer_has_no_value_and_says_why() -> None:
    desk = Desk([*watts(100.0), *[NoAnswer("it did not answer in time")] * 20])
    for _ in range(10):
        desk.pass_time(1.0)
    with desk.bank.window() as window:
        for _ in range(10):
            desk.pass_time(1.0)
    assert [c.channel for c in window.measurement.costs] == ["wall"]
    told = [note.message for note in window.measurement.notes]
    assert any("no answer 10 times" in message and "in time" in message for message in told)


def test_a_gap_in_the_answers_is_not_covered_by_power_but_bridged_by_the_counter() -> None:
    silence = [NoAnswer("no route to host")] * 8
    answers = [Answer(power_w=100.0, counter_j=j) for j in (0.0, 100.0, 1000.0)]
    desk = Desk([*answers[:2], *silence, answers[2]], BOTH)
    with desk.bank.window() as window:
        for _ in range(10):
            desk.pass_time(1.0)
    power, counter = (cost(window.measurement.costs, name) for name in ("plug", "plug-counter"))
    assert (power.value, counter.value) == (100.0, 1000.0)
    assert power.coverage_frac == pytest.approx(0.1)
    assert power.high >= 1000.0
    assert counter.coverage_frac == 1.0
    assert NoteCode.PARTIAL_COVERAGE in {note.code for note in window.measurement.notes}


def test_a_counter_that_fell_breaks_the_window_and_not_the_next_one() -> None:
    answers = [Answer(counter_j=j) for j in (500.0, 510.0, 3.0, 9.0)]
    desk = Desk(answers, {"counter": COUNTER})
    with desk.bank.window() as broken:
        desk.pass_time(1.0)
        desk.pass_time(1.0)
    with desk.bank.window() as sound:
        desk.pass_time(1.0)
    assert [note.code for note in broken.measurement.notes] == [NoteCode.COUNTER_RESET]
    assert cost(sound.measurement.costs, "plug-counter").value == 6.0


def test_a_reset_is_told_once() -> None:
    desk = Desk([Answer(counter_j=j) for j in (5.0, 3.0)], {"counter": COUNTER})
    desk.pass_time(1.0)
    with pytest.raises(CounterResetError, match="fell from 5 J to 3 J"):
        desk.meter.read()
    assert desk.meter.read().totals == {"plug-counter": 0.0}


def test_a_counter_that_skips_an_answer_goes_on_from_where_it_was() -> None:
    answers = [Answer(counter_j=5.0), Answer(), Answer(counter_j=8.0)]
    desk = Desk(answers, {"counter": COUNTER})
    desk.pass_time(1.0)
    desk.pass_time(1.0)
    assert desk.meter.read().totals == {"plug-counter": 3.0}


def test_a_counter_alone_knows_the_largest_power_from_its_steps() -> None:
    answers = [Answer(counter_j=j) for j in (0.0, 100.0, 100.0)]
    desk = Desk(answers, {"counter": COUNTER})
    desk.pass_time(2.0)
    desk.pass_time(2.0)
    assert desk.meter.read().lag == {"plug-counter": 50.0 * 60.0}


def test_two_answers_at_one_moment_are_no_power() -> None:
    desk = Desk([Answer(counter_j=j) for j in (0.0, 100.0)], {"counter": COUNTER})
    desk.pass_time(0.0)
    assert desk.meter.read().lag == {"plug-counter": 0.0}


def test_a_refusal_for_good_ends_the_asking() -> None:
    desk = Desk([*watts(1.0), MeterUnavailableError("it wants another password.")])
    desk.pass_time(1.0)
    desk.pass_time(1.0)
    assert desk.source.n_asked == 2
    with pytest.raises(MeterUnavailableError, match="another password"):
        desk.meter.read()


def test_what_does_not_answer_at_the_opening_is_unavailable_and_closed() -> None:
    source = Scripted([NoAnswer("connection refused")], {"power": PLUG})
    with pytest.raises(MeterUnavailableError, match="plug: connection refused"):
        RemoteMeter(source, name="plug", period_s=1.0)
    assert source.n_closed == 1


def test_closing_takes_leave_once_and_reading_then_fails_as_documented() -> None:
    desk = Desk(watts(1.0))
    desk.meter.close()
    desk.meter.close()
    assert (desk.source.n_aborted, desk.source.n_closed) == (1, 1)
    with pytest.raises(MeterUnavailableError, match="plug is closed"):
        desk.meter.read()


def test_a_fork_neither_reads_nor_takes_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(watts(1.0))
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(MeterUnavailableError, match="not by its forks"):
        desk.meter.read()
    desk.meter.close()
    assert desk.source.n_closed == 0


def test_reading_asks_nobody_and_waits_for_nobody() -> None:
    may_answer, is_asked = Event(), Event()

    def stall() -> None:
        is_asked.set()
        may_answer.wait(30)

    source = Scripted(watts(40.0, 40.0), {"power": PLUG})
    meter = RemoteMeter(source, name="plug", period_s=0.01)
    source._on_ask = stall
    assert is_asked.wait(30)  # the question hangs, in the meter's own thread
    other = ScriptedMeter([{"gpu0": 0.0}, {"gpu0": 5.0}])
    with MeterBank([meter, other]).window() as window:
        n_asked = source.n_asked
    assert cost(window.measurement.costs, "gpu0").value == 5.0
    assert source.n_asked == n_asked
    may_answer.set()
    meter.close()


def test_closing_does_not_wait_for_a_question_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breakeven.meters.asked.remote.END_WAIT_S", 0.0)
    may_answer, is_asked = Event(), Event()
    source = Scripted(watts(40.0, 40.0), {"power": PLUG})
    meter = RemoteMeter(source, name="plug", period_s=0.01)

    def stall() -> None:
        is_asked.set()
        may_answer.wait(30)

    source._on_ask = stall
    assert is_asked.wait(30)
    meter.close()
    assert source.n_closed == 0  # it would pull the line from under the question
    may_answer.set()
    while not source.n_closed:
        time.sleep(0.001)
    assert meter.cpu_s() >= 0.0


def test_silence_that_did_not_change_disturbed_nothing() -> None:
    desk = Desk(watts(1.0))
    (silence,) = desk.meter.observers
    assert silence.judge(silence.look(), silence.look(), duration_s=1.0) == ()
    silence.close()


@given(
    steps=st.lists(
        st.tuples(st.floats(0.01, 20.0), st.one_of(st.none(), st.floats(0.0, 500.0))), min_size=1
    )
)
def test_totals_never_fall_and_no_more_is_covered_than_passed(
    steps: list[tuple[float, float | None]],
) -> None:
    answers = [NoAnswer("x") if w is None else Answer(power_w=w) for _, w in steps]
    desk = Desk([*watts(10.0), *answers])
    before = desk.meter.read()
    for gap_s, _ in steps:
        desk.pass_time(gap_s)
        now = desk.meter.read()
        assert now.totals["plug"] >= before.totals["plug"]
        assert 0.0 <= now.covered_s["plug"] <= desk.clock() + 1e-6
        before = now


@given(powers_w=st.lists(st.floats(0.0, 500.0), min_size=2, max_size=30))
def test_the_interval_holds_the_energy_of_any_power_that_holds_between_answers(
    powers_w: list[float],
) -> None:
    """Each power lasts from one answer to the next; the window opens and ends in between."""
    desk = Desk(watts(*powers_w, powers_w[-1]))
    desk.pass_time(0.5, asks=False)
    with desk.bank.window() as window:
        desk.pass_time(0.5)
        for _ in powers_w[1:]:
            desk.pass_time(1.0)
    true_j = powers_w[0] * 0.5 + sum(powers_w[1:])
    measured = cost(window.measurement.costs)
    assert measured.low - 1e-6 <= true_j <= measured.high + 1e-6
