"""The sampler: one thread, shared starts, jobs that fail alone."""

import logging
import time
from threading import Event, current_thread

import pytest

from breakeven.meters.sampler import HAS_THREAD_CLOCK, Sampler


def fast() -> float:
    return 0.001


def test_a_job_runs_again_and_again_in_the_sampler_s_thread() -> None:
    names: list[str] = []
    thrice = Event()

    def job() -> None:
        names.append(current_thread().name)
        if len(names) == 3:
            thrice.set()

    sampler = Sampler()
    sampler.add(job, period_s=fast)
    sampler.start()
    assert thrice.wait(10)
    sampler.stop()
    assert set(names) == {"breakeven-sampler"}


def test_stopping_need_not_wait_for_a_job_that_hangs() -> None:
    began, may_end = Event(), Event()

    def hang() -> None:
        began.set()
        may_end.wait(10)

    sampler = Sampler()
    sampler.add(hang, period_s=fast)
    sampler.start()
    assert began.wait(10)
    assert not sampler.stop(wait_s=0.0)
    may_end.set()


def test_every_start_needs_its_stop() -> None:
    sampler = Sampler()
    sampler.start()
    sampler.start()
    sampler.stop()
    assert sampler.is_running
    sampler.stop()
    assert not sampler.is_running


def test_stopping_what_never_started_does_nothing() -> None:
    sampler = Sampler()
    sampler.stop()
    assert not sampler.is_running


def test_a_failing_job_is_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    later = Event()
    sampler = Sampler()
    sampler.add(lambda: 1 / 0, period_s=fast)  # type: ignore[arg-type]  # it never returns
    sampler.add(later.set, period_s=lambda: 0.05)
    with caplog.at_level(logging.ERROR):
        sampler.start()
        assert later.wait(10)
        sampler.stop()
    assert "a background job failed" in caplog.text


def test_a_job_may_stop_the_sampler_itself() -> None:
    done = Event()
    sampler = Sampler()

    def job() -> None:
        sampler.stop()
        done.set()

    sampler.add(job, period_s=fast)
    sampler.start()
    assert done.wait(10)


def test_a_removed_job_runs_no_more() -> None:
    ran, other = Event(), Event()
    sampler = Sampler()
    job = sampler.add(ran.set, period_s=fast)
    sampler.remove(job)
    sampler.add(other.set, period_s=fast)
    sampler.start()
    assert other.wait(10)
    sampler.stop()
    assert not ran.is_set()


def test_a_job_that_is_added_later_wakes_the_thread() -> None:
    ran = Event()
    sampler = Sampler()
    sampler.start()
    sampler.add(ran.set, period_s=fast)
    assert ran.wait(10)
    sampler.stop()


def test_cpu_seconds_outlive_the_thread() -> None:
    done = Event()

    def job() -> None:
        sum(range(100_000))
        done.set()

    sampler = Sampler()
    assert sampler.cpu_s() == 0.0
    sampler.add(job, period_s=fast)
    sampler.start()
    assert done.wait(10)
    running_s = sampler.cpu_s()
    sampler.stop()

    assert sampler.cpu_s() >= running_s
    assert sampler.cpu_s() == sampler.cpu_s() > 0


@pytest.mark.skipif(not HAS_THREAD_CLOCK, reason="no clock of another thread here")
def test_a_clock_of_a_thread_that_is_not_here_adds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = Event()
    sampler = Sampler()
    sampler.add(started.set, period_s=fast)
    sampler.start()
    assert started.wait(10)
    with monkeypatch.context() as patched:
        patched.setattr(time, "clock_gettime", _no_such_thread)
        seen_s = sampler.cpu_s()
    sampler.stop()

    assert seen_s == 0.0


def _no_such_thread(clock: int) -> float:
    raise OSError(clock)
