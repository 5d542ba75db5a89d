"""Order, influence, precision, sameness, change over time and surveys."""

import math
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.statistics import (
    Asked,
    Reading,
    Readings,
    advise,
    blocks_needed,
    compare,
    doubts,
    equivalence,
    fit_groups,
    half_width,
    layout,
    most_influential,
    normal_quantiles,
    order,
    over_time,
    runs_p,
    sphericity,
    survey,
)


def blocks(values: list[float]) -> dict[int, float]:
    return dict(enumerate(values))


def readings(samples: dict[str, list[float]], *, where: str = "") -> Readings:
    return Readings(
        name="t_s",
        title="Time, s",
        factors=("model",),
        where=where,
        readings=tuple(
            Reading(value=v, levels=(name,), subject=str(i), position=float(i))
            for name, own in samples.items()
            for i, v in enumerate(own)
        ),
    )


@pytest.mark.parametrize(
    ("n_runs", "n_above", "n_below", "tail"),
    [(6, 10, 10, 0.019), (5, 7, 7, 0.078), (3, 5, 5, 0.040), (4, 10, 10, 0.001)],
)
def test_stretches_agree_with_swed_and_eisenhart(
    n_runs: int, n_above: int, n_below: int, tail: float
) -> None:
    """Swed and Eisenhart 1943, table I: P(as few stretches or fewer)."""
    assert runs_p(n_runs, n_above, n_below) == pytest.approx(2 * tail, abs=1.5e-3)


def test_stretches_agree_with_counting_every_order() -> None:
    """Of the 10 orders of three and two, by hand."""
    orders = set(permutations("aaabb"))
    lengths = [1 + sum(x != y for x, y in pairwise(o)) for o in orders]
    assert len(lengths) == 10
    for n in range(2, 6):
        fewer = sum(length <= n for length in lengths) / 10
        more = sum(length >= n for length in lengths) / 10
        assert runs_p(n, 3, 2) == pytest.approx(min(1.0, 2 * min(fewer, more)))


def test_a_slow_wave_is_seen_by_its_neighbours() -> None:
    values = np.sin(np.linspace(0, 4 * np.pi, 30)).tolist()
    found = order(values)
    assert found is not None
    assert found.is_correlated
    assert found.lag_1 > 0.8
    centred = np.array(values) - np.mean(values)
    by_hand = np.sum(centred[1:] * centred[:-1]) / np.sum(centred**2)
    assert found.lag_1 == pytest.approx(by_hand)


def test_white_noise_is_called_correlated_about_as_often_as_promised() -> None:
    rng = np.random.default_rng(11)
    found = [order(rng.normal(size=16).tolist()) for _ in range(200)]
    assert np.mean([one is not None and one.lag_1_p < 0.05 for one in found]) <= 0.09
    assert np.mean([one is not None and (one.runs_p or 1) < 0.05 for one in found]) <= 0.07


def test_an_order_of_equal_values_says_nothing() -> None:
    assert order([1.0] * 10) is None
    assert order([1.0, 2.0, 3.0]) is None


def test_the_block_that_moves_a_ratio_most_is_found() -> None:
    left = blocks([1.0, 1.02, 0.99, 1.01, 3.0])
    found = most_influential(left, blocks([1.0] * 5))
    assert found is not None
    assert found.block == 4
    assert found.without.value == pytest.approx(math.exp(np.mean(np.log([1, 1.02, 0.99, 1.01]))))
    assert not found.is_decisive


def test_one_block_may_hide_a_difference() -> None:
    left = blocks([1.10, 1.12, 1.11, 1.10, 0.80])
    found = most_influential(left, blocks([1.0] * 5))
    assert found is not None
    assert found.is_decisive
    codes = [note.code.value for note in doubts(compare(readings(pair_of(left))))]
    assert "one-block-decides" in codes


def pair_of(left: dict[int, float]) -> dict[str, list[float]]:
    return {"base": [1.0 + 1e-4 * i for i in range(len(left))], "other": list(left.values())}


@given(st.floats(1e-3, 0.5), st.floats(0.005, 0.3))
def test_the_advised_blocks_are_the_fewest_that_do(sd: float, target: float) -> None:
    n = blocks_needed(sd, target=target)
    assert n is not None
    assert half_width(sd, n) <= math.log1p(target)
    assert n == 2 or half_width(sd, n - 1) > math.log1p(target)


def test_the_assured_number_is_enough_in_about_80_percent() -> None:
    """Pilots of ten blocks advise, for a spread of 4 %: is it at least what it really takes?"""
    rng = np.random.default_rng(12)
    needed = blocks_needed(0.04, target=0.02)
    assert needed is not None
    sds = rng.normal(0, 0.04, (400, 10)).std(axis=1, ddof=1)
    advised = [advise(float(sd), 10, target=0.02) for sd in sds]
    assured = np.mean([(one.n_assured or 0) >= needed for one in advised])
    plain = np.mean([(one.n_needed or 0) >= needed for one in advised])
    assert 0.75 <= assured <= 0.88
    assert plain < 0.65


def test_a_target_that_no_number_reaches_is_said() -> None:
    assert advise(5.0, 3, target=1e-6).n_needed is None


def test_equivalence_is_the_90_percent_interval_within_the_margin() -> None:
    """Schuirmann 1987: both one-sided tests at 5 % are the 90 % interval."""
    left, right = blocks([1.0, 1.03, 0.98, 1.01, 1.02]), blocks([1.0] * 5)
    found = equivalence(left, right, margin=0.03)
    assert found is not None
    logs = np.log(list(left.values()))
    below = stats.ttest_1samp(logs, math.log(1.03), alternative="less").pvalue
    above = stats.ttest_1samp(logs, -math.log(1.03), alternative="greater").pvalue
    assert found.p == pytest.approx(max(below, above))
    assert found.is_shown == (found.interval.low > 1 / 1.03 and found.interval.high < 1.03)


@given(st.lists(st.floats(0.8, 1.25), min_size=3, max_size=8), st.floats(0.005, 0.4))
def test_sameness_does_not_depend_on_which_comes_first(ratios: list[float], margin: float) -> None:
    ones = blocks([1.0] * len(ratios))
    there = equivalence(blocks(ratios), ones, margin=margin)
    back = equivalence(ones, blocks(ratios), margin=margin)
    assert there is not None
    assert back is not None
    assert there.p == pytest.approx(back.p, abs=1e-9)


def test_no_difference_shown_is_not_sameness_shown() -> None:
    left = blocks([1.0, 1.4, 0.7, 1.2, 0.9])
    pair = compare(
        readings({"a": [1.0, 1.01, 1.0, 0.99, 1.0], "b": list(left.values())}), Asked(margin=0.02)
    ).contrasts[0]
    assert pair.p is not None
    assert pair.p > 0.05
    assert pair.same is not None
    assert not pair.same.is_shown


def test_what_got_dearer_is_adjusted_for_all_that_was_compared() -> None:
    rng = np.random.default_rng(13)
    then = {f"m{i}": np.exp(rng.normal(0, 0.02, 8)).tolist() for i in range(10)}
    now = {name: np.exp(rng.normal(0, 0.02, 8)).tolist() for name in then}
    now["m3"] = [1.2 * v for v in now["m3"]]
    found = over_time([readings(then)], [readings({**now, "new": [1.0, 1.1]})])
    assert [c.configuration for c in found.changes if c.verdict == "dearer"] == ["m3"]
    assert found.only_now == ("new, Time, s",)
    assert all((c.p_holm or 0) >= (c.found.p or 0) for c in found.changes)


@settings(max_examples=30)
@given(st.lists(st.floats(0.5, 2.0), min_size=3, max_size=6))
def test_now_over_then_turns_round(values: list[float]) -> None:
    one, two = readings({"a": values}), readings({"a": [1.0, 1.1, 1.2]})
    there, back = (over_time([x], [y]).changes[0].found.ratio for x, y in ((one, two), (two, one)))
    assert there is not None
    assert back is not None
    assert there.value * back.value == pytest.approx(1)
    assert there.low * back.high == pytest.approx(1)


def test_numbers_of_two_tasks_are_not_compared_over_time() -> None:
    then, now = readings({"a": [1.0, 2.0]}, where="sst2"), readings({"a": [1.0, 2.0]}, where="rte")
    found = over_time([then], [now])
    assert not found.changes
    assert found.only_then == ("a, Time, s, sst2",)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_shares_agree_with_newcombes_table(k: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3 (score)."""
    labelled = [("g", "yes")] * k + [("g", "no")] * (n - k)
    share = next(
        s for s in survey([*labelled, ("h", "yes")]).shares if (s.group, s.label) == ("g", "yes")
    )
    assert share.share.low == pytest.approx(low, abs=5e-5)
    assert share.share.high == pytest.approx(high, abs=5e-5)


def test_a_difference_of_groups_agrees_with_newcombe() -> None:
    """Newcombe 1998, Statistics in Medicine 17, 873-890, table II: 56/70 less 48/80."""
    labelled = [("a", "y")] * 56 + [("a", "n")] * 14 + [("b", "y")] * 48 + [("b", "n")] * 32
    found = survey(labelled).differences[0]
    assert found.difference.low == pytest.approx(0.0524, abs=5e-5)
    assert found.difference.high == pytest.approx(0.3339, abs=5e-5)


def test_a_lady_tasting_tea_by_fishers_exact_test() -> None:
    """Fisher 1935: of four and four cups three right each way: p = 34/70."""
    cups = [("milk", "said milk")] * 3 + [("milk", "said tea")]
    cups += [("tea", "said milk")] + [("tea", "said tea")] * 3
    assert survey(cups).differences[0].p == pytest.approx(34 / 70)


def test_shares_at_once_hold_together() -> None:
    """Three labels of one group of 60: all three intervals hold the truth in 95 % or more."""
    rng = np.random.default_rng(14)
    truth = (0.75, 0.15, 0.1)
    hits = 0
    for counts in rng.multinomial(60, truth, size=300):
        labelled = [("g", str(i)) for i, n in enumerate(counts) for _ in range(n)]
        found = {s.label: s.together for s in survey(labelled).shares}
        hits += all(
            found[str(i)].low <= p <= found[str(i)].high
            for i, p in enumerate(truth)
            if str(i) in found
        )
    assert hits / 300 >= 0.95


def test_an_empty_survey_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is labelled"):
        survey([])


def test_subjects_without_every_configuration_are_left_out_and_said() -> None:
    rows = [("0", "a"), ("0", "b"), ("1", "a"), ("1", "b"), ("2", "a"), ("3", "a"), ("3", "b")]
    made = Readings(
        name="t_s",
        title="Time, s",
        factors=("model",),
        readings=tuple(
            Reading(value=1 + 0.1 * i, levels=(m,), subject=s) for i, (s, m) in enumerate(rows)
        ),
    )
    assert layout(made).left_out == ("2",)
    notes = {note.code.value: note.message for note in doubts(compare(made))}
    assert "block 2 not measured in every configuration" in notes["blocks-left-out"]


def test_scatters_that_differ_are_told() -> None:
    rng = np.random.default_rng(15)
    made = {
        name: np.exp(rng.normal(0, sd, 20)).tolist()
        for name, sd in (("a", 0.001), ("b", 0.001), ("c", 0.3))
    }
    codes = {note.code.value for note in doubts(compare(readings(made)))}
    assert {"spreads-differ", "not-spherical"} <= codes


def test_points_of_a_q_q_plot_lie_on_a_line_for_normal_quantiles() -> None:
    places = stats.norm.ppf((np.arange(1, 12) - 0.375) / 11.25)
    points = normal_quantiles((5 + 2 * places).tolist())
    assert [p.quantile for p in points] == pytest.approx(places.tolist())
    slopes = np.diff([p.standardised for p in points]) / np.diff([p.quantile for p in points])
    assert slopes == pytest.approx(slopes[0])


def test_equal_values_leave_nothing_to_model() -> None:
    assert fit_groups({"a": [1.0, 1.0], "b": [2.0, 2.0]}, is_log=True) is None


def test_one_common_block_shows_no_sameness() -> None:
    assert equivalence({0: 1.0, 1: 1.0}, {0: 1.0, 2: 1.0}, margin=0.1) is None


def test_an_order_that_lies_on_its_median_has_no_stretches() -> None:
    found = order([1.0, 1.0, 1.0, 1.0, 2.0])
    assert found is not None
    assert found.n_runs is None
    assert found.runs_p is None


def test_subjects_that_are_no_numbers_keep_their_place() -> None:
    rows = tuple(Reading(value=1.0, levels=("a",), subject=s) for s in ("late", "10", "9"))
    made = Readings(name="t_s", title="Time, s", factors=("m",), readings=rows)
    assert made.subjects == ("9", "10", "late")


def test_plain_values_outside_blocks_are_compared_by_welch() -> None:
    one, two = [-1.0, 2.0, 0.5, 3.0], [-2.0, -3.0, -1.5]
    made = Readings(
        name="gain",
        title="Gain",
        factors=("m",),
        subject="",
        readings=tuple(
            Reading(value=v, levels=(name,)) for name, own in (("a", two), ("b", one)) for v in own
        ),
    )
    found = compare(made)
    pair = found.contrasts[0]
    theirs = stats.ttest_ind(one, two, equal_var=False).confidence_interval()
    assert pair.difference is not None
    assert (pair.difference.low, pair.difference.high) == pytest.approx(tuple(theirs))
    assert pair.advice is None
    assert found.order is None


def test_a_single_value_bounds_no_difference() -> None:
    rows = tuple(Reading(value=v, levels=(m,)) for m, v in (("a", -1.0), ("b", 1.0), ("b", 2.0)))
    made = Readings(name="gain", title="Gain", factors=("m",), readings=rows)
    difference = compare(made).contrasts[0].difference
    assert difference is not None
    assert (difference.low, difference.high) == (-math.inf, math.inf)


@pytest.mark.parametrize(
    ("levels", "why"),
    [
        ([("a", "x", "1"), ("b", "x", "1")], "3 factors"),
        ([("a", "x"), ("b", "x")], "a factor has one level"),
        ([("a", "x"), ("b", "x"), ("a", "y")], "not every level of one factor"),
    ],
)
def test_designs_that_cannot_be_analysed_say_why(levels: list[tuple[str, ...]], why: str) -> None:
    rows = tuple(
        Reading(value=1 + 0.1 * b + 0.2 * i + 0.01 * (b * i % 2), levels=own, subject=str(b))
        for i, own in enumerate(levels)
        for b in range(3)
    )
    factors = tuple("fgh"[: len(levels[0])])
    found = compare(Readings(name="t_s", title="Time, s", factors=factors, readings=rows))
    assert found.variance is None
    assert why in found.why_not


def test_contrasts_without_spread_in_one_direction_are_far_from_spherical() -> None:
    scores = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [5.0, 10.0]])
    found = sphericity(scores)
    assert found is not None
    assert found.w == pytest.approx(0, abs=1e-12)
    assert found.greenhouse_geisser == pytest.approx(0.5)


def test_shares_at_once_count_every_share_of_the_table() -> None:
    """Two groups, two labels and both groups together: six intervals, each at 1 - 0.05 / 6."""
    found = survey([("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")])
    assert len(found.shares) == 6
    assert found.level_together == pytest.approx(1 - 0.05 / 6)


def test_a_drift_is_told_as_a_change_and_not_as_a_logarithm() -> None:
    """Costs double from the first to the last place: +100 %, of which the logarithm is 0.69."""
    steady = [2 ** (i / 7) for i in range(8)]
    notes = doubts(compare(readings({"a": steady, "b": [3 * v for v in steady]})))
    drift = next(note for note in notes if note.code.value == "drift")
    assert "moved by +100.0%" in drift.message
