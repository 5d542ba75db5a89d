import pytest
from tests.analysis.lifetime_cases import amount, lives, pathway

from breakeven.analysis.lifetime import efficiencies


def test_ratio_and_both_readings_by_hand() -> None:
    made = lives(
        [
            pathway("A", {"a": amount(10.0)}, 3.0, score=0.9),
            pathway("B", {"b": amount(40.0)}, 1.0, score=0.8),
            pathway("C", {"c": amount(60.0)}, 1.0, score=0.95),
        ],
        volume=20.0,
    )
    a, b, c = efficiencies(made)

    assert a.per_development is not None
    assert a.per_development.value == pytest.approx(0.09)
    assert b.per_life is not None
    assert b.per_life.value == pytest.approx(20 / 60)
    assert (a.cheapest_as_good, b.cheapest_as_good, c.cheapest_as_good) == ("A", "A", "C")
    assert (a.best_as_cheap, b.best_as_cheap, c.best_as_cheap) == ("A", "A", "C")


def test_resolution_gives_bounds_and_a_missing_score_no_ratio() -> None:
    made = lives([pathway("A", {"a": amount(10.0, half=2.0)}, 1.0)], volume=10.0)
    (found,) = efficiencies(made)

    assert found.per_development is None
    assert found.per_life is not None
    assert (found.per_life.low, found.per_life.high) == (10 / 22, 10 / 18)
    assert found.per_life.level is None


def test_nothing_is_divided_by_a_cost_of_nothing() -> None:
    made = lives([pathway("A", {"a": amount(0.0)}, 0.0, score=0.9)])

    assert efficiencies(made)[0].per_development is None
