"""Costs from columns are those from records, number for number."""

from collections.abc import Sequence

import pytest

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Rank, Resource, Settings, Stage, Status
from breakeven.store import Store

from .conftest import Made, Scene, paid

ADDITIVE = [resource for resource in Resource if resource.is_additive]


def assert_same(mine: Uncertain | None, plain: Uncertain | None) -> None:
    if mine is None or plain is None:
        assert mine is plain
        return
    for name in ("value", "low", "high", "variance", "curvature"):
        assert getattr(mine, name) == pytest.approx(getattr(plain, name), rel=1e-12, abs=0)
    assert (mine.n, {*mine.kinds}, {*mine.origins}) == (plain.n, {*plain.kinds}, {*plain.origins})


def assert_alike(
    columns: Sequence[PathwayCost], records: Sequence[PathwayCost], resource: Resource
) -> None:
    for mine, plain in zip(columns, records, strict=True):
        assert_same(mine.development(resource), plain.development(resource))
        assert_same(mine.marginal(resource), plain.marginal(resource))
        assert [row.row for row in mine.rows] == [row.row for row in plain.rows]
        assert [r.n_families for r in mine.rows] == [r.n_families for r in plain.rows]
        assert mine.family_of == plain.family_of
        assert (mine.is_finished, mine.is_baseline) == (plain.is_finished, plain.is_baseline)
        assert (mine.scored is None) == (plain.scored is None)
        if mine.scored is not None and plain.scored is not None:
            assert mine.scored.seeds == plain.scored.seeds
            assert mine.scored.repeats == plain.scored.repeats
            assert mine.scored.families == plain.scored.families


@pytest.mark.parametrize("resource", ADDITIVE)
def test_the_example_study_costs_the_same(example: Scene, resource: Resource) -> None:
    assert_alike(example.columns(resource), example.plain(), resource)


@pytest.mark.parametrize("resource", [Resource.CPU_S, Resource.ENERGY_J, Resource.FLOPS])
def test_seeds_families_trials_and_resumed_rows_cost_the_same(
    large: Scene, resource: Resource
) -> None:
    records = large.plain()
    assert len(records[0].seeds) > 1
    assert records[-1].development(Resource.CPU_S) is not None
    assert_alike(large.columns(resource), records, resource)


def test_a_record_that_gave_way_is_not_counted(made: Made) -> None:
    lost = paid("r", "a", 3.0, status=Status.INTERRUPTED, counts=())
    scene = made(paid("r", "a", 9.0))
    with Store(scene.path) as other:
        other.append(lost)
    columns = scene.columns(Resource.CPU_S)
    development = columns[0].development(Resource.CPU_S)
    assert development is not None
    assert development.value == 9.0
    assert_alike(columns, scene.plain(), Resource.CPU_S)


def test_models_of_one_parent_are_one_family(made: Made) -> None:
    teachers = [paid(f"t{n}", "teacher", 5.0 + n, repeat=n) for n in range(2)]
    students = [paid(f"s{n}", "a", 1.0 + n, f"t{n // 2}", repeat=n) for n in range(4)]
    scene = made(*teachers, *students)
    columns = scene.columns(Resource.CPU_S)
    assert columns[0].family_of == {0: 0, 1: 0, 2: 1, 3: 1}
    assert_alike(columns, scene.plain(), Resource.CPU_S)


def test_a_parent_that_no_record_tells_of_is_left_out(made: Made) -> None:
    scene = made(paid("x", "a", 1.0, "nowhere"))
    assert_alike(scene.columns(Resource.CPU_S), scene.plain(), Resource.CPU_S)


def test_an_ancestor_that_was_an_inference_is_walked_through(made: Made) -> None:
    labelled = paid("i", "labels/x", 1.0, "t", stage=Stage.INFER)
    scene = made(
        paid("t", "teacher", 5.0),
        labelled,
        *(paid(f"s{n}", "a", 1.0, "i", "t", repeat=n) for n in range(2)),
        paid("s2", "a", 1.0, "t", repeat=2),
    )
    assert_alike(scene.columns(Resource.CPU_S), scene.plain(), Resource.CPU_S)


def test_what_columns_cannot_tell_is_left_to_the_records(made: Made) -> None:
    place = Rank(group="g", rank=0, n_ranks=1, local_rank=0, node="n")
    scene = made(paid("x", "a", 1.0, rank=place))
    assert scene.why() == "some of its runs are ranks of one stage"


def test_pathways_that_joined_are_left_to_the_records(made: Made) -> None:
    scene = made(paid("x", "THEIRS/x", 1.0, joined="THEIRS"))
    assert scene.why() == "pathways joined it by hand"


def test_times_written_in_two_ways_are_left_to_the_records(made: Made) -> None:
    scene = made(paid("x", "a", 1.0), paid("y", "a", 1.0, started_at="2026-03-01T00:00:00Z"))
    assert scene.why() == "the times of its runs are written in several ways"


def test_a_further_seed_that_names_the_first_is_left_to_the_records(made: Made) -> None:
    settings = Settings(resolved={"role": "repeat"})
    scene = made(paid("x", "A/repeat", 1.0, stage=Stage.INFER, settings=settings))
    assert scene.why() == "some deploy a further seed and name the first"


def test_an_empty_study_has_pathways_without_costs(made: Made) -> None:
    scene = made()
    assert [cost.is_finished for cost in scene.columns(Resource.CPU_S)] == [False, False]
