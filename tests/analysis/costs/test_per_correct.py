"""Cost per correct answer: limits by hand, and coverage by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.costs.per_correct import cost_per_correct
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.runs.select import ScoredRun
from breakeven.analysis.uncertain import Observation, Uncertain, mean_of
from breakeven.records import Estimate
from breakeven.testing.tiny import tiny_score


def share(value: float, low: float, high: float) -> Estimate:
    return Estimate(
        name="accuracy", value=value, low=low, high=high, level=0.95, method="", n=100, kinds=()
    )


def per_correct(cost: Uncertain, of: Estimate) -> Estimate:
    found = cost_per_correct(cost, of, name="cpu_s", what="a test")
    assert found is not None
    return found


def test_where_the_share_is_sure_the_interval_is_the_costs() -> None:
    found = per_correct(Uncertain(value=6.0, low=3.0, high=9.0), share(0.5, 0.5, 0.5))
    assert (found.low, found.value, found.high) == pytest.approx((6.0, 12.0, 18.0))


def test_doubts_of_both_are_squared_and_added_as_logarithms() -> None:
    """Limits at a third and three times, and at half and twice."""
    found = per_correct(Uncertain(value=3.0, low=1.0, high=9.0), share(0.25, 0.125, 0.5))
    assert found.value == 12.0
    factor = math.exp(math.hypot(math.log(3), math.log(2)))
    assert (found.low, found.high) == pytest.approx((12.0 / factor, 12.0 * factor))


def test_a_cost_that_may_be_nothing_has_nothing_as_its_limit() -> None:
    assert per_correct(Uncertain(value=1.0, low=0.0, high=2.0), share(0.5, 0.4, 0.6)).low == 0.0
    nothing = per_correct(Uncertain.exact(0.0), share(0.5, 0.4, 0.6))
    assert (nothing.low, nothing.value, nothing.high) == (0.0, 0.0, 0.0)


def test_without_a_correct_answer_or_an_interval_there_is_none() -> None:
    cost = Uncertain.exact(1.0)
    assert cost_per_correct(cost, share(0.0, 0.0, 0.1), name="", what="") is None
    unknown = Estimate(
        name="f1", value=0.9, low=None, high=None, level=None, method="", n=9, kinds=()
    )
    assert cost_per_correct(cost, unknown, name="", what="") is None


@given(
    st.floats(0.01, 1e6),
    st.floats(0.0, 0.9),
    st.floats(0.05, 0.95),
    st.floats(0.0, 0.9),
)
def test_the_interval_holds_the_value_and_each_doubt_alone(
    value: float, spread: float, right: float, doubt: float
) -> None:
    cost = Uncertain(value=value, low=value * (1 - spread), high=value * (1 + spread))
    of = share(right, right * (1 - doubt), right + (1 - right) * doubt)
    found = per_correct(cost, of)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high
    assert found.low <= cost.low / right * (1 + 1e-9)
    assert found.high >= cost.high / right * (1 - 1e-9)


def test_covers_the_true_cost_as_often_as_it_says() -> None:
    """Ten blocks that scatter by 3 %, and 872 examples of which 89 % are right."""
    rng = np.random.default_rng(5)
    n_covered, n_tries, truth = 0, 1000, 0.006 / 0.89
    for _ in range(n_tries):
        blocks = [
            Observation(value=v, low=v, high=v, kinds=(), origins=(), run_ids=())
            for v in rng.normal(0.006, 0.03 * 0.006, 10)
        ]
        scored = ScoredRun(score=tiny_score(int(rng.binomial(872, 0.89)), 872), run_id="a")
        of = score_estimate(scored)
        assert of is not None
        found = per_correct(mean_of(blocks), of)
        assert found.low is not None
        assert found.high is not None
        n_covered += found.low <= truth <= found.high
    assert 0.935 <= n_covered / n_tries <= 0.975
