"""Scores over training seeds, and costs over them, from records of a made-up study."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.fronts.resample import draw_score, draw_scores
from breakeven.analysis.runs.select import ScoredRun, study_runs
from breakeven.analysis.samples.stats import newcombe, wilson
from breakeven.analysis.scoring.score_pairs import LONE_SEED, OF_THESE, score_difference
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.records import PathwayDefinition, Resource, Run, Score, Settings, StudyDefinition
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score

CPU = Resource.CPU_S
N = 200
FT = PathwayDefinition(name="FT", row="ft")
DEFINITION = StudyDefinition(name=STUDY, pathways=(FT,))


def right(n_correct: int, *, shift: int = 0) -> dict[int, bool]:
    """The first so many of N examples, counted from `shift`."""
    return {i: (i - shift) % N < n_correct for i in range(N)}


ANSWERS = {"FT/reference/0": right(180), "FT/repeat-1/0": right(170), "FT/repeat-2/0": right(160)}


def deployed(seed: int, cost: float, *, block: int, n_correct: int | None) -> Run:
    label = f"repeat-{seed}" if seed else "reference"
    run = tiny_inference("FT", {CPU: cost}, label=label, block=block)
    if seed:
        run = replace(run, settings=Settings(resolved={"role": "repeat", "start_repeat": seed}))
    return replace(run, scores=() if n_correct is None else (tiny_score(n_correct, N),))


def three_seeds(costs: Mapping[int, float] | None = None, *, n_blocks: int = 2) -> list[Run]:
    by_seed = costs or {0: 1.0, 1: 2.0, 2: 3.0}
    correct = {0: 180, 1: 170, 2: 160}
    return [tiny_run("ft", {CPU: 9.0})] + [
        deployed(seed, cost + 0.1 * block, block=block, n_correct=correct[seed])
        for seed, cost in by_seed.items()
        for block in range(n_blocks)
    ]


def gathered(
    runs: list[Run], answers: Mapping[str, Mapping[int, bool]] | None = None
) -> PathwayCost:
    return pathway_cost(study_runs(DEFINITION, runs), FT, answers=(answers or {}).get)


def one_seed(n_correct: int, run_id: str = "a") -> PathwayScore:
    return PathwayScore(
        seeds=(ScoredRun(score=tiny_score(n_correct, N), run_id=run_id),), repeats=(0,)
    )


def test_the_score_is_the_mean_over_seeds_with_both_factors_in_its_interval() -> None:
    scored = gathered(three_seeds(), ANSWERS).scored
    assert scored is not None
    assert (scored.n_seeds, scored.repeats) == (3, (0, 1, 2))
    assert scored.value == pytest.approx(0.85)
    assert scored.method == "mean of 3 training seeds; seeds and test examples crossed, both random"
    interval, alone = scored.interval, wilson(170, N)
    assert interval is not None
    assert interval.low < alone.low < 0.85 < alone.high < interval.high


def test_from_records_alone_the_interval_is_wider_and_says_so() -> None:
    paired, counted = gathered(three_seeds(), ANSWERS).scored, gathered(three_seeds()).scored
    assert paired is not None
    assert counted is not None
    assert counted.sheet is None
    assert "answers not paired" in counted.method
    assert paired.interval is not None
    assert counted.interval is not None
    assert counted.interval.high - counted.interval.low > paired.interval.high - paired.interval.low


def test_one_seed_says_what_its_interval_does_not_cover() -> None:
    estimate = score_estimate(one_seed(170))
    expected = wilson(170, N)
    assert estimate is not None
    assert (estimate.low, estimate.high) == (expected.low, expected.high)
    assert estimate.method.endswith("over test examples, one training seed")


def test_without_counts_only_seeds_enter() -> None:
    f1 = [Score(metric="f1", value=v, split="test", n_examples=N) for v in (0.8, 0.9)]
    seeds = tuple(ScoredRun(score=s, run_id=str(i)) for i, s in enumerate(f1))
    scored = PathwayScore(seeds=seeds, repeats=(0, 1))
    assert scored.interval is not None
    reach = 12.706 * 0.05 / (0.85 * 0.15)
    assert special.logit(scored.interval.high) == pytest.approx(special.logit(0.85) + reach, 1e-3)
    assert special.logit(scored.interval.low) == pytest.approx(special.logit(0.85) - reach, 1e-3)
    assert "t interval over seeds on log odds, test examples not in it" in scored.method
    assert scored.doubt is None


def test_two_seeds_do_not_lead_out_of_the_range_of_a_correlation() -> None:
    pearson = [Score(metric="pearson", value=v, split="test", n_examples=N) for v in (0.34, 0.46)]
    seeds = tuple(ScoredRun(score=s, run_id=str(i)) for i, s in enumerate(pearson))
    estimate = score_estimate(PathwayScore(seeds=seeds, repeats=(0, 1)))
    assert estimate is not None
    assert estimate.low == pytest.approx(np.tanh(np.arctanh(0.4) - 12.706 * 0.06 / 0.84), 1e-3)
    assert estimate.high == pytest.approx(np.tanh(np.arctanh(0.4) + 12.706 * 0.06 / 0.84), 1e-3)
    assert "on Fisher's z" in estimate.method


def test_counts_that_are_not_those_of_the_score_say_nothing_of_its_doubt() -> None:
    percent = [
        Score(metric="accuracy", value=100 * n / N, split="test", n_examples=N, n_correct=n)
        for n in (160, 170)
    ]
    seeds = tuple(ScoredRun(score=s, run_id=str(i)) for i, s in enumerate(percent))
    both = PathwayScore(seeds=seeds, repeats=(0, 1))
    one = PathwayScore(seeds=seeds[:1], repeats=(0,))

    assert one.interval is None
    assert both.interval is not None
    assert both.interval.low < both.value < both.interval.high
    assert "test examples not in it" in both.method
    assert set(draw_score(percent[0], np.random.default_rng(0))) == {percent[0].value}


def test_a_seed_that_was_not_scored_is_left_out() -> None:
    runs = [replace(r, scores=()) if r.row == "FT/repeat-1" else r for r in three_seeds()]
    scored = gathered(runs, ANSWERS).scored
    assert scored is not None
    assert scored.repeats == (0, 2)


def test_cost_per_item_is_the_mean_over_seeds_and_their_scatter_widens_it() -> None:
    pathway = gathered(three_seeds(n_blocks=3))
    marginal = pathway.marginal(CPU)
    assert marginal is not None
    assert marginal.value == pytest.approx(2.1)
    # Three seeds at 1, 2 and 3: their mean has a variance of 1 / 3; blocks add 0.01 / 3.
    assert marginal.variance == pytest.approx(1 / 3 + 0.01 / 3)
    assert marginal.df == pytest.approx(2.0, rel=0.05)
    low, high = marginal.interval()
    assert low < 1.0
    assert high > 3.0


def test_seeds_that_cost_the_same_add_nothing() -> None:
    same = gathered(three_seeds({0: 1.0, 1: 1.0, 2: 1.0}, n_blocks=3))
    alone = gathered(three_seeds({0: 1.0}, n_blocks=3))
    same_mean, lone_mean = same.marginal(CPU), alone.marginal(CPU)
    assert same_mean is not None
    assert lone_mean is not None
    assert same_mean.variance == pytest.approx(lone_mean.variance)


def test_in_a_single_block_seeds_are_all_the_scatter() -> None:
    marginal = gathered(three_seeds(n_blocks=1)).marginal(CPU)
    assert marginal is not None
    assert marginal.variance == pytest.approx(1 / 3)


def test_blocks_that_a_seed_missed_are_left_out_of_the_mean() -> None:
    runs = [r for r in three_seeds() if not (r.row == "FT/repeat-2" and r.block == 1)]
    assert list(gathered(runs).blocks[CPU]) == [0]


def test_seeds_without_a_common_block_leave_the_first_alone() -> None:
    runs = [r for r in three_seeds({0: 1.0, 1: 2.0}) if r.block == (r.row == "FT/repeat-1")]
    runs.append(tiny_run("ft", {CPU: 9.0}))
    pathway = gathered(runs)
    assert [o.value for o in pathway.blocks[CPU].values()] == [1.0]


def test_differences_are_paired_by_example_where_answers_are_known() -> None:
    one, two = gathered(three_seeds(), ANSWERS).scored, gathered(three_seeds(), ANSWERS).scored
    assert one is not None
    assert two is not None
    found = score_difference(one, two)
    assert found.is_paired
    assert found.value == 0
    assert "3 and 3 training seeds" in found.method
    assert found.is_told_apart is False


def test_a_single_pair_is_tested_exactly() -> None:
    runs = [tiny_run("ft", {CPU: 9.0}), deployed(0, 1.0, block=0, n_correct=180)]
    other = [tiny_run("ft", {CPU: 9.0}), deployed(0, 1.0, block=0, n_correct=160)]
    one = gathered(runs, {"FT/reference/0": right(180)}).scored
    two = gathered(other, {"FT/reference/0": right(160)}).scored
    assert one is not None
    assert two is not None
    found = score_difference(one, two)
    assert (found.left_only, found.right_only) == (20, 0)
    assert found.p == pytest.approx(2 * 0.5**20)
    assert (found.is_told_apart, found.why) == (True, OF_THESE)


def test_without_answers_two_single_seeds_are_newcombes() -> None:
    found, expected = score_difference(one_seed(180), one_seed(170)), newcombe((180, N), (170, N))
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((expected.low, expected.high))
    assert not found.is_paired


def test_a_stated_score_gives_a_difference_without_interval() -> None:
    stated = replace(
        one_seed(0).seeds[0], score=Score(metric="accuracy", value=0.9, split="test", n_examples=0)
    )
    found = score_difference(PathwayScore(seeds=(stated,), repeats=(0,)), one_seed(160))
    assert (found.interval, found.is_told_apart) == (None, None)
    assert found.value == pytest.approx(0.1)


def test_one_seed_against_several_says_which_scatter_is_missing() -> None:
    several = gathered(three_seeds(), ANSWERS).scored
    single = gathered(three_seeds({0: 1.0}), ANSWERS).scored
    assert several is not None
    assert single is not None
    found = score_difference(single, several)
    assert found.is_paired
    assert found.method.endswith(
        "1 and 3 training seeds; a side with one seed adds none of its scatter"
    )


def test_one_seed_is_not_told_apart_from_several_between_trainings() -> None:
    """180 of 200 against 101, 100 and 99: the interval leaves 0 out, on examples alone."""
    several = PathwayScore(
        seeds=tuple(one_seed(n, str(n)).seeds[0] for n in (101, 100, 99)), repeats=(0, 1, 2)
    )
    for pair in ((one_seed(180), several), (several, one_seed(180))):
        found = score_difference(*pair)
        assert found.interval is not None
        assert not found.interval.low <= 0 <= found.interval.high
        assert (found.is_told_apart, found.why) == (False, LONE_SEED)
    same = score_difference(one_seed(100), several)
    assert (same.is_told_apart, same.why) == (False, "")
    both = score_difference(several, several)
    assert (both.is_told_apart, both.why) == (False, "")


def test_two_lone_trainings_are_told_apart_as_these_two_alone() -> None:
    found = score_difference(one_seed(180), one_seed(100))
    assert (found.is_told_apart, found.why) == (True, OF_THESE)
    same = score_difference(one_seed(101), one_seed(100))
    assert (same.is_told_apart, same.why) == (False, "")


def test_the_mean_of_seeds_is_a_score_without_counts() -> None:
    scored = gathered(three_seeds(), ANSWERS).scored
    assert scored is not None
    assert (scored.score.n_correct, scored.score.n_examples) == (None, N)
    assert np.isclose(scored.score.value, 0.85)


def resampled(value: float, half: float, run_id: str = "a") -> ScoredRun:
    score = Score(
        metric="mcc",
        value=value,
        split="test",
        n_examples=N,
        low=value - half,
        high=value + half,
        how="95 % percentile bootstrap over 200 examples, 1,000 draws, seed 0",
    )
    return ScoredRun(score=score, run_id=run_id)


def test_a_resampled_interval_stands_where_no_count_gives_one() -> None:
    estimate = score_estimate(resampled(0.5, 0.1))
    assert estimate is not None
    assert estimate.low == pytest.approx(0.4)
    assert estimate.high == pytest.approx(0.6)
    assert estimate.method == (
        "95 % percentile bootstrap over 200 examples, 1,000 draws, seed 0; one training seed"
    )


def test_an_interval_of_which_nothing_is_said_is_as_given() -> None:
    told = resampled(0.5, 0.1)
    untold = replace(told, score=replace(told.score, how=""))
    estimate = score_estimate(untold)
    assert estimate is not None
    assert estimate.method == "interval as given; one training seed"


def test_several_resampled_seeds_add_their_scatter() -> None:
    seeds = (resampled(0.5, 0.1, "a"), resampled(0.52, 0.1, "b"), resampled(0.48, 0.1, "c"))
    found = PathwayScore(seeds=seeds, repeats=(0, 1, 2))
    assert found.interval is not None
    assert found.value == pytest.approx(0.5)
    assert 0.1 < found.interval.high - found.value < 0.13
    assert found.score.low is None
    assert found.method.endswith("plus variance over resampled test examples on Fisher's z")


def test_a_seed_without_interval_leaves_the_scatter_of_seeds_alone() -> None:
    bare = replace(resampled(0.52, 0.1).score, low=None, high=None)
    found = PathwayScore(
        seeds=(resampled(0.5, 0.1), ScoredRun(score=bare, run_id="b")), repeats=(0, 1)
    )
    assert (found.ends, found.doubt) == ((), None)
    assert found.method.endswith("test examples not in it")


def test_resampled_scores_are_drawn_within_their_doubt() -> None:
    rng = np.random.default_rng(0)
    one = draw_score(resampled(0.5, 0.1).score, rng)
    assert float(one.std()) == pytest.approx(0.1 / 1.96, rel=0.15)
    seeds = (resampled(0.5, 0.1, "a"), resampled(0.5, 0.1, "b"))
    cost = replace(gathered(three_seeds()), scored=PathwayScore(seeds=seeds, repeats=(0, 1)))
    both = draw_scores([cost], rng)["FT"]
    assert float(both.std()) == pytest.approx(0.1 / 1.96, rel=0.15)


def test_resampled_scores_are_told_apart_by_their_intervals() -> None:
    left, right_ = (
        PathwayScore(seeds=(resampled(value, 0.03),), repeats=(0,)) for value in (0.6, 0.5)
    )
    difference = score_difference(left, right_)
    assert difference.interval is not None
    assert difference.interval.low == pytest.approx(0.1 - 0.03 * 2**0.5)
    assert not difference.is_paired
