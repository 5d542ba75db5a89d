"""The part of the page on cutting inference, from the made-up factorial sweep."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.sweeps.findings import Axis
from breakeven.records import Note, NoteCode
from breakeven.report import Table, tables
from breakeven.report.inference import themes
from breakeven.report.tables.axes import axes_of
from breakeven.testing.factorial import factorial_runs


@pytest.fixture(scope="module")
def swept() -> StudyAnalysis:
    return analyse(*factorial_runs())


@pytest.fixture(scope="module")
def made(swept: StudyAnalysis) -> Mapping[str, Table]:
    return tables(swept)


def rows_of(table: Table, pathway: str) -> list[list[str]]:
    plain = {"\u00a0": " ", "\u2013": "-", "\u00d7": "x", "\u2014": "-"}
    cells = [[cell.text for cell in row] for row in table.rows if row[0].text == pathway]
    return [["".join(plain.get(c, c) for c in text) for text in row] for row in cells]


def test_every_theme_of_a_full_sweep_has_something_to_say(swept: StudyAnalysis) -> None:
    found = {theme.name: len(theme.sentences) for theme in themes(swept)}

    assert found == {"far": 6, "length": 6, "depth": 6, "precision": 3, "combined": 15}


def test_a_study_without_a_sweep_has_no_themes(swept: StudyAnalysis) -> None:
    assert themes(replace(swept, findings=())) == ()


def test_a_refused_precision_is_told_beside_the_measured_ones(swept: StudyAnalysis) -> None:
    note = Note(code=NoteCode.PRECISION_REFUSED, message="FT: bf16 ran 3 times slower", advice="")
    precision = themes(replace(swept, notes=(note,)))[3]

    assert precision.sentences[-1] == "Refused: FT: bf16 ran 3 times slower."


def test_the_table_of_lengths_has_a_base_in_each_series(made: Mapping[str, Table]) -> None:
    rows = rows_of(made["length"], "FT")

    assert [row[1] for row in rows] == ["longest"] * 8 + ["max_length"] * 8
    assert [row[2] for row in rows[:3]] == ["128", "96", "64"]
    assert rows[0][5] == rows[8][5] == "1 (base)"
    assert rows[0][-4:] == ["0 (base)", "-", "3", "872"]
    assert rows[-1][-3] == "yes"


def test_full_depth_is_written_as_all(made: Mapping[str, Table]) -> None:
    assert [row[1] for row in rows_of(made["depth"], "TS")] == ["all", "5", "4", "3", "2"]


def test_bases_are_numbers_for_machines(made: Mapping[str, Table]) -> None:
    first = made["precision"].to_csv().splitlines()[1]

    assert "(base)" not in first
    assert ",1,,,," in first


def test_combined_cells_are_held_against_both_origins(made: Mapping[str, Table]) -> None:
    origins = [row[1] for row in rows_of(made["combined"], "FT")]

    assert set(origins) == {"reference", "padding=max_length"}


def test_the_page_leaves_columns_to_the_csv(
    swept: StudyAnalysis, made: Mapping[str, Table]
) -> None:
    theme = themes(swept)[-1]
    shown = made["combined"].without(theme.skip)

    assert [c.name for c in shown.columns if c.group] == [
        "observed_cpu_s",
        "product_cpu_s",
        "departure_cpu_s",
    ]
    assert len(made["combined"].columns) == len(shown.columns) + 6


def test_fits_name_what_the_line_runs_along(made: Mapping[str, Table]) -> None:
    along = {row[4] for row in rows_of(made["fits"], "FT")}

    assert along == {"tokens computed per example", "layers computed"}


def test_what_a_line_cannot_say_of_itself_is_missing(swept: StudyAnalysis) -> None:
    first, *findings = swept.findings
    axis, *axes = first.axes
    fits = {r: replace(f, r_squared=None, residual_frac=None) for r, f in axis.fits.items()}
    first = replace(first, axes=(replace(axis, fits=fits), *axes))

    row = tables(replace(swept, findings=(first, *findings)))["fits"].rows[0]

    assert [(cell.is_missing, cell.hint) for cell in row[7:9]] == [
        (True, "the cost does not vary"),
        (True, "a cost is 0"),
    ]


def test_each_configuration_is_held_against_the_padded_one_too(made: Mapping[str, Table]) -> None:
    rows = {row[1]: row for row in rows_of(made["sweep"], "FT")}

    assert rows["reference"][3] == "1 (reference)"
    assert rows["padding=max_length"][5] == "1 (padded)"
    assert rows["reference"][5].startswith("0.223 x")


def test_costs_per_correct_answer_exceed_those_per_example(made: Mapping[str, Table]) -> None:
    (per_example, per_correct), *_ = [
        (row[3].value, row[4].value) for row in made["sweep_costs"].rows
    ]

    assert isinstance(per_example, float)
    assert isinstance(per_correct, float)
    assert per_correct == pytest.approx(per_example / 0.8864, rel=1e-3)


@pytest.mark.report
def test_crowded_planes_name_the_front_and_only_what_fits(swept: StudyAnalysis) -> None:
    pytest.importorskip("altair")
    from breakeven.report.figures import frontier_figures  # noqa: PLC0415 - needs the extra

    figure = frontier_figures(swept)[0]
    spec: Any = figure.spec
    points = max(spec["datasets"].values(), key=len)
    named = [row["label"] for row in points if row["label"]]

    assert len(points) == 40
    assert "reference" in named
    assert all(row["label"] for row in points if row["is_on_front"])
    assert len(named) < 25


@pytest.mark.report
def test_shapes_say_what_was_changed(swept: StudyAnalysis) -> None:
    pytest.importorskip("altair")
    from breakeven.report.figures import families  # noqa: PLC0415 - needs the extra

    assert [look.name for look in families(swept)] == [
        "reference",
        "length",
        "padding",
        "precision",
        "depth",
        "several",
    ]


@pytest.mark.report
@pytest.mark.parametrize(
    ("n_free", "told"), [(8, "no shorter length saves anything"), (1, "is free of a shown loss")]
)
def test_a_shorter_length_that_costs_more_is_not_called_lossy(
    swept: StudyAnalysis, n_free: int, told: str
) -> None:
    """Shorter windows of a text overlap, so there are more tokens to compute."""
    pytest.importorskip("altair")
    from breakeven.report.figures import length_figures  # noqa: PLC0415 - needs the extra

    first, *_ = swept.findings
    axes = tuple(replace(a, saving={}, flat=a.flat[:1] * n_free) for a in first.axes)
    (figure,) = length_figures(replace(swept, findings=(replace(first, axes=axes),)))
    assert told in figure.title


@pytest.mark.report
def test_length_is_drawn_once_per_pathway_with_hollow_marks_for_losses(
    swept: StudyAnalysis,
) -> None:
    pytest.importorskip("altair")
    from breakeven.report.figures import length_figures  # noqa: PLC0415 - needs the extra

    found = length_figures(swept)
    text = json.dumps(found[0].spec)

    assert len(found) == 3
    assert "padded to the maximum, 32 tokens take 0.28 of the CPU time" in found[0].title
    assert text.count('"a loss is shown"') == 4


@pytest.mark.report
def test_the_key_of_lengths_says_what_is_drawn(swept: StudyAnalysis) -> None:
    pytest.importorskip("altair")
    from breakeven.report.figures import length_key  # noqa: PLC0415 - needs the extra

    assert length_key(swept) == (
        "Solid: all inputs padded to the length allowed. Dashed: inputs padded to the longest of "
        "their batch. Hollow: a loss is shown."
    )


@pytest.mark.report
def test_the_key_of_lengths_leaves_out_what_is_not_drawn(swept: StudyAnalysis) -> None:
    pytest.importorskip("altair")
    from breakeven.report.figures import length_figures, length_key  # noqa: PLC0415 - the extra

    first, *_ = swept.findings
    longest, padded, *_ = sorted(axes_of(swept, Axis.LENGTH)[:2], key=lambda a: a.fixed)
    lossless = tuple(replace(p, is_loss_shown=False) for p in longest.points)
    axes = (replace(longest, points=lossless), replace(padded, points=padded.points[:2]))
    cut = replace(swept, findings=(replace(first, axes=axes),))

    assert length_key(cut) == (
        "Dashed: inputs padded to the longest of their batch. Not drawn: inputs padded to the "
        "maximum, of which there are too few lengths."
    )
    assert "1 way of padding." in length_figures(cut)[0].description


@pytest.mark.report
def test_figures_are_valid_vega_lite(swept: StudyAnalysis) -> None:
    alt = pytest.importorskip("altair")
    from breakeven.report.figures import (  # noqa: PLC0415 - needs the extra
        frontier_figures,
        length_figures,
    )

    for figure in (frontier_figures(swept)[0], length_figures(swept)[0]):
        alt.LayerChart.from_dict(dict(figure.spec))
