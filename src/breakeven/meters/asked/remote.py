"""A meter that something on the network answers for: asked in the background, read at once.

A question over a network takes milliseconds on a good day and seconds on a bad one, while the bank
reads all of its meters one after another under its lock. Were the question asked there, a slow plug
would push the readings of every other sensor apart and widen the whole window; waiting for a short
while only would do the same, a little. So the meter asks on a thread of its own, about once a
second, and `read` returns what the latest answer said, and how many joules may have come since: its
age and the sensor's period at the largest power seen. That widens the interval of this meter alone,
and a stretch without answers is not covered.

A power sensor is integrated between answers, a counter is differenced; never a counter as power.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.meters.asked.answers import NoAnswer
from breakeven.meters.asked.known import Answer, Known, after
from breakeven.meters.asked.silence import Silence
from breakeven.meters.sampler import Sampler
from breakeven.records.protocols import Channel, Observer, Reading

LONGEST_GAP = 5
"""Power samples further apart than this many periods leave what is between them unobserved."""

GRACE = 2
"""Periods for which the next answer is simply on its way; beyond, that time is not observed."""

END_WAIT_S = 0.5
"""How long closing waits for a question that is under way; it ends alone after that."""

_LOG = logging.getLogger(__name__)


class Source(Protocol):
    """Something on the network with one power sensor, one energy counter, or both.

    Attributes:
        channels: What the two are, by "power" and "counter"; one of them may be missing.
    """

    channels: Mapping[str, Channel]

    def ask(self) -> Answer:
        """Ask once.

        Raises:
            NoAnswer: If there is none this time.
            MeterUnavailableError: If there never will be one.
        """
        ...

    def abort(self) -> None:
        """Wake a question that is under way."""
        ...

    def close(self) -> None:
        """Take leave."""
        ...


class RemoteMeter:
    """Joules of something on the network; `read` never waits for it."""

    def __init__(
        self,
        source: Source,
        *,
        name: str,
        period_s: float,
        clock_s: Callable[[], float] = time.monotonic,
        asker: Sampler | None = None,
    ) -> None:
        """Ask once, and from now on in the background.

        Args:
            source: Whom to ask; closed with the meter.
            name: The meter's name, one of a kind within a bank.
            period_s: Time between two questions.
            clock_s: Monotonic clock, the windows' own.
            asker: Thread of the questions; one of its own by default.

        Raises:
            MeterUnavailableError: If nothing answers.
        """
        self.name = name
        self.poll_period_s = 3600.0  # the bank need not poll: the meter does it itself
        self._source, self._period_s, self._clock_s = source, period_s, clock_s
        self._silence = Silence(name)
        self.observers: Sequence[Observer] = (self._silence,)
        self._broken: MeterUnavailableError | None = None
        self._n_falls, self._pid, self._is_closed = 0, os.getpid(), False
        try:
            self._known = self._first()
        except BaseException:
            source.close()
            raise
        self._asker = Sampler() if asker is None else asker
        self._asker.add(self.ask, period_s=lambda: self._period_s)
        self._asker.start()

    def channels(self) -> Sequence[Channel]:
        """Power integrated and the counter, of which one checks the other."""
        return list(self._source.channels.values())

    def read(self) -> Reading:
        """Return what the latest answer said, and how much may have come since.

        Raises:
            MeterUnavailableError: If the meter was closed, belongs to the process that forked
                this one, or can never answer again.
            CounterResetError: If the counter fell since the last reading.
        """
        if os.getpid() != self._pid:
            raise MeterUnavailableError(
                f"{self.name} is asked by the process that opened it, not by its forks.",
                advice="Open the meters in the process that measures.",
            )
        if self._broken is not None:
            raise self._broken
        known = self._known
        if known.n_falls > self._n_falls:
            self._n_falls = known.n_falls
            raise CounterResetError(known.fall)
        age_s = max(0.0, self._clock_s() - known.asked_s)
        channels = self._source.channels
        return Reading(
            totals={channels[kind].name: total for kind, total in known.totals.items()},
            covered_s={c.name: self._covered_s(known, kind, age_s) for kind, c in channels.items()},
            slack={channels[kind].name: slack for kind, slack in known.slack.items()},
            lag={c.name: known.most_w * (age_s + (c.period_s or 0.0)) for c in channels.values()},
        )

    def close(self) -> None:
        """Stop asking and take leave; the second time, and in a fork, do nothing."""
        if os.getpid() != self._pid or self._is_closed:
            return
        self._is_closed = True
        self._broken = MeterUnavailableError(f"{self.name} is closed.")
        self._source.abort()
        if self._asker.stop(wait_s=END_WAIT_S):
            self._source.close()

    def cpu_s(self) -> float:
        """CPU seconds that asking has taken so far."""
        return self._asker.cpu_s()

    def ask(self) -> None:
        """Ask once and keep what comes of it; the thread's own job."""
        if self._broken is not None:
            return  # asking on with a refused password would only lock somebody out
        self._ask()
        if self._is_closed:
            self._source.close()  # `close` could not wait for this question

    def _ask(self) -> None:
        known, asked_s = self._known, self._clock_s()
        try:
            answer = self._source.ask()
        except NoAnswer as error:
            self._silence.add(str(error), lasted_s=max(self._period_s, self._clock_s() - asked_s))
            _LOG.info("%s: %s", self.name, error)
        except MeterUnavailableError as error:
            self._broken = self._broken or error
        else:
            longest_s = LONGEST_GAP * self._period_s
            self._known = after(known, answer, asked_s=asked_s, longest_s=longest_s)

    def _first(self) -> Known:
        asked_s = self._clock_s()
        try:
            answer = self._source.ask()
        except NoAnswer as error:
            raise MeterUnavailableError(
                f"{self.name}: {error}.",
                advice="Check the address from this machine, for instance with curl.",
            ) from error
        kinds = self._source.channels
        return Known(
            asked_s=asked_s,
            answer=answer,
            totals=dict.fromkeys(kinds, 0.0),
            covered_s=dict.fromkeys(kinds, 0.0),
            most_w=answer.power_w or 0.0,
        )

    def _covered_s(self, known: Known, kind: str, age_s: float) -> float:
        """Seconds observed; the time since the latest answer counts unless the next is overdue."""
        is_due = age_s <= GRACE * self._period_s
        return known.covered_s[kind] + (age_s if is_due else 0.0)
