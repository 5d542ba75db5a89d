import numpy as np
import pytest
from tests.analysis.lifetime_cases import amount, lives, pathway

from breakeven.analysis.costs.payback import probability_cheaper
from breakeven.analysis.lifetime import Terms, draw


@pytest.mark.parametrize("volume", [2.0, 10.0, 12.0, 30.0])
def test_of_two_the_draws_agree_with_the_closed_form(volume: float) -> None:
    """4,000 worlds have a standard error of at most 0.8 points; t of 2 degrees in both."""
    made = lives(
        [
            pathway("A", {"base": amount(50.0, sd=9.0), "a": amount(10.0)}, [5.0, 5.9, 4.1]),
            pathway("B", {"base": amount(50.0, sd=9.0), "b": amount(40.0)}, [2.0, 2.1, 1.9]),
        ]
    )
    pair = made.pair(made.named("B"), made.named("A"))
    drawn = draw(made, np.random.default_rng(1)).cheapest(volume)

    expected = probability_cheaper(pair.extra, pair.saved, volume=volume)
    assert drawn[1] == pytest.approx(expected, abs=0.035)


def test_resolution_alone_gives_certainty_where_the_bounds_do_not_meet() -> None:
    made = lives(
        [
            pathway("A", {"a": amount(10.0, half=1.0)}, 1.0),
            pathway("B", {"b": amount(13.0, half=1.0)}, 1.0),
        ]
    )
    assert draw(made, np.random.default_rng(0)).cheapest(5.0) == [1.0, 0.0]


def test_a_common_row_is_the_same_in_every_world() -> None:
    made = lives(
        [
            pathway("A", {"base": amount(50.0, sd=30.0), "a": amount(10.0)}, 1.0),
            pathway("B", {"base": amount(50.0, sd=30.0), "b": amount(11.0)}, 1.0),
        ]
    )
    assert draw(made, np.random.default_rng(0)).cheapest(5.0) == [1.0, 0.0]


def test_blocks_that_move_together_do_not_blur_who_is_cheaper() -> None:
    """Heat moves both by far more than they differ; in pairs the difference is clear."""
    blocks = [1.0, 2.0, 3.0, 4.0]
    made = lives(
        [
            pathway("A", {"a": amount(0.0)}, blocks),
            pathway(
                "B",
                {"b": amount(0.0)},
                [v + d for v, d in zip(blocks, (0.1, 0.11, 0.09, 0.1), strict=True)],
            ),
        ]
    )
    assert draw(made, np.random.default_rng(0)).cheapest(100.0)[0] > 0.99


def test_scores_that_weight_are_drawn_too() -> None:
    made = lives(
        [
            pathway("A", {"a": amount(10.0)}, 1.0, score=0.80),
            pathway("B", {"b": amount(10.0)}, 1.0, score=0.81),
        ],
        Terms(is_weighted=True),
    )
    drawn = draw(made, np.random.default_rng(0))

    assert drawn.weights.std(axis=0).min() > 0.005
    assert 0.6 < drawn.cheapest(100.0)[1] < 0.9
