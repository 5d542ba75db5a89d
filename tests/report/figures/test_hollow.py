import json
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("altair")
vl_convert = pytest.importorskip("vl_convert")

from breakeven.analysis.overview import analyse  # noqa: E402
from breakeven.analysis.results import StudyAnalysis  # noqa: E402
from breakeven.records import Kind, Resource  # noqa: E402
from breakeven.report.figures.curves import curve_figures  # noqa: E402
from breakeven.report.figures.figure import Figure  # noqa: E402
from breakeven.report.figures.stages import stages_figure  # noqa: E402
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
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


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
