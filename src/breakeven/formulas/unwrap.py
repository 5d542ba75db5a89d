"""Unwrapping: from a register that starts again at 0 to a total that only rises.

RAPL registers wrap after 65 or 262 kJ, minutes under load. Released tools that subtract two raw
readings report -262 kJ for a window that ends just after a wrap.

**What a register alone cannot tell.** A register that was reset (to 0, or to anything) looks like a
wrap when it stood so near its end that the step from there to the new reading, over the wrap, is no
more than `max_rate` allows in the time since; and like plain counting when it stood so low that it
rose past its old reading. Either way what is added lies between 0 and `max_rate` times the gap, so
a missed reset is wrong by at most that and never by a turn; any other reset is an error. Who reads
a register must therefore know what resets it and ask that too (`meters/board/rapl.py`: sleep).
"""

import math
from dataclasses import dataclass, field

from breakeven.errors import CounterResetError

UPDATE_SLACK_S = 0.1
"""A register updates up to this long after what it counts: RAPL within milliseconds (Intel SDM
vol. 3B, 16.10), platform registers that a power supply feeds more slowly."""


@dataclass(slots=True, kw_only=True)
class Unwrapper:
    """Running total of one wrapping counter.

    Attributes:
        span: Amount after which the register starts again, in the counter's unit; `math.inf` for
            one that never does, whose every fall is then an error.
        max_rate: Most it can count per second (for energy: the largest power, in W).
        name: How messages call the counter.
        lag_s: How long after what it counts the register may show it.
        max_gap_s: Longest time between two reads in which nothing can be missed; by default the
            time of one turn at `max_rate`, less the lag.
        total: Amount since the first reading.
    """

    span: float
    max_rate: float
    name: str = "counter"
    lag_s: float = UPDATE_SLACK_S
    max_gap_s: float = math.nan
    total: float = 0.0
    _last: tuple[float, float] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if math.isnan(self.max_gap_s):
            self.max_gap_s = self.span / self.max_rate - self.lag_s

    def add(self, raw: float, *, time_s: float, began_s: float | None = None) -> float:
        """Take one reading of the register and return the total.

        After an error the counter goes on from this reading, so later windows are sound.

        Args:
            raw: What the register shows.
            time_s: Monotonic clock after the reading.
            began_s: The same clock before it, so that a slow read counts as the longer gap that
                it may have been; `time_s` by default.

        Raises:
            CounterResetError: If a whole turn may have been missed, or the register moved by more
                than wrap and rate explain. The total is then never guessed.
        """
        last, self._last = self._last, (raw, time_s if began_s is None else began_s)
        if last is None:
            return self.total
        step, elapsed_s = raw - last[0], time_s - last[1]
        if elapsed_s >= self.max_gap_s:
            raise CounterResetError(
                f"{self.name}: {elapsed_s:.0f} s passed between two reads, but the counter may "
                f"wrap every {self.max_gap_s:.0f} s, so turns may be missing. "
                "The process was stopped or the machine overloaded; discard this window and "
                "repeat it."
            )
        if step < 0:
            step += self.span
        if not 0 <= step <= self.max_rate * (elapsed_s + self.lag_s):
            raise CounterResetError(
                f"{self.name}: the counter went from {last[0]:.6g} to {raw:.6g} in "
                f"{elapsed_s:.3g} s, which {self._turn} explains. "
                "It was probably reset; discard this window and repeat it."
            )
        self.total += step
        return self.total

    @property
    def _turn(self) -> str:
        return "nothing" if math.isinf(self.span) else f"no wrap at {self.span:.6g}"

    def restart(self) -> None:
        """Let the next reading be a first one: what happened since the last is not known."""
        self._last = None
