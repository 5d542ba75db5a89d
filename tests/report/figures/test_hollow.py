import json
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("altair")
vl_convert = pytest.importorskip("vl_convert")

from breakeven.analysis.overview import analyse  # noqa: E402
from breakeven.analysis.results import StudyAnalysis  # noqa: E402
from breakeven.records import Kind, Origin, Resource  # noqa: E402
from breakeven.report.figures.curves import curve_figures  # noqa: E402
from breakeven.report.figures.figure import Figure  # noqa: E402
from breakeven.report.figures.pareto import pareto_rows  # noqa: E402
from breakeven.report.figures.stages import stages_figure  # noqa: E402
from breakeven.report.winners_section import winners_section  # noqa: E402
from breakeven.testing.runs import example_runs  # noqa: E402

pytestmark = pytest.mark.report

CPU = Resource.CPU_S


@pytest.fixture(scope="module")
def measured() -> StudyAnalysis:
    analysis = analyse(*example_runs())
    return replace(analysis, pathways=tuple(p for p in analysis.pathways if p.name in {"FT", "TS"}))


@pytest.fixture(scope="module")
def modelled(measured: StudyAnalysis) -> StudyAnalysis:
    """FT's stages and cost of development by a formula, TS's by a sensor."""
    ft, ts = measured.pathways
    guess = (Kind.MODELLED,)
    stages = tuple(
        replace(s, totals={**s.totals, CPU: replace(s.totals[CPU], kinds=guess)}) for s in ft.stages
    )
    cost = {**ft.development, CPU: replace(ft.development[CPU], kinds=guess)}
    return replace(measured, pathways=(replace(ft, stages=stages, development=cost), ts))


def layers(figure: Figure, kind: str) -> list[dict[str, Any]]:
    spec: Any = figure.spec
    return [layer for layer in spec["layer"] if layer.get("mark", {}).get("type") == kind]


def test_bars_of_modelled_numbers_are_dashed_frames(modelled: StudyAnalysis) -> None:
    figure = stages_figure(modelled)
    assert figure is not None
    spec: Any = figure.spec

    (rows,) = [data for data in spec["datasets"].values() if "pathway" in data[0]]
    assert {row["pathway"]: row["fill"] == "var(--surface)" for row in rows} == {
        "FT": True,
        "TS": False,
    }
    assert [layer["mark"].get("strokeDash") for layer in layers(figure, "bar")][:2] == [
        None,
        [5, 3],
    ]
    assert figure.note == "Hollow bar: FT is modelled."


def test_lines_of_modelled_numbers_are_tubes(modelled: StudyAnalysis) -> None:
    figure = curve_figures(modelled)[0]

    own = [layer for layer in layers(figure, "line") if "transform" in layer]
    assert [layer["transform"][0]["filter"]["oneOf"] for layer in own] == [["FT"], ["FT"]]
    assert own[1]["encoding"]["color"] == {"value": "var(--surface)"}
    assert figure.note == "Hollow line: FT is measured and modelled."
    assert vl_convert.vegalite_to_svg(json.dumps({**figure.spec, "width": 600}))


def test_where_all_was_measured_nothing_is_hollow(measured: StudyAnalysis) -> None:
    stages, curve = stages_figure(measured), curve_figures(measured)[0]
    assert stages is not None

    assert (stages.note, curve.note) == ("", "")
    assert all("transform" not in layer for layer in layers(curve, "line"))
    assert all("strokeDash" not in layer["mark"] for layer in layers(stages, "bar"))


def test_where_nothing_was_measured_no_bar_is_filled(modelled: StudyAnalysis) -> None:
    alone = replace(modelled, pathways=modelled.pathways[:1])
    figure = stages_figure(alone)
    assert figure is not None

    drawn = [layer for layer in layers(figure, "bar") if "transform" in layer]
    filters = [layer["transform"][0]["filter"] for layer in drawn]

    assert "!datum.is_hollow" not in filters  # an empty layer has no ends, of which Vega warns
    assert "datum.is_hollow" in filters


def plane(analysis: StudyAnalysis, resource: Resource) -> Figure:
    """The plane of development in a cost."""
    return next(
        figure
        for row in pareto_rows(analysis)
        for figure in row.figures
        if figure.name == f"pareto-development-{resource.value}"
    )


def guessed(analysis: StudyAnalysis, names: set[str]) -> StudyAnalysis:
    """The costs of these pathways by a formula, in every plane of CPU time."""
    fronts = tuple(
        replace(
            front,
            points=tuple(
                replace(p, cost=replace(p.cost, kinds=(Kind.MODELLED,))) if p.name in names else p
                for p in front.points
            ),
        )
        if front.resource is CPU
        else front
        for front in analysis.fronts
    )
    return replace(analysis, fronts=fronts)


def test_marks_of_modelled_numbers_have_a_dashed_outline(measured: StudyAnalysis) -> None:
    figure = plane(guessed(measured, {"FT"}), CPU)

    marks = {
        layer["transform"][0]["filter"]: layer["mark"].get("strokeDash")
        for layer in layers(figure, "point")
    }
    assert marks == {
        "!datum.doubts": None,
        "datum.doubts": [3, 2],
        "datum.doubts && datum.is_on_front": None,
    }
    assert figure.note == "Dashed outline (with a dot: on the front): FT is modelled."
    assert vl_convert.vegalite_to_svg(json.dumps({**figure.spec, "width": 300}))


def test_a_score_from_print_has_a_dashed_outline_too(measured: StudyAnalysis) -> None:
    fronts = tuple(
        replace(
            front,
            points=tuple(
                replace(p, score=replace(p.score, origins=(Origin.PUBLISHED,)))
                for p in front.points
            ),
        )
        for front in measured.fronts
    )

    assert plane(replace(measured, fronts=fronts), CPU).note == (
        "Dashed outlines (with a dot: on the front): all are counted and published."
    )


def test_measured_marks_have_no_outline(measured: StudyAnalysis) -> None:
    figure = plane(measured, CPU)

    (marks,) = layers(figure, "point")
    assert (figure.note, "transform" in marks, marks["mark"].get("strokeDash")) == ("", False, None)


def test_the_map_names_pathways_that_rest_on_modelled_numbers(
    measured: StudyAnalysis, modelled: StudyAnalysis
) -> None:
    plain, told = winners_section(measured), winners_section(modelled)
    assert plain is not None
    assert told is not None

    assert [figure.note for figure in plain.figures] == ["", "Sharing of pretrain is assumed."]
    assert told.figures[0].note == (
        "Rests on more than was measured or counted here: FT is measured and modelled."
    )
    assert told.figures[1].note == f"{told.figures[0].note} Sharing of pretrain is assumed."
