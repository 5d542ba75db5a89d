import pytest
from tests.analysis.lifetime_cases import COST, amount, lives, pathway

from breakeven.analysis.lifetime import (
    ErrorCost,
    Terms,
    Update,
    profile_spending,
    spending,
)
from breakeven.errors import UnknownNameError
from breakeven.records import Resource

A = pathway("A", {"a": amount(10.0)}, 3.0, score=0.9)
B = pathway("B", {"b": amount(40.0)}, 1.0, score=0.8)


def test_total_and_average_by_hand() -> None:
    a, b = spending(lives([A, B]), [20.0])

    assert (a.total.value, a.average.value) == (70.0, 3.5)
    assert (b.total.value, b.average.value) == (60.0, 3.0)
    assert b.development_share is not None
    assert b.development_share.value == pytest.approx(40 / 60)
    assert (a.is_cheapest, b.is_cheapest, b.probability) == (False, True, 1.0)


def test_updates_are_paid_when_they_come_due() -> None:
    made = lives([B], Terms(updates=(Update(every=10.0),)))
    totals = [s.total.value for s in spending(made, [9.99, 10.0, 19.0, 20.0])]

    assert totals == pytest.approx([49.99, 90.0, 99.0, 140.0])


def test_an_error_costs_its_share_of_every_item_and_is_assumed() -> None:
    made = lives([B], Terms(error_cost=ErrorCost(resource=COST, per_error=5.0)))
    (found,) = spending(made, [20.0])

    assert found.total.value == pytest.approx(40 + 20 * (1 + 0.2 * 5.0))
    assert "assumed" in found.total.kinds


def test_the_cost_of_errors_in_one_resource_leaves_the_others_alone() -> None:
    made = lives([B], Terms(error_cost=ErrorCost(resource=Resource.PRICE_EUR, per_error=5.0)))

    assert spending(made, [20.0])[0].total.value == 60.0


def test_a_cost_of_errors_turns_the_break_even_by_hand() -> None:
    """40 + n (1 + 0.2 c) = 10 + n (3 + 0.1 c): with c = 10 the student saves 1 an item, not 2."""
    made = lives([A, B], Terms(error_cost=ErrorCost(resource=COST, per_error=10.0)))
    pair = made.pair(made.named("B"), made.named("A"))

    assert pair.saved.value == pytest.approx(1.0)
    assert pair.extra.value / pair.saved.value == pytest.approx(30.0)


def test_a_pathway_without_score_is_left_out_where_errors_cost() -> None:
    bare = pathway("C", {"c": amount(1.0)}, 1.0)
    made = lives([A, bare], Terms(error_cost=ErrorCost(resource=COST, per_error=1.0)))

    assert [life.name for life in made.members] == ["A"]
    assert made.left_out == {"C": "accuracy was not scored"}


def test_weighted_averages_are_per_unit_of_weighted_output() -> None:
    (found,) = spending(lives([B], Terms(is_weighted=True)), [20.0])

    assert found.total.value == 60.0
    assert found.average.value == pytest.approx(3.0 / 0.8)
    assert found.average.name == "cpu_s per correct answer"


def test_profiles_may_differ_by_pathway() -> None:
    found = profile_spending(
        lives([A, B]), {"research": {"A": 5.0, "B": 7.0}, "launch": {"A": 20.0, "B": 20.0}}
    )
    seen = {(s.profile, s.pathway): s.volume for s in found}

    assert seen == {
        ("research", "A"): 5.0,
        ("research", "B"): 7.0,
        ("launch", "A"): 20.0,
        ("launch", "B"): 20.0,
    }


def test_an_update_of_an_unknown_row_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no row of development named 'x'"):
        lives([A], Terms(updates=(Update(every=1.0, row="x"),)))


def test_wrong_answers_are_not_counted_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        Terms(is_weighted=True, error_cost=ErrorCost(resource=COST, per_error=1.0))


@pytest.mark.parametrize("number", [-1.0, float("nan"), float("inf")])
def test_numbers_out_of_range_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="got"):
        ErrorCost(resource=COST, per_error=number)
    with pytest.raises(ValueError, match="got"):
        Update(every=number)


def test_nothing_is_spent_where_nobody_has_a_life() -> None:
    assert spending(lives([]), [1.0]) == ()


def test_an_update_that_was_paid_makes_the_total_assumed() -> None:
    made = lives([B], Terms(updates=(Update(every=10.0),)))
    before, after = spending(made, [5.0, 15.0])

    assert "assumed" not in before.total.kinds
    for told in (after.total, after.average, after.development_share):
        assert told is not None
        assert "assumed" in told.kinds
