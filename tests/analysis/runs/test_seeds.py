"""Costs over training seeds: what the choice of seeds adds to the doubt of a mean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.fronts.resample import draw
from breakeven.analysis.runs.seeds import SeedBlocks, over_seeds, seed_doubt
from breakeven.analysis.uncertain import Observation, mean_of
from breakeven.records import Resource

CPU_S = Resource.CPU_S


def _seeds(*costs: list[float]) -> SeedBlocks:
    return {
        seed: {CPU_S: {block: _seen(value) for block, value in enumerate(values)}}
        for seed, values in enumerate(costs)
    }


def _seen(value: float) -> Observation:
    return Observation(value=value, low=value, high=value, kinds=(), origins=(), run_ids=())


def test_the_mean_square_between_seeds_counts_whole_where_blocks_explain_less() -> None:
    doubt = seed_doubt(_seeds([1.0, 2.0], [3.0, 6.0]), CPU_S)  # means 1.5 and 4.5

    assert doubt is not None
    assert doubt.variance == pytest.approx(4.5 / 2)
    assert doubt.df == pytest.approx(1.0)


def test_seeds_that_scatter_no_more_than_blocks_explain_add_nothing() -> None:
    assert seed_doubt(_seeds([1.0, 3.0], [3.0, 1.0]), CPU_S) is None


def test_seeds_in_a_single_common_block_differ_by_all_that_is_seen() -> None:
    doubt = seed_doubt(_seeds([1.0], [3.0]), CPU_S)

    assert doubt is not None
    assert doubt.variance == pytest.approx(1.0)


def test_draws_for_seeds_that_are_hardly_apart_stay_near_the_cost() -> None:
    # Mean squares 144e-6 and 111e-6: a quarter of what seeds show is their own.
    doubt = seed_doubt(_seeds([1.0, 1.0, 1.01], [1.01, 1.03, 1.0], [1.0, 1.0, 1.0]), CPU_S)

    assert doubt is not None
    assert np.abs(draw(doubt, np.random.default_rng(0))).max() < 1.0


costs_by_seed = st.integers(2, 4).flatmap(
    lambda n_blocks: st.lists(
        st.lists(st.floats(0.5, 2.0), min_size=n_blocks, max_size=n_blocks),
        min_size=2,
        max_size=4,
    )
)


@given(costs_by_seed)
def test_no_interval_is_wider_than_the_scatter_of_the_runs_can_make_it(
    costs: list[list[float]],
) -> None:
    seeds = _seeds(*costs)
    doubt, mean = seed_doubt(seeds, CPU_S), mean_of(list(over_seeds(seeds, CPU_S).values()))

    low, high = (mean if doubt is None else mean + doubt).interval()

    # 12.7 is the quantile of t for one degree of freedom, 1.5 the range of the costs.
    assert high - low <= 2 * 12.8 * 1.5
