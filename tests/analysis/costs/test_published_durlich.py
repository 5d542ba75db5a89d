"""What must come out of the published table of Dürlich et al. 2023 (shared/published/README)."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from breakeven.analysis.costs.comparison import Comparison, compare
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import BreakEven, StudyAnalysis, Verdict
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.tables.table1 import table1
from breakeven.analysis.uncertain import Uncertain
from breakeven.formulas import flops
from breakeven.records import (
    Cost,
    Item,
    Kind,
    Measurement,
    NoteCode,
    Origin,
    PathwayDefinition,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.units import J_PER_WH

N_TOKENS = 13_504 * 256
"""Padded tokens of the test set: 13,504 sentences at length 256."""

STAGES = {"finetune": Stage.FINETUNE, "distil": Stage.DISTIL, "evaluate": Stage.INFER}
COLUMNS = (
    ("duration", "duration_s", Resource.DURATION_S, 1.0, 0.5),
    ("energy", "energy_wh", Resource.ENERGY_J, J_PER_WH, 0.05),
    ("flops", "flops", Resource.FLOPS, 1.0, 0.0),
)
"""Name, column, resource, factor to SI, half of the last printed digit."""

PARENTS = {("TS", "distil"): ("FT/finetune",), ("TA", "finetune"): ("TA/distil",)}


@pytest.fixture(scope="module")
def table(shared_dir: Path) -> Sequence[dict[str, str]]:
    path = shared_dir / "published" / "durlich2023" / "table1.csv"
    return list(csv.DictReader(path.read_text().splitlines()))


@pytest.fixture(scope="module")
def analysis(table: Sequence[dict[str, str]]) -> StudyAnalysis:
    return analyse(_definition(), _runs(table))


@pytest.fixture(scope="module")
def pathways(table: Sequence[dict[str, str]]) -> dict[str, PathwayCost]:
    found = study_runs(_definition(), _runs(table))
    return {p.name: pathway_cost(found, p) for p in _definition().pathways}


def _definition() -> StudyDefinition:
    rows = {"FT": "FT/finetune", "TS": "TS/distil", "TA": "TA/finetune"}
    return StudyDefinition(
        name="durlich2023",
        pathways=tuple(PathwayDefinition(name=name, row=row) for name, row in rows.items()),
        metric="f1",
        headline=Resource.ENERGY_J,
        item=Item.PADDED_TOKEN,
        planned_volume=1e9,
        tolerance=3.0,
    )


def _runs(table: Sequence[dict[str, str]]) -> list[Run]:
    """One run per line, but none for TS's fine-tuning: that is FT's own run."""
    return [_run(line) for line in table if (line["scenario"], line["stage"]) != ("TS", "finetune")]


def _run(line: dict[str, str]) -> Run:
    name, stage = line["scenario"], line["stage"]
    is_evaluation = stage == "evaluate"
    costs = tuple(_cost(line, column) for column in COLUMNS)
    return Run(
        run_id=f"{name}/{stage}",
        stage=STAGES[stage],
        status=Status.OK,
        started_at="2023-01-01T00:00:00Z",
        study="durlich2023",
        row=f"{name}/{stage}",
        settings=Settings(resolved={"role": "reference"} if is_evaluation else {}),
        phases=(
            Phase(
                name=PhaseName.WORK,
                measurement=Measurement(
                    started_at="", duration_s=float(line["duration_s"]), costs=costs[:2]
                ),
            ),
        ),
        counts=costs[2:],
        output=Volume(n_padded_tokens=N_TOKENS) if is_evaluation else Volume(),
        scores=(Score(metric="f1", value=float(line["f1"]), split="test", n_examples=13_504),)
        if is_evaluation
        else (),
        parents=PARENTS.get((name, stage), ()),
    )


def _cost(line: dict[str, str], column: tuple[str, str, Resource, float, float]) -> Cost:
    name, key, resource, factor, half_step = column
    value = float(line[key]) * factor
    origin = Origin(line[f"{name}_kind"])
    step = half_step * factor if origin is Origin.PUBLISHED else 0.0
    return Cost(
        resource=resource,
        value=value,
        low=value - step,
        high=value + step,
        kind=Kind.COUNTED if resource is Resource.FLOPS else Kind.MEASURED,
        channel="gpu" if resource is Resource.ENERGY_J else "all",
        sensor="table 1",
        origin=origin,
    )


def _find(analysis: StudyAnalysis, candidate: str, incumbent: str, resource: Resource) -> BreakEven:
    return next(
        b
        for b in analysis.break_evens
        if (b.candidate, b.incumbent, b.resource) == (candidate, incumbent, resource)
    )


@pytest.mark.parametrize(
    ("name", "duration_s", "energy_wh", "n_flops"),
    [("FT", 2117, 141.1, 2.48e16), ("TS", 3227, 218.2, 4.12e16), ("TA", 48352, 6923.3, 3.819e17)],
)
def test_development_totals(
    analysis: StudyAnalysis, name: str, duration_s: float, energy_wh: float, n_flops: float
) -> None:
    found = next(p for p in analysis.pathways if p.name == name).development
    assert found[Resource.DURATION_S].value == pytest.approx(duration_s)
    assert found[Resource.ENERGY_J].value == pytest.approx(energy_wh * J_PER_WH)
    assert found[Resource.FLOPS].value == pytest.approx(n_flops)


@pytest.mark.parametrize(
    "resource", [Resource.DURATION_S, Resource.ENERGY_J, Resource.FLOPS], ids=lambda r: r.value
)
@pytest.mark.parametrize(
    ("phase", "expected"), [("development", {"FT"}), ("deployment", {"FT", "TS"})]
)
def test_pareto_sets(
    analysis: StudyAnalysis, resource: Resource, phase: str, expected: set[str]
) -> None:
    front = next(f for f in analysis.fronts if (f.phase, f.resource) == (phase, resource))
    assert {point.name for point in front.points if point.is_on_front} == expected


def test_task_agnostic_student_is_beaten_by_the_task_specific_one(analysis: StudyAnalysis) -> None:
    deployment = next(f for f in analysis.fronts if f.phase == "deployment")
    assert next(p for p in deployment.points if p.name == "TA").dominated_by == ("TS",)


@pytest.mark.parametrize(
    ("resource", "n_tokens", "digits"),
    [
        pytest.param(Resource.DURATION_S, 4.00e9, 5e-3, id="time"),
        pytest.param(Resource.ENERGY_J, 1.270e8, 5e-4, id="energy"),
        pytest.param(Resource.FLOPS, 6.44e7, 5e-3, id="FLOPs as printed"),
    ],
)
def test_student_pays_back(
    analysis: StudyAnalysis, resource: Resource, n_tokens: float, digits: float
) -> None:
    found = _find(analysis, "TS", "FT", resource)
    assert found.verdict is Verdict.FINITE
    assert found.estimate.value == pytest.approx(n_tokens, rel=digits)


def test_time_from_the_printed_gap_per_token() -> None:
    saved_s = 0.077e-9 * 3600
    found = _payback(Uncertain.exact(1110.0), Uncertain.exact(saved_s))
    assert found.estimate.value == pytest.approx(4.004e9, rel=5e-4)


def test_flops_when_evaluation_follows_equation_8() -> None:
    n_teacher, n_student = 124_742_805, 82_215_573
    saved = flops.inference_flops(n_teacher, 1).flops - flops.inference_flops(n_student, 1).flops
    found = _payback(Uncertain.exact(1.64e16), Uncertain.exact(saved))
    assert found.estimate.value == pytest.approx(1.93e8, rel=5e-3)


@pytest.mark.parametrize(
    ("extra", "gap", "low", "high"),
    [
        pytest.param(1110.0, (0.5, 1.0, 1.5), 2.6e9, 7.7e9, id="time, 0.5 to 1.5 s"),
        pytest.param(77.1, (2.0, 2.1, 2.2), 1.21e8, 1.33e8, id="energy, 2.0 to 2.2 Wh"),
    ],
)
def test_table_resolution_makes_an_interval(
    extra: float, gap: tuple[float, float, float], low: float, high: float
) -> None:
    saved = Uncertain(low=gap[0], value=gap[1], high=gap[2]).scaled(1 / N_TOKENS)
    found = _payback(Uncertain.exact(extra), saved).estimate
    assert found.low == pytest.approx(low, rel=0.02)
    assert found.high == pytest.approx(high, rel=0.005)
    assert found.level is None


def test_energy_interval_from_the_records_themselves(analysis: StudyAnalysis) -> None:
    found = _find(analysis, "TS", "FT", Resource.ENERGY_J).estimate
    assert found.low is not None
    assert found.high is not None
    assert found.low == pytest.approx(77.05 * N_TOKENS / (5.198 - 3.05))
    assert found.high == pytest.approx(77.15 * N_TOKENS / (5.198 - 3.15))
    assert found.method == "worst case of the numbers' resolution"


def test_energy_with_output_weighted_by_f1(pathways: dict[str, PathwayCost]) -> None:
    found = _weighted(pathways, Resource.ENERGY_J)
    assert found.verdict is Verdict.FINITE
    assert found.estimate.value == pytest.approx(1.43e8, rel=5e-3)


def test_time_with_output_weighted_by_f1_never_pays_back(pathways: dict[str, PathwayCost]) -> None:
    assert _weighted(pathways, Resource.DURATION_S).verdict is Verdict.NEVER


def test_sharing_the_agnostic_student_with_48_tasks_matches_the_specific_one(
    pathways: dict[str, PathwayCost],
) -> None:
    specific = pathways["TS"].development(Resource.ENERGY_J)
    distil, finetune = (row.amounts[Resource.ENERGY_J] for row in pathways["TA"].rows)
    assert specific is not None
    assert distil.value / (specific.value - finetune.value) == pytest.approx(47.6, abs=0.05)


def test_shared_fine_tuning_cancels(pathways: dict[str, PathwayCost]) -> None:
    found = compare(pathways["TS"], pathways["FT"], Resource.ENERGY_J, item=Item.PADDED_TOKEN)
    assert found is not None
    assert found.extra.value == pytest.approx(77.1 * J_PER_WH)
    assert found.extra.high - found.extra.low == pytest.approx(0.1 * J_PER_WH)


def test_origins_of_the_cells_reach_the_conclusion(analysis: StudyAnalysis) -> None:
    found = _find(analysis, "TS", "FT", Resource.ENERGY_J).estimate
    assert set(found.origins) == {Origin.PUBLISHED, Origin.INFERRED}
    assert not any(note.code is NoteCode.SINGLE_DEVELOPMENT for note in found.notes)


def test_table_is_printed_as_in_the_paper(analysis: StudyAnalysis) -> None:
    rows = {row.pathway: row for row in table1(analysis).rows}
    ta, ft = rows["TA"].cells, rows["FT"].cells
    assert ta[Stage.DISTIL][Resource.DURATION_S].text == "13:06:59"
    assert ta[Stage.DISTIL][Resource.ENERGY_J].text == "6848.9 Wh"
    assert ta[Stage.DISTIL][Resource.FLOPS].text == "3.65e17"
    assert rows["TS"].cells[Stage.FINETUNE][Resource.DURATION_S].text == "00:35:17"
    assert rows["TS"].cells[Stage.EVALUATE][Resource.DURATION_S].text == "00:01:09"
    assert ft[Stage.DISTIL][Resource.ENERGY_J].reason == "FT has no distillation stage."
    assert rows["FT"].score is not None
    assert rows["FT"].score.value == 87.3


@pytest.mark.parametrize(
    ("n_flops", "expected"),
    [
        (flops.training_flops(124_742_805, 256 * 4044 * 32).flops, 2.4795e16),
        (flops.distillation_flops(82_215_573, 124_742_805, 256 * 2696 * 32).flops, 1.6405e16),
        (flops.distillation_flops(82_215_573, 124_742_805, 256 * 60_000 * 32).flops, 3.6509e17),
    ],
    ids=["FT, equation 7", "TS, two epochs", "TA, 60,000 steps"],
)
def test_kaplan(n_flops: float, expected: float) -> None:
    assert n_flops == pytest.approx(expected, rel=5e-5)


def _payback(extra: Uncertain, saved: Uncertain) -> BreakEven:
    comparison = Comparison(
        candidate="TS",
        incumbent="FT",
        resource=Resource.FLOPS,
        item=Item.PADDED_TOKEN,
        extra=extra,
        saved=saved,
    )
    return break_even(comparison, planned_volume=1e9)


def _weighted(pathways: dict[str, PathwayCost], resource: Resource) -> BreakEven:
    """Compare cost per unit of F1-weighted output: both lines are divided by the score."""
    (dev_ts, per_ts), (dev_ft, per_ft) = (
        _weighted_line(pathways[n], resource) for n in ("TS", "FT")
    )
    return _payback(dev_ts - dev_ft, per_ft - per_ts)


def _weighted_line(pathway: PathwayCost, resource: Resource) -> tuple[Uncertain, Uncertain]:
    development, marginal = pathway.development(resource), pathway.marginal(resource)
    assert development is not None
    assert marginal is not None
    assert pathway.score is not None
    weight = 1 / pathway.score.value
    return Uncertain.exact(development.value * weight), Uncertain.exact(marginal.value * weight)
