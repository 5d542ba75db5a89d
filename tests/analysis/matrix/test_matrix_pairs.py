"""The matrix says of every pair what `compare` and `break_even` say of it."""

import math
from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.analysis.costs.comparison import compare
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.costs.startup import Split
from breakeven.analysis.fronts.fronts import study_fronts
from breakeven.analysis.lifetime.chances import is_resolution_alone
from breakeven.analysis.matrix import break_even_matrix
from breakeven.analysis.matrix.answers import matrix_answers
from breakeven.analysis.matrix.fronts import resource_fronts
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.uncertain import Observation, Uncertain
from breakeven.records import Item, PathwayDefinition, Resource, Stage
from breakeven.store import Store

from .conftest import Scene

R = Resource.CPU_S
ITEM = Item.EXAMPLE


def assert_matrix_is_scalar(pathways: Sequence[PathwayCost], *, volume: float = 1e4) -> int:
    """Compare every ordered pair; return how many there were."""
    found = break_even_matrix(pathways, R, item=ITEM, planned_volume=volume)
    place = {name: i for i, name in enumerate(found.names)}
    n_pairs = 0
    for candidate, incumbent in permutations(pathways, 2):
        pair = compare(candidate, incumbent, R, item=ITEM)
        if pair is None:
            assert not {candidate.name, incumbent.name} <= {*found.names}
            continue
        wanted = break_even(pair, planned_volume=volume)
        at = place[candidate.name], place[incumbent.name]
        told = wanted.estimate
        assert found.verdict_of(*at) is wanted.verdict
        assert [number(array[at]) for array in (found.value, found.low, found.high)] == [
            None if x is None else pytest.approx(x, rel=1e-9, abs=1e-300)
            for x in (told.value, told.low, told.high)
        ]
        assert found.has_level[at] == (told.level is not None)
        chance = wanted.probability_before_planned
        if is_resolution_alone([pair.extra, pair.saved]):
            chance = math.nan
        assert float(found.probability[at]) == pytest.approx(
            chance, rel=1e-6, abs=1e-12, nan_ok=True
        )
        n_pairs += 1
    assert all(found.verdict_of(i, i) is None for i in range(len(found.names)))
    return n_pairs


def number(x: float) -> float | None:
    return None if math.isnan(x) else float(x)


COSTS = st.floats(min_value=0.01, max_value=1e4)
SHARES = st.floats(min_value=0.0, max_value=0.5)


@st.composite
def amounts(draw: st.DrawFn) -> Uncertain:
    """A cost with scatter, with resolution alone, or exact."""
    value, share, df = draw(COSTS), draw(SHARES), draw(st.sampled_from([0, 1, 4, 30]))
    half, variance = share * value, (share * value) ** 2 / 3
    return Uncertain(
        value=value,
        low=value - half,
        high=value + half,
        variance=variance,
        curvature=variance**2 / df if df else 0.0,
    )


@st.composite
def blocks(draw: st.DrawFn) -> dict[int, Observation]:
    """Costs per item of up to six blocks, some runs outside any."""
    numbers = draw(st.sets(st.integers(min_value=-2, max_value=5), min_size=1, max_size=6))
    return {n: observation(draw(COSTS), draw(SHARES) / 10) for n in sorted(numbers)}


def observation(value: float, share: float) -> Observation:
    low, high = value * (1 - share), value * (1 + share)
    return Observation(value=value, low=low, high=high, kinds=(), origins=(), run_ids=())


@st.composite
def studies(draw: st.DrawFn) -> list[PathwayCost]:
    """Pathways that share some of six rows; some have seeds, one a line instead of blocks."""
    rows = [row(f"r{i}", draw(amounts())) for i in range(6)]
    names = "ABCD"[: draw(st.integers(min_value=2, max_value=4))]
    return [draw(pathways(name, rows)) for name in names]


@st.composite
def pathways(draw: st.DrawFn, name: str, rows: Sequence[RowCost]) -> PathwayCost:
    used, seeds = draw(blocks()), {}
    if draw(st.booleans()):
        seeds = {n: {R: draw(blocks())} for n in range(2)}
    per_item = draw(amounts())
    split = Split(per_item=per_item, startup=Uncertain.exact(0.0), method="line")
    return PathwayCost(
        definition=PathwayDefinition(name=name, row="r0"),
        rows=tuple(draw(st.lists(st.sampled_from(rows), min_size=1, unique_by=lambda r: r.row))),
        blocks={R: used},
        startup={},
        scored=None,
        is_finished=True,
        is_baseline=False,
        seeds=seeds,
        splits={R: split} if draw(st.integers(0, 4)) == 0 else {},
    )


def row(name: str, amount: Uncertain) -> RowCost:
    return RowCost(row=name, stage=Stage.FINETUNE, runs=(), amounts={R: amount}, unseen={})


@given(studies())
@settings(max_examples=150)
def test_any_pathways_are_compared_as_one_by_one(found: list[PathwayCost]) -> None:
    assert_matrix_is_scalar(found)


def test_the_example_study_is_compared_as_one_by_one(example: Scene) -> None:
    assert assert_matrix_is_scalar(example.plain(), volume=1e5) == 12


def test_every_pair_from_the_index_is_that_from_the_records(large: Scene) -> None:
    records, columns = large.plain(), large.columns(R)
    assert assert_matrix_is_scalar(records) == 26 * 25
    from_records, from_columns = (
        break_even_matrix(costs, R, item=ITEM, planned_volume=1e4) for costs in (records, columns)
    )
    assert from_records.names == from_columns.names
    assert np.array_equal(from_records.verdict, from_columns.verdict)
    for name in ("value", "low", "high", "probability"):
        np.testing.assert_allclose(
            getattr(from_columns, name), getattr(from_records, name), rtol=1e-9, atol=1e-12
        )


def test_fronts_are_those_of_the_report(example: Scene) -> None:
    with Store(example.path, create=False) as store:
        found = study_runs(example.definition, store.runs())
    costs = example.plain()
    wanted = study_fronts(found, costs, np.random.default_rng(3))
    planned = example.definition.planned_volume
    got = resource_fronts(costs, R, planned_volume=planned, rng=np.random.default_rng(3))
    assert got == tuple(front for front in wanted if front.resource is R)


def test_fronts_and_envelope_from_the_index_are_those_from_the_records(large: Scene) -> None:
    one, two = (matrix_answers(large.definition, c, R) for c in (large.plain(), large.columns(R)))
    assert [(s.place, s.before) for s in one.envelope] == [
        (s.place, s.before) for s in two.envelope
    ]
    assert [s.low for s in one.envelope] == pytest.approx([s.low for s in two.envelope])
    for mine, theirs in zip(one.fronts, two.fronts, strict=True):
        names = [[p.name for p in front.points if p.is_on_front] for front in (mine, theirs)]
        assert names[0] == names[1]
        assert [p.membership for p in mine.points] == [p.membership for p in theirs.points]


def test_two_alike_are_always_and_never_dearer() -> None:
    amount = Uncertain.exact(3.0)
    used = {0: observation(1.0, 0.0)}
    alike = [
        PathwayCost(
            definition=PathwayDefinition(name=name, row=name),
            rows=(row(name, amount),),
            blocks={R: used},
            startup={},
            scored=None,
            is_finished=True,
            is_baseline=False,
        )
        for name in "AB"
    ]
    assert assert_matrix_is_scalar(alike) == 2
