"""Unwrapping: exact below one turn between reads, an error beyond, never negative."""

import math
from dataclasses import dataclass
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import CounterResetError
from breakeven.formulas.unwrap import Unwrapper

SPAN_UJ = 262_143_328_850
MAX_POWER_W = 500.0
SPAN_J = SPAN_UJ / 1e6

SPAN = 2**32
"""Turn of a 32-bit register, in its own steps: whole numbers, so that exact means equal."""

RATE = 2**20
"""Most steps per second; a turn takes 4,096 s."""

TURN_S = SPAN // RATE


def counter(*, max_rate: float = 10.0) -> Unwrapper:
    return Unwrapper(span=100.0, max_rate=max_rate)


def register(*, lag_s: float = 0.0) -> Unwrapper:
    return Unwrapper(span=SPAN, max_rate=RATE, lag_s=lag_s)


def test_a_wrap_just_before_the_window_closes_is_added_back() -> None:
    unwrapper = Unwrapper(span=SPAN_J, max_rate=MAX_POWER_W, name="package-0")
    unwrapper.add(SPAN_J - 150.0, time_s=0.0)
    assert unwrapper.add(2.5, time_s=1.0) == pytest.approx(152.5)


def test_the_first_reading_is_the_zero() -> None:
    assert counter().add(77.0, time_s=5.0) == 0.0


def test_a_counter_that_stands_still_adds_nothing() -> None:
    unwrapper = counter()
    unwrapper.add(50.0, time_s=0.0)
    assert unwrapper.add(50.0, time_s=9.0) == 0.0


def test_a_gap_in_which_a_turn_may_hide_is_an_error() -> None:
    unwrapper = counter()
    unwrapper.add(50.0, time_s=0.0)
    with pytest.raises(CounterResetError, match="10 s passed between two reads"):
        unwrapper.add(60.0, time_s=10.0)


def test_a_lag_of_the_register_shortens_the_longest_gap() -> None:
    unwrapper = counter()  # a turn takes 10 s, and 0.1 s of it may show late
    unwrapper.add(50.0, time_s=0.0)
    with pytest.raises(CounterResetError, match="turns may be missing"):
        unwrapper.add(49.0, time_s=9.95)


def test_a_slow_read_counts_as_the_longer_gap_that_it_may_have_been() -> None:
    unwrapper = counter()
    unwrapper.add(50.0, began_s=0.0, time_s=6.0)
    with pytest.raises(CounterResetError, match="11 s passed"):
        unwrapper.add(60.0, began_s=10.0, time_s=11.0)


def test_what_rose_during_a_slow_read_is_no_jump() -> None:
    unwrapper = counter(max_rate=1.0)
    unwrapper.add(50.0, began_s=0.0, time_s=4.0)
    assert unwrapper.add(54.0, began_s=4.0, time_s=4.0) == 4.0


def test_a_fall_that_no_wrap_explains_is_an_error() -> None:
    unwrapper = counter(max_rate=1.0)
    unwrapper.add(50.0, time_s=0.0)
    with pytest.raises(CounterResetError, match="went from 50 to 3"):
        unwrapper.add(3.0, time_s=1.0)


def test_a_jump_that_no_power_explains_is_an_error() -> None:
    unwrapper = counter(max_rate=1.0)
    unwrapper.add(50.0, time_s=0.0)
    with pytest.raises(CounterResetError, match="went from 50 to 70"):
        unwrapper.add(70.0, time_s=1.0)


def test_a_counter_that_never_wraps_may_not_fall_at_all() -> None:
    unwrapper = Unwrapper(span=math.inf, max_rate=1e9)
    unwrapper.add(50.0, time_s=0.0)
    assert unwrapper.add(60.0, time_s=1e6) == 10.0
    with pytest.raises(
        CounterResetError, match="went from 60 to 59 in 1 s, which nothing explains"
    ):
        unwrapper.add(59.0, time_s=1e6 + 1)


def test_the_longest_gap_may_be_given() -> None:
    unwrapper = Unwrapper(span=math.inf, max_rate=1.0, max_gap_s=16.0)
    unwrapper.add(0.0, time_s=0.0)
    with pytest.raises(CounterResetError, match="16 s passed"):
        unwrapper.add(1.0, time_s=16.0)


def test_after_an_error_counting_goes_on_from_there() -> None:
    unwrapper = counter(max_rate=1.0)
    unwrapper.add(50.0, time_s=0.0)
    with pytest.raises(CounterResetError):
        unwrapper.add(3.0, time_s=1.0)
    assert unwrapper.add(4.0, time_s=2.0) == 1.0


def test_after_a_restart_the_next_reading_is_a_first_one() -> None:
    unwrapper = counter()
    unwrapper.add(50.0, time_s=0.0)
    unwrapper.restart()
    assert unwrapper.add(3.0, time_s=1.0) == 0.0
    assert unwrapper.add(4.0, time_s=2.0) == 1.0


@dataclass(frozen=True)
class Walk:
    """A counter as it truly was at each read: whole steps and seconds, so nothing is rounded."""

    start: int
    amounts: list[int]
    gaps_s: list[int]

    @property
    def truth(self) -> list[int]:
        return list(accumulate(self.amounts))

    @property
    def shown(self) -> list[int]:
        return [(self.start + amount) % SPAN for amount in self.truth]


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    """Irregular reads below one turn apart; loads from a stall (0) to the largest rate."""
    gaps_s = draw(st.lists(st.integers(0, TURN_S - 1), min_size=1, max_size=30))
    loads = [
        draw(st.sampled_from([0, 0, 1, RATE // 2, RATE]) | st.integers(0, RATE)) for _ in gaps_s
    ]
    amounts = [gap_s * load for gap_s, load in zip(gaps_s, loads, strict=True)]
    return Walk(draw(st.integers(0, SPAN - 1)), amounts, gaps_s)


@given(walks())
def test_any_walk_below_a_turn_per_read_is_exact(walk: Walk) -> None:
    unwrapper, now_s = register(), 0
    unwrapper.add(walk.start, time_s=now_s)
    for truth, shown, gap_s in zip(walk.truth, walk.shown, walk.gaps_s, strict=True):
        now_s += gap_s
        assert unwrapper.add(shown, time_s=now_s) == truth


@given(walks(), st.integers(TURN_S, 100 * TURN_S), st.integers(0, SPAN - 1))
def test_a_gap_of_a_turn_or_more_is_an_error_and_adds_nothing(
    walk: Walk, gap_s: int, shown: int
) -> None:
    unwrapper = register()
    unwrapper.add(walk.start, time_s=0)
    with pytest.raises(CounterResetError, match="turns may be missing"):
        unwrapper.add(shown, time_s=gap_s)
    assert unwrapper.total == 0


@dataclass(frozen=True)
class Reset:
    """A register that stood somewhere, was set to 0 in the gap, and has counted on since."""

    stood: int
    gap_s: int
    before: int
    after: int

    @property
    def most(self) -> int:
        return self.gap_s * RATE


@st.composite
def resets(draw: st.DrawFn, *, is_told: bool) -> Reset:
    """Told: neither counting on nor a wrap leads from where it stood to where it is."""
    gap_s = draw(st.integers(1, TURN_S // 4))
    most = gap_s * RATE
    before = draw(st.integers(1, most))
    after = draw(st.integers(0, most - before))
    low, high = after + 1, SPAN + after - most - 1
    told = st.integers(low, high)
    hidden = st.integers(0, after) | st.integers(high + 1, SPAN - 1)
    return Reset(draw(told if is_told else hidden), gap_s, before, after)


@given(resets(is_told=True))
def test_a_reset_that_no_wrap_explains_is_an_error_and_adds_nothing(reset: Reset) -> None:
    unwrapper = register()
    unwrapper.add(reset.stood, time_s=0)
    with pytest.raises(CounterResetError, match="no wrap"):
        unwrapper.add(reset.after, time_s=reset.gap_s)
    assert unwrapper.total == 0


@given(resets(is_told=False))
def test_a_reset_that_looks_like_counting_errs_by_no_more_than_the_gap_can_hold(
    reset: Reset,
) -> None:
    unwrapper = register()
    unwrapper.add(reset.stood, time_s=0)
    total = unwrapper.add(reset.after, time_s=reset.gap_s)
    assert 0 <= total <= reset.most
    assert abs(total - (reset.before + reset.after)) <= reset.most


@given(walks(), st.integers(1, SPAN - 1), walks())
def test_after_a_told_reset_the_walk_is_exact_again(earlier: Walk, fall: int, later: Walk) -> None:
    unwrapper, now_s = register(), 0
    unwrapper.add(earlier.start, time_s=now_s)
    for shown, gap_s in zip(earlier.shown, earlier.gaps_s, strict=True):
        now_s += gap_s
        unwrapper.add(shown, time_s=now_s)
    with pytest.raises(CounterResetError):
        unwrapper.add(
            (earlier.shown[-1] - fall) % SPAN, time_s=now_s
        )  # at once: no load explains it
    kept = unwrapper.total
    unwrapper.restart()
    unwrapper.add(later.start, time_s=now_s)
    for truth, shown, gap_s in zip(later.truth, later.shown, later.gaps_s, strict=True):
        now_s += gap_s
        assert unwrapper.add(shown, time_s=now_s) == kept + truth
