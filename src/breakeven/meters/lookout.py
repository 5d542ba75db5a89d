"""The lookout: asks every observer at both ends of a window what disturbed the stretch between.

An observer is somebody's judgement beside the measurement. Whatever goes wrong in one is logged and
never costs the measurement.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from breakeven.records import Note
from breakeven.records.protocols import Observer

LOOK_AGAIN_S = 0.1
"""A look this young is taken again: thousands of short windows must not each pay for a new one, and
the counters of the kernel move in steps of 10 ms."""

_COSTS_PER_LOOK = 100
"""Where a look is dear (a counter per core), looks are so much rarer: a hundredth at most."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """What every observer counted at one moment.

    Attributes:
        at_s: Monotonic clock.
        counted: By the observer's place among them; one that failed is absent.
    """

    at_s: float
    counted: Mapping[int, Mapping[str, float]]


NOTHING = Look(at_s=0.0, counted={})
"""What nobody sees."""


class Lookout:
    """Observers that look together; used under the bank's lock."""

    def __init__(
        self, observers: Sequence[Observer] = (), *, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Take charge of the observers.

        Args:
            observers: Opened; `close` closes them.
            clock_s: Monotonic clock of the stretches.
        """
        self._observers, self._clock_s = tuple(observers), clock_s
        self._latest: Look | None = None
        self._again_s = LOOK_AGAIN_S

    def look(self) -> Look:
        """Look now, or return the latest look if it is young enough."""
        if not self._observers:
            return NOTHING
        now_s, latest = self._clock_s(), self._latest
        if latest is None or not 0 <= now_s - latest.at_s < self._again_s:
            began_s = time.thread_time()
            counted = {i: self._ask(observer) for i, observer in enumerate(self._observers)}
            seen = {i: values for i, values in counted.items() if values is not None}
            self._latest = latest = Look(at_s=now_s, counted=seen)
            took_s = time.thread_time() - began_s
            self._again_s = max(LOOK_AGAIN_S, _COSTS_PER_LOOK * took_s)
        return latest

    def judge(self, before: Look, after: Look) -> tuple[Note, ...]:
        """Say what disturbed the stretch between two looks; nothing where both are one."""
        duration_s = after.at_s - before.at_s
        if duration_s <= 0:
            return ()
        both = before.counted.keys() & after.counted.keys()
        notes: list[Note] = []
        for i in sorted(both):
            observer = self._observers[i]
            try:
                notes += observer.judge(before.counted[i], after.counted[i], duration_s=duration_s)
            except Exception:  # noqa: BLE001 - a judgement must never cost the measurement
                _LOG.exception("%s could not judge a window", observer.name)
        return tuple(notes)

    def close(self) -> None:
        """Release every observer."""
        for observer in self._observers:
            observer.close()

    def _ask(self, observer: Observer) -> Mapping[str, float] | None:
        try:
            return observer.look()
        except Exception:  # noqa: BLE001 - the same
            _LOG.exception("%s could not look", observer.name)
            return None
