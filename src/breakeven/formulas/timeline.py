"""Timeline: what logs of power and of running totals share, readings at rising times."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median


class Timeline:
    """Times of readings, and stretches that may reach beyond them.

    Attributes:
        times_s: Rising clock readings, at least 2.
    """

    def __init__(self, times_s: Sequence[float]) -> None:
        """Take times that `check_readings` let pass."""
        self.times_s = tuple(times_s)

    @property
    def duration_s(self) -> float:
        """From the first time to the last."""
        return self.times_s[-1] - self.times_s[0]

    @property
    def period_s(self) -> float:
        """Usual time between two (median)."""
        return median(right_s - left_s for left_s, right_s in pairwise(self.times_s))

    def stretch(self, start_s: float | None, end_s: float | None) -> tuple[float, float]:
        """Return both ends of a stretch; None stands for the first time or the last.

        Raises:
            ValueError: If it ends before it starts.
        """
        start_s = self.times_s[0] if start_s is None else start_s
        end_s = self.times_s[-1] if end_s is None else end_s
        if end_s < start_s:
            raise ValueError(f"end_s={end_s} lies before start_s={start_s}")
        return start_s, end_s

    def inside(self, time_s: float) -> float:
        """Move a time that lies outside to the nearer end."""
        return min(max(time_s, self.times_s[0]), self.times_s[-1])


def check_readings(times_s: Sequence[float], values: Sequence[float], *, what: str) -> None:
    """Refuse what no log can hold.

    Args:
        times_s: Clock readings, shape (n_readings,).
        values: What was read at each, shape (n_readings,).
        what: Name of a value with its unit, for the message ("power in W").

    Raises:
        ValueError: If the shapes differ, there are fewer than 2 readings, a number is not finite, a
            value is negative or a time does not rise.
    """
    if len(times_s) != len(values) or len(times_s) < 2:
        raise ValueError(
            f"a log needs one {what} per time and at least 2 of them, "
            f"got {len(times_s)} times and {len(values)} values"
        )
    for index, (time_s, value) in enumerate(zip(times_s, values, strict=True)):
        if not (math.isfinite(time_s) and 0 <= value < math.inf):
            raise ValueError(
                f"reading {index} must be finite with a {what} of 0 or more, "
                f"got {value} at {time_s} s"
            )
    for index, (left_s, right_s) in enumerate(pairwise(times_s), start=1):
        if right_s <= left_s:
            raise ValueError(
                f"times must rise, but reading {index} is at {right_s} s after {left_s} s"
            )
