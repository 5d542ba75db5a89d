"""Leaving on a signal: once, in order, and also when its exception was lost on the way."""

import os
import signal
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from breakeven.records import Status
from breakeven.session import measure
from breakeven.session.signals import Interrupted, Terminated, leave_on
from breakeven.store import Store

AGAIN_S = 0.01
PATIENCE_S = 60.0
TERM, INT = signal.SIGTERM, signal.SIGINT


class Thing:
    """May be referred to weakly."""


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[type[BaseException] | None]]:
    """Exceptions that Python dropped."""
    found: list[type[BaseException] | None] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda seen: found.append(seen.exc_type))
    yield found
    assert signal.getsignal(TERM) is signal.SIG_DFL
    assert signal.getsignal(INT) is signal.default_int_handler


def lose(number: signal.Signals) -> None:
    """Have a signal arrive in the callback of a weak reference, where Python drops exceptions."""
    thing = Thing()
    kept = weakref.ref(thing, lambda _: signal.raise_signal(number))
    del thing
    assert kept() is None


def swallow(number: signal.Signals) -> None:
    """Have a signal arrive in code that catches everything."""
    with suppress(BaseException):
        signal.raise_signal(number)


def leave(number: signal.Signals, *then: Callable[[], object]) -> None:
    """Have a signal arrive, and clean up."""
    try:
        signal.raise_signal(number)
    finally:
        for each in then:
            each()


def fail() -> None:
    """Run out of disk."""
    raise OSError("disk full")


def sleep_on_a_lock() -> None:
    """Sleep as a worker does that waits for an order."""
    threading.Event().wait(PATIENCE_S)


def sleep_on_a_pipe() -> None:
    """Sleep as a runner does that waits for its worker."""
    end, other = os.pipe()
    try:
        os.read(end, 1)
    finally:
        os.close(end)
        os.close(other)


def leave_later() -> None:
    """Lose a signal and go on."""
    lose(TERM)
    sleep_on_a_pipe()


@pytest.mark.parametrize("sleep", [sleep_on_a_lock, sleep_on_a_pipe])
@pytest.mark.parametrize("lose_it", [lose, swallow])
@pytest.mark.parametrize(("number", "error"), [(TERM, Terminated), (INT, Interrupted)])
def test_a_signal_whose_exception_was_lost_is_raised_again(
    number: signal.Signals,
    error: type[BaseException],
    lose_it: Callable[[signal.Signals], None],
    sleep: Callable[[], None],
    lost: list[type[BaseException]],
) -> None:
    def work() -> None:
        lose_it(number)
        sleep()

    with pytest.raises(error), leave_on(INT, TERM, again_s=AGAIN_S):
        work()
    assert set(lost) == ({error} if lose_it is lose else set())


def test_what_was_lost_is_raised_at_the_end_of_the_block_at_the_latest(
    lost: list[type[BaseException]],
) -> None:
    with pytest.raises(Terminated) as left, leave_on(TERM, again_s=PATIENCE_S):
        lose(TERM)
    assert left.value.code == 143
    assert lost == [Terminated]


def test_it_comes_before_an_error_that_followed(lost: list[type[BaseException]]) -> None:
    def work() -> None:
        lose(TERM)
        fail()

    with pytest.raises(Terminated) as left, leave_on(TERM, again_s=PATIENCE_S):
        work()
    assert isinstance(left.value.__context__, OSError)
    assert lost == [Terminated]


def test_what_is_being_left_is_left_in_peace() -> None:
    def try_again() -> None:
        try:
            fail()
        except OSError:
            signal.raise_signal(TERM)

    closed: list[str] = []
    again = [lambda number=number: signal.raise_signal(number) for number in (TERM, INT)]
    with pytest.raises(Terminated), leave_on(INT, TERM, again_s=PATIENCE_S):
        leave(TERM, *again, try_again, lambda: closed.append("everything"))
    assert closed == ["everything"]


def test_an_error_of_leaving_is_told_instead() -> None:
    with pytest.raises(OSError, match="disk"), leave_on(TERM, again_s=PATIENCE_S):
        leave(TERM, fail)


def test_a_run_that_was_to_end_is_stored_as_interrupted(
    tmp_path: Path, lost: list[type[BaseException]]
) -> None:
    with Store(tmp_path) as store:
        with pytest.raises(Terminated), measure("mine", store=store, meters=["host"]):
            leave_later()
        assert [run.status for run in store.runs()] == [Status.INTERRUPTED]
    assert set(lost) == {Terminated}


def test_without_a_signal_nothing_is_raised_and_no_thread_is_left() -> None:
    before = threading.active_count()
    with leave_on(INT, TERM):
        pass
    assert threading.active_count() == before
    assert signal.getsignal(TERM) is signal.SIG_DFL


@pytest.mark.parametrize("number", [INT, TERM])
def test_a_signal_that_is_ignored_stays_so(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with leave_on(INT, TERM):
            assert signal.getsignal(number) is signal.SIG_IGN
            signal.raise_signal(number)
    finally:
        signal.signal(number, before)


def test_outside_the_main_thread_nothing_changes() -> None:
    def work() -> None:
        with leave_on(TERM):
            seen.append(signal.getsignal(TERM))

    seen: list[object] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]
