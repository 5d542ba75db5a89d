"""Idle draw just before a command: kept where the machine was idle, told where it was not."""

from itertools import count

import pytest

from breakeven.meters import MeterBank
from breakeven.records import NoteCode, Run
from breakeven.records.protocols import Channel, Reading
from breakeven.session.doctor.load import LoadLook
from breakeven.session.idle_before import with_idle
from breakeven.testing import ScriptedGauge, joules


class Steady:
    """4 W, along a clock that the test's `wait` moves."""

    name = "steady"
    poll_period_s = 60.0

    def __init__(self) -> None:
        self.now_s = 0.0
        self.channel = joules("package-0")

    def channels(self) -> list[Channel]:
        return [self.channel]

    def read(self) -> Reading:
        return Reading(totals={"package-0": 4.0 * self.now_s})

    def close(self) -> None:
        pass

    def wait(self, pause_s: float) -> None:
        self.now_s += pause_s


@pytest.fixture
def steady() -> Steady:
    return Steady()


def never(pause_s: float) -> None:
    raise AssertionError(f"waited {pause_s} s")


def idled(run: Run, steady: Steady, *, idle_s: float, others_s: float = 0.0) -> Run:
    """What the run carries after a look in which others used so much CPU time."""
    everybody_s = count(0.0, others_s)
    return with_idle(
        run,
        MeterBank([steady]),
        idle_s=idle_s,
        clock_s=lambda: steady.now_s,
        wait=steady.wait,
        look=lambda: LoadLook(busy_s=next(everybody_s), own_s=0.0, n_cpus=2),
    )


def test_the_draw_of_a_quiet_machine_is_carried_by_the_run(skeleton: Run, steady: Steady) -> None:
    (reading,) = idled(skeleton, steady, idle_s=10.0).idle
    assert (reading.channel, reading.power_w, reading.duration_s) == ("package-0", 4.0, 10.0)


def test_a_look_shorter_than_a_slice_is_one_slice(skeleton: Run, steady: Steady) -> None:
    (reading,) = idled(skeleton, steady, idle_s=0.5).idle
    assert (reading.power_w, reading.duration_s) == (4.0, 0.5)


def test_a_busy_machine_has_no_idle_draw_and_the_run_says_so(skeleton: Run, steady: Steady) -> None:
    run = idled(skeleton, steady, idle_s=10.0, others_s=1000.0)
    assert run.idle == ()
    assert [note.code for note in run.notes] == [NoteCode.IDLE_UNTOLD]


def test_without_joules_nobody_waits_and_the_run_says_so(skeleton: Run) -> None:
    bank = MeterBank(peak_meters=[ScriptedGauge([])])
    (note,) = with_idle(skeleton, bank, idle_s=60.0, wait=never).notes
    assert note.code is NoteCode.IDLE_UNTOLD
    assert "no meter of this run counts joules" in note.message


def test_nobody_waits_who_was_not_asked_to(skeleton: Run, steady: Steady) -> None:
    assert with_idle(skeleton, MeterBank([steady]), idle_s=0.0, wait=never) == skeleton
