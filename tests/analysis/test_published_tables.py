"""Published figures through the front door: import the table, open the store, ask the analysis.

What must come out is in shared/published/README.md; sources are Durlich et al. 2023, Cain et al.
2024, the SST-2 milestone study and Schwartz et al. 2020 (Green AI).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.analysis.costs.comparison import Comparison, compare
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import BreakEven, StudyAnalysis, Verdict
from breakeven.analysis.runs.select import observe, per_item, study_runs
from breakeven.analysis.samples.correlation import correlate
from breakeven.analysis.sweeps.findings import Axis
from breakeven.analysis.tables.table1 import table1
from breakeven.analysis.uncertain import Uncertain
from breakeven.cli import group
from breakeven.formulas import flops
from breakeven.records import Item, Kind, NoteCode, Origin, Resource, Run, Score, Stage
from breakeven.store import Store
from breakeven.units import J_PER_WH

N_TOKENS = 13_504 * 256
"""Padded tokens of the test set: 13,504 sentences at length 256."""

SECONDS, ENERGY, FLOPS = Resource.DURATION_S, Resource.ENERGY_J, Resource.FLOPS


def imported(file: Path, folder: Path, *options: str) -> Store:
    """Import a file into a new store through the command line."""
    store = folder / "store"
    found = CliRunner().invoke(
        group, ["import", "table", str(file), "--store", str(store), *options]
    )
    assert found.exit_code == 0, found.output
    return Store(store, create=False)


@pytest.fixture(scope="module")
def durlich(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    file = shared_dir / "published" / "durlich2023" / "table1.csv"
    options = ("--item", "padded_token", "--n-items", str(N_TOKENS), "--planned-volume", "1e9")
    return imported(file, tmp_path_factory.mktemp("durlich"), *options)


@pytest.fixture(scope="module")
def analysis(durlich: Store) -> StudyAnalysis:
    return analyse(durlich.study(), durlich.runs())


@pytest.fixture(scope="module")
def pathways(durlich: Store) -> Mapping[str, PathwayCost]:
    found = study_runs(durlich.study(), durlich.runs())
    return {p.name: pathway_cost(found, p) for p in found.definition.pathways}


@pytest.mark.parametrize(
    ("name", "duration_s", "energy_wh", "n_flops"),
    [("FT", 2117, 141.1, 2.48e16), ("TS", 3227, 218.2, 4.12e16), ("TA", 48352, 6923.3, 3.819e17)],
)
def test_development_totals_are_the_printed_ones(
    analysis: StudyAnalysis, name: str, duration_s: float, energy_wh: float, n_flops: float
) -> None:
    found = next(p for p in analysis.pathways if p.name == name).development
    assert found[SECONDS].value == pytest.approx(duration_s)
    assert found[ENERGY].value == pytest.approx(energy_wh * J_PER_WH)
    assert found[FLOPS].value == pytest.approx(n_flops)


@pytest.mark.parametrize("resource", [SECONDS, ENERGY, FLOPS])
@pytest.mark.parametrize(
    ("phase", "expected"), [("development", {"FT"}), ("deployment", {"FT", "TS"})]
)
def test_pareto_sets_are_those_of_the_paper(
    analysis: StudyAnalysis, resource: Resource, phase: str, expected: set[str]
) -> None:
    front = next(f for f in analysis.fronts if (f.phase, f.resource) == (phase, resource))
    assert {point.name for point in front.points if point.is_on_front} == expected


@pytest.mark.parametrize(
    ("resource", "n_tokens", "digits"),
    [(SECONDS, 4.00e9, 2e-3), (ENERGY, 1.270e8, 5e-4), (FLOPS, 6.44e7, 1e-3)],
)
def test_student_pays_back_where_the_paper_says(
    analysis: StudyAnalysis, resource: Resource, n_tokens: float, digits: float
) -> None:
    found = _find(analysis, resource)
    assert found.verdict is Verdict.FINITE
    assert found.estimate.value == pytest.approx(n_tokens, rel=digits)
    assert found.estimate.level is None
    assert found.estimate.method == "worst case of the numbers' resolution"


def test_printed_digits_make_the_interval(analysis: StudyAnalysis) -> None:
    """By hand: 1110 s +- 0.5 over 69.96 +- 0.005 s less 69 +- 0.5 s, for 3,457,024 tokens."""
    found = _find(analysis, SECONDS).estimate
    assert found.low == pytest.approx(1109.5 * N_TOKENS / (69.965 - 68.5))
    assert found.high == pytest.approx(1110.5 * N_TOKENS / (69.955 - 69.5))
    found = _find(analysis, ENERGY).estimate
    assert found.low == pytest.approx(77.05 * N_TOKENS / (5.1985 - 3.05))
    assert found.high == pytest.approx(77.15 * N_TOKENS / (5.1975 - 3.15))


@pytest.mark.parametrize(
    ("resource", "gap", "low", "high"),
    [
        pytest.param(SECONDS, (0.5, 1.0, 1.5), 2.6e9, 7.7e9, id="time, 0.5 to 1.5 s"),
        pytest.param(ENERGY, (2.0, 2.1, 2.2), 1.21e8, 1.33e8, id="energy, 2.0 to 2.2 Wh"),
    ],
)
def test_gaps_of_the_paper_give_its_intervals(
    pathways: Mapping[str, PathwayCost],
    resource: Resource,
    gap: tuple[float, float, float],
    low: float,
    high: float,
) -> None:
    found = compare(pathways["TS"], pathways["FT"], resource, item=Item.PADDED_TOKEN)
    assert found is not None
    scale = 1.0 if resource is SECONDS else J_PER_WH
    saved = Uncertain(low=gap[0], value=gap[1], high=gap[2]).scaled(scale / N_TOKENS)
    paid = _payback(Uncertain.exact(found.extra.value), saved).estimate
    assert paid.low == pytest.approx(low, rel=0.02)
    assert paid.high == pytest.approx(high, rel=0.005)


def test_time_from_the_printed_gap_per_token(pathways: Mapping[str, PathwayCost]) -> None:
    """4.004e9 from 0.077 nano-HOURS: the paper's "nano-seconds" would give 1.44e13."""
    found = compare(pathways["TS"], pathways["FT"], SECONDS, item=Item.PADDED_TOKEN)
    assert found is not None
    paid = _payback(Uncertain.exact(found.extra.value), Uncertain.exact(0.077e-9 * 3600))
    assert paid.estimate.value == pytest.approx(4.004e9, rel=5e-4)


def test_deployment_gap_is_in_hours_and_watt_hours(pathways: Mapping[str, PathwayCost]) -> None:
    """R000-H6: 2.4 F1 for 277 ns and 2.19 mJ a token, printed as 0.077 and 0.607."""
    duration = compare(pathways["TS"], pathways["FT"], SECONDS, item=Item.PADDED_TOKEN)
    energy = compare(pathways["TS"], pathways["FT"], ENERGY, item=Item.PADDED_TOKEN)
    assert duration is not None
    assert energy is not None
    assert duration.saved.value / 3600 == pytest.approx(0.077e-9, abs=0.0005e-9)
    assert energy.saved.value / J_PER_WH == pytest.approx(0.607e-6, abs=0.0005e-6)
    scores = {name: each.score for name, each in pathways.items()}
    assert scores["FT"] is not None
    assert scores["TS"] is not None
    assert scores["FT"].value - scores["TS"].value == pytest.approx(0.024)


def test_flops_when_evaluation_follows_equation_8(pathways: Mapping[str, PathwayCost]) -> None:
    teacher = flops.inference_flops(124_742_805, N_TOKENS).flops
    student = flops.inference_flops(82_215_573, N_TOKENS).flops
    printed = pathways["FT"].marginal(FLOPS)
    assert printed is not None
    assert printed.value * N_TOKENS / teacher == pytest.approx(3.0, abs=0.01)
    saved = Uncertain.exact((teacher - student) / N_TOKENS)
    paid = _payback(Uncertain.exact(1.64e16), saved)
    assert paid.estimate.value == pytest.approx(1.93e8, rel=5e-3)


def test_energy_with_output_weighted_by_f1(pathways: Mapping[str, PathwayCost]) -> None:
    found = _weighted(pathways, ENERGY)
    assert found.verdict is Verdict.FINITE
    assert found.estimate.value == pytest.approx(1.43e8, rel=5e-3)


def test_time_with_output_weighted_by_f1_never_pays_back(
    pathways: Mapping[str, PathwayCost],
) -> None:
    assert _weighted(pathways, SECONDS).verdict is Verdict.NEVER


def test_48_tasks_must_share_the_agnostic_student(pathways: Mapping[str, PathwayCost]) -> None:
    specific = pathways["TS"].development(ENERGY)
    distil, finetune = (row.amounts[ENERGY] for row in pathways["TA"].rows)
    assert specific is not None
    assert distil.value / (specific.value - finetune.value) == pytest.approx(47.6, abs=0.05)


def test_agnostic_distillation_against_the_specific_one(
    pathways: Mapping[str, PathwayCost],
) -> None:
    """R000-H2: 42.5, 88.8 and 22.3 times; R000-H3: fine-tuning 46.5 %, 47.3 %, 31.9 % cheaper."""
    distil, tuned = pathways["TA"].rows
    specific = pathways["TS"].rows[-1]
    taught = pathways["FT"].rows[0]
    for resource, times, saved in (
        (SECONDS, 42.5, 46.5),
        (ENERGY, 88.8, 47.3),
        (FLOPS, 22.3, 31.9),
    ):
        ratio = distil.amounts[resource].value / specific.amounts[resource].value
        assert ratio == pytest.approx(times, abs=0.05)
        kept = tuned.amounts[resource].value / taught.amounts[resource].value
        assert 100 * (1 - kept) == pytest.approx(saved, abs=0.05)


def test_one_point_carries_the_correlation_of_flops_and_energy(durlich: Store) -> None:
    """R000-H4, RX-09: r = 0.99707 over 87 runs; without TA's distillation another number."""
    points = [
        (_total(run, FLOPS), _total(run, ENERGY))
        for run in durlich.runs()
        for _ in range(int(run.settings.resolved["n_repeats"]))
    ]
    assert len(points) == 87
    found = correlate([x for x, _ in points], [y for _, y in points])
    assert found is not None
    assert found.pearson.value == pytest.approx(0.99707, abs=5e-6)
    assert {points[i] for i in found.holders} == {(3.65e17, 6848.9 * J_PER_WH)}
    assert found.rests_on(0.99)
    assert found.p < 1e-90
    assert found.pearson_without == pytest.approx(0.99321, abs=5e-6)
    per_flop = [energy / work for work, energy in points]
    assert max(per_flop) / min(per_flop) == pytest.approx(10, rel=0.1)


def test_kaplan_falls_within_every_printed_digit_it_explains(durlich: Store) -> None:
    """Equation 7 at n = 256, B = 32; TA's fine-tuning stopped early after about 4,183 steps."""
    teacher, student, batch = 124_742_805, 82_215_573, 256 * 32
    explained = {
        "FT/finetune": flops.training_flops(teacher, batch * 4044).flops,
        "TS/distil": flops.distillation_flops(student, teacher, batch * 2696).flops,
        "TA/distil": flops.distillation_flops(student, teacher, batch * 60_000).flops,
        "TA/finetune": flops.training_flops(student, batch * 4183).flops,
    }
    assert [f"{n:.5g}" for n in explained.values()] == [
        "2.4795e+16",
        "1.6405e+16",
        "3.6509e+17",
        "1.6904e+16",
    ]
    for run in durlich.runs():
        if run.row in explained:
            (printed,) = run.costs(FLOPS)
            assert printed.low <= explained[run.row] <= printed.high


def test_table_is_printed_as_in_the_paper(analysis: StudyAnalysis) -> None:
    rows = {row.pathway: row for row in table1(analysis).rows}
    ta, ts, ft = rows["TA"].cells, rows["TS"].cells, rows["FT"].cells
    assert ta[Stage.DISTIL][SECONDS].text == "13:06:59"
    assert ta[Stage.DISTIL][ENERGY].text == "6848.9 Wh"
    assert ta[Stage.DISTIL][FLOPS].text == "3.65e17"
    assert ts[Stage.FINETUNE][SECONDS].text == "00:35:17"
    assert ts[Stage.EVALUATE][SECONDS].text == "00:01:09"
    assert ft[Stage.DISTIL][ENERGY].reason == "FT has no distillation stage."
    scores = {name: row.score for name, row in rows.items()}
    assert {n: s.value for n, s in scores.items() if s} == {"FT": 0.873, "TS": 0.849, "TA": 0.776}


def test_the_teacher_is_trained_once_and_every_number_says_where_it_is_from(
    durlich: Store, analysis: StudyAnalysis
) -> None:
    runs = {run.row: run for run in durlich.runs()}
    assert "TS/finetune" not in runs
    assert runs["TS/distil"].parents == (runs["FT/finetune"].run_id,)
    assert runs["FT/evaluate"].parents == (runs["FT/finetune"].run_id,)
    origins = {c.origin for c in runs["FT/evaluate"].phases[0].measurement.costs}
    assert origins == {Origin.INFERRED}
    found = _find(analysis, ENERGY).estimate
    assert set(found.origins) == {Origin.PUBLISHED, Origin.INFERRED}
    assert found.kinds == (Kind.MEASURED,)
    assert set(found.run_ids) <= {run.run_id for run in durlich.runs()}


CAIN = (
    *(
        "--stage",
        "infer",
        "--unit",
        "total_energy=J",
        "--column",
        "total_inference_time=duration_s",
    ),
    *("--column", "role=setting", "--column", "order=block", "--n-items", "1"),
    *("--column", "avg_cpu=setting", "--column", "avg_memory=setting"),
    *("--negative-unknown", "total_energy"),
)


def test_cain_gives_42_runs_and_the_means_of_table_2(shared_dir: Path, tmp_path: Path) -> None:
    folder = shared_dir / "published" / "cain2024"
    runs = imported(folder / "runs.csv", tmp_path, *CAIN).runs()
    assert len(runs) == 42
    spoiled = [run for run in runs if run.settings.resolved["role_in_table"] == "wrapped"]
    assert [note.code for run in spoiled for note in run.notes] == [NoteCode.CELL_LEFT_OUT] * 2
    expected = json.loads((folder / "expected.json").read_text())["published_table2"]
    for model, (_, memory, seconds, joules) in expected.items():
        kept = [r for r in runs if r.settings.resolved["pathway"] == model and r not in spoiled]
        assert len(kept) == 10
        assert _mean([_total(r, ENERGY) for r in kept]) == pytest.approx(joules, abs=1e-3)
        assert _mean([_total(r, SECONDS) for r in kept]) == pytest.approx(seconds, abs=5e-3)
        seen = [float(r.settings.resolved["avg_memory"]) for r in kept]
        assert _mean(seen) == pytest.approx(memory, abs=0.01)


def test_cain_counts_joules_per_whole_pass(shared_dir: Path, tmp_path: Path) -> None:
    store = imported(shared_dir / "published" / "cain2024" / "runs.csv", tmp_path, *CAIN)
    run = store.runs()[0]
    found = per_item(run, ENERGY, item=Item.EXAMPLE)
    assert found is not None
    assert (found.value, run.block, run.row) == (28954.044, 0, "BERT/infer")


@pytest.fixture(scope="module")
def sst2(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = shared_dir / "published" / "sst2_milestone"
    return imported(
        folder / "counts.csv",
        tmp_path_factory.mktemp("sst2"),
        *("--stage", "infer", "--pathway", "BERT", "--by", "config"),
        *("--traces", str(folder / "power_traces.csv")),
        *("--setting", "max_length=max_sequence_length_*|128"),
        *("--setting", "precision=precision_*|fp32", "--setting", "n_layers=num_layers_*|0"),
    )


@pytest.fixture(scope="module")
def milestone(sst2: Store) -> Sequence[Run]:
    return sst2.runs()


def test_cut_lengths_are_free_down_to_32_tokens_and_fp16_with_them_on_the_front(
    sst2: Store,
) -> None:
    """R004-09: of 33 configurations the front is FP16 with 16 to 48 tokens."""
    analysis = analyse(sst2.study(), sst2.runs())
    front = {found.label for found in analysis.sweep if found.is_on_front}
    lengths = (16, 24, 32, 40, 48)
    stem = "phase_2_combination/precision_fp16/max_sequence_length"
    assert front == {f"{stem}_{length}" for length in lengths}
    axes = {axis.axis: axis for axis in analysis.findings[0].axes}
    flat = {axes[Axis.LENGTH].point(label).value for label in axes[Axis.LENGTH].flat}
    assert flat == {128, 96, 64, 48, 40, 32}
    assert {axes[Axis.DEPTH].point(label).value for label in axes[Axis.DEPTH].flat} == {0, 12, 10}


@pytest.mark.parametrize(
    ("dear", "cheap", "factor"),
    [
        ("sequence_length/max_sequence_length_128", "sequence_length/max_sequence_length_48", 3.13),
        ("precision/precision_fp32", "precision/precision_fp16", 4.47),
        (
            "combination/precision_fp32/max_sequence_length_128",
            "combination/precision_fp16/max_sequence_length_48",
            11.8,
        ),
    ],
    ids=["shorter", "narrower", "both"],
)
def test_headline_factors_as_the_traces_give_them(
    milestone: Sequence[Run], dear: str, cheap: str, factor: float
) -> None:
    """Not the 12x, 4x and 28x of the text; the interval is what few samples leave open."""
    runs = {run.row.removeprefix("BERT/phase_2_"): run for run in milestone}
    above, below = (observe(runs[name], ENERGY) for name in (dear, cheap))
    assert above is not None
    assert below is not None
    assert f"{above.value / below.value:.3g}" == f"{factor:.3g}"
    assert above.low / below.high < factor < above.high / below.low


def test_traces_beside_counts_give_the_published_joules_per_example(
    milestone: Sequence[Run], shared_dir: Path
) -> None:
    file = shared_dir / "published" / "sst2_milestone" / "expected.json"
    expected = json.loads(file.read_text())["published"]
    assert len(milestone) == len(expected) == 33
    for run in milestone:
        published = expected[run.row.removeprefix("BERT/")]
        found = per_item(run, ENERGY, item=Item.EXAMPLE)
        (score,) = run.scores
        assert found is not None
        assert found.value == pytest.approx(published["j_per_example"], rel=1e-5)
        assert found.low < found.value < found.high
        assert score.value == pytest.approx(published["accuracy"])


def test_baseline_costs_a_quarter_joule_at_93_percent(milestone: Sequence[Run]) -> None:
    """R004-10: 0.23 J an example at about 93 %."""
    run = next(r for r in milestone if r.row == "BERT/phase_1_baseline")
    found = per_item(run, ENERGY, item=Item.EXAMPLE)
    assert found is not None
    assert found.value == pytest.approx(0.2315, abs=5e-5)
    assert run.scores[0].value == pytest.approx(0.9300, abs=5e-5)
    assert run.settings.resolved["role"] == "reference"


def test_averages_per_example_become_totals(shared_dir: Path, tmp_path: Path) -> None:
    store = imported(
        shared_dir / "published" / "sst2_milestone" / "expected.json",
        tmp_path,
        *("--part", "published", "--stage", "infer", "--pathway", "BERT", "--n-items", "872"),
        *("--column", "key=configuration", "--ignore", "j_per_correct"),
        *("--column", "latency_ms=duration_ms_per_example"),
        *("--column", "peak_mb=peak_device_memory_mib", "--reference", "phase_1_baseline"),
    )
    runs = {run.row.removeprefix("BERT/"): run for run in store.runs()}
    run = runs["phase_2_sequence_length/max_sequence_length_128"]
    assert len(runs) == 33
    assert _total(run, ENERGY) == pytest.approx(0.2172190186437595 * 872)
    assert _total(run, SECONDS) == pytest.approx(2.995828693810586e-3 * 872)
    assert _total(run, Resource.PEAK_DEVICE_MEMORY_BYTES) == 692.2392578125 * 2**20
    assert runs["phase_1_baseline"].settings.resolved["role"] == "reference"


def test_green_ai_pays_a_third_more_work_for_half_a_point(shared_dir: Path, tmp_path: Path) -> None:
    """R003-08, R003-09: figure 4, in multiply-accumulates of two FLOPs each."""
    file = shared_dir / "published" / "green_ai" / "figure4.json"
    store = imported(file, tmp_path, "--stage", "infer", "--n-items", "1")
    runs = {str(run.settings.resolved["pathway"]): run for run in store.runs()}
    resnet, resnext, alexnet = runs["resnet152"], runs["resnext101_64x4d"], runs["alexnet"]
    assert _total(resnet, FLOPS) == pytest.approx(2 * 11.58e9)
    assert _total(resnext, FLOPS) / _total(resnet, FLOPS) - 1 == pytest.approx(0.343, abs=5e-4)
    assert _top1(resnext).value - _top1(resnet).value == pytest.approx(0.528)
    parameters = Resource.N_PARAMETERS
    assert _total(alexnet, parameters) > _total(resnet, parameters)
    assert _total(resnet, FLOPS) / _total(alexnet, FLOPS) == pytest.approx(16, abs=0.1)
    assert all(NoteCode.FLOPS_CONVENTION in {n.code for n in r.notes} for r in runs.values())


def _top1(run: Run) -> Score:
    return next(score for score in run.scores if score.metric == "top1")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _total(run: Run, resource: Resource) -> float:
    found = observe(run, resource)
    assert found is not None
    return found.value


def _find(analysis: StudyAnalysis, resource: Resource) -> BreakEven:
    return next(
        b
        for b in analysis.break_evens
        if (b.candidate, b.incumbent, b.resource) == ("TS", "FT", resource)
    )


def _payback(extra: Uncertain, saved: Uncertain) -> BreakEven:
    comparison = Comparison(
        candidate="TS",
        incumbent="FT",
        resource=FLOPS,
        item=Item.PADDED_TOKEN,
        extra=extra,
        saved=saved,
    )
    return break_even(comparison, planned_volume=1e9)


def _weighted(pathways: Mapping[str, PathwayCost], resource: Resource) -> BreakEven:
    """Compare cost per unit of F1-weighted output: both lines are divided by the score."""
    (dev_ts, per_ts), (dev_ft, per_ft) = (_line(pathways[n], resource) for n in ("TS", "FT"))
    return _payback(dev_ts - dev_ft, per_ft - per_ts)


def _line(pathway: PathwayCost, resource: Resource) -> tuple[Uncertain, Uncertain]:
    development, marginal = pathway.development(resource), pathway.marginal(resource)
    assert development is not None
    assert marginal is not None
    assert pathway.score is not None
    weight = 1 / pathway.score.value
    return Uncertain.exact(development.value * weight), Uncertain.exact(marginal.value * weight)
