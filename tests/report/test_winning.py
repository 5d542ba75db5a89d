from dataclasses import replace
from typing import Any

import pytest

from breakeven.analysis.asked import Questions
from breakeven.analysis.deciding import Ground, WinnerMap, ground_of, own_settings
from breakeven.analysis.deciding.winners import Cell
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.report.figures.winners_map import NOBODY, SURE, labels, winners_figure
from breakeven.report.tables.winners import winners_table
from breakeven.report.winners_section import winners_section
from breakeven.report.winning import (
    Region,
    Winning,
    by_floor,
    by_tasks,
    dearest_row,
    finding,
    floor_edges,
    regions,
)
from breakeven.testing.runs import example_runs

FT, TS = Cell(pathway="FT", is_sure=True), Cell(pathway="TS", is_sure=False)


@pytest.fixture(scope="module")
def decided() -> StudyAnalysis:
    return analyse(*example_runs())


@pytest.fixture(scope="module")
def ground() -> Ground:
    return ground_of(*example_runs())


def test_neighbours_with_one_answer_are_one_region() -> None:
    found = WinnerMap(
        volumes=(1.0, 100.0, 1e4), others=(0.5, 0.6), cells=((FT, FT, TS), (FT, FT, TS))
    )

    assert regions(found, ((0.4, 0.5), (0.5, 0.6))) == (
        Region(pathway="FT", is_sure=True, volumes=(1.0, 1e3), others=(0.4, 0.6)),
        Region(pathway="TS", is_sure=False, volumes=(1e3, 1e4), others=(0.4, 0.6)),
    )


def test_answers_apart_stay_apart() -> None:
    found = WinnerMap(volumes=(1.0, 100.0), others=(0.5, 0.6), cells=((FT, TS), (TS, TS)))

    assert [r.volumes for r in regions(found, ((0.4, 0.5), (0.5, 0.6)))] == [
        (1.0, 10.0),
        (10.0, 100.0),
        (1.0, 100.0),
    ]


def test_many_scores_are_thinned_out() -> None:
    assert len(floor_edges([x / 100 for x in range(50)])) <= 14


def test_the_scores_around_the_floor_asked_for_are_kept() -> None:
    """Another answer may begin at each of them."""
    edges = floor_edges([x / 100 for x in range(50)], asked=0.385)

    assert {0.38, 0.39} <= set(edges)
    assert len(edges) <= 16


def test_the_map_by_floor_agrees_with_the_answer(decided: StudyAnalysis, ground: Ground) -> None:
    assert decided.decision is not None
    found = by_floor(ground, own_settings(ground), bar=decided.decision.bar)
    assert found is not None

    here = [
        r.pathway
        for r in found.regions
        if r.volumes[0] < 1e5 < r.volumes[1] and r.others[0] < (found.asked or 0) <= r.others[1]
    ]

    assert here == [decided.recommendation.pathway]
    assert finding(found, ground) == (
        "Under the floor asked for (0.822), FT is the choice for few examples, "
        "TS from about 6,700 on"
    )


def test_nobody_is_good_enough_above_the_best_score(ground: Ground) -> None:
    found = by_floor(ground, own_settings(ground), bar=None)
    assert found is not None

    assert found.regions[-1].pathway is None
    assert finding(found, ground) == "Nothing can be ranked under what the study asked"


def test_a_floor_beyond_all_scores_is_on_the_map_unless_it_is_far(ground: Ground) -> None:
    """Scores reach from 0.786 to 0.85."""
    held = []
    for asked in (0.2, 0.76, 0.9):
        winning = by_floor(ground, own_settings(ground), bar=asked)
        assert winning is not None
        ends = [end for region in winning.regions for end in region.others]
        held.append(min(ends) < asked < max(ends))

    assert held == [False, True, True]


def test_a_floor_that_is_not_on_the_map_is_not_drawn_beyond_it(decided: StudyAnalysis) -> None:
    section = winners_section(decided)
    assert section is not None
    spec: Any = section.figures[0].spec
    rules = [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] == "rule"]

    assert [rule.get("clip", False) for rule in rules] == [False, True]


def test_without_scores_there_is_no_map(ground: Ground) -> None:
    bare = replace(ground, pathways=())

    assert by_floor(bare, own_settings(ground), bar=None) is None
    assert by_tasks(bare, own_settings(ground)) is None


def test_the_dearest_row_that_not_all_rest_on_is_shared(ground: Ground) -> None:
    row = dearest_row(ground)
    found = by_tasks(ground, own_settings(ground))
    assert found is not None

    assert row == found.row
    assert finding(found, ground).startswith(f"With {row} shared by no other task, ")
    assert by_tasks(replace(ground, is_measured_only=True), own_settings(ground)) is None


def test_a_number_of_tasks_that_was_asked_for_is_said(ground: Ground) -> None:
    found = Winning(row="ft", regions=(), own=(("FT", 1.0), (None, 50.0)), asked=48.0)

    assert finding(found, ground) == (
        "With ft shared by 48 tasks, FT is the choice for few examples, nobody from about 50 on"
    )


def test_the_section_has_both_maps_with_their_tables(decided: StudyAnalysis) -> None:
    section = winners_section(decided)
    assert section is not None

    assert [f.name for f in section.figures] == ["winners-floor", "winners-tasks"]
    assert [t.name for t in section.tables] == ["winners_floor", "winners_tasks"]
    assert all(table.rows for table in section.tables)


def test_where_nothing_can_be_chosen_there_is_no_section(decided: StudyAnalysis) -> None:
    assert winners_section(replace(decided, ground=None)) is None
    assert winners_section(replace(decided, decision=None)) is None


def test_measured_numbers_only_have_no_map_of_tasks() -> None:
    section = winners_section(analyse(*example_runs(), asked=Questions(is_measured_only=True)))
    assert section is not None

    assert [f.name for f in section.figures] == ["winners-floor"]


def test_regions_bear_names_so_that_colour_is_not_alone(decided: StudyAnalysis) -> None:
    found = Winning(
        row=None,
        regions=(
            Region(pathway="FT", is_sure=True, volumes=(1.0, 1e3), others=(0.5, 0.9)),
            Region(pathway="TS", is_sure=False, volumes=(1e3, 1e6), others=(0.5, 0.9)),
            Region(pathway=None, is_sure=False, volumes=(1.0, 1e6), others=(0.9, 1.0)),
        ),
        own=(),
        asked=None,
    )

    spec = winners_figure(decided, found, title="t", is_floor=True).spec
    datasets = spec["datasets"]

    assert isinstance(datasets, dict)
    assert [row["text"] for row in datasets["labels"]] == ["FT", "TS ?", "none good enough"]
    assert [row["pathway"] for row in datasets["regions"]] == ["FT", "TS", NOBODY]
    assert datasets["asked"] == []


def test_a_region_without_room_bears_no_name() -> None:
    thin = {"pathway": "FT", "opacity": SURE, "volume": 1.0, "volume2": 1e6}
    rows = [{**thin, "other": 0.5, "other2": 0.9}, {**thin, "other": 0.9, "other2": 0.901}]

    assert [row["other"] for row in labels(rows, is_log=False, planned=1e9)] == [0.7]
    assert labels([], is_log=False, planned=1.0) == []


def test_names_stand_beside_the_line_of_the_planned_volume() -> None:
    row = {"pathway": "FT", "opacity": SURE, "volume": 1.0, "volume2": 1e4}
    rows = [{**row, "other": 1.0, "other2": 100.0}]

    (label,) = labels(rows, is_log=True, planned=100.0)

    assert label == {"volume": 10.0, "other": 10.0, "text": "FT", "share": 1.0}


def test_the_table_says_what_the_map_shows(decided: StudyAnalysis) -> None:
    region = Region(pathway=None, is_sure=False, volumes=(1.0, 1e6), others=(0.9, 1.0))
    winning = Winning(row=None, regions=(region,), own=(), asked=None)

    (row,) = winners_table(winning, item=decided.definition.item).rows

    assert [cell.text for cell in row] == ["0.9", "1", "1", "1 million", "none good enough", "no"]


def test_the_axis_of_floors_says_on_which_side_scores_are_good() -> None:
    definition, runs = example_runs()
    lossy = [
        replace(run, scores=tuple(replace(s, higher_is_better=False) for s in run.scores))
        for run in runs
    ]

    assert floor_title(analyse(definition, runs)).endswith("at least")
    assert floor_title(analyse(definition, lossy)).endswith("at most")


def floor_title(analysis: StudyAnalysis) -> str:
    """Title of the second axis of the first map."""
    section = winners_section(analysis)
    assert section is not None
    layers = section.figures[0].spec["layer"]
    assert isinstance(layers, list)
    return str(layers[0]["encoding"]["y"]["axis"]["title"])
