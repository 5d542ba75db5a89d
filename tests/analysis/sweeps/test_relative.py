"""Relative: costs of two configurations, paired by block or not."""

import math
from statistics import fmean, variance

import pytest
from scipy import stats

from breakeven.analysis.sweeps.relative import ratio_estimate
from breakeven.analysis.uncertain import Observation
from breakeven.records import Resource


def seen(costs: dict[int, float]) -> dict[int, Observation]:
    return {
        block: Observation(value=v, low=v, high=v, kinds=(), origins=(), run_ids=())
        for block, v in costs.items()
    }


def test_runs_outside_blocks_are_not_paired() -> None:
    """Welch's interval on logarithms, by hand; paired by order it would have no width at all."""
    own, base = [2.0, 4.0, 8.0], [1.0, 2.0, 4.0]

    found = ratio_estimate(
        seen({-1 - i: v for i, v in enumerate(own)}),
        seen({-1 - i: v for i, v in enumerate(base)}),
        resource=Resource.CPU_S,
    )

    logs = [[math.log(v) for v in values] for values in (own, base)]
    half = stats.t.ppf(0.975, 4) * math.sqrt(sum(variance(one) / 3 for one in logs))
    middle = fmean(logs[0]) - fmean(logs[1])
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx(
        (2.0, math.exp(middle - half), math.exp(middle + half))
    )
    assert "not paired" in found.method


def test_spreads_are_never_taken_for_equal() -> None:
    """Against Welch's interval as scipy has it; Student's, 1.07 to 1.54, would leave 1 out."""
    own, base = [1.0, 1.4, 1.5], [1.0, 1.1, 1.05, 0.95, 0.9, 1.08, 1.0, 0.93]

    found = ratio_estimate(
        seen({-1 - i: v for i, v in enumerate(own)}),
        seen({-1 - i: v for i, v in enumerate(base)}),
        resource=Resource.CPU_S,
    )

    logs = [[math.log(v) for v in values] for values in (own, base)]
    ends = stats.ttest_ind(*logs, equal_var=False).confidence_interval()
    assert found is not None
    assert (found.low, found.high) == pytest.approx((math.exp(ends.low), math.exp(ends.high)))


def test_an_interval_that_says_nothing_stays_a_number() -> None:
    found = ratio_estimate(
        seen({-1: 1e-150, -2: 1e150}), seen({-1: 1.0, -2: 1.0}), resource=Resource.CPU_S
    )

    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < 1e-100
    assert 1e100 < found.high < math.inf


def test_what_ran_in_common_blocks_alone_is_paired() -> None:
    own, base = {-1: 50.0, 0: 2.0, 1: 4.0}, {-1: 1.0, 0: 1.0, 1: 2.0, 2: 90.0}

    found = ratio_estimate(seen(own), seen(base), resource=Resource.CPU_S)

    assert found is not None
    assert (found.value, found.low, found.high, found.n) == (2.0, 2.0, 2.0, 2)


@pytest.mark.parametrize(
    ("own", "base", "value"),
    [
        pytest.param({-1: 3.0}, {-1: 2.0}, 1.5, id="one run each"),
        pytest.param({0: 3.0}, {-1: 2.0}, 1.5, id="a block and none"),
        pytest.param({0: 3.0}, {0: 2.0}, 1.5, id="one block"),
        pytest.param({0: 3.0}, {1: 2.0}, None, id="blocks apart"),
        pytest.param({-1: 0.0}, {-1: 2.0}, None, id="no cost, no ratio"),
    ],
)
def test_too_few_for_an_interval(
    own: dict[int, float], base: dict[int, float], value: float | None
) -> None:
    found = ratio_estimate(seen(own), seen(base), resource=Resource.CPU_S)

    assert (None if found is None else found.value) == (
        None if value is None else pytest.approx(value)
    )
    assert found is None or (found.low, found.high, found.level) == (None, None, None)
