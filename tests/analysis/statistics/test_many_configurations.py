"""Many configurations: Dunnett's example, the library's own, Holm's, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.samples.two_samples import holm
from breakeven.analysis.statistics import (
    Asked,
    Reading,
    Readings,
    adjusted,
    against_baseline,
    compare,
    critical,
    fit_blocks,
    fit_groups,
    none_beyond,
    pair_p,
)
from breakeven.analysis.statistics.many_to_one import SAME_NUMBER
from breakeven.errors import UnknownNameError

BLOOD = {
    "control": [7.40, 8.50, 7.20, 8.24, 9.84, 8.32],
    "A": [9.76, 8.80, 7.68, 9.36],
    "B": [12.80, 9.68, 12.16, 9.20, 10.55],
}
"""Dunnett 1955, JASA 50, table 1: blood counts of three groups of animals, millions per mm3."""


def test_dunnetts_blood_counts() -> None:
    """P 0.62 and 0.0058 (scipy's manual, hypothesis_dunnett); only drug B differs, as in 1955."""
    model = fit_groups(BLOOD, is_log=False)
    assert model is not None
    a, b = against_baseline(model, "control")
    assert a.p_dunnett == pytest.approx(0.62004941, abs=2e-3)
    assert b.p_dunnett == pytest.approx(0.0058, abs=5e-5)
    theirs = stats.dunnett(
        BLOOD["A"], BLOOD["B"], control=BLOOD["control"], rng=np.random.default_rng(1)
    )
    assert [a.p_dunnett, b.p_dunnett] == pytest.approx(list(theirs.pvalue), abs=2e-3)
    ends = theirs.confidence_interval()
    assert a.together is not None
    assert b.together is not None
    assert [a.together.low, b.together.low] == pytest.approx(np.asarray(ends.low), abs=5e-3)
    assert [a.together.high, b.together.high] == pytest.approx(np.asarray(ends.high), abs=5e-3)


@pytest.mark.parametrize(
    ("n_others", "df", "printed"),
    [(1, 10, 2.23), (2, 10, 2.57), (3, 10, 2.76), (2, 20, 2.38), (4, 20, 2.65), (9, 20, 2.95)],
)
def test_critical_values_agree_with_dunnetts_table(n_others: int, df: int, printed: float) -> None:
    """Dunnett 1964, Biometrics 20, table II (two-sided, 5 %); the last column as scipy has it."""
    found = critical([SAME_NUMBER] * n_others, df=df)
    shape = np.full((n_others, n_others), 0.5) + 0.5 * np.eye(n_others)
    theirs = stats.multivariate_t(shape=shape, df=df, seed=1)
    inside = theirs.cdf(np.full(n_others, found), lower_limit=np.full(n_others, -found))
    assert found == pytest.approx(printed, abs=0.011)
    assert inside == pytest.approx(0.95, abs=5e-4)


def test_one_configuration_against_a_baseline_is_students_t() -> None:
    assert none_beyond(2.0, [SAME_NUMBER], df=7) == pytest.approx(
        1 - 2 * float(stats.t.sf(2.0, 7)), abs=1e-9
    )
    assert critical([0.3], df=math.inf) == pytest.approx(1.959964, abs=1e-5)


def test_holms_procedure_on_four_hypotheses() -> None:
    """Holm's method on 0.01, 0.04, 0.03, 0.005, the example of Wikipedia's article: H1 and H4."""
    found = holm([0.01, 0.04, 0.03, 0.005])
    assert found == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_two_configurations_in_blocks_are_a_paired_t() -> None:
    values = np.array([[1.0, 2.1], [1.2, 2.2], [0.9, 2.0], [1.1, 2.3]])
    model = fit_blocks(values, ["a", "b"], is_log=True)
    assert model is not None
    theirs = stats.ttest_rel(np.log(values[:, 1]), np.log(values[:, 0]))
    assert pair_p(model, "b", "a") == pytest.approx(float(theirs.pvalue))
    assert model.df == 3


def test_blocks_take_out_what_moves_a_whole_block() -> None:
    rng = np.random.default_rng(3)
    drift = np.linspace(0, 3, 12)[:, None]
    values = np.exp(drift + np.array([0.0, 0.1, 0.2]) + rng.normal(0, 0.01, (12, 3)))
    model = fit_blocks(values, ["a", "b", "c"], is_log=True)
    assert model is not None
    assert model.sd == pytest.approx(0.01, rel=0.4)
    assert model.difference("c", "a") == pytest.approx(0.2, abs=0.02)


def test_an_additive_model_needs_something_left_over() -> None:
    assert fit_blocks(np.array([[1.0, 2.0]]), ["a", "b"], is_log=True) is None
    assert fit_blocks(np.array([[1.0, 2.0], [2.0, 4.0]]), ["a", "b"], is_log=True) is None
    assert fit_groups({"a": [1.0], "b": [2.0]}, is_log=True) is None


def made(samples: dict[str, list[float]], *, blocked: bool = True) -> Readings:
    return Readings(
        name="t_s",
        title="Time, s",
        factors=("model",),
        readings=tuple(
            Reading(value=v, levels=(name,), subject=str(i) if blocked else "")
            for name, own in samples.items()
            for i, v in enumerate(own)
        ),
    )


def test_groups_of_unequal_size_are_compared_by_dunnett_too() -> None:
    found = compare(made(BLOOD, blocked=False), Asked(baseline="control"))
    assert found.adjustment == "Dunnett"
    assert found.variance is None
    assert "0 blocks have every configuration" in found.why_not
    assert [pair.left for pair in found.contrasts] == ["A", "B"]
    assert found.contrasts[1].ranked.test == "Mann-Whitney U"


def test_without_a_baseline_every_two_are_adjusted_by_holm() -> None:
    samples = {"a": [1.0, 1.1, 1.2], "b": [1.1, 1.3, 1.2], "c": [2.0, 2.3, 2.2]}
    found = compare(made(samples))
    assert found.adjustment == "Holm"
    assert [(c.left, c.right) for c in found.contrasts] == [("b", "a"), ("c", "a"), ("c", "b")]
    ps = [pair.p for pair in found.contrasts]
    assert [pair.p_adjusted for pair in found.contrasts] == pytest.approx(list(holm(ps)))


def test_an_unknown_baseline_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="Known: A, B, control"):
        compare(made(BLOOD, blocked=False), Asked(baseline="placebo"))


def test_values_below_0_give_differences_and_students_sleep() -> None:
    """Student 1908: hours of sleep gained; mean difference 1.58 (0.70 to 2.46), p = 0.0028."""
    one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    pair = compare(made({"first": one, "second": two})).contrasts[0]
    assert pair.found.ratio is None
    assert pair.difference is not None
    ends = (pair.difference.value, pair.difference.low, pair.difference.high)
    assert [round(x, 2) for x in ends] == [1.58, 0.70, 2.46]
    assert pair.p == pytest.approx(0.0028, abs=5e-5)


def test_darwins_maize_by_t_and_by_ranks() -> None:
    """Fisher 1935, The Design of Experiments, ch. 3: t = 2.148, p = 0.0497; by ranks 0.041."""
    differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    pair = compare(
        made({"self": [0.0] * 15, "crossed": [float(d) for d in differences]})
    ).contrasts[0]
    assert pair.p == pytest.approx(0.0497, abs=5e-5)
    assert pair.ranked.p == pytest.approx(0.0413, abs=5e-5)


costs = st.lists(st.floats(0.5, 2.0), min_size=4, max_size=4)


@settings(max_examples=40)
@given(costs, costs, costs)
def test_ratios_turn_round_and_do_not_see_the_order_of_blocks(
    a: list[float], b: list[float], c: list[float]
) -> None:
    one = compare(made({"a": a, "b": b, "c": c})).contrasts[0].found.ratio
    other = compare(made({"b": b[::-1], "a": a[::-1], "c": c[::-1]})).contrasts[0].found.ratio
    assert one is not None
    assert other is not None
    assert one.value * other.value == pytest.approx(1)
    assert one.low * other.high == pytest.approx(1)


@given(costs, costs, costs, st.floats(0.01, 100))
def test_ratios_do_not_see_the_unit(
    a: list[float], b: list[float], c: list[float], scale: float
) -> None:
    one = fit_blocks(np.array([a, b, c]).T, ["a", "b", "c"], is_log=True)
    other = fit_blocks(scale * np.array([a, b, c]).T, ["a", "b", "c"], is_log=True)
    if one is not None and other is not None:
        assert one.difference("b", "a") == pytest.approx(other.difference("b", "a"), abs=1e-9)
        assert one.sd == pytest.approx(other.sd, rel=1e-6, abs=1e-9)


@settings(max_examples=25)
@given(st.lists(st.floats(0, 6), min_size=1, max_size=4), st.integers(2, 40))
def test_adjusted_p_lie_between_one_look_and_bonferroni(ts: list[float], df: int) -> None:
    alone = [2 * float(stats.t.sf(t, df)) for t in ts]
    found = adjusted(ts, [SAME_NUMBER] * len(ts), df=df)
    for one, p in zip(alone, found, strict=True):
        assert one - 1e-9 <= p <= min(1.0, len(ts) * one) + 1e-9


@pytest.mark.parametrize(
    ("loads", "t"), [([100 / 101, 100 / 101], 1.0), ([0.9, 0.999], 2.0), ([0.9999] * 3, 2.0)]
)
def test_a_baseline_that_ran_seldom_is_integrated_as_well(loads: list[float], t: float) -> None:
    """The same probability by scipy's integrator of the normal distribution, spread known."""
    covariance = np.outer(loads, loads) + np.diag(1 - np.square(loads))
    inside = stats.multivariate_normal.cdf(
        np.full(len(loads), t),
        cov=covariance,
        lower_limit=np.full(len(loads), -t),
        abseps=1e-7,
        maxpts=2_000_000,
    )
    assert none_beyond(t, loads, df=math.inf) == pytest.approx(float(inside), abs=2e-5)


def test_a_level_beyond_the_quadrature_falls_back_to_bonferroni() -> None:
    found = critical([SAME_NUMBER] * 2, df=1, level=0.99999)
    assert found == pytest.approx(float(stats.t.ppf(1 - 1e-5 / 4, 1)), rel=2e-3)


def test_every_pair_is_compared_by_differences_where_any_value_is_below_0() -> None:
    """Of a, b and c only a holds a value below 0; c less b is 10 as well as b less a is told."""
    found = compare(made({"a": [-1.0, 2.0, 3.0], "b": [10.0, 11.0, 12.5], "c": [20.0, 21.0, 22.5]}))
    differences = {(p.left, p.right): p.difference for p in found.contrasts}
    told = differences["c", "b"]
    assert told is not None
    assert told.value == pytest.approx(10.0)
    assert all(pair.advice is None and pair.influence is None for pair in found.contrasts)


def test_ranks_are_of_log_ratios_as_the_test_beside_them_is() -> None:
    one, two = [1.0, 2.0, 40.0, 3.0, 5.0, 4.0], [1.2, 1.5, 39.0, 3.9, 3.0, 4.4]
    pair = compare(made({"a": one, "b": two})).contrasts[0]
    theirs = stats.wilcoxon(np.log(np.divide(two, one)))
    assert pair.ranked.p == pytest.approx(float(theirs.pvalue))
    assert pair.ranked.p != pytest.approx(float(stats.wilcoxon(np.subtract(two, one)).pvalue))
