"""Watch sensors for their update period: look fast for a moment and see when the values change.

Drivers do not tell it. GPUs update power and energy every 20 to 100 ms depending on the model
(Yang, Adamek & Armour 2024, "Part-time power measurements", section 4), so a constant is wrong
somewhere.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from breakeven.errors import BreakevenError
from breakeven.formulas.looks import MIN_UPDATES, update_rate

WATCH_S = 1.0
"""Longest watch: ten updates of the slowest known GPU."""

PAUSE_S = 0.002
"""Between two looks; what is found is right to about this, plus the time one look takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What watching one sensor has shown.

    Attributes:
        period_s: Time between updates, three quarters of which were no longer; the time between
            two looks for a sensor that is fresh at each; None when it changed too rarely to tell.
        n_updates: How often its value changed.
        watched_s: How long it was watched.
    """

    period_s: float | None
    n_updates: int
    watched_s: float


def watch_updates(  # noqa: PLR0913 - clock and sleep are arguments, so that tests need neither
    reads: Sequence[Callable[[], float]],
    *,
    n_updates: int | None = None,
    watch_s: float = WATCH_S,
    pause_s: float = PAUSE_S,
    clock_s: Callable[[], float] = time.monotonic,
    sleep_s: Callable[[float], None] = time.sleep,
) -> list[Watched]:
    """Watch several sensors side by side.

    Args:
        reads: Ask the sensors; one that fails is not looked at in that round.
        n_updates: Stop once each has changed this often; None watches to the end.
        watch_s: Longest watch, in seconds.
        pause_s: Seconds between two rounds of looks.
        clock_s: Monotonic clock.
        sleep_s: Waits.
    """
    sensors = [_Looks(read=read) for read in reads]
    began_s = now_s = clock_s()
    while now_s - began_s < watch_s:
        for sensor in sensors:
            sensor.look(clock_s)
        if n_updates is not None and all(s.n_changes >= n_updates for s in sensors):
            break
        sleep_s(pause_s)
        now_s = clock_s()
    return [sensor.judged(now_s - began_s) for sensor in sensors]


@dataclass(slots=True, kw_only=True)
class _Looks:
    """What one sensor showed, and when."""

    read: Callable[[], float]
    times_s: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    n_changes: int = 0

    def look(self, clock_s: Callable[[], float]) -> None:
        try:
            value = self.read()
        except BreakevenError:
            return
        now_s = clock_s()
        if self.times_s and now_s <= self.times_s[-1]:
            return
        self.n_changes += bool(self.values) and value != self.values[-1]
        self.times_s.append(now_s)
        self.values.append(value)

    def judged(self, watched_s: float) -> Watched:
        if self.n_changes < MIN_UPDATES:
            return Watched(period_s=None, n_updates=self.n_changes, watched_s=watched_s)
        rate = update_rate(self.times_s, self.values)
        return Watched(
            period_s=rate.looked_every_s if rate.high_s is None else rate.high_s,
            n_updates=self.n_changes,
            watched_s=watched_s,
        )
