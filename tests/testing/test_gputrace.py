"""Recorded power that drives a fake card: updates, stalls, resets, and what is true."""

from hypothesis import given
from hypothesis import strategies as st

from breakeven.testing import FakeGpu, RecordedPower, SteppingClock


def steady(clock: SteppingClock, **moods: object) -> RecordedPower:
    return RecordedPower(times_s=[0.0, 10.0], powers_w=[100.0, 100.0], clock_s=clock, **moods)  # type: ignore[arg-type]  # one value per test


def test_the_counter_moves_at_updates_only() -> None:
    clock = SteppingClock(now_s=50.0)
    recorded = steady(clock)
    clock.advance(0.19)
    assert recorded.energy_mj() == 10_000
    clock.advance(0.02)
    assert recorded.energy_mj() == 20_000


def test_updates_may_come_in_turns() -> None:
    clock = SteppingClock()
    recorded = steady(clock, updates_s=(0.02, 0.1))
    shown = []
    for _ in range(5):
        shown.append(recorded.energy_mj())
        clock.advance(0.05)
    assert shown == [0, 2_000, 2_000, 14_000, 14_000]


def test_a_stall_holds_the_counter_and_is_made_up_afterwards() -> None:
    clock = SteppingClock()
    recorded = steady(clock, stalls_s=[(1.0, 3.0)])
    clock.advance(2.9)
    assert recorded.energy_mj() == 100_000
    clock.advance(0.2)
    assert recorded.energy_mj() == 310_000


def test_a_reset_begins_at_0_again() -> None:
    clock = SteppingClock()
    recorded = steady(clock, resets_s=[2.05])
    clock.advance(2.06)
    assert recorded.energy_mj() == 0
    clock.advance(1.0)
    assert recorded.energy_mj() == 95_000


def test_power_is_that_of_the_last_update_on_the_line_between_samples() -> None:
    clock = SteppingClock()
    recorded = RecordedPower(times_s=[0.5, 1.5], powers_w=[100.0, 200.0], clock_s=clock)
    assert recorded.power_mw() == 100_000
    clock.advance(1.05)
    assert recorded.power_mw() == 150_000
    clock.advance(9.0)
    assert recorded.power_mw() == 200_000


@given(steps_s=st.lists(st.floats(0.0, 2.0), min_size=1, max_size=20))
def test_the_counter_never_falls_nor_runs_ahead_of_the_truth(steps_s: list[float]) -> None:
    clock = SteppingClock()
    recorded = RecordedPower(times_s=[0.0, 1.0, 5.0], powers_w=[50.0, 400.0, 80.0], clock_s=clock)
    before_mj = 0
    for step_s in steps_s:
        clock.advance(step_s)
        now_mj = recorded.energy_mj()
        assert before_mj <= now_mj <= recorded.energy_j(clock.now_s) * 1e3 + 1
        before_mj = now_mj


def test_a_card_without_a_sensor_stays_without_it() -> None:
    gpu = FakeGpu(uuid="GPU-a", energy_mj=None, power_mw=None, recorded=steady(SteppingClock()))
    assert (gpu.energy_now_mj(), gpu.power_now_mw()) == (None, None)
