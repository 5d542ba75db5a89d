"""Tables of generation: absent where nothing generates."""

from dataclasses import replace

import pytest

from breakeven.records import PhaseName, Resource, Run, Stage, Volume
from breakeven.report.tables.generation import generation_tables
from breakeven.testing.tiny import Amount, tiny_cost, tiny_phase, tiny_run


def generated(*, whole_s: Amount = 1.0, n_new: int = 5) -> Run:
    run = tiny_run("G/reference", {Resource.DURATION_S: whole_s}, stage=Stage.INFER)
    alone = tiny_phase(PhaseName.PREFILL, [tiny_cost(Resource.DURATION_S, 0.2)])
    read = Volume(n_examples=4, n_real_tokens=40, n_padded_tokens=40, n_batches=2, n_new_tokens=4)
    whole = replace(read, n_new_tokens=4 * n_new)
    return replace(run, phases=(*run.phases, replace(alone, output=read)), output=whole)


def test_speeds_and_costs_of_a_row_stand_side_by_side() -> None:
    speeds, costs = generation_tables([generated()])
    assert [cell.text.replace("\u00a0", " ") for cell in speeds.rows[0]] == [
        "G/reference",
        "100 ms",
        "100 ms",
        "200",
        "20.0",
    ]
    values = [cell.value for cell in costs.rows[0]]
    assert values[:2] == ["G/reference", "duration_s"]
    assert values[2:] == pytest.approx([0.005, 0.05])


def test_what_is_not_told_apart_says_why() -> None:
    speeds, costs = generation_tables([generated(whole_s=0.1)])
    assert speeds.rows[0][4].is_missing
    assert "not measurably more" in costs.rows[0][3].hint


def test_a_speed_without_a_bound_is_not_shown() -> None:
    speeds, _ = generation_tables([generated(whole_s=(0.3, 0.2))])
    assert "nearly, 0" in speeds.rows[0][4].hint


def test_nothing_is_shown_where_nothing_generates() -> None:
    assert list(generation_tables([tiny_run("ft", {Resource.CPU_S: 1.0})])) == []
