from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.costs.life_studies import gathered

from breakeven.analysis.asked import Questions
from breakeven.analysis.costs.life import break_evens_by_tasks
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.sharing import STEPS, share_rows, sharing_notes
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import Verdict
from breakeven.errors import UnknownNameError
from breakeven.records import Kind, NoteCode, Resource
from breakeven.testing.runs import example_runs


def development(pathways: tuple[PathwayCost, ...], name: str, resource: Resource) -> float:
    total = next(p for p in pathways if p.name == name).development(resource)
    assert total is not None
    return total.value


@given(st.integers(min_value=1, max_value=10**6))
def test_each_task_pays_its_part_and_the_other_rows_stay(n_tasks: int) -> None:
    """TA's FLOPs: 3.1e13 pre-training, 2.4e13 distillation, 4e12 fine-tuning."""
    _, pathways = gathered(*example_runs())

    shared = share_rows(pathways, {"ta-distil": n_tasks})

    expected = 3.1e13 + 2.4e13 / n_tasks + 4e12
    assert development(shared, "TA", Resource.FLOPS) == pytest.approx(expected)
    assert development(shared, "TS", Resource.FLOPS) == pytest.approx(4.38e13)


def test_a_shared_cost_says_that_a_number_was_assumed_and_parameters_stay_whole() -> None:
    _, pathways = gathered(*example_runs())

    ta = share_rows(pathways, {"ta-distil": 48})[2]
    row = next(row for row in ta.rows if row.row == "ta-distil")

    assert Kind.ASSUMED in row.amounts[Resource.CPU_S].kinds
    assert row.amounts[Resource.N_PARAMETERS].value == 1.2e6
    assert Kind.ASSUMED not in row.amounts[Resource.N_PARAMETERS].kinds


def test_an_unknown_row_is_named_with_its_nearest() -> None:
    with pytest.raises(
        UnknownNameError, match=r"no row of development named 'ta-distl'\. Did you "
    ):
        break_evens_by_tasks(*example_runs(), {"ta-distl": 48})


def test_the_break_even_falls_with_every_further_task() -> None:
    steps = break_evens_by_tasks(*example_runs(), {"ta-distil": 20})
    against_ft = [
        next(b for b in step.break_evens if b.incumbent == "FT").estimate.value for step in steps
    ]

    assert [step.n_tasks for step in steps] == sorted({*STEPS, 20})
    assert [step.is_asked for step in steps].count(True) == 1
    assert all(a is not None and b is not None and a > b for a, b in pairwise(against_ft))


def test_pathways_that_both_rest_on_the_row_are_not_compared_again() -> None:
    steps = break_evens_by_tasks(*example_runs(), {"pretrain": 10})

    assert {b.incumbent for step in steps for b in step.break_evens} == {"TF-IDF"}


def test_break_evens_curves_fronts_and_the_recommendation_all_share() -> None:
    asked = Questions(shares={"ta-distil": 48}, min_score=0.79)

    alone, shared = (analyse(*example_runs(), asked=a) for a in (Questions(min_score=0.79), asked))

    assert (alone.recommendation.pathway, shared.recommendation.pathway) == ("TS", "TA")
    assert shared.curves[2].average[0] < alone.curves[2].average[0]
    found = [b for b in shared.break_evens if (b.candidate, b.incumbent) == ("TA", "FT")]
    assert found[0].verdict is Verdict.FINITE
    assert found[0].estimate.value == pytest.approx(667, rel=0.01)


def test_the_rule_is_stated_as_assumed() -> None:
    notes = analyse(*example_runs(), asked=Questions(shares={"ta-distil": 48})).notes

    assert NoteCode.SHARED_DEVELOPMENT in {note.code for note in notes}
    assert sharing_notes({"a": 1}) == ()


def test_a_row_that_only_dropped_pathways_rest_on_moves_nothing() -> None:
    asked = Questions(shares={"ta-distil": 48}, min_score=0.83)

    life = analyse(*example_runs(), asked=asked).life

    assert life is not None
    assert life.sharing == ()
