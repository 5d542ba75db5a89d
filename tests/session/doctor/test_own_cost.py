"""What the meters cost themselves, with clocks that tell a known cost."""

import pytest

from breakeven.meters import MeterBank
from breakeven.records import Verdict
from breakeven.session.doctor.own_cost import (
    BACKGROUND_TARGET_FRAC,
    WINDOW_TARGET_S,
    OwnCost,
    judge_own_cost,
    measure_own_cost,
)
from breakeven.testing import ScriptedGauge, ScriptedMeter, SteppingClock


def test_windows_reads_and_background_are_told_apart() -> None:
    meter = ScriptedMeter([{"wall": float(i)} for i in range(1000)])
    clock = SteppingClock()
    with MeterBank([meter], peak_meters=[ScriptedGauge([1.0])]) as bank:
        cost = measure_own_cost(
            bank,
            background_s=2.0,
            thread_s=SteppingClock(step_s=1e-4),
            process_s=SteppingClock(step_s=0.004),
            clock_s=clock,
            wait=clock.advance,
        )
    assert cost.window_s == pytest.approx(1e-4)
    assert cost.reads_s == pytest.approx(1e-4)
    assert cost.background_frac == pytest.approx(0.004 / 2.0)


def test_a_clock_that_stands_still_divides_by_nothing() -> None:
    clock = SteppingClock()
    cost = measure_own_cost(MeterBank(), clock_s=clock, wait=lambda _: None)
    assert cost.background_frac == 0.0


@pytest.mark.parametrize(
    ("cost", "verdict", "words"),
    [
        pytest.param(
            OwnCost(window_s=8e-5, reads_s=5e-5, background_frac=5e-4),
            Verdict.PASSED,
            "a window takes 80 µs of CPU, 50 µs of it for reading",
            id="within the targets",
        ),
        pytest.param(
            OwnCost(window_s=5e-3, reads_s=5e-3 - WINDOW_TARGET_S / 2, background_frac=5e-4),
            Verdict.PASSED,
            "a window takes 5 ms",
            id="slow sensors are not our cost",
        ),
        pytest.param(
            OwnCost(window_s=3 * WINDOW_TARGET_S, reads_s=0, background_frac=0),
            Verdict.DOUBTFUL,
            "a window takes more than 100 µs beside reads",
            id="dear windows",
        ),
        pytest.param(
            OwnCost(window_s=0, reads_s=0, background_frac=2 * BACKGROUND_TARGET_FRAC),
            Verdict.DOUBTFUL,
            "the background takes more than 1 ms per second",
            id="dear background",
        ),
    ],
)
def test_targets_that_are_missed_are_named(cost: OwnCost, verdict: Verdict, words: str) -> None:
    test = judge_own_cost(cost)
    assert test.verdict is verdict
    assert words in test.message
    assert bool(test.advice) == (verdict is Verdict.DOUBTFUL)
