"""The bank: every meter that works here, read together, and the windows over them."""

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.meters.doubts import UPDATES_NEEDED
from breakeven.meters.falls import Falls
from breakeven.meters.lookout import Lookout
from breakeven.meters.sampler import Job, Sampler
from breakeven.meters.window import (
    OpenWindow,
    Sheet,
    Snapshot,
    TimedReading,
    measure_window,
    merge_peaks,
)
from breakeven.records import Measurement, Note, NoteCode, Resource
from breakeven.records.protocols import Channel, Meter, Observer, PeakMeter, Reading


def utc_now() -> str:
    """Say the time in UTC, ISO 8601: a timestamp, never subtracted."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def no_wait() -> None:
    """Synchronize nothing: the work is done when the call returns."""


class MeterBank:
    """Meters that are opened, read and closed together.

    Windows nest, overlap and may be opened from several threads; each is inclusive, so a window
    inside another must not be added to it.

    Attributes:
        meters: Cumulative counters.
        peak_meters: Gauges whose largest value matters.
        notes: What could not be opened, and why.
    """

    def __init__(  # noqa: PLR0913 - what a bank is made of
        self,
        meters: Sequence[Meter] = (),
        *,
        peak_meters: Sequence[PeakMeter] = (),
        observers: Sequence[Observer] = (),
        notes: Sequence[Note] = (),
        clock_s: Callable[[], float] = time.monotonic,
        now: Callable[[], str] = utc_now,
        sampler: Sampler | None = None,
    ) -> None:
        """Take charge of the meters.

        Args:
            meters: Opened counters; the bank closes them.
            peak_meters: Opened gauges; the bank closes them.
            observers: Judge what disturbed each window; the bank closes them.
            notes: Doubts that concern every run.
            clock_s: Monotonic clock of every duration.
            now: Time stamp in UTC.
            sampler: Thread of the background reads, for whoever counts its CPU seconds.
        """
        self.meters, self.peak_meters = tuple(meters), tuple(peak_meters)
        self.notes = tuple(notes)
        self._sheet = Sheet(
            counters={meter.name: tuple(meter.channels()) for meter in self.meters},
            peaks={meter.name: tuple(meter.channels()) for meter in self.peak_meters},
        )
        self._clock_s, self._now = clock_s, now
        self._lookout = Lookout(observers, clock_s=clock_s)
        self._open: list[OpenWindow] = []
        self._lock = threading.RLock()
        self._pid = os.getpid()
        self._sampler = Sampler() if sampler is None else sampler
        self._read_s: dict[str, float] = {}
        self._falls = Falls()
        for meter in self.meters:
            self._poll_in_background(meter, partial(self._poll, meter))
        for gauge in self.peak_meters:
            self._poll_in_background(gauge, partial(self._poll_peak, gauge))

    def channels(self) -> tuple[Channel, ...]:
        """Every channel of every meter."""
        groups = (*self._sheet.counters.values(), *self._sheet.peaks.values())
        return tuple(channel for group in groups for channel in group)

    @property
    def enough_s(self) -> float:
        """Seconds after which a window holds enough updates of every energy sensor; 0 for none."""
        periods_s = [
            channel.period_s or 0.0
            for channel in self.channels()
            if channel.resource is Resource.ENERGY_J and channel.check_of is None
        ]
        return UPDATES_NEEDED * max(periods_s, default=0.0)

    @contextmanager
    def window(
        self, name: str = "", *, synchronize: Callable[[], None] = no_wait
    ) -> Iterator[OpenWindow]:
        """Measure the block under `with`: sync, read, work, sync, read.

        An exception in the block passes through, and the window still has its measurement.

        Args:
            name: For people.
            synchronize: Waits for queued device work (`torch.cuda.synchronize`), so that the
                window holds all of the block's work and none of its neighbours'.
        """
        synchronize()
        window = self._open_window(name)
        try:
            yield window
        finally:
            try:
                synchronize()
            finally:
                self._close_window(window)

    def start(self) -> None:
        """Start background reads; each start needs its stop."""
        self._sampler.start()

    def stop(self) -> None:
        """Stop background reads."""
        self._sampler.stop()

    def on_tick(self, callback: Callable[[], None], *, period_s: float) -> Callable[[], None]:
        """Call `callback` from the sampler thread every `period_s` seconds while started.

        Returns:
            Call it to end the calls.
        """
        job: Job = self._sampler.add(callback, period_s=lambda: period_s, is_first=True)
        return lambda: self._sampler.remove(job)

    def close(self) -> None:
        """Stop background reads and release every meter."""
        self._sampler.stop()
        everything: list[Meter | PeakMeter] = [*self.meters, *self.peak_meters]
        self._lookout.close()
        for meter in everything:
            meter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _poll_in_background(self, meter: Meter | PeakMeter, poll: Callable[[], None]) -> None:
        """Read it whenever its period has passed without anybody's reading it."""
        self._sampler.add(
            poll,
            period_s=partial(_poll_period_s, meter),
            done_s=lambda: self._read_s.get(meter.name, -math.inf),
        )

    def _open_window(self, name: str) -> OpenWindow:
        with self._lock:
            look = self._lookout.look()
            self._take_peaks()
            opening = self._read_all()
            window = OpenWindow(
                name=name,
                started_at=self._now(),
                look=look,
                opening=opening,
                start_s=self._clock_s(),
                read_now=self._measure,
            )
            self._open.append(window)
            return window

    def _close_window(self, window: OpenWindow) -> None:
        if os.getpid() != self._pid:
            return  # a fork unwinds its copy of the stack; the window is its parent's
        with self._lock:
            try:
                window.measurement = measured = self._measure(window)
                doubts = self._lookout.judge(window.look, self._lookout.look())
                if doubts:
                    window.measurement = replace(measured, notes=(*measured.notes, *doubts))
            finally:
                self._open.remove(window)

    def _measure(self, window: OpenWindow) -> Measurement:
        with self._lock:
            end_s = self._clock_s()
            closing = self._read_all()
            self._take_peaks()
            return measure_window(self._sheet, window, closing, end_s=end_s)

    def _read_all(self) -> Snapshot:
        return Snapshot(by_meter={meter.name: self._read(meter) for meter in self.meters})

    def _read(self, meter: Meter) -> TimedReading:
        """Read one meter; a reset breaks the windows open now, and the next read is sound."""
        began_s, doubt = self._clock_s(), None
        try:
            reading = self._read_past_reset(meter)
        except (CounterResetError, MeterUnavailableError) as error:
            reading, doubt = Reading(totals={}), self._break_windows(meter.name, error)
        ended_s = self._clock_s()
        self._read_s[meter.name] = time.monotonic()
        return TimedReading(reading=reading, began_s=began_s, ended_s=ended_s, doubt=doubt)

    def _read_past_reset(self, meter: Meter) -> Reading:
        try:
            reading = meter.read()
        except CounterResetError as error:
            self._break_windows(meter.name, error)
            reading = meter.read()
        if fall := self._falls.found(meter.name, self._sheet.counters[meter.name], reading):
            self._break_windows(meter.name, fall)
        return reading

    def _break_windows(self, meter: str, error: CounterResetError | MeterUnavailableError) -> Note:
        """Tell every open window that this meter's readings no longer belong together."""
        note = _broken_note(error)
        for window in self._open:
            window.broken.setdefault(meter, note)
        return note

    def _poll(self, meter: Meter) -> None:
        with self._lock:
            self._read(meter)

    def _take_peaks(self) -> None:
        for gauge in self.peak_meters:
            merge_peaks(self._open, gauge.name, gauge.take_peaks())
            self._read_s[gauge.name] = time.monotonic()

    def _poll_peak(self, gauge: PeakMeter) -> None:
        with self._lock:
            merge_peaks(self._open, gauge.name, gauge.take_peaks())
            self._read_s[gauge.name] = time.monotonic()


def _poll_period_s(meter: Meter | PeakMeter) -> float:
    """Ask anew each time: a meter polls faster while it has more to lose."""
    return meter.poll_period_s


def _broken_note(error: CounterResetError | MeterUnavailableError) -> Note:
    if isinstance(error, MeterUnavailableError):
        return Note(
            code=NoteCode.METER_UNAVAILABLE,
            message=error.message,
            advice=error.advice or "Run `breakeven doctor`.",
        )
    return Note(
        code=NoteCode.COUNTER_RESET,
        message=str(error),
        advice="Repeat the run; the channel is absent from this window, not zero.",
    )
