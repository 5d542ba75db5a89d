"""What holds for decisions under any settings."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.deciding.cases import study

from breakeven.analysis.deciding import Settings, decide, measures_of, winners_by_floor
from breakeven.analysis.results import Verdict
from tools.vectors import STUDIES

NEEDED: dict[str, Any] = {"price_per_kwh": 0.3, "price_per_hour": 1.2, "grid_g_per_kwh": 380.0}
names = st.sampled_from(sorted(STUDIES))
volumes = st.floats(min_value=0, max_value=12).map(lambda x: 10.0**x)
floors = st.floats(min_value=0.5, max_value=0.95)
factors = st.floats(min_value=1e-3, max_value=1e3)


@st.composite
def positions(draw: st.DrawFn) -> tuple[str, Settings]:
    """A study and any settings of its controls."""
    name = draw(names)
    ground = study(name)[2]
    measure = draw(st.sampled_from([m.key for m in measures_of(ground)]))
    tasks = st.dictionaries(st.sampled_from(ground.rows), st.integers(1, 1000), max_size=2)
    asked = Settings(
        measure=measure,
        volume=draw(volumes),
        min_score=draw(st.none() | floors),
        tasks=draw(tasks),
        pue=draw(st.floats(min_value=1, max_value=3)),
        **NEEDED,
    )
    return name, asked


@given(where=positions(), low=floors, high=floors)
@settings(max_examples=40, deadline=None)
def test_a_higher_floor_never_brings_back_whom_a_lower_one_left_out(
    where: tuple[str, Settings], low: float, high: float
) -> None:
    name, asked = where
    low, high = sorted((low, high))
    kept = [
        {
            r.pathway
            for r in decide(study(name)[2], replace(asked, min_score=f)).ranked
            if r.is_good_enough
        }
        for f in (low, high)
    ]

    assert kept[1] <= kept[0]


@given(volume=volumes, floor=st.none() | floors, factor=factors)
@settings(max_examples=30, deadline=None)
def test_another_price_leaves_the_choice_and_scales_what_it_costs(
    volume: float, floor: float | None, factor: float
) -> None:
    ground = study("controls-sst2.json")[2]
    asked = Settings(measure="rent", volume=volume, min_score=floor, price_per_hour=1.0)
    one, other = (decide(ground, a) for a in (asked, replace(asked, price_per_hour=factor)))

    assert one.recommendation.pathway == other.recommendation.pathway
    assert [r.pathway for r in one.ranked] == [r.pathway for r in other.ranked]
    for a, b in zip(one.ranked, other.ranked, strict=True):
        assert b.average.value == pytest.approx((a.average.value or 0) * factor)
        assert b.average.high == pytest.approx((a.average.high or 0) * factor)


@given(where=positions())
@settings(max_examples=60, deadline=None)
def test_what_is_saved_is_the_volume_times_the_difference_of_averages(
    where: tuple[str, Settings],
) -> None:
    name, asked = where
    found = decide(study(name)[2], asked)
    told = found.recommendation
    if found.saves is None:
        assert told.runner_up is None
        return
    assert told.average is not None
    assert told.runner_up_average is not None
    one, other = told.average.value, told.runner_up_average.value
    assert one is not None
    assert other is not None
    assert found.saves.amount.value == pytest.approx(
        asked.volume * (other - one), rel=1e-6, abs=1e-9 * asked.volume * max(one, other)
    )


@given(where=positions())
@settings(max_examples=40, deadline=None)
def test_a_map_agrees_with_the_decision_at_its_place(where: tuple[str, Settings]) -> None:
    name, asked = where
    asked = replace(asked, min_score=0.5 if asked.min_score is None else asked.min_score)
    ground, floor = study(name)[2], asked.min_score
    assert floor is not None
    found = winners_by_floor(ground, asked, volumes=[asked.volume], floors=[floor])
    told = decide(ground, asked).recommendation

    assert found.cells[0][0].pathway == told.pathway


@given(where=positions())
@settings(max_examples=40, deadline=None)
def test_nobody_good_enough_and_as_well_shown_costs_less_than_the_choice(
    where: tuple[str, Settings],
) -> None:
    name, asked = where
    found = decide(study(name)[2], asked)
    if found.recommendation.pathway is None:
        assert not any(each.is_good_enough for each in found.ranked)
        return
    averages = [each.average.value or 0.0 for each in found.ranked if each.is_good_enough]
    assert averages[0] == min(averages)  # all of these studies are above the commonest answer


@given(volume=volumes, pue=st.floats(min_value=1, max_value=10))
@settings(max_examples=20, deadline=None)
def test_what_follows_from_energy_chooses_as_energy_does(volume: float, pue: float) -> None:
    ground = study("controls-example.json")[2]
    known: dict[str, Any] = {"volume": volume, **NEEDED}
    chosen = {
        decide(ground, Settings(measure=measure, pue=p, **known)).recommendation.pathway
        for measure, p in (
            ("energy_j", 1.0),
            ("energy_j", pue),
            ("electricity", pue),
            ("carbon", pue),
        )
    }

    assert len(chosen) == 1


@given(where=positions(), more=st.integers(2, 1000))
@settings(max_examples=30, deadline=None)
def test_sharing_a_row_that_only_the_choice_rests_on_never_unseats_it(
    where: tuple[str, Settings], more: int
) -> None:
    name, asked = where
    ground = study(name)[2]
    winner = decide(ground, asked).recommendation.pathway
    rows = {p.name: {row.row for row in p.rows} for p in ground.pathways}
    own = rows.get(winner or "", set()) - set().union(
        *(theirs for other, theirs in rows.items() if other != winner)
    )
    for row in sorted(own):
        n_tasks = max(more, asked.tasks.get(row, 1))
        there = replace(asked, tasks={**asked.tasks, row: n_tasks})
        assert decide(ground, there).recommendation.pathway == winner


@given(where=positions())
@settings(max_examples=30, deadline=None)
def test_two_directions_of_a_pair_tell_one_story(where: tuple[str, Settings]) -> None:
    name, asked = where
    found = {(b.candidate, b.incumbent): b for b in decide(study(name)[2], asked).break_evens}
    mirrored = {
        Verdict.FINITE: Verdict.UP_TO,
        Verdict.ALWAYS: Verdict.NEVER,
        Verdict.NOT_SHOWN: Verdict.NOT_SHOWN,
    }
    for (one, other), there in found.items():
        back = found[other, one]
        if there.verdict in mirrored:
            assert back.verdict in {mirrored[there.verdict], there.verdict}
        if there.verdict is Verdict.FINITE:
            assert back.estimate.value == pytest.approx(there.estimate.value)
