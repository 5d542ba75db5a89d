"""What the conformance suites check, one fault each; a fault is an `AssertionError`."""

import math
import os
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from breakeven.errors import CounterResetError, MeterUnavailableError, SettingsError
from breakeven.records import Kind, Origin, Resource
from breakeven.records.protocols import Channel, Meter, Reading

DOCUMENTED = (MeterUnavailableError, CounterResetError)
"""What `read` may raise; everything else is a fault of the meter."""

OF_MACHINE = (Resource.ENERGY_J, Resource.DEVICE_BUSY_S)
"""What a physical thing counts for everybody who uses it; memory may be told process by process."""

LONGEST_CHILD_S = 20.0
"""A fork that takes longer hangs."""

N_READS = 20
"""Looks of which the quickest counts, so that a busy machine fails nobody."""


def check_channels(channels: Sequence[Channel]) -> None:
    """Names are unique, amounts possible, and no channel contains or checks itself."""
    names = [channel.name for channel in channels]
    assert channels, "it describes no channel"
    assert len(set(names)) == len(names), f"names stand twice: {names}"
    for channel in channels:
        assert channel.name
        assert channel.sensor
        assert 0 <= channel.resolution < math.inf
        assert channel.period_s is None or 0 < channel.period_s < math.inf
        assert 0 <= channel.relative_error <= 1
        assert channel.name not in (channel.part_of, channel.check_of)


def check_devices(channels: Sequence[Channel]) -> None:
    """What the machine counts for everybody says which thing counts it."""
    for channel in channels:
        is_here = channel.kind is Kind.MEASURED and channel.origin is Origin.LIVE
        if is_here and channel.resource in OF_MACHINE:
            assert channel.device, f"{channel.name} names no device, so two runs would count it"


def check_rising(earlier: Reading, later: Reading) -> None:
    """Totals, and the doubt about them, never fall."""
    for before, after in ((earlier.totals, later.totals), (earlier.slack, later.slack)):
        assert all(after.get(name, amount) >= amount for name, amount in before.items())


def check_cpu(look: Callable[[], object], *, most_s: float) -> None:
    """The quickest of several looks takes at most so many CPU seconds of this thread."""
    took_s = []
    for _ in range(N_READS):
        began_s = time.thread_time()
        try:
            look()
        except DOCUMENTED:
            break  # a script that has run out; what it took before counts
        took_s.append(time.thread_time() - began_s)
    assert not took_s or min(took_s) <= most_s, f"{min(took_s):.2g} s of CPU, not {most_s:.2g} s"


def check_in_child(*steps: Callable[[], object]) -> None:
    """Take these steps in a fork and wait for its end; one that hangs or fails is a fault."""
    if not hasattr(os, "fork"):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads: the point
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            for take in steps:
                take()
            code = 0
        finally:
            os._exit(code)
    until_s = time.monotonic() + LONGEST_CHILD_S
    while time.monotonic() < until_s:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            assert os.waitstatus_to_exitcode(status) == 0, "a step failed in a fork"
            return
        time.sleep(0.002)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    raise AssertionError("using it in a fork hangs: does it wait for a lock or a thread?")


def read(meter: Meter) -> Reading | None:
    """Read once; None for an error that is documented."""
    try:
        return meter.read()
    except DOCUMENTED:
        return None


def refusal(maker: Any, options: Mapping[str, str]) -> str:  # noqa: ANN401 - any meter's class
    """Return the sentence with which these options are refused."""
    try:
        maker.from_options(options)
    except SettingsError as error:
        return str(error)
    raise AssertionError(f"{maker.__name__} takes {', '.join(options)} without a word")
