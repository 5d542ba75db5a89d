"""Figures for print: at column and page width, fonts embedded, nothing below 7 points."""

import re
from collections.abc import Mapping

import pytest

from breakeven.report.documents.basis import Basis

pytestmark = [pytest.mark.report, pytest.mark.slow]
print_figures = pytest.importorskip("breakeven.report.documents.print_figures")
pytest.importorskip("altair")
pytest.importorskip("vl_convert")


@pytest.fixture(scope="module")
def drawn(attacked: Basis) -> Mapping[str, object]:
    return {figure.name: figure for figure in print_figures.print_figures(attacked.analysis)}


def sizes(svg: str) -> tuple[float, float]:
    found = re.match(r'<svg[^>]*? width="([\d.]+)in" height="([\d.]+)in"', svg)
    assert found is not None
    return float(found[1]), float(found[2])


def test_every_figure_is_drawn_at_both_widths(drawn: Mapping[str, object]) -> None:
    names = {name.rpartition("-")[0] for name in drawn}

    assert {"curves-cpu-s", "pareto-development-cpu-s", "stages"} <= names
    assert set(drawn) == {f"{name}-{width}" for name in names for width in ("single", "double")}
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", name) for name in drawn)


@pytest.mark.parametrize(("width", "width_in"), [("single", 3.33), ("double", 7.0)])
def test_widths_are_those_of_a_column_and_of_a_page(
    drawn: Mapping[str, object], width: str, width_in: float
) -> None:
    for name, figure in drawn.items():
        if name.endswith(width):
            assert sizes(figure.svg)[0] == pytest.approx(width_in, rel=0.02)  # type: ignore[attr-defined]


def test_text_is_read_on_paper(drawn: Mapping[str, object]) -> None:
    for figure in drawn.values():
        svg = figure.svg  # type: ignore[attr-defined]
        width_in, _ = sizes(svg)
        box = re.search(r'viewBox="0 0 ([\d.]+) [\d.]+"', svg)
        assert box is not None
        pt_per_unit = 72 * width_in / float(box[1])
        found = [float(size) for size in re.findall(r'font-size="([\d.]+)', svg)]
        assert found
        assert min(found) * pt_per_unit >= print_figures.LEAST_PT


def test_colours_are_written_out_on_white(drawn: Mapping[str, object]) -> None:
    for figure in drawn.values():
        svg = figure.svg  # type: ignore[attr-defined]
        assert "var(--" not in svg
        assert 'fill="#ffffff"' in svg.partition("<g")[0]


def test_pdf_carries_its_fonts_and_no_script(drawn: Mapping[str, object]) -> None:
    for figure in drawn.values():
        pdf = figure.pdf  # type: ignore[attr-defined]
        assert pdf.startswith(b"%PDF-1.")
        assert pdf.count(b"/FontFile") >= 1
        assert b"/JavaScript" not in pdf


def test_svg_runs_and_fetches_nothing_under_hostile_names(drawn: Mapping[str, object]) -> None:
    for figure in drawn.values():
        svg = figure.svg.replace("http://www.w3.org/", "")  # type: ignore[attr-defined]
        assert "<script" not in svg
        assert not re.search(r'href="(?!#)', svg)
