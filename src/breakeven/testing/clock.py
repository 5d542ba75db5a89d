"""A clock that moves when told to, so that tests need no sleep."""

from dataclasses import dataclass


@dataclass(slots=True)
class SteppingClock:
    """Monotonic clock for tests: `clock_s=SteppingClock()`.

    Attributes:
        now_s: What it shows.
        step_s: How far every look moves it on; 0 for a clock that stands until `advance`.
    """

    now_s: float = 0.0
    step_s: float = 0.0

    def __call__(self) -> float:
        """Show the time, then step."""
        shown_s = self.now_s
        self.now_s += self.step_s
        return shown_s

    def advance(self, duration_s: float) -> None:
        """Let time pass.

        Raises:
            ValueError: If it would run backwards.
        """
        if not duration_s >= 0:
            raise ValueError(f"a monotonic clock cannot move by {duration_s} s")
        self.now_s += duration_s
