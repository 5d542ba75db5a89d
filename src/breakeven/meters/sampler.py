"""The sampler: one thread that wakes when something is due, and sleeps otherwise.

It polls meters (unwrapping, integration, process trees) and writes journals. One thread owns all
background reads, so a wrapped counter is never seen by two readers that disagree.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from breakeven.meters.alarm import Alarm, new_alarm

TOGETHER_S = 0.02
"""Jobs due this soon run now: waking the thread costs more (0.1 ms CPU here) than most jobs."""

HAS_THREAD_CLOCK = hasattr(time, "pthread_getcpuclockid")
"""Whether another thread's CPU time can be read while it runs; not on macOS or Windows."""

_LOG = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job:
    """Something to do again and again.

    Attributes:
        run: What to do; must not block for long.
        period_s: Seconds between the starts of two runs; asked anew each time.
        done_s: Monotonic clock of when somebody else last did the same; it need not be done again
            until a period after that.
        began_s: Monotonic clock of the latest run, or of when the job was added.
    """

    run: Callable[[], None]
    period_s: Callable[[], float]
    done_s: Callable[[], float]
    began_s: float

    @property
    def due_s(self) -> float:
        """Monotonic clock of the next run."""
        return max(self.began_s, self.done_s()) + self.period_s()


class Sampler:
    """Runs jobs at their periods in one daemon thread; counted starts, so users may share it."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._alarm: Alarm | None = None
        self._n_starts = 0
        self._clock: int | None = None
        self._ended_s = 0.0

    @property
    def is_running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    def cpu_s(self) -> float:
        """CPU seconds of the thread so far, those of earlier threads included.

        Any thread may ask. On systems that have no such clock a thread counts when it ends.
        """
        clock = self._clock
        if clock is None:
            return self._ended_s
        try:
            return self._ended_s + time.clock_gettime(clock)
        except OSError:
            return self._ended_s  # a fork has the clock's number and not the thread

    def add(
        self,
        run: Callable[[], None],
        *,
        period_s: Callable[[], float],
        done_s: Callable[[], float] = lambda: -math.inf,
        is_first: bool = False,
    ) -> Job:
        """Register a job; its first run is one period from now.

        Args:
            run: What to do; must not block for long.
            period_s: Seconds between the starts of two runs; asked anew each time.
            done_s: Monotonic clock of when somebody else last did the same.
            is_first: Whether it goes before the others that are due with it: it may do their work.
        """
        job = Job(run, period_s, done_s, time.monotonic())
        with self._lock:
            self._jobs.insert(0 if is_first else len(self._jobs), job)
            self._ring()
        return job

    def remove(self, job: Job) -> None:
        """Take a job back; it may be running for the last time just now."""
        with self._lock:
            self._jobs.remove(job)

    def start(self) -> None:
        """Start the thread; each start needs its stop."""
        with self._lock:
            self._n_starts += 1
            if self._thread is None:
                self._alarm = alarm = new_alarm()
                self._thread = threading.Thread(
                    target=self._loop, args=(alarm,), name="breakeven-sampler", daemon=True
                )
                self._thread.start()

    def stop(self, *, wait_s: float | None = None) -> bool:
        """Stop the thread when everybody who started it has stopped it, and wait for its end.

        Args:
            wait_s: How long to wait for a job that is under way; to its end by default.

        Returns:
            Whether no job is under way any more.
        """
        with self._lock:
            self._n_starts = max(0, self._n_starts - 1)
            if self._n_starts or self._thread is None:
                return self._thread is None
            thread, self._thread = self._thread, None
            self._ring()
        if thread is not threading.current_thread():
            thread.join(wait_s)
        return not thread.is_alive()

    def _ring(self) -> None:
        """Wake the thread; under the lock, so that its alarm is not closed meanwhile."""
        if self._alarm is not None:
            self._alarm.ring()

    def _loop(self, alarm: Alarm) -> None:
        me = threading.current_thread()
        self._clock = time.pthread_getcpuclockid(me.ident or 0) if HAS_THREAD_CLOCK else None
        try:
            while self._thread is me:
                self._run_due()
                alarm.wait(self._pause_s())
        finally:
            with self._lock:
                self._alarm = None if self._alarm is alarm else self._alarm
                alarm.close()
            self._clock, self._ended_s = None, self._ended_s + time.thread_time()

    def _run_due(self) -> None:
        """Run what is due, each at most once; the first may leave less for the others."""
        until_s = time.monotonic() + TOGETHER_S
        with self._lock:
            jobs = tuple(self._jobs)
        for job in jobs:
            if job.due_s <= until_s:
                self._run(job)

    def _run(self, job: Job) -> None:
        job.began_s = time.monotonic()
        try:
            job.run()
        except Exception:  # noqa: BLE001 - a failing job must not end the others, which keep costs
            _LOG.exception("a background job failed")

    def _pause_s(self) -> float | None:
        with self._lock:
            soonest_s = min((job.due_s for job in self._jobs), default=None)
        return None if soonest_s is None else max(0.0, soonest_s - time.monotonic())
