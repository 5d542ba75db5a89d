"""Evidence of an excess: by hand, against scipy, and how often an equal store raises an alarm."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from breakeven.analysis.limits import (
    Evidence,
    Line,
    Verdict,
    blocks_needed,
    by_interval,
    evidence,
    judge,
    shares_below,
)
from breakeven.analysis.samples.stats import newcombe
from breakeven.analysis.uncertain import Observation, Uncertain, mean_of
from breakeven.records import Resource

N_SIMULATED = 1000
P = st.floats(min_value=0.0, max_value=1.0)


def seen(values: Sequence[float] | NDArray[np.float64]) -> Uncertain:
    return mean_of(
        [
            Observation(
                value=float(v), low=float(v), high=float(v), kinds=(), origins=(), run_ids=()
            )
            for v in values
        ]
    )


def line(found: Evidence | None) -> Line:
    return Line(
        subject="TS",
        phase="deployment",
        quantity="cpu_s",
        resource=Resource.CPU_S,
        estimate=None,
        bound=1.0,
        evidence=found,
    )


def test_one_sided_t_is_that_of_scipy() -> None:
    values = [1.0, 1.3, 0.9, 1.4, 1.1]
    found = evidence(seen(values) - Uncertain.exact(1.0))
    expected = stats.ttest_1samp(values, 1.0, alternative="greater")
    assert found.p == pytest.approx(expected.pvalue)


def test_two_stores_are_welchs_t() -> None:
    now, then = [1.2, 1.3, 1.1, 1.4], [1.0, 1.1, 0.7, 1.2, 1.0]
    found = evidence(seen(now) - seen(then))
    expected = stats.ttest_ind(now, then, equal_var=False, alternative="greater")
    assert found.p == pytest.approx(expected.pvalue)


def test_exact_binomial_is_that_of_scipy() -> None:
    found = shares_below(780, 872, least=0.92)
    expected = stats.binomtest(780, 872, 0.92, alternative="less")
    assert found.p == pytest.approx(expected.pvalue)


def test_bounds_decide_where_nothing_scatters() -> None:
    over = evidence(Uncertain(value=2.0, low=1.0, high=3.0))
    open_ = evidence(Uncertain(value=0.5, low=-1.0, high=1.0))
    under = evidence(Uncertain(value=-2.0, low=-3.0, high=0.0))
    assert [(e.is_above, e.is_below, e.p) for e in (over, open_, under)] == [
        (True, False, None),
        (False, False, None),
        (False, True, None),
    ]


@pytest.mark.parametrize("effect", [0.3, 0.6, 1.0, 2.0])
def test_blocks_needed_have_the_power_that_is_promised(effect: float) -> None:
    n = blocks_needed(effect, 1.0)
    assert n is not None
    bar = stats.t.ppf(0.95, n - 1)
    power = stats.nct.sf(bar, n - 1, effect * math.sqrt(n))
    assert 0.8 <= power < 0.9 or n <= 5


def test_a_hair_is_not_told_by_repeating() -> None:
    assert blocks_needed(1e-6, 1.0) is None
    assert blocks_needed(1.0, 0.0) is None


@given(st.lists(P, min_size=1, max_size=8))
def test_more_lines_never_turn_what_is_within_into_a_breach(ps: list[float]) -> None:
    lines = [line(Evidence(p=p, is_above=False, is_below=False)) for p in ps]
    together = judge(lines).lines
    for p, judged in zip(ps, together, strict=True):
        alone = judge([line(Evidence(p=p, is_above=False, is_below=False))]).lines[0]
        assert judged.verdict is not Verdict.BREACH or alone.verdict is Verdict.BREACH


@pytest.mark.parametrize(
    ("verdicts", "code", "strict"),
    [
        ([(False, True)], 0, 0),
        ([(True, False)], 1, 1),
        ([(False, False)], 0, 1),
        ([None], 2, 2),
        ([(True, False), None], 1, 1),
        ([(False, False), None], 2, 1),
        ([], 2, 2),
    ],
    ids=["within", "breach", "not shown", "unknown", "breach first", "strict first", "no line"],
)
def test_exit_codes(verdicts: list[tuple[bool, bool] | None], code: int, strict: int) -> None:
    lines = [
        line(None if v is None else Evidence(p=None, is_above=v[0], is_below=v[1]))
        for v in verdicts
    ]
    checked = judge(lines)
    assert (checked.exit_code(), checked.exit_code(is_strict=True)) == (code, strict)


def test_equal_stores_raise_a_false_alarm_in_at_most_6_percent() -> None:
    """Eight lines, six blocks a side, 5 % scatter, no rise allowed; a third without Holm."""
    rng = np.random.default_rng(20261122)
    values = np.exp(rng.normal(0.0, 0.05, size=(N_SIMULATED, 8, 2, 6)))
    alarms = alone = 0
    for store in values:
        found = [evidence(seen(now) - seen(then)) for now, then in store]
        alarms += judge([line(e) for e in found]).exit_code() == 1
        alone += any(e.p is not None and e.p < 0.05 for e in found)
    assert alarms / N_SIMULATED <= 0.06
    assert 0.25 <= alone / N_SIMULATED <= 0.42


def test_a_cost_at_its_limit_is_called_a_breach_in_at_most_6_percent() -> None:
    """Four lines of eight blocks whose true cost is the limit: the hardest case that is none."""
    rng = np.random.default_rng(7)
    values = 1.0 + rng.normal(0.0, 0.05, size=(N_SIMULATED, 4, 8))
    alarms = sum(
        judge([line(evidence(seen(v) - Uncertain.exact(1.0))) for v in store]).exit_code() == 1
        for store in values
    )
    assert 0.03 <= alarms / N_SIMULATED <= 0.06


def test_a_rise_of_ten_percent_is_found() -> None:
    """Five per cent are allowed, ten happened; 2 % scatter, twelve blocks a side: mostly shown."""
    rng = np.random.default_rng(3)
    then = np.exp(rng.normal(0.0, 0.02, size=(N_SIMULATED, 12)))
    now = 1.1 * np.exp(rng.normal(0.0, 0.02, size=(N_SIMULATED, 12)))
    shown = sum(
        judge([line(evidence(seen(a) - seen(b).scaled(1.05)))]).exit_code() == 1
        for a, b in zip(now, then, strict=True)
    )
    assert shown / N_SIMULATED >= 0.95


def test_equal_scores_raise_a_false_alarm_in_at_most_6_percent() -> None:
    """Two models of 90 % on 872 examples each, Newcombe's interval read from one side."""
    rng = np.random.default_rng(5)
    counts = rng.binomial(872, 0.9, size=(N_SIMULATED, 2))
    alarms = 0
    for now, then in counts.tolist():
        loss = newcombe((then, 872), (now, 872))
        found = by_interval(loss.value, loss.low, loss.high)
        alarms += judge([line(found)]).exit_code() == 1
    assert alarms / N_SIMULATED <= 0.06
