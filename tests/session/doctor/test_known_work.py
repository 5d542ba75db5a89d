"""Known work: the meters of this machine see it, and meters that do not are caught."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from breakeven.meters import MeterBank, open_bank
from breakeven.records import Cost, Kind, Measurement, Note, NoteCode, Resource, Verdict
from breakeven.session.doctor import known_work
from breakeven.session.doctor.known_work import (
    MEMORY_BYTES,
    WORKS,
    Known,
    burn,
    check_cpu,
    check_memory,
    judge_counters,
    judge_cpu,
    judge_memory,
)
from breakeven.testing import ScriptedMeter, SteppingClock, joules

CHILD = Known(name="a child process", used_s=0.15)


def saw(resource: Resource, value: float, *, channel: str = "process_tree") -> Measurement:
    cost = Cost(
        resource=resource,
        value=value,
        low=value,
        high=value,
        kind=Kind.MEASURED,
        channel=channel,
        sensor="script",
    )
    return Measurement(started_at="2026-01-01T00:00:00Z", duration_s=1.0, costs=(cost,))


BLIND = Measurement(started_at="2026-01-01T00:00:00Z", duration_s=1.0)


@pytest.mark.parametrize(
    ("measured_s", "verdict"),
    [
        pytest.param(0.150, Verdict.PASSED, id="exact"),
        pytest.param(0.160, Verdict.PASSED, id="with its start"),
        pytest.param(0.149, Verdict.PASSED, id="a tick less"),
        pytest.param(0.0, Verdict.FAILED, id="the child is lost"),
        pytest.param(0.140, Verdict.FAILED, id="a part is lost"),
        pytest.param(0.300, Verdict.FAILED, id="counted twice"),
    ],
)
def test_cpu_seconds_are_held_against_what_was_used(measured_s: float, verdict: Verdict) -> None:
    test = judge_cpu(CHILD, saw(Resource.CPU_S, measured_s))
    assert test.verdict is verdict
    assert test.figures == {"known_s": 0.15, "measured_s": measured_s}
    assert "host" in test.message


def test_a_meter_that_says_nothing_fails_by_name() -> None:
    assert judge_cpu(CHILD, BLIND).verdict is Verdict.FAILED
    assert "host said nothing of CPU seconds" in judge_cpu(CHILD, BLIND).message
    assert "host-memory" in judge_memory(BLIND, BLIND, n_bytes=100).message


@pytest.mark.parametrize(
    ("peak_bytes", "verdict"),
    [
        pytest.param(1100, Verdict.PASSED, id="all of it"),
        pytest.param(1095, Verdict.PASSED, id="some pages were there"),
        pytest.param(1000, Verdict.FAILED, id="nothing seen"),
        pytest.param(1200, Verdict.FAILED, id="seen twice"),
    ],
)
def test_memory_is_held_against_what_was_taken(peak_bytes: float, verdict: Verdict) -> None:
    before, during = (
        saw(Resource.PEAK_MEMORY_BYTES, 1000),
        saw(Resource.PEAK_MEMORY_BYTES, peak_bytes),
    )
    assert judge_memory(before, during, n_bytes=100).verdict is verdict


def test_a_window_too_short_to_see_a_base_leaves_the_peak_alone() -> None:
    during = saw(Resource.PEAK_MEMORY_BYTES, 5000)
    assert judge_memory(BLIND, during, n_bytes=100).verdict is Verdict.PASSED


def test_a_joule_counter_that_stands_still_fails_by_name() -> None:
    gpus = [joules("gpu0"), joules("gpu1")]
    (moving,) = judge_counters(saw(Resource.ENERGY_J, 5.0, channel="gpu0"), gpus[:1])
    still, gone = judge_counters(saw(Resource.ENERGY_J, 0.0, channel="gpu0"), gpus)
    assert (moving.verdict, moving.figures["energy_j"]) == (Verdict.PASSED, 5.0)
    assert (still.verdict, gone.verdict) == (Verdict.FAILED, Verdict.FAILED)
    assert "gpu0 counted nothing in 1 s of work: it stands still" in still.message
    assert "gpu1 counted nothing in 1 s of work: it could not be read" in gone.message


def test_why_a_counter_is_gone_is_what_the_window_noted() -> None:
    note = Note(code=NoteCode.COUNTER_RESET, message="gpu0 fell to 0.", advice="repeat")
    (gone,) = judge_counters(replace(BLIND, notes=(note,)), [joules("gpu0")])
    assert "gpu0 fell to 0." in gone.message


def test_an_unused_part_that_counts_nothing_is_only_doubted() -> None:
    part = joules("uncore-0", part_of="package-0")
    (test,) = judge_counters(saw(Resource.ENERGY_J, 0.0, channel="uncore-0"), [part])
    assert test.verdict is Verdict.DOUBTFUL


def test_burning_says_what_it_used() -> None:
    assert burn(1.0, clock_s=SteppingClock(step_s=0.25)) == 1.0


@pytest.fixture(scope="module")
def bank() -> Iterator[MeterBank]:
    with open_bank(["host", "host-memory"]) as opened:
        yield opened


@pytest.mark.parametrize("work", WORKS, ids=[work.__name__ for work in WORKS])
def test_this_machine_s_meter_sees_known_cpu_seconds(
    bank: MeterBank, work: known_work.Work
) -> None:
    test = check_cpu(bank, work)
    assert test.verdict is Verdict.PASSED, test.message
    assert test.figures["known_s"] >= known_work.BURNT_S


def test_this_machine_s_meter_sees_known_memory(bank: MeterBank) -> None:
    test = check_memory(bank)
    assert test.verdict is Verdict.PASSED, test.message
    assert test.figures["known_bytes"] == MEMORY_BYTES


WARM = """
from breakeven.meters import open_bank
from breakeven.session.doctor.known_work import check_memory

bytes(31 * 2**20)  # given back, it makes the allocator keep smaller blocks on its heap
blocks = [b"x" * 2**20 + bytes(i) for i in range(80)]
last = blocks[-1]
del blocks  # 79 MiB below the last block stay resident
with open_bank(["host", "host-memory"]) as bank:
    print(check_memory(bank).verdict.value)
"""


def test_a_heap_that_was_used_before_hides_no_memory() -> None:
    told = subprocess.run(
        [sys.executable, "-c", WARM], capture_output=True, check=True, text=True, timeout=60
    )
    assert told.stdout.strip() == Verdict.PASSED.value


def test_work_that_cannot_be_done_is_not_the_meter_s_fault() -> None:
    def broken() -> Known:
        raise subprocess.CalledProcessError(1, ["python"])

    bank = MeterBank([ScriptedMeter([{"process_tree": 0.0}] * 4)])
    assert check_cpu(bank, broken).verdict is Verdict.NOT_DONE
