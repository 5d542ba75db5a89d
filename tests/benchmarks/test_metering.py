"""The table of what metering costs: medians, targets, misses, and tools that told nothing."""

import pytest

from benchmarks.metering.rows import ROWS, Line, Row, table

ROW = Row(
    name="first start",
    probe="start",
    unit="CPU s",
    value=lambda told: told["cpu_s"],
    target=0.2,
)


def line(*cpu_s: float, row: Row = ROW) -> Line:
    ours = [{"cpu_s": value} for value in cpu_s]
    return Line(row=row, told={"breakeven": ours, "zeus": [{"cpu_s": 1.6}], "codecarbon": []})


@pytest.mark.parametrize(
    ("cpu_s", "verdict"),
    [
        pytest.param((0.1, 0.15, 9.0), "pass", id="the median counts"),
        pytest.param((0.25,), "MISS", id="above the target"),
        pytest.param((), "NOT MEASURED", id="no answer is no pass"),
    ],
)
def test_a_target_is_kept_missed_or_not_measured(cpu_s: tuple[float, ...], verdict: str) -> None:
    assert line(*cpu_s).verdict == verdict


def test_the_table_shows_rivals_and_the_spread() -> None:
    lines = table([line(0.1, 0.15, 0.3)], ["breakeven", "codecarbon", "zeus"]).splitlines()
    assert lines[1].split() == [
        *("first", "start", "<=", "0.2", "0.15", "-", "1.6", "CPU", "s", "pass"),
        *("0.1", "..", "0.3"),
    ]


def test_sensors_own_reads_are_taken_out_of_one_row_alone() -> None:
    told = {"window_s": 0.174e-3, "sensors_s": 0.104e-3}
    whole, rest = (row for row in ROWS if row.probe == "window")
    assert whole.value(told) == pytest.approx(0.174)
    assert whole.target is None
    assert rest.value(told) == pytest.approx(0.07)
    assert rest.value({"window_s": 0.5e-3}) == pytest.approx(0.5)
