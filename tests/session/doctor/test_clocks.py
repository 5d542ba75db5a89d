"""The clock self-test, on clocks that are right and on clocks that are not."""

from collections.abc import Callable, Iterator

import pytest

from breakeven.records import Verdict
from breakeven.session.doctor.clocks import (
    ClockLook,
    judge_clocks,
    look_at_clocks,
    spin_and_look,
)


def look(
    at_s: float, *, wall_s: float = 0.0, asleep_s: float | None = 0.0, cpu_s: float | None = None
) -> ClockLook:
    """What the clocks of a sound machine show; arguments are by how much one is off."""
    return ClockLook(
        monotonic_s=at_s,
        wall_s=1e9 + at_s + wall_s,
        awake_and_asleep_s=None if asleep_s is None else at_s + asleep_s,
        thread_s=at_s if cpu_s is None else cpu_s,
    )


SOUND = [look(0.0), look(0.001), look(0.003), look(1.0)]


def test_sound_clocks_pass_with_their_resolution() -> None:
    test = judge_clocks(SOUND)
    assert test.verdict is Verdict.PASSED
    assert test.figures["monotonic_step_s"] == pytest.approx(0.001)
    assert test.figures["looked_s"] == pytest.approx(1.0)
    assert test.figures["cpu_frac"] == pytest.approx(1.0)
    assert "steps of 1 ms at most" in test.message


@pytest.mark.parametrize(
    ("looks", "words"),
    [
        pytest.param([look(0.0), look(1.0), look(0.9)], "ran backwards", id="backwards"),
        pytest.param([look(1.0), look(1.0)], "stands still", id="stands"),
        pytest.param([look(0.0), look(1.0, cpu_s=1.5)], "1.500 CPU s per second", id="CPU clock"),
    ],
)
def test_clocks_that_cannot_be_trusted_fail(looks: list[ClockLook], words: str) -> None:
    test = judge_clocks(looks)
    assert test.verdict is Verdict.FAILED
    assert words in test.message
    assert test.advice


@pytest.mark.parametrize(
    ("last", "words"),
    [
        pytest.param(look(1.0, wall_s=0.5), "wall clock was set by +0.500 s", id="stepped"),
        pytest.param(look(1.0, asleep_s=60.0), "slept for 60 s", id="suspended"),
        pytest.param(look(1.0, cpu_s=0.4), "0.40 CPU s per second", id="starved"),
    ],
)
def test_what_a_reader_must_know_is_a_doubt(last: ClockLook, words: str) -> None:
    test = judge_clocks([look(0.0), last])
    assert test.verdict is Verdict.DOUBTFUL
    assert words in test.message
    assert test.advice


def test_a_system_without_a_clock_of_sleep_is_not_blamed() -> None:
    looks = [look(0.0, asleep_s=None), look(1.0, asleep_s=None)]
    assert judge_clocks(looks).verdict is Verdict.PASSED


def test_one_look_is_not_enough() -> None:
    with pytest.raises(ValueError, match="at least 2 looks, got 1"):
        judge_clocks([look(0.0)])


@pytest.fixture
def ticking() -> Callable[[], ClockLook]:
    times: Iterator[float] = (0.25 * i for i in range(1000))
    return lambda: look(next(times))


def test_it_looks_until_the_stretch_has_passed(ticking: Callable[[], ClockLook]) -> None:
    assert [seen.monotonic_s for seen in spin_and_look(1.0, look=ticking)] == [
        *(0.0, 0.25, 0.5, 0.75, 1.0)
    ]


def test_this_machine_has_every_clock() -> None:
    seen = look_at_clocks()
    assert seen.wall_s > 0
    assert seen.thread_s >= 0
