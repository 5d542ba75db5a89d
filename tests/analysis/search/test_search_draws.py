"""Draws of cost and quality, and the front in each of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.fronts.pareto import nondominated
from breakeven.analysis.search.draws import cost_draws, front_share, quality_draws

SIZES = st.integers(min_value=1, max_value=12)
SEEDS = st.integers(min_value=0, max_value=1000)


@given(SIZES, SEEDS)
def test_without_slack_or_indifference_the_front_is_the_pareto_front(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    costs, quality = rng.random((1, n)), rng.random((1, n))

    shares = front_share(costs, quality, slack=0.0, indifference=0.0)

    assert [share == 1.0 for share in shares] == nondominated(costs[0], quality[0])


@given(SIZES, SEEDS, st.floats(min_value=0, max_value=0.5))
def test_slack_only_lets_more_onto_the_front_and_indifference_fewer(
    n: int, seed: int, much: float
) -> None:
    rng = np.random.default_rng(seed)
    costs, quality = rng.random((3, n)), rng.random((3, n))
    plain = front_share(costs, quality, slack=0.0, indifference=0.0)

    assert (front_share(costs, quality, slack=much, indifference=0.0) >= plain).all()
    assert (front_share(costs, quality, slack=0.0, indifference=much) <= plain).all()


@given(SIZES, SEEDS)
def test_the_cheapest_is_on_the_front_of_every_draw(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    costs, quality = rng.random((5, n)), rng.random((5, n))
    costs[:, 0] = -1.0

    assert front_share(costs, quality, slack=0.1, indifference=0.1)[0] == 1.0


@given(SEEDS, st.floats(min_value=0.1, max_value=10))
def test_what_moves_a_whole_block_moves_no_difference(seed: int, factor: float) -> None:
    blocks = np.random.default_rng(seed).uniform(1, 2, size=(4, 3))
    moved = blocks * np.array([1.0, factor, 1.0])
    one, two = (cost_draws(b, np.random.default_rng(0)) for b in (blocks, moved))

    assert one[:, 1] - one[:, 0] == pytest.approx(two[:, 1] - two[:, 0])


def test_cost_draws_scatter_as_the_mean_of_blocks_does() -> None:
    """Noise of 10 % over 3 blocks: 5.8 % of the mean, here over 200 cells and 400 draws."""
    blocks = np.exp(np.random.default_rng(0).normal(scale=0.1, size=(200, 3)))

    drawn = cost_draws(blocks, np.random.default_rng(1))

    assert (drawn - drawn.mean(axis=0)).std() == pytest.approx(0.1 / 3**0.5, rel=0.1)


def test_cells_that_answer_alike_are_drawn_alike() -> None:
    answers = np.tile(np.array([1.0, 0.0, 1.0, 1.0]), (3, 1))

    one, two, other = quality_draws(
        answers, ["a", "a", "b"], np.arange(4), np.random.default_rng(0)
    ).T

    assert (one == two).all()
    assert np.std(one - other) == pytest.approx(1 / 4, rel=0.15)


def test_quality_draws_scatter_as_a_share_of_examples_does() -> None:
    answers = (np.arange(400)[None, :] % 10 > 0).astype(float)

    drawn = quality_draws(answers, ["a"], np.arange(400), np.random.default_rng(0))

    assert drawn.mean() == pytest.approx(0.9, abs=0.003)
    assert drawn.std() == pytest.approx((0.9 * 0.1 / 400) ** 0.5, rel=0.1)


def test_examples_of_one_source_are_drawn_together() -> None:
    """20 sources of 20 that are right or wrong as one: the scatter of 20 examples, not of 400."""
    sources = np.arange(400) // 20
    answers = (sources % 10 > 0).astype(float)[None, :]

    drawn = quality_draws(answers, ["a"], sources, np.random.default_rng(0))

    assert drawn.mean() == pytest.approx(0.9, abs=0.01)
    assert drawn.std() == pytest.approx((0.9 * 0.1 / 20 + 0.5 / 20**2) ** 0.5, rel=0.1)


@given(SEEDS)
def test_the_order_of_examples_and_the_names_of_sources_say_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sources = rng.integers(6, size=30)
    answers = rng.integers(2, size=(2, 30)).astype(float)
    order = rng.permutation(30)

    one = quality_draws(answers, ["a", "b"], sources, np.random.default_rng(1))
    two = quality_draws(
        answers[:, order], ["a", "b"], 3 * sources[order] + 1, np.random.default_rng(1)
    )

    assert one == pytest.approx(two)
