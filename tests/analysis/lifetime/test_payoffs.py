import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.lifetime_cases import amount, lives, pathway

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.lifetime import (
    Lives,
    Step,
    Terms,
    Update,
    crossings,
    draw,
    payoff,
    payoffs,
)
from breakeven.analysis.lifetime.steps import MAX_STEPS
from breakeven.analysis.results import Verdict

SIZES = st.floats(min_value=0.1, max_value=1e3)
NEVER_LEVEL = math.pi / 3
"""Of one side, so that the two are never exactly level when an update comes due; there the two
questions have two answers, see below."""
MIRRORED = {
    Verdict.FINITE: Verdict.UP_TO,
    Verdict.UP_TO: Verdict.FINITE,
    Verdict.ALWAYS: Verdict.NEVER,
    Verdict.NEVER: Verdict.ALWAYS,
    Verdict.NOT_SHOWN: Verdict.NOT_SHOWN,
}


def pair_of(found: Lives, candidate: str, incumbent: str) -> Comparison:
    return found.pair(found.named(candidate), found.named(incumbent))


@st.composite
def studies(draw: st.DrawFn) -> Lives:
    made = [
        pathway(
            name,
            {"base": amount(5.0, sd=0.5), name: amount(unit * draw(SIZES), sd=draw(SIZES) / 10)},
            [draw(SIZES) for _ in range(3)],
            score=draw(st.floats(min_value=0.4, max_value=0.99)),
        )
        for name, unit in (("A", 1.0), ("B", NEVER_LEVEL))
    ]
    is_weighted = draw(st.booleans())
    updates = (Update(every=draw(SIZES)),) if draw(st.booleans()) else ()
    return lives(made, Terms(is_weighted=is_weighted, updates=updates))


@given(studies())
def test_the_same_pair_asked_the_other_way_round_gives_the_mirrored_answer(made: Lives) -> None:
    there, back = (p.found for p in payoffs(made))

    assert back.verdict is MIRRORED[there.verdict]
    if there.verdict in {Verdict.FINITE, Verdict.UP_TO}:
        assert there.estimate.value == pytest.approx(back.estimate.value, rel=1e-6)
        assert there.estimate.low == pytest.approx(back.estimate.low)
        assert there.estimate.high == pytest.approx(back.estimate.high)
    assert there.probability_before_planned is not None
    assert back.probability_before_planned is not None
    assert there.probability_before_planned + back.probability_before_planned == pytest.approx(1.0)


def test_who_is_level_when_an_update_comes_due_has_not_cost_less_by_hand() -> None:
    """A takes 0.5 more to make and saves 1 an item; both are made again after every item.

    A is ahead from 0.5 items, level at 1 and ahead ever after: it has cost less from 1 item on,
    while B has cost less up to 0.5 only.
    """
    made = [pathway("A", {"a": amount(6.0)}, 1.0), pathway("B", {"b": amount(5.5)}, 2.0)]
    updates = (Update(every=1.0, row="a"), Update(every=1.0, row="b"))
    of = lives(made, Terms(updates=updates))
    there, back = (payoff(of, of.named(x), of.named(y)).found for x, y in ("AB", "BA"))

    assert there.estimate.value == pytest.approx(1.0)
    assert back.estimate.value == pytest.approx(0.5)


def test_updates_lengthen_the_wait_by_hand() -> None:
    """30 more to develop, 2 saved an item; 12 paid again every 10 items leaves 0.8 an item."""
    made = [pathway("A", {"a": amount(10.0)}, 3.0), pathway("B", {"b": amount(40.0)}, 1.0)]
    plain = payoff(lives(made), *reversed(lives(made).members))
    of = lives(made, Terms(updates=(Update(every=100.0, row="b"),)))
    updated = payoff(of, of.named("B"), of.named("A"))

    assert plain.found.estimate.value == pytest.approx(15.0)
    assert updated.by_line is not None
    assert updated.by_line.value == pytest.approx(30 / (2 - 40 / 100))
    # no update is due before the 100th item, so the steps wait no longer than without them
    assert updated.found.estimate.value == pytest.approx(15.0)
    assert (plain.first, plain.by_line) == (None, None)


def test_steps_are_followed_one_by_one() -> None:
    """0 + 5n against 40 + n with 20 again after every 8 items (1.5 an item saved at the steps)."""
    made = [pathway("A", {"a": amount(0.0)}, 5.0), pathway("B", {"b": amount(20.0)}, 2.0)]
    of = lives(made, Terms(updates=(Update(every=8.0, row="b"),)))
    found = payoff(of, of.named("B"), of.named("A"))

    # lead: 3n - 20 - 20 floor(n / 8), above 0 first at 20/3; at 8 it is 24 - 40
    assert found.first == pytest.approx(20 / 3)
    assert found.for_good == pytest.approx(40.0)
    assert found.by_mean == pytest.approx((20 - 20 / 2) / 0.5)
    assert found.by_line is not None
    assert found.by_line.value == pytest.approx(20 / 0.5)
    assert (found.found.estimate.value, found.found.estimate.level) == (found.for_good, None)
    assert "between 6.67 and 40 the lead changes hands" in found.found.sentence


@given(
    st.floats(min_value=1, max_value=50),
    st.floats(min_value=0.5, max_value=5),
    st.floats(min_value=1, max_value=9),
    st.floats(min_value=2, max_value=20),
)
def test_before_the_first_volume_nobody_leads_and_after_the_last_nobody_falls_behind(
    extra: float, slope: float, cost: float, every: float
) -> None:
    made = [
        pathway("A", {"a": amount(0.0)}, slope + 1.0),
        pathway("B", {"b": amount(extra), "up": amount(cost)}, 1.0),
    ]
    of = lives(made, Terms(updates=(Update(every=every, row="up"),)))
    found = payoff(of, of.named("B"), of.named("A"))

    def lead(n: float) -> float:
        return of.named("A").total(n).value - of.named("B").total(n).value

    if found.first is None or found.for_good is None:
        return
    assert all(lead(found.first * share) <= 1e-6 for share in (0.1, 0.5, 0.9, 0.999))
    assert all(lead(found.for_good * more) >= -1e-6 for more in (1.001, 1.1, 1.5, 3.0, 10.0))


def test_too_many_steps_are_bounded_instead_of_followed() -> None:
    made = [pathway("A", {"a": amount(0.0)}, 5.0), pathway("B", {"b": amount(20.0)}, 1.0)]
    of = lives(made)
    pair = of.pair(of.named("B"), of.named("A"))
    steps = tuple(Step(every=1e-6, gain=g) for g in (-1.0, 1.0))
    first, last = crossings(pair, steps)

    assert MAX_STEPS < 1e6
    assert first == pytest.approx(19 / 4)
    assert last == pytest.approx(21 / 4)


def test_an_update_that_both_pay_cancels() -> None:
    rows = {"base": amount(50.0, sd=5.0)}
    made = [
        pathway("A", {**rows, "a": amount(10.0)}, 3.0),
        pathway("B", {**rows, "b": amount(40.0)}, 1.0),
    ]
    plain = lives(made)
    often = lives(made, Terms(updates=(Update(every=7.0, row="base"),)))
    one, other = pair_of(plain, "B", "A"), pair_of(often, "B", "A")

    assert (other.extra.value, other.saved.value) == (one.extra.value, one.saved.value)
    assert (other.extra.variance, other.covariance) == (one.extra.variance, 0)


def test_doubt_of_a_repeated_row_enters_start_and_use_together() -> None:
    """Var(saved x n - extra) is (1 + n / E)**2 times that of the row, not 1 + (n / E)**2."""
    made = [pathway("A", {"a": amount(10.0)}, 3.0), pathway("B", {"b": amount(40.0, sd=2.0)}, 1.0)]
    pair = pair_of(lives(made, Terms(updates=(Update(every=50.0, row="b"),))), "B", "A")
    n = 100.0
    variance = pair.saved.variance * n**2 + pair.extra.variance - 2 * n * pair.covariance

    assert variance == pytest.approx(4.0 * (1 + n / 50.0) ** 2)


def test_weights_divide_development_and_use_by_hand() -> None:
    """(40 + n) / 0.5 = (10 + 3n) / 0.8 has n = (80 - 12.5) / (3.75 - 2)."""
    made = [
        pathway("A", {"a": amount(10.0)}, 3.0, score=0.8),
        pathway("B", {"b": amount(40.0)}, 1.0, score=0.5),
    ]
    of = lives(made, Terms(is_weighted=True))
    found = payoff(of, of.named("B"), of.named("A"))

    assert found.found.estimate.value == pytest.approx((80 - 12.5) / (3.75 - 2))


def test_a_row_that_both_rest_on_weighs_more_with_the_worse_score() -> None:
    made = [
        pathway("A", {"base": amount(100.0), "a": amount(10.0)}, 3.0, score=0.8),
        pathway("B", {"base": amount(100.0), "b": amount(40.0)}, 1.0, score=0.5),
    ]
    pair = pair_of(lives(made, Terms(is_weighted=True)), "B", "A")

    assert pair.extra.value == pytest.approx(140 / 0.5 - 110 / 0.8)


def test_the_doubt_of_a_score_enters_both_sides_with_its_covariance() -> None:
    """Numerically: the lead at n, moved by one standard error of B's score, squared."""
    made = [
        pathway("A", {"a": amount(10.0)}, 3.0, score=0.8),
        pathway("B", {"b": amount(40.0)}, 1.0, score=0.5),
    ]
    of = lives(made, Terms(is_weighted=True))
    pair, n = pair_of(of, "B", "A"), 60.0
    variance = pair.saved.variance * n**2 + pair.extra.variance - 2 * n * pair.covariance
    by_hand = 0.0
    for name, start, use in (("A", 10.0, 3.0), ("B", 40.0, 1.0)):
        weight = of.weights.by_pathway[name]
        by_hand += ((start + use * n) / weight.value**2) ** 2 * weight.variance

    assert variance == pytest.approx(by_hand)


def test_every_ordered_pair_is_there_once() -> None:
    made = [pathway(n, {n: amount(float(i + 1))}, 1.0) for i, n in enumerate("ABC")]
    names = [(p.found.candidate, p.found.incumbent) for p in payoffs(lives(made))]

    assert names == list(permutations("ABC", 2))


def test_nothing_crosses_where_the_steps_leave_no_saving() -> None:
    made = [pathway("A", {"a": amount(0.0)}, 2.0), pathway("B", {"b": amount(20.0)}, 1.0)]
    of = lives(made, Terms(updates=(Update(every=20.0, row="b"),)))
    pair = of.pair(of.named("B"), of.named("A"))

    assert pair.saved.value == 0.0
    assert crossings(pair, (Step(every=20.0, gain=-20.0),)) == (None, None)


def waiting() -> list[PathwayCost]:
    """B takes 10 more to make and saves 1 an item; 100 of it are paid again every 50 items."""
    return [pathway("A", {"a": amount(90.0)}, 2.0), pathway("B", {"b": amount(100.0)}, 1.0)]


def test_a_lead_between_updates_is_told_where_the_line_says_never() -> None:
    """Ahead after 10 items, behind for good with the update after 50."""
    of = lives(waiting(), Terms(updates=(Update(every=50.0, row="b"),)))
    found, back = (payoff(of, of.named(a), of.named(b)) for a, b in ("BA", "AB"))

    assert (found.found.verdict, back.found.verdict) == (Verdict.UP_TO, Verdict.FINITE)
    assert (found.first, found.for_good) == (10.0, 50.0)
    assert "between 10 and 50 the lead changes hands" in found.found.sentence
    assert found.found.sentence.endswith("By the smooth line alone: never.")
    assert back.found.sentence.startswith("A has cost less CPU time than B from 50 examples on")


def dear_teacher() -> list[PathwayCost]:
    """Dürlich et al. 2023 in Wh: FT 141.1; TS 77.1 more, and 0.607e-6 Wh less per padded token."""
    return [
        pathway("FT", {"ft": amount(141.1)}, 1e-6),
        pathway("TS", {"ft": amount(141.1), "ts": amount(77.1)}, 1e-6 - 0.607e-6),
    ]


def test_the_answer_follows_the_steps_and_not_the_smooth_line() -> None:
    """Each pays its own row again after every million: 282.2 against 295.3 Wh before the second."""
    of = lives(dear_teacher(), Terms(updates=(Update(every=1e6),)), volume=1.3e6)
    found = payoff(of, of.named("TS"), of.named("FT"))

    assert found.found.estimate.value == 2e6
    assert found.by_line is not None
    assert found.by_line.value == pytest.approx(77.1 / (64.6e-6), rel=0.01)
    assert (found.first, found.for_good) == (2e6, 2e6)
    assert found.found.probability_before_planned == 0.0
    assert "from 2 million examples on, by the steps" in found.found.sentence
    assert "By the smooth line alone: from 1.19 million examples on" in found.found.sentence


def test_an_update_that_both_pay_leaves_the_volumes_of_the_lines() -> None:
    of = lives(dear_teacher(), Terms(updates=(Update(every=1e8, row="ft"),)))
    found = payoff(of, of.named("TS"), of.named("FT"))

    assert found.first == pytest.approx(77.1 / 0.607e-6)
    assert (found.for_good, found.by_mean) == (found.first, found.first)
    assert found.by_line == found.found.estimate


def test_no_probability_is_made_of_the_resolution_alone() -> None:
    made = [
        pathway("A", {"a": amount(10.0, half=0.5)}, 3.0),
        pathway("B", {"b": amount(40.0, half=0.5)}, 1.0),
    ]
    of = lives(made, volume=15.1)
    found = payoff(of, of.named("B"), of.named("A"))

    assert found.found.probability_before_planned is None
    assert found.why_no_probability is not None
    assert "resolution alone" in found.why_no_probability


@pytest.mark.parametrize(("volume", "chance"), [(9.0, 0.0), (40.0, 1.0), (60.0, 0.0)])
def test_the_chance_counts_the_updates_due_by_then(volume: float, chance: float) -> None:
    of = lives(waiting(), Terms(updates=(Update(every=50.0, row="b"),)), volume=volume)

    assert payoff(of, of.named("B"), of.named("A")).found.probability_before_planned == chance


def test_the_chance_at_a_volume_is_that_of_many_drawn_worlds() -> None:
    made = [
        pathway("A", {"a": amount(90.0, sd=4.0)}, [2.0, 2.1, 1.9], score=0.9),
        pathway("B", {"b": amount(100.0, sd=4.0)}, [1.0, 1.2, 0.8], score=0.9),
    ]
    terms = Terms(updates=(Update(every=50.0, row="b"),), is_weighted=True)
    of = lives(made, terms, volume=12.0)
    drawn = draw(of, np.random.default_rng(1), n_draws=40_000).cheapest(12.0)[1]

    found = payoff(of, of.named("B"), of.named("A")).found
    assert found.probability_before_planned == pytest.approx(drawn, abs=0.02)


def test_what_is_not_shown_is_said_to_be_by_the_line_where_there_are_updates() -> None:
    made = [
        pathway("A", {"a": amount(10.0)}, [2.0, 4.0, 3.0]),
        pathway("B", {"b": amount(40.0)}, [3.0, 2.4, 3.4]),
    ]
    of = lives(made, Terms(updates=(Update(every=1e6, row="b"),)))
    found = payoff(of, of.named("B"), of.named("A"))

    assert found.found.verdict is Verdict.NOT_SHOWN
    assert found.found.sentence.endswith("by the smooth line through cost right after each update.")
    assert found.by_line == found.found.estimate
