"""The alarm: it wakes who sleeps, and who was about to; where poll(2) is missing, too."""

import os
import select
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from breakeven.meters.alarm import Alarm, EventAlarm, PipeAlarm, new_alarm


@pytest.fixture(params=[PipeAlarm, EventAlarm])
def alarm(request: pytest.FixtureRequest) -> Iterator[Alarm]:
    made: Alarm = request.param()
    yield made
    made.close()


def test_what_rang_before_counts_once(alarm: Alarm) -> None:
    alarm.ring()
    alarm.ring()
    alarm.wait(None)
    began_s = time.monotonic()
    alarm.wait(0.05)
    assert time.monotonic() - began_s >= 0.04


def test_it_wakes_a_thread_that_would_sleep_for_ever(alarm: Alarm) -> None:
    sleeper = Thread(target=alarm.wait, args=(None,))
    sleeper.start()
    alarm.ring()
    sleeper.join(10)
    assert not sleeper.is_alive()


def test_it_may_ring_as_often_as_anybody_likes() -> None:
    alarm = PipeAlarm()
    for _ in range(100_000):
        alarm.ring()
    alarm.wait(None)
    still_rung, _, _ = select.select([alarm._reader], [], [], 0)
    assert still_rung == []
    alarm.close()


def test_nothing_stays_open() -> None:
    alarm = PipeAlarm()
    reader, writer = alarm._reader, alarm._writer
    alarm.close()
    for fd in (reader, writer):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)


def test_systems_without_poll_have_an_alarm_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_alarm()
    made.close()
    assert isinstance(made, PipeAlarm)
    monkeypatch.delattr(select, "poll")
    assert isinstance(new_alarm(), EventAlarm)
