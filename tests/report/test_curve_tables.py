"""Tables of curves, pairs and roll-ups: gaps have reasons, verdicts have words."""

from dataclasses import replace

import pytest
from scipy import stats

from breakeven.analysis.curves.curve_axes import axis
from breakeven.analysis.curves.curve_set import CurveSet, curve_set
from breakeven.analysis.curves.fits import Axes
from breakeven.analysis.curves.points import Point, Points
from breakeven.analysis.curves.trend import trend
from breakeven.analysis.runs.rollup import roll_ups
from breakeven.analysis.samples.pairs import METRICS, Cell, pairs
from breakeven.analysis.samples.stats import Interval
from breakeven.records import Kind, Origin, PathwayDefinition, Resource, Status, StudyDefinition
from breakeven.report.tables.curves import between, curve_tables, trend_table
from breakeven.report.tables.pairs import pairs_table
from breakeven.report.tables.rollup import rollup_tables
from breakeven.testing.tiny import STUDY, tiny_run

PLAIN = Axes(is_x_log=False, is_y_log=False)


def point(x: float, y: float, group: str) -> Point:
    return Point(
        x=x, y=y, group=(group,), run_id=f"{group}{x}", row="ft", stage="finetune", repeat=0
    )


def drawn(*points: Point, axes: Axes | None = None, target: float | None = None) -> CurveSet:
    made = Points(x=axis("tokens"), y=axis("energy"), points=points, n_left_out=0)
    return curve_set(made, axes=axes, target=target)


LOOSE = [point(10.0**i, 10.0**i * f, "loose") for i, f in enumerate((1, 9, 0.2, 5, 0.1, 8))]
CLOSE = [point(10.0**i, 10.0**i * f, "close") for i, f in enumerate((1, 1.1, 0.9, 1, 1.1, 1))]


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        ((*LOOSE, *CLOSE), "loose is less predictable than close"),
        ((*CLOSE, *LOOSE), "close is more predictable than loose"),
        ((*LOOSE, *(replace(p, group=("too",)) for p in LOOSE)), "not told apart"),
    ],
)
def test_the_more_predictable_group_is_named(points: tuple[Point, ...], verdict: str) -> None:
    tables = {table.name: table for table in curve_tables(drawn(*points))}
    assert tables["tightness"].rows[0][-1].text == verdict


def test_plain_axes_have_a_slope_a_start_at_0_and_a_spread_in_units() -> None:
    found = drawn(*(point(x, 2 * x + (-1) ** x, "a") for x in range(1, 8)), axes=PLAIN)
    table = next(iter(curve_tables(found)))
    titles = [column.title for column in table.columns]
    assert {"Slope", "Line at x = 0"} <= set(titles)
    assert "linear axes" in table.caption
    assert "as a factor" not in table.caption


def test_pearsons_p_stands_beside_r_and_says_what_it_assumes() -> None:
    """On plain axes, by scipy: four points of 30, 20, 50 and 40 J."""
    xs, ys = [1.0, 2.0, 3.0, 4.0], [30.0, 20.0, 50.0, 40.0]
    found = drawn(*(point(x, y, "a") for x, y in zip(xs, ys, strict=True)), axes=PLAIN)
    table = next(iter(curve_tables(found)))
    cells = dict(zip((column.name for column in table.columns), table.rows[0], strict=True))
    assert cells["pearson"].value == pytest.approx(0.6)
    assert cells["pearson_p"].value == pytest.approx(float(stats.pearsonr(xs, ys).pvalue))
    assert "r is taken on the same axes" in table.caption
    assert "takes every point as independent, repeats too" in table.caption


def test_a_target_without_a_line_is_still_looked_for() -> None:
    found = drawn(point(1, 2, "a"), point(10, 20, "a"), target=15)
    table = next(t for t in curve_tables(found) if t.name == "targets")
    (row,) = table.rows
    assert row[5].is_missing
    assert row[-1].text == "reached"


def test_two_runs_that_reach_a_target_are_listed_and_the_range_is_named() -> None:
    points = [point(x, x, "a") for x in (1.0, 10.0)]
    later = [replace(point(x, x / 5, "a"), repeat=1) for x in (20.0, 100.0)]
    table = next(t for t in curve_tables(drawn(*points, *later, target=9)) if t.name == "targets")
    (row,) = table.rows
    dash = "\N{EN DASH}"
    assert row[3].text == f"10 (1{dash}10) and 100 (20{dash}100)"
    assert (row[3].low, row[3].high) == (1, 100)
    assert row[4].text == "gap between judgements"


def test_a_target_below_0_is_on_no_log_axis() -> None:
    found = drawn(*CLOSE, target=-1.0)
    table = next(t for t in curve_tables(found) if t.name == "targets")
    assert table.rows[0][5].is_missing


def test_a_trend_has_its_doubling_time_by_the_line_where_it_rises() -> None:
    rising = trend_table(trend([2012.0, 2013.0, 2014.0, 2015.0], [1.0, 3.0, 20.0, 60.0]))
    falling = trend_table(trend([2012.0, 2013.0, 2014.0], [4.0, 2.0, 1.0]))
    assert rising.rows[4][1].value == pytest.approx(6.0, abs=0.5)
    assert falling.rows[4][1].hint == "it did not grow"
    assert falling.rows[3][1].is_missing


def test_a_change_without_a_ratio_is_missing_with_a_reason() -> None:
    def cell(pathway: str, *values: float) -> Cell:
        return Cell(
            store="here",
            study="s",
            task="t",
            pathway=pathway,
            metric=METRICS[2],
            modality="",
            kinds=(Kind.MEASURED,),
            origins=(Origin.LIVE,),
            sample=dict(enumerate(values)),
        )

    (row,) = pairs_table(pairs([cell("A", 0.0, 0.0), cell("B", 1.0, 1.0)])).rows
    assert (row[8].is_missing, row[9].hint, row[10].text) == (
        True,
        "a value is not above 0",
        "paired: none",
    )


@pytest.mark.parametrize(
    ("low", "text"), [(0.5, "1 (0.5\N{EN DASH}1.5)"), (-0.5, "1 (-0.5 to 1.5)")]
)
def test_no_dash_stands_before_a_minus(low: float, text: str) -> None:
    assert between(Interval(value=1.0, low=low, high=1.5, n=4)).text == text


def test_what_no_pathway_rests_on_has_a_line_of_its_own() -> None:
    study = StudyDefinition(name=STUDY, pathways=(PathwayDefinition(name="A", row="a"),))
    runs = [
        tiny_run("a", {Resource.CPU_S: 2.0}),
        tiny_run("tried", {Resource.CPU_S: 5.0}, status=Status.FAILED),
    ]
    (found,) = roll_ups([study], runs)
    tables = {table.name: table for table in rollup_tables(found)}
    lines = {row[0].text: row[1].value for row in tables["paid_pathways"].rows}
    assert lines == {"A": 2.0, "used by no pathway": 5.0, "all runs, each once": 7.0}
    assert tables["paid_rows"].rows[1][2].text == "1 (1 failed)"
