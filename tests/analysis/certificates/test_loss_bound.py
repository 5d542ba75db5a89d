"""The upper bound of a loss: printed intervals, sources that err together, every metric."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.certificates.clustering import Clusters, one_sided
from breakeven.analysis.certificates.loss_bound import loss_bound
from breakeven.analysis.scoring.kept_answers import KeptAnswers, pair_up
from breakeven.analysis.scoring.paired import Discordance, tango, tango_end
from breakeven.analysis.scoring.paired_sums import METRICS, PairedSums, means
from breakeven.testing.certificates import paired

RNG = np.random.default_rng


def grouped(groups: list[int], n_lost: list[int]) -> PairedSums:
    """Accuracy where the reference is always right and each group loses so many."""
    sizes = np.array(groups)
    lost = np.concatenate([np.arange(n) >= n - k for n, k in zip(groups, n_lost, strict=True)])
    places = np.repeat(np.arange(len(sizes)), sizes)
    return means("accuracy", np.ones(len(places)), 1.0 - lost, places)


def kept(rng: np.random.Generator, n: int) -> KeptAnswers:
    """What a run of any form might have kept: the same right answers, other given ones."""
    right = np.random.default_rng(9)
    n_true = right.integers(0, 4, n)
    hits = np.minimum(n_true, rng.integers(0, 4, n))
    return KeptAnswers(
        run_id="a",
        arrays={
            "index": np.arange(n),
            "group": np.arange(n) // 2,
            "label": right.integers(0, 3, n),
            "predicted": rng.integers(0, 3, n),
            "correct": rng.random(n) < 0.5,
            "answer_f1": rng.random(n),
            "n_true": n_true,
            "n_hit": hits,
            "n_found": hits + rng.integers(0, 2, n),
        },
    )


@pytest.mark.parametrize(("lost", "gained"), [(23, 7), (0, 4), (12, 12)])
def test_independent_examples_have_tangos_end_with_a_quarter_more_lost(
    lost: int, gained: int
) -> None:
    found = loss_bound(paired(lost, gained, n=872), level=0.95)
    plain = tango(Discordance(left_only=lost, right_only=gained, n=872), level=0.90)
    assert found.value == pytest.approx(plain.value)
    assert found.high == pytest.approx(
        tango_end(lost + 0.25, gained, 872, z=-one_sided(0.95)), abs=1e-9
    )
    assert plain.high < found.high < plain.high + 1 / 872
    assert found.design_effect == 1


def test_what_is_lost_while_nothing_is_gained_is_bounded_exactly() -> None:
    found = loss_bound(paired(30, 0, n=872), level=0.95)
    exact = stats.binomtest(30, 872).proportion_ci(0.90, method="exact")
    assert found.high == pytest.approx(exact.high)


@pytest.mark.parametrize(("n", "shows"), [(268, False), (298, False), (299, True)])
def test_299_agreeing_answers_show_a_point(n: int, shows: bool) -> None:  # noqa: FBT001 - a case
    assert (loss_bound(paired(0, 0, n=n), level=0.95).high < 0.01) == shows


def test_a_thousand_agreeing_answers_bound_the_loss_all_the_same() -> None:
    found = loss_bound(paired(0, 0, n=1000), level=0.95)
    assert found.high == pytest.approx(1 - 0.05 ** (1 / 1000))


def test_agreeing_answers_of_ten_to_a_source_count_as_one() -> None:
    in_tens = loss_bound(paired(0, 0, n=1000, group_size=10), level=0.95)
    assert in_tens.high == pytest.approx(loss_bound(paired(0, 0, n=100), level=0.95).high)
    assert in_tens.design_effect == 10


def test_losses_that_come_by_source_count_as_one() -> None:
    # 20 of 200 sources lose all of their 5 examples: as 20 of 200 examples, but for t instead of z
    together = loss_bound(grouped([5] * 200, [5] * 20 + [0] * 180), level=0.95)
    assert together.design_effect == pytest.approx(5, rel=0.02)
    single = tango(Discordance(left_only=20, right_only=0, n=200), level=0.90)
    assert together.high == pytest.approx(single.high, rel=0.03)


def test_the_bound_over_sources_is_a_score_interval_with_the_t_of_those_that_tell() -> None:
    # 10 of 40 sources of 5 lose 2: each of these moves the loss by c, the other 30 by c / 3
    found = loss_bound(grouped([5] * 40, [2] * 10 + [0] * 30), level=0.95)
    moved = np.array([1.5] * 10 + [0.5] * 30) / 195
    df = min(10, np.sum(moved**2) ** 2 / np.sum(moved**4)) - 1
    q, slip = stats.t.ppf(0.95, df), np.sum(moved**2) / np.sum(moved)
    spread = np.sqrt(39 / 40 * np.sum(moved**2) + (slip * q / 2) ** 2)
    assert found.high == pytest.approx(0.1 + q * (slip * q / 2 + spread))


def test_sources_that_err_apart_cost_little() -> None:
    apart = loss_bound(grouped([5] * 200, [1] * 20 + [0] * 180), level=0.95)
    assert apart.design_effect == pytest.approx(1, abs=0.05)


def test_a_few_duplicates_are_taken_at_their_worst() -> None:
    found = loss_bound(grouped([2] * 10 + [1] * 400, [1] * 10 + [0] * 400), level=0.95)
    assert found.design_effect == pytest.approx((10 * 4 + 400) / 420)


def test_leaving_one_source_out_is_the_closed_form_of_a_mean() -> None:
    pair = grouped([3, 1, 6, 2], [1, 0, 4, 0])
    s, n = np.array([1.0, 0, 4, 0]), np.array([3.0, 1, 6, 2])
    leverage = n / n.sum()
    expected = 3 / 4 * np.sum(((s - n * 5 / 12) / 12 / (1 - leverage)) ** 2)
    assert Clusters(pair=pair).variance == pytest.approx(expected)


def test_one_large_source_hardly_tells_more_than_one() -> None:
    large = Clusters(pair=grouped([80] + [1] * 20, [1] + [1] * 20))
    alike = Clusters(pair=grouped([5] * 20, [1] * 20))
    assert large.n_telling == pytest.approx(1, abs=0.01)
    assert alike.n_telling == 0  # all lose the same share: leaving one out moves nothing


def test_small_sources_that_differ_tell_nothing_of_large_ones_that_do_not() -> None:
    # 4 of 150, none of which errs, beside 600 of 1, of which 15 do: 15 x 1 / 150^2 of a large one
    pair = grouped([150] * 4 + [1] * 600, [0] * 4 + [1] * 15 + [0] * 585)
    found = Clusters(pair=pair)
    assert found.n_telling == pytest.approx(15 / 150**2, rel=0.01)
    assert not found.is_told
    assert loss_bound(pair, level=0.95).design_effect == pytest.approx(found.worst)


def test_sources_that_move_it_alike_tell_as_many_as_they_are() -> None:
    # 10 of 1,000 sources lose one example of 5 each, which is what moves the difference
    found = Clusters(pair=grouped([5] * 1000, [1] * 10 + [0] * 990))
    assert found.n_telling == pytest.approx(10, rel=1e-3)


@pytest.mark.parametrize("metric", ["perplexity", "pearson"])
def test_metrics_that_one_answer_can_spoil_at_will_have_no_bound(metric: str) -> None:
    assert metric not in METRICS


def test_answer_f1_is_near_the_t_interval_of_its_differences() -> None:
    rng = RNG(2)
    one = rng.random(2000)
    two = np.clip(one - (rng.random(2000) < 0.05) * rng.random(2000), 0, 1)
    found = loss_bound(means("answer_f1", one, two, np.arange(2000)), level=0.95)
    told = stats.ttest_rel(one, two).confidence_interval(0.90)
    assert told.high < found.high < told.high + 2 * one_sided(0.95) ** 2 / 2000


def test_f1_without_a_difference_is_bounded_by_what_one_slip_costs() -> None:
    # 100 of 1,000 are there and found: one hit less is a loss of 1 - 198/199, and 3.0 of them fit
    hits = np.zeros((1000, 3))
    hits[:100] = 1
    pair = PairedSums(metric="f1", reference=hits, candidate=hits, groups=np.arange(1000))
    expected = (1 - 2 * 99 / 199) * -np.log(0.05)
    assert loss_bound(pair, level=0.95).high == pytest.approx(expected)


@given(st.sampled_from(sorted(METRICS)), st.integers(0, 99))
def test_every_metric_has_a_bound_above_its_loss_that_grows_with_the_level(
    name: str, seed: int
) -> None:
    pair = pair_up(name, kept(RNG(seed), 40), kept(RNG(seed + 100), 40))
    low, high = (loss_bound(pair, level=level) for level in (0.9, 0.99))
    assert low.value <= low.high < high.high
    assert low.design_effect >= 1


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 8))
def test_sources_never_narrow_a_bound_by_much(lost: int, gained: int, size: int) -> None:
    alone = loss_bound(paired(lost, gained, n=400), level=0.95)
    grouped = loss_bound(paired(lost, gained, n=400, group_size=size), level=0.95)
    assert grouped.high >= alone.high - 1e-9


def test_examples_and_groups_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="got 2 groups for 3 examples"):
        means("accuracy", np.ones(3), np.ones(3), np.arange(2))
    with pytest.raises(ValueError, match="one shape"):
        PairedSums(
            metric="f1", reference=np.ones((2, 3)), candidate=np.ones((3, 3)), groups=np.arange(2)
        )
