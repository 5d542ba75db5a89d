"""Numbers in figures of the study of SST-2 are those of the analysis, to the six digits drawn."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import pytest

pytest.importorskip("altair")

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.select import observe, study_runs, with_role
from breakeven.records import PhaseName, Resource, Run
from breakeven.report import tables
from breakeven.report.figures import all_figures
from breakeven.store import Store, StoredAnswers

pytestmark = pytest.mark.report

RESULTS = Path(__file__).resolve().parents[3] / "studies" / "results"
CPU = Resource.CPU_S
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def sst2() -> StudyAnalysis:
    with Store(RESULTS / "sst2-minilm", create=False) as store:
        definition = store.study()
        answers = StoredAnswers(store, study=definition.name)
        return analyse(definition, store.runs(study=definition.name), answers=answers)


@pytest.fixture(scope="module")
def drawn(sst2: StudyAnalysis) -> Mapping[str, Mapping[str, Rows]]:
    """Figure -> set of rows -> rows."""
    return {figure.name: dict(figure.spec.get("datasets", {})) for figure in all_figures(sst2)}  # type: ignore[call-overload]  # a mapping that `finished` made


def six(value: float | None) -> float:
    assert value is not None
    return float(f"{value:.6g}")


def work_of(run: Run) -> float:
    """CPU time of a run's work, without import, load and warm-up."""
    seen = observe(run, CPU, phases={PhaseName.WORK})
    assert seen is not None
    return seen.value


def with_key(sets: Mapping[str, Rows], key: str) -> Rows:
    return next(rows for rows in sets.values() if rows and key in rows[0])


def test_curves_are_the_amortized_cost_at_every_volume(
    sst2: StudyAnalysis, drawn: Mapping[str, Mapping[str, Rows]]
) -> None:
    for resource in (CPU, Resource.FLOPS, Resource.DURATION_S):
        expected = [
            (curve.pathway, six(n), six(average))
            for curve in sst2.curves
            if curve.resource is resource
            for n, average in zip(curve.volumes, curve.average, strict=True)
        ]
        rows = drawn[f"curves-{resource.value}"]["lines"]

        assert len(expected) > 100
        assert [(r["pathway"], r["volume"], r["average"]) for r in rows] == expected


def test_planes_hold_cost_and_score_of_each_front(
    sst2: StudyAnalysis, drawn: Mapping[str, Mapping[str, Rows]]
) -> None:
    for phase in ("development", "deployment"):
        front = next(f for f in sst2.fronts if (f.phase, f.resource) == (phase, CPU))
        rows = with_key(drawn[f"pareto-{phase}-cpu_s"], "cost_low")

        assert {(r["name"], r["cost"], r["cost_low"], r["cost_high"]) for r in rows} == {
            (p.name, six(p.cost.value), six(p.cost.low), six(p.cost.high)) for p in front.points
        }
        assert {(r["name"], r["score"]) for r in rows} == {
            (p.name, six(100 * (p.score.value or 0.0))) for p in front.points
        }


def test_bars_of_stages_are_as_long_as_their_cost(
    sst2: StudyAnalysis, drawn: Mapping[str, Mapping[str, Rows]]
) -> None:
    expected = {
        (p.name, s.row): s.totals[CPU].value or 0.0
        for p in sst2.pathways
        for s in p.stages
        if CPU in s.totals
    }
    rows = with_key(drawn["stages"], "start")

    assert {(r["pathway"], r["row"]) for r in rows} == set(expected)
    for row in rows:
        length = row["end"] - row["start"]
        assert length == pytest.approx(expected[row["pathway"], row["row"]], rel=1e-4)


def test_models_hold_score_work_and_size(
    sst2: StudyAnalysis, drawn: Mapping[str, Mapping[str, Rows]]
) -> None:
    rows = {(r["model"], r["panel"]): r["value"] for r in drawn["models"]["models"]}
    by_name = {p.name: p for p in sst2.pathways}

    for (name, panel), value in rows.items():
        if panel != "parameters":
            score, work = by_name[name].score, by_name[name].marginal.get(Resource.FLOPS)
            found = score if panel == "score" else work
            assert found is not None
            assert value == six(found.value)
    assert len(rows) > 10


@pytest.mark.parametrize("name", ["box", "normal"])
def test_scatter_holds_each_run_as_distance_from_its_median(
    sst2: StudyAnalysis, drawn: Mapping[str, Mapping[str, Rows]], name: str
) -> None:
    key = "runs" if name == "box" else "quantiles"
    shown = [r["value"] for r in drawn[f"{name}-cpu_s"][key] if r["pathway"] == "TS"]
    found = study_runs(sst2.definition, sst2.runs).inference("TS")
    costs = [work_of(run) / run.output.n_examples for run in with_role(found, "reference")]
    middle = median(costs)

    assert len(costs) == 3
    assert sorted(shown) == pytest.approx(sorted(100 * (c / middle - 1) for c in costs), rel=1e-4)


def test_points_of_growth_are_runs(
    sst2: StudyAnalysis, drawn: Mapping[str, Mapping[str, Rows]]
) -> None:
    runs = {run.run_id: run for run in sst2.runs}
    rows = drawn["energy-tokens"]["runs"]

    assert len(rows) == 7
    for row in rows:
        run = runs[row["run"]]
        assert row["y"] == six(work_of(run))
        assert row["x"] == pytest.approx(run.output.n_padded_tokens)


def test_the_table_of_pathways_says_what_the_planes_show(
    sst2: StudyAnalysis, drawn: Mapping[str, Mapping[str, Rows]]
) -> None:
    table = tables(sst2)["pathways"].to_data()["rows"]
    assert isinstance(table, list)
    rows = with_key(drawn["pareto-deployment-cpu_s"], "cost_low")
    shown = {row["name"]: row["cost"] for row in rows}

    told = {str(row["pathway"]): row for row in table}
    assert set(told) == set(shown)
    keys = [key for key in told["FT"] if "cpu_s" in key and "per" in key]
    assert keys, sorted(told["FT"])
    for name, row in told.items():
        cell = row[keys[0]]
        value = cell["value"] if isinstance(cell, dict) else cell
        assert shown[name] == six(float(value))
