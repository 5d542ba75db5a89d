from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.runs.lineage import Lineage, lineage
from breakeven.records import (
    PathwayDefinition,
    Resource,
    Run,
    Settings,
    Stage,
    Status,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run

CPU = Resource.CPU_S
DEFINITION = StudyDefinition(
    name=STUDY,
    pathways=(PathwayDefinition(name="FT", row="ft"), PathwayDefinition(name="TS", row="ts")),
    headline=CPU,
)


def run(row: str, cpu_s: float, *parents: str, repeat: int = 0) -> Run:
    made = tiny_run(row, {CPU: cpu_s}, parents=parents)
    return replace(made, run_id=f"{row}-{repeat}", repeat=repeat)


def tree(*runs: Run) -> Lineage:
    used = [tiny_inference(name, {CPU: 1.0}, n_items=10) for name in ("FT", "TS")]
    analysis = analyse(DEFINITION, [*runs, *used])
    return lineage(analysis.definition, analysis.runs, analysis.pathways, resource=CPU)


TWO = (run("ft", 30.0), run("ft", 50.0, repeat=1), run("ts", 20.0, "ft-0"))


def test_what_one_model_cost_is_kept_apart_from_what_was_paid() -> None:
    ft, ts = tree(*TWO).rows

    assert (ft.cost and ft.cost.value, ft.paid and ft.paid.value, ft.n_runs) == (40.0, 80.0, 2)
    assert (ts.cost and ts.cost.value, ts.paid and ts.paid.value) == (20.0, 20.0)


def test_shares_of_what_was_paid_add_up_to_all_and_those_of_a_pathway_to_its_development() -> None:
    ft, ts = tree(*TWO).rows

    assert (ft.paid_share, ts.paid_share) == (0.8, 0.2)
    assert ft.shares == {"FT": 1.0, "TS": pytest.approx(40 / 60)}
    assert ts.shares == {"TS": pytest.approx(20 / 60)}


def test_a_row_names_its_parents_and_the_pathways_that_share_it() -> None:
    ft, ts = tree(*TWO).rows

    assert (ft.parents, ft.users) == ((), ("FT", "TS"))
    assert (ts.parents, ts.users) == (("ft",), ("TS",))


def test_failed_runs_are_counted_and_paid() -> None:
    lost = replace(run("ft", 10.0, repeat=2), status=Status.FAILED, error="on purpose")

    ft = tree(*TWO, lost).rows[0]

    assert ft.statuses == {Status.OK: 2, Status.FAILED: 1}
    assert (ft.cost and ft.cost.value, ft.paid and ft.paid.value) == (50.0, 90.0)


def test_a_row_that_no_pathway_needs_is_paid_and_has_no_cost_for_a_model() -> None:
    spare = tree(*TWO, run("spare", 100.0)).rows[-1]

    assert (spare.row, spare.users, spare.cost, spare.paid_share) == ("spare", (), None, 0.5)


def test_a_row_that_nothing_observed_has_no_share_which_is_not_none() -> None:
    blind = replace(run("ts", 20.0, "ft-0"), phases=())

    ft, ts = tree(run("ft", 30.0), blind).rows

    assert (ts.paid, ts.paid_share, ts.cost) == (None, None, None)
    assert ft.paid_share == 1.0


def test_parents_whose_records_are_elsewhere_are_counted() -> None:
    assert tree(run("ft", 30.0, "bought", "bought"), run("ts", 1.0)).rows[0].n_unknown == 1


def test_a_child_of_two_parents_stands_below_both() -> None:
    found = tree(run("ft", 1.0), run("ts", 1.0), run("both", 1.0, "ts-0", "ft-0"))

    assert [row.row for row in found.rows] == ["ft", "ts", "both"]
    assert found.rows[-1].parents == ("ts", "ft")


def test_rows_in_a_circle_are_still_listed() -> None:
    found = tree(run("ft", 1.0, "ts-0"), run("ts", 1.0, "ft-0"))

    assert sorted(row.row for row in found.rows) == ["ft", "ts"]


def test_what_ran_inside_another_is_paid_once() -> None:
    inner = replace(run("part", 5.0), settings=Settings(resolved={"inside": "ft-0"}))

    assert [row.row for row in tree(run("ft", 30.0), run("ts", 1.0), inner).rows] == ["ft", "ts"]


def test_inference_is_where_a_branch_ends_and_no_row() -> None:
    found = tree(*TWO)

    assert all(row.stage is not Stage.INFER for row in found.rows)
    assert [(use.pathway, use.row, use.n_runs) for use in found.uses] == [
        ("FT", "ft", 1),
        ("TS", "ts", 1),
    ]


def test_sizes_do_not_add_up_to_a_lineage() -> None:
    analysis = analyse(DEFINITION, TWO)

    with pytest.raises(ValueError, match="n_parameters do not add up"):
        lineage(DEFINITION, TWO, analysis.pathways, resource=Resource.N_PARAMETERS)
