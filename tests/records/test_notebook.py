"""What runs, stores and tables show of themselves in a notebook."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from breakeven.records import (
    Cost,
    Estimate,
    Kind,
    Measurement,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
)
from breakeven.records.notebook import MOST_ROWS, costs_text, html_table
from breakeven.report.tables import Cell, Column, Table
from breakeven.store import Store
from breakeven.testing.runs import example_runs

HOSTILE = "<script>alert(1)</script>"


def energy(value: float, **how: Any) -> Cost:
    cost = Cost.exact(Resource.ENERGY_J, value, kind=Kind.MEASURED, sensor="s")
    return replace(cost, **how)


def run_of(*phases: tuple[PhaseName, tuple[Cost, ...]]) -> Run:
    _, runs = example_runs()
    made = tuple(
        Phase(
            name=name,
            measurement=Measurement(
                started_at="2026-01-01T00:00:00+00:00", duration_s=1.0, costs=costs
            ),
        )
        for name, costs in phases
    )
    return replace(runs[0], row="ft", phases=made, scores=())


def test_a_run_shows_each_phase_and_what_no_sensor_saw_as_a_dash() -> None:
    shown = run_of((PhaseName.LOAD, ()), (PhaseName.WORK, (energy(20.0),)))._repr_html_()

    assert shown.count("<tr>") == 4
    assert "<td>load</td>" + '<td style="text-align:right">-</td>' * 3 in shown
    assert '<td style="text-align:right">20 J</td>' in shown


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ({}, "20 J"),
        ({"low": 18.0, "high": 23.0}, "20 J (18 J to 23 J)"),
        ({"kind": Kind.MODELLED}, "20 J modelled"),
        ({"origin": Origin.REPLAYED}, "20 J replayed"),
    ],
)
def test_an_amount_bears_its_interval_and_its_kind(how: dict[str, Any], text: str) -> None:
    assert costs_text([energy(20.0, **how)], "J") == text


def test_a_store_shows_its_studies_and_what_is_not_ok(tmp_path: Path) -> None:
    definition, runs = example_runs()
    with Store(tmp_path / "store") as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
        shown = store._repr_html_()
    n_bad = sum(run.status != "ok" for run in runs)

    assert "<td>FT, TS, TA, TF-IDF, API</td>" in shown
    assert f">{len(runs):,}</td>" in shown
    assert f">{n_bad}</td>" in shown
    assert n_bad > 0


@pytest.mark.parametrize(
    ("how", "cells"),
    [
        (
            {"low": 1.5, "high": 2.5, "level": 0.95},
            ["95 % interval", "2</td>", "1.5 to 2.5", "<td>measured</td>"],
        ),
        ({"low": 1.5, "high": math.inf, "kinds": (Kind.MODELLED,)}, ["1.5 to inf", ">modelled<"]),
        ({"origins": (Origin.REPLAYED,)}, [">-</td><td>measured, replayed</td>"]),
        ({"value": None}, ['<td style="text-align:right">-</td>' * 2]),
    ],
)
def test_an_estimate_shows_its_interval_and_how_it_is_known(
    how: dict[str, Any], cells: list[str]
) -> None:
    made = {"name": "cpu_s per <item>", "value": 2.0, "method": "mean", "n": 6}
    shown = Estimate(**{**made, "kinds": (Kind.MEASURED,), **how})._repr_html_()

    assert "<caption>cpu_s per &lt;item&gt;</caption>" in shown
    assert all(cell in shown for cell in cells), shown


def test_names_are_escaped_everywhere() -> None:
    table = Table(
        name="t",
        caption=HOSTILE,
        columns=(Column(name="c", title=HOSTILE),),
        rows=((Cell(text=HOSTILE, value=HOSTILE),),),
    )
    run = replace(run_of((PhaseName.WORK, ())), row=HOSTILE)

    for shown in (table._repr_html_(), run._repr_html_()):
        assert "<script" not in shown
        assert "&lt;script&gt;" in shown


def test_a_long_table_is_cut_and_says_by_how_much() -> None:
    shown = html_table(["a"], [[str(i)] for i in range(MOST_ROWS + 1234)])

    assert shown.count("<tr>") == 1 + MOST_ROWS
    assert shown.endswith("<p>1,234 more rows are not shown.</p>")
