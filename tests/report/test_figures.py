import json
import re
from dataclasses import replace
from typing import Any

import pytest

alt = pytest.importorskip("altair")
vl_convert = pytest.importorskip("vl_convert")

from breakeven.analysis.overview import analyse  # noqa: E402
from breakeven.analysis.results import AmortizedCurve, StudyAnalysis  # noqa: E402
from breakeven.records import Resource, Stage, Status  # noqa: E402
from breakeven.report.figures import (  # noqa: E402
    Figure,
    curve_figures,
    drawn_stages,
    frontier_figures,
    pareto_rows,
    series,
    stage_colour,
    stages_figure,
)
from breakeven.report.figures.figure import finished, padded, ticks, value_axis, wants_log  # noqa: E402
from breakeven.report.figures.plane import drawn  # noqa: E402
from breakeven.report.figures.plane_rows import Plane  # noqa: E402
from breakeven.testing.factorial import factorial_runs  # noqa: E402

pytestmark = pytest.mark.report


def every_figure(analysis: StudyAnalysis) -> list[Figure]:
    stages = stages_figure(analysis)
    assert stages is not None
    planes = [figure for row in pareto_rows(analysis) for figure in row.figures]
    return [*curve_figures(analysis), *planes, *frontier_figures(analysis), stages]


def floats(value: object) -> list[float]:
    if isinstance(value, dict):
        return [x for item in value.values() for x in floats(item)]
    if isinstance(value, list):
        return [x for item in value for x in floats(item)]
    return [value] if isinstance(value, float) else []


def test_every_figure_is_valid_vega_lite(analysis: StudyAnalysis) -> None:
    for figure in every_figure(analysis):
        assert vl_convert.vegalite_to_vega(json.dumps(figure.spec))["marks"]


def test_no_specification_names_an_address(analysis: StudyAnalysis) -> None:
    assert "http" not in json.dumps([figure.spec for figure in every_figure(analysis)])


def test_numbers_in_specifications_have_at_most_six_digits(analysis: StudyAnalysis) -> None:
    found = floats([figure.spec for figure in every_figure(analysis)])

    assert found
    assert all(x == float(f"{x:.6g}") for x in found)


def test_titles_say_the_finding(analysis: StudyAnalysis) -> None:
    titles = [figure.title for figure in every_figure(analysis)]

    assert titles == [
        "By CPU time alone, TF-IDF is cheapest at every volume drawn",
        "CPU time: FT and TF-IDF are on the front",
        "CPU time: FT, TS and TF-IDF are on the front",
        "FT: 16 tokens for 0.70 of the CPU time, accuracy 82.0\u00a0% against 84.0\u00a0%",
        "TS costs most to develop; 67 % of its CPU time is pretrain, shared with FT",
    ]


def test_every_pathway_looks_the_same_in_every_figure(analysis: StudyAnalysis) -> None:
    looks = series(analysis)

    assert len({look.colour for look in looks}) == len({look.shape for look in looks}) == 4


def test_crossings_of_the_recommended_pair_are_named(analysis: StudyAnalysis) -> None:
    text = json.dumps(curve_figures(analysis)[0].spec)

    assert "TS under FT from 5,000" in text
    assert "TS costs less than FT from 5,000 examples" in text
    assert "; 1 crossing marked." in curve_figures(analysis)[0].description


def anchors(analysis: StudyAnalysis, last: float) -> set[str]:
    """Where names of crossings begin or end in a narrow drawing of so many volumes."""
    ends = [sum(n <= last for n in c.volumes) for c in analysis.curves]
    curves = tuple(
        replace(c, volumes=c.volumes[:k], average=c.average[:k], low=c.low[:k], high=c.high[:k])
        for c, k in zip(analysis.curves, ends, strict=True)
    )
    spec = curve_figures(replace(analysis, curves=curves))[0].spec
    svg = vl_convert.vegalite_to_svg(json.dumps({**spec, "width": 400}))
    return set(re.findall(r'<text text-anchor="(\w+)"[^>]*>TS under FT', svg))


def test_the_name_of_a_crossing_near_the_end_stands_on_its_other_side(
    analysis: StudyAnalysis,
) -> None:
    assert anchors(analysis, 1e8) == {"start"}
    assert anchors(analysis, 1e4) == {"end"}


def test_without_crossings_there_are_no_rings(analysis: StudyAnalysis) -> None:
    datasets = curve_figures(replace(analysis, break_evens=()))[0].spec["datasets"]

    assert isinstance(datasets, dict)
    assert datasets["crossings"] == []


def test_rows_of_curves_have_the_names_by_which_the_page_changes_them(
    analysis: StudyAnalysis,
) -> None:
    datasets = curve_figures(analysis)[0].spec["datasets"]

    assert isinstance(datasets, dict)
    assert set(datasets) == {"bands", "lines", "planned", "crossings", "names"}


def test_a_curve_that_touches_zero_cannot_be_drawn_on_log_axes(analysis: StudyAnalysis) -> None:
    free = AmortizedCurve(
        pathway="FT",
        resource=Resource.CPU_S,
        volumes=(1.0, 10.0),
        average=(0.0, 0.0),
        low=(0.0, 0.0),
        high=(0.0, 0.0),
    )

    assert curve_figures(replace(analysis, curves=(free,))) == ()


def test_other_phases_get_their_own_row_of_planes(analysis: StudyAnalysis) -> None:
    later = replace(analysis.fronts[1], phase="lifetime at 100,000")

    rows = pareto_rows(replace(analysis, fronts=(*analysis.fronts, later)))

    assert [row.title for row in rows] == [
        "Development: total cost",
        "Deployment: cost per example",
        "Lifetime at 100,000 examples: average cost, development included",
    ]


def test_development_stands_above_deployment_in_three_costs_each(analysis: StudyAnalysis) -> None:
    """The 2 x 3 panels of Dürlich et al. 2023, figure 2."""
    costs = (Resource.CPU_S, Resource.FLOPS, Resource.DURATION_S)
    fronts = [replace(front, resource=cost) for front in analysis.fronts for cost in costs]

    rows = pareto_rows(replace(analysis, fronts=tuple(fronts)))

    assert [[figure.title.split(":")[0] for figure in row.figures] for row in rows] == [
        ["CPU time", "FLOPs", "Wall-clock time"],
        ["CPU time", "FLOPs", "Wall-clock time"],
    ]
    assert [row.title.split(":")[0] for row in rows] == ["Development", "Deployment"]


def test_a_lone_point_on_a_front_is_said_to_be_alone(analysis: StudyAnalysis) -> None:
    point = replace(analysis.fronts[0].points[0], membership=None)
    lone = replace(analysis.fronts[0], points=(point,))

    figure = pareto_rows(replace(analysis, fronts=(lone,)))[0].figures[0]

    assert figure.title == "CPU time: only FT is on the front"


def test_an_empty_front_says_so(analysis: StudyAnalysis) -> None:
    point = replace(analysis.fronts[0].points[1], is_on_front=False)
    none = replace(analysis.fronts[0], points=(point,))

    figure = pareto_rows(replace(analysis, fronts=(none,)))[0].figures[0]

    assert figure.title == "CPU time: none is on the front"


def test_a_pathway_whose_reference_is_cheapest_says_so(analysis: StudyAnalysis) -> None:
    dearer = tuple(c for c in analysis.sweep if c.label != "length=16")

    assert frontier_figures(replace(analysis, sweep=dearer))[0].title == (
        "FT: no configuration tried takes less CPU time than the reference"
    )


def test_a_cut_that_loses_quality_is_not_the_finding() -> None:
    analysis = analyse(*factorial_runs())
    free = next(c for c in analysis.findings[0].cuts if c.origin == "reference")
    lossy = min(analysis.sweep, key=lambda c: c.marginal[Resource.CPU_S].value or 0.0)

    figure, *_ = frontier_figures(analysis)

    assert (free.label, lossy.label != free.label) == ("max_length=32,precision=fp16", True)
    assert figure.title.startswith("FT: 32 tokens, fp16 for 0.")


def test_without_a_reference_the_title_compares_nothing(analysis: StudyAnalysis) -> None:
    others = tuple(c for c in analysis.sweep if c.label != "reference")

    assert frontier_figures(replace(analysis, sweep=others))[0].title == (
        "FT: 16 tokens for 0.70 of the CPU time, accuracy 82.0\u00a0%"
    )


def test_the_twin_of_the_reference_is_not_drawn(analysis: StudyAnalysis) -> None:
    twin = replace(analysis.sweep[1], label="aa")

    text = json.dumps(frontier_figures(replace(analysis, sweep=(*analysis.sweep, twin)))[0].spec)

    assert '"aa"' not in text


def test_configurations_without_a_score_are_not_drawn(analysis: StudyAnalysis) -> None:
    bare = tuple(replace(c, score=None) for c in analysis.sweep)

    assert frontier_figures(replace(analysis, sweep=bare)) == ()


def test_a_plane_without_points_is_refused() -> None:
    plane = Plane(
        name="p",
        title="",
        description="",
        resource=Resource.CPU_S,
        cost_title="",
        metric="accuracy",
        points=(),
    )

    with pytest.raises(ValueError, match="p has no points"):
        drawn(plane)


def test_stages_that_are_too_narrow_go_without_a_name(analysis: StudyAnalysis) -> None:
    figure = stages_figure(analysis)
    assert figure is not None
    spec: Any = figure.spec
    data = spec["layer"][0].get("data", spec.get("data"))
    rows = spec["datasets"][data["name"]]

    labels = {(r["pathway"], r["row"]): r["label"] for r in rows}
    assert labels["TS", "pretrain"] == "pretrain, shared"
    assert labels["TS", "ts"] == "ts"
    assert labels["TF-IDF", "tfidf"] == ""


def test_without_the_headline_cost_there_is_no_bar_chart(analysis: StudyAnalysis) -> None:
    assert stages_figure(replace(analysis, pathways=())) is None


def test_a_stage_that_no_other_pathway_shares_is_not_called_shared(
    analysis: StudyAnalysis,
) -> None:
    figure = stages_figure(replace(analysis, pathways=analysis.pathways[2:3]))

    assert figure is not None
    assert figure.title == "100 % of the CPU time to develop TF-IDF is tfidf"


def test_the_legend_of_stages_holds_those_drawn(analysis: StudyAnalysis) -> None:
    stages = drawn_stages(analysis)

    assert [s.value for s in stages] == ["pretrain", "finetune", "distil"]
    assert len({stage_colour(s) for s in stages}) == 3


def test_names_of_parts_stand_only_where_the_page_has_room(analysis: StudyAnalysis) -> None:
    figure = stages_figure(analysis)
    assert figure is not None
    spec: Any = figure.spec
    (names,) = (layer for layer in spec["layer"] if layer["mark"]["type"] == "text")

    assert {"filter": "datum.share * width > 8 * length(datum.label)"} in names["transform"]
    rows = next(iter(spec["datasets"].values()))
    assert max(row["share"] for row in rows) <= 1


def test_a_title_of_stages_names_the_longest_bar_though_it_came_to_nothing(
    analysis: StudyAnalysis,
) -> None:
    longest = analysis.pathways[0]
    lost = [replace(s, row="ov", statuses={Status.FAILED: 1}) for s in longest.stages[-1:]]
    named = replace(longest, name="OV", stages=tuple(lost), development={})
    small = analysis.pathways[2]

    figure = stages_figure(replace(analysis, pathways=(small, named)))

    assert figure is not None
    assert figure.title == (
        "OV took most and was not made; 100 % of its CPU time is ov, without a result"
    )
    assert "ov, without a result" in str(figure.spec)


def test_every_stage_of_a_search_has_a_colour_of_its_own() -> None:
    stages = [Stage.FETCH, Stage.FINETUNE, Stage.DISTIL, Stage.EXPORT, Stage.ADAPT, Stage.COMMAND]

    assert len({stage_colour(stage) for stage in stages}) == len(stages)


def test_axes_speak_in_units() -> None:
    assert "' s'" in value_axis(Resource.CPU_S)
    assert "' USD'" in value_axis(Resource.PRICE_USD)
    assert "'J'" in value_axis(Resource.ENERGY_J)


def test_ticks_thin_out_over_many_decades() -> None:
    assert ticks((1e-3, 1e9)) == [1e-3, 1.0, 1e3, 1e6, 1e9]


def test_one_value_alone_still_gets_room() -> None:
    assert padded([5.0], is_log=False) == (4.4, 5.6)
    assert padded([1.0], is_log=True, shares=(0.5, 0.5)) == (0.5, 2.0)


def test_log_axes_are_for_values_that_lie_far_apart() -> None:
    assert wants_log([1.0, 100.0])
    assert not wants_log([0.0, 100.0])
    assert not wants_log([])


def test_a_plane_of_many_configurations_takes_the_width_of_the_page(
    analysis: StudyAnalysis,
) -> None:
    first = analysis.sweep[0]
    more = tuple(replace(first, label=f"batch_size={n}") for n in range(6))
    crowded = frontier_figures(replace(analysis, sweep=(*analysis.sweep, *more)))[0]

    assert crowded.is_wide
    assert crowded.height_px > frontier_figures(analysis)[0].height_px
    assert not frontier_figures(analysis)[0].is_wide


def test_a_score_that_looks_the_same_is_said_to_stay(analysis: StudyAnalysis) -> None:
    reference, short, *rest = analysis.sweep
    kept = replace(short, score=reference.score)

    title = frontier_figures(replace(analysis, sweep=(reference, kept, *rest)))[0].title

    assert title == "FT: 16 tokens for 0.70 of the CPU time, accuracy stays at 84.0\u00a0%"


def test_the_flat_region_of_a_sweep_is_ringed_and_named() -> None:
    analysis = analyse(*factorial_runs())
    axis = next(axis for axis in analysis.findings[0].axes if len(axis.flat) > 1)

    figure, *_ = frontier_figures(analysis)

    spec: Any = figure.spec
    rows = next(own for own in spec["datasets"].values() if own and "is_flat" in own[0])
    ringed = {row["name"] for row in rows if row["is_flat"]}
    shown = {p.label for p in axis.points if p.is_loss_shown}
    assert set(axis.flat) <= ringed
    assert not ringed & shown
    assert "Ringed, as no loss of quality is shown there: reference" in figure.description


def test_a_sweep_without_a_flat_region_has_no_rings(analysis: StudyAnalysis) -> None:
    (figure,) = frontier_figures(analysis)

    assert "strokeDash" not in json.dumps(figure.spec["layer"])
    assert "Ringed" not in figure.description


def test_a_set_of_rows_is_held_under_the_name_its_figure_gives_it() -> None:
    one = alt.Chart(alt.Data(values=[{"x": 1}], name="runs")).mark_point()
    same = alt.Chart(alt.Data(values=[{"x": 1}])).mark_point()
    other = alt.Chart(alt.Data(values=[{"x": 2}], name="runs")).mark_point()
    bare = alt.Chart(alt.Data(values=[{"x": 3}])).mark_point()

    datasets = finished(alt.layer(one, same, other, bare))["datasets"]

    assert datasets == {"runs": [{"x": 1}], "runs-1": [{"x": 2}], "rows-2": [{"x": 3}]}


def test_names_that_no_telephone_has_room_for_are_left_to_the_tooltip(
    analysis: StudyAnalysis,
) -> None:
    long = replace(analysis.sweep[1], label="attention=eager,padding=max_length,sorted=false")

    (figure,) = frontier_figures(replace(analysis, sweep=(analysis.sweep[0], long)))

    spec: Any = figure.spec
    rows = [r for own in spec["datasets"].values() for r in own if r.get("name") == long.label]
    assert [row["label"] for row in rows] == [""]
