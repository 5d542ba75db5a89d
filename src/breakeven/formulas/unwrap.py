"""Unwrapping: from a register that starts again at 0 to a total that only rises.

RAPL registers wrap after 65 or 262 kJ, minutes under load. Released tools that subtract two raw
readings report -262 kJ for a window that ends just after a wrap.
"""

from dataclasses import dataclass, field

from breakeven.errors import CounterResetError

UPDATE_SLACK_S = 0.1
"""A register updates up to this long after what it counts; RAPL does so within milliseconds
(Intel SDM vol. 3B, 16.10), and a scheduler may add to that between read and clock."""


@dataclass(slots=True, kw_only=True)
class Unwrapper:
    """Running total of one wrapping counter.

    Attributes:
        span: Amount after which the register starts again, in the counter's unit.
        max_rate: Most it can count per second (for energy: the largest power, in W). Reads must
            be closer than `span / max_rate`, or a whole turn may have been missed.
        name: How messages call the counter.
        total: Amount since the first reading.
    """

    span: float
    max_rate: float
    name: str = "counter"
    total: float = 0.0
    _last: tuple[float, float] | None = field(default=None, repr=False)

    def add(self, raw: float, *, time_s: float) -> float:
        """Take one reading of the register and return the total.

        After an error the counter goes on from this reading, so later windows are sound.

        Args:
            raw: What the register shows.
            time_s: Monotonic clock at the reading.

        Raises:
            CounterResetError: If a whole turn may have been missed, or the register fell by more
                than a wrap explains. The total is then never guessed.
        """
        last, self._last = self._last, (raw, time_s)
        if last is None:
            return self.total
        step, elapsed_s = raw - last[0], time_s - last[1]
        if self.max_rate * elapsed_s >= self.span:
            raise CounterResetError(
                f"{self.name}: {elapsed_s:.0f} s passed between two reads, but the counter may "
                f"wrap every {self.span / self.max_rate:.0f} s, so turns may be missing. "
                "The machine was asleep or overloaded; discard this window and repeat it."
            )
        if step < 0:
            step += self.span
        if not 0 <= step <= self.max_rate * (elapsed_s + UPDATE_SLACK_S):
            raise CounterResetError(
                f"{self.name}: the counter went from {last[0]:.6g} to {raw:.6g} in "
                f"{elapsed_s:.3g} s, which no wrap at {self.span:.6g} explains. "
                "Its driver was probably reloaded; discard this window and repeat it."
            )
        self.total += step
        return self.total
