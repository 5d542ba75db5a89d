"""The paper's folder: captions that stand alone, tables whose ranges are told."""

import pytest

from breakeven.report.documents.basis import Basis
from breakeven.report.documents.paper import main_tex, paper_files
from breakeven.report.documents.print_figures import PrintedFigure


def figure(name: str, description: str = "what is drawn.", note: str = "") -> PrintedFigure:
    return PrintedFigure(
        name=name,
        title="50 % is found",
        description=description,
        note=note,
        svg="",
        pdf=b"",
        is_wide=False,
        is_meant=True,
    )


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("curves-cpu-s-single", " Bands are 95 \\% intervals."),
        ("pareto-development-cpu-s-single", " Lines through points are 95 \\% intervals; a perc"),
        ("stages-single", "}"),
    ],
)
def test_a_caption_says_what_the_marks_of_its_figure_are(
    unstated: Basis, name: str, marks: str
) -> None:
    told = main_tex(unstated, [], [figure(name)], left_out=[])

    assert f"\\caption{{50 \\% is found. What is drawn.{marks}" in told


def test_a_caption_says_what_is_hollow(unstated: Basis) -> None:
    drawn = figure("stages-single", note="Hollow bar: API is assumed.")
    told = main_tex(unstated, [], [drawn], left_out=[])

    assert "What is drawn. Hollow bar: API is assumed.}" in told


def test_a_description_for_the_ear_is_no_caption(unstated: Basis) -> None:
    told = main_tex(unstated, [], [figure("lineage-single", "one by one " * 40)], left_out=[])

    assert r"\caption{50 \% is found.}" in told


def test_tables_for_reading_say_what_stands_in_brackets(unstated: Basis) -> None:
    made = {f.path: f.content.decode() for f in paper_files(unstated, [], has_parquet=False)}

    for name in ("tables/pathways.md", "tables/pathways.tex", "card.md", "card.tex"):
        assert "Ranges in brackets: 95" in made[name]
    assert "Ranges in brackets" not in made["tables/measures.md"]


def test_the_same_study_gives_the_same_bytes(unstated: Basis) -> None:
    first, second = (list(paper_files(unstated, [], has_parquet=False)) for _ in range(2))

    assert first == second
