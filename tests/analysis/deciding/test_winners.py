"""Who wins where agrees with the decision at each place, and is sure only where that is shown."""

from dataclasses import replace

import pytest
from tests.analysis.deciding.cases import study

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.deciding import (
    Settings,
    decide,
    own_settings,
    winners_by_floor,
    winners_by_tasks,
)
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Resource
from tools.vector_corners import corner
from tools.vectors import STUDIES

VOLUMES = (1e2, 6.7e3, 1e5, 1.84e5, 1e6, 1e9)


@pytest.mark.parametrize("name", STUDIES)
def test_each_place_over_volume_and_floor_is_what_is_decided_there(name: str) -> None:
    ground = study(name)[2]
    own, floors = own_settings(ground), (0.5, 0.8, 0.83, 0.865, 0.95)
    found = winners_by_floor(ground, own, volumes=VOLUMES, floors=floors)

    for floor, cells in zip(floors, found.cells, strict=True):
        for volume, cell in zip(VOLUMES, cells, strict=True):
            told = decide(ground, replace(own, volume=volume, min_score=floor)).recommendation
            assert cell.pathway == told.pathway
            if cell.is_sure and told.probability is not None:
                assert told.probability >= 0.95
    assert len({cell.pathway for row in found.cells for cell in row}) >= 4


def test_each_place_over_volume_and_tasks_is_what_is_decided_there() -> None:
    ground = study("controls-example.json")[2]
    own, tasks = own_settings(ground), (1, 7, 1000)
    found = winners_by_tasks(ground, own, volumes=VOLUMES, row="ts", tasks=tasks)

    assert (found.row, found.others) == ("ts", (1.0, 7.0, 1000.0))
    for n_tasks, cells in zip(tasks, found.cells, strict=True):
        for volume, cell in zip(VOLUMES, cells, strict=True):
            asked = replace(own, volume=volume, tasks={"ts": n_tasks})
            assert cell.pathway == decide(ground, asked).recommendation.pathway


def test_near_a_crossing_nobody_is_sure() -> None:
    ground = study("controls-sst2.json")[2]
    asked = Settings(measure="cpu_s", volume=1.0)
    (row,) = winners_by_floor(ground, asked, volumes=(1.84e5, 1e7), floors=(0.863,)).cells

    assert not row[0].is_sure
    assert [cell.pathway for cell in row] == ["TA", "TA"]


def test_where_nobody_is_good_enough_nobody_wins() -> None:
    ground = study("controls-sst2.json")[2]
    (row,) = winners_by_floor(ground, own_settings(ground), volumes=(1e6,), floors=(0.99,)).cells

    assert [(cell.pathway, cell.is_sure) for cell in row] == [(None, False)]


def test_one_that_is_alone_is_sure() -> None:
    ground = corner("alone")
    (row,) = winners_by_floor(ground, own_settings(ground), volumes=(10.0,), floors=(0.0,)).cells

    assert row[0].is_sure


def test_equals_are_never_sure() -> None:
    ground = corner("equal")
    (row,) = winners_by_floor(ground, own_settings(ground), volumes=(10.0,), floors=(0.83,)).cells

    assert (row[0].pathway, row[0].is_sure) == ("FT", False)


def test_a_row_of_a_map_costs_no_more_work_on_pathways_for_more_volumes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ground, asked = study("controls-example.json")[2], []
    whole = PathwayCost.marginal

    def counted(cost: PathwayCost, resource: Resource) -> Uncertain | None:
        asked.append(cost.name)
        return whole(cost, resource)

    monkeypatch.setattr(PathwayCost, "marginal", counted)
    n_asked = []
    for volumes in ([1e7], [1e7, 2e7, 3e7, 4e7, 5e7, 6e7]):
        asked.clear()
        winners_by_floor(ground, own_settings(ground), volumes=volumes, floors=[0.8])
        n_asked.append(len(asked))

    assert 0 < n_asked[0] == n_asked[1]
