import pytest

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

from breakeven.report.drawing import light_svg
from breakeven.report.figures.work import WorkPoint, work_figure

pytestmark = pytest.mark.report


def point(model: str, source: str, score: float | None = None, column: str = "(a)") -> WorkPoint:
    return WorkPoint(
        column=column, model=model, source=source, n_parameters=61.1e6, work=1.4e9, score=score
    )


POINTS = [
    point("small", "printed", 56.4),
    point("small", "counted"),
    point("large", "printed", 78.4, column="(b)"),
]


def test_three_panels_per_column_hold_score_work_and_parameters() -> None:
    spec = work_figure(POINTS, title="More is more.", score="Top-1 (%)").spec
    columns = spec["hconcat"]
    assert isinstance(columns, list)
    assert [column["title"] for column in columns] == ["(a)", "(b)"]
    titles = [panel["encoding"]["y"]["axis"]["title"] for panel in columns[0]["vconcat"]]
    assert titles == ["Top-1 (%)", "Operations (billions)", "Parameters (millions)"]


def test_a_source_without_a_score_has_no_point_there() -> None:
    spec = work_figure(POINTS, title="More is more.", score="Top-1 (%)").spec
    datasets = spec["datasets"]
    assert isinstance(datasets, dict)
    rows = [row for rows in datasets.values() for row in rows]
    assert {"model": "small", "source": "printed", "value": 56.4} in rows
    assert [row["value"] for row in rows if row["source"] == "counted"] == [1.4, 61.1]


def test_words_for_those_who_cannot_see_name_models_and_sources() -> None:
    figure = work_figure(POINTS, title="More is more.", score="Top-1 (%)")
    assert "small, large, as told by printed; counted" in figure.description


def test_it_is_drawn_alone_with_colours_written_out() -> None:
    drawn = light_svg(work_figure(POINTS, title="More is more.", score="Top-1 (%)").spec)
    assert drawn.startswith("<svg")
    assert "var(--" not in drawn
    assert "#0067a5" in drawn
