"""A small analysis made by hand, with every case a table or figure must show."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from breakeven.analysis.results import (
    AmortizedCurve,
    BreakEven,
    ConfigurationResult,
    ParetoFront,
    ParetoPoint,
    PathwayResult,
    Recommendation,
    StageCost,
    StudyAnalysis,
    Verdict,
)
from breakeven.records import (
    Estimate,
    Item,
    Kind,
    Machine,
    Measurement,
    Note,
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

CPU, ENERGY, FLOPS, TIME = (
    Resource.CPU_S,
    Resource.ENERGY_J,
    Resource.FLOPS,
    Resource.DURATION_S,
)
N_TEST = 1000
MACHINE = Machine(
    host="h",
    host_id="0" * 16,
    system="Linux",
    cpu_model="CPU",
    n_cpus=2,
    memory_bytes=2**33,
    python="3.11",
)


def guess(
    value: float | None,
    spread: float = 0.04,
    *,
    kind: Kind = Kind.MEASURED,
    origin: Origin = Origin.LIVE,
    run_ids: tuple[str, ...] = (),
) -> Estimate:
    """An estimate whose interval is `spread` of the value to either side."""
    return Estimate(
        name="made up",
        value=value,
        low=None if value is None else value * (1 - spread),
        high=None if value is None else value * (1 + spread),
        level=0.95,
        method="t interval",
        n=6,
        kinds=(kind,),
        origins=(origin,),
        run_ids=run_ids,
    )


def costs(cpu_s: float, spread: float = 0.04) -> dict[Resource, Estimate]:
    """CPU, time and FLOPs of something; energy was not measured."""
    return {
        CPU: guess(cpu_s, spread),
        TIME: guess(cpu_s * 1.1, spread),
        FLOPS: guess(cpu_s * 1e12, 0.0, kind=Kind.COUNTED),
    }


def stage(row: str, name: Stage, cpu_s: float, **statuses: int) -> StageCost:
    """One row of development."""
    counted = {Status(key): n for key, n in statuses.items()} or {Status.OK: 1}
    ids = tuple(f"{row}-{i}" for i in range(sum(counted.values())))
    return StageCost(row=row, stage=name, statuses=counted, totals=costs(cpu_s), run_ids=ids)


def pathway(
    name: str, stages: tuple[StageCost, ...], marginal_s: float, score: float
) -> PathwayResult:
    """One pathway; its development is the sum of its stages."""
    total_s = sum(s.totals[CPU].value or 0.0 for s in stages)
    return PathwayResult(
        name=name,
        description=f"how {name} is made",
        score=guess(score, 0.02, kind=Kind.COUNTED, run_ids=(f"{name}/reference/0",)),
        stages=stages,
        development=costs(total_s),
        startup=costs(8.0),
        marginal=costs(marginal_s),
    )


def pathways() -> tuple[PathwayResult, ...]:
    """FT and TS share two stages; TF-IDF is cheap; API is known by stated numbers only."""
    pretrain = stage("pretrain", Stage.PRETRAIN, 70.0, ok=1, interrupted=1)
    ft = stage("ft", Stage.FINETUNE, 20.0)
    ts = stage("ts", Stage.DISTIL, 15.0)
    stated: Mapping[Resource, Estimate] = {
        TIME: guess(0.35, 0.0, kind=Kind.ASSUMED, origin=Origin.STATED)
    }
    api = StageCost(
        row="api", stage=Stage.STATED, statuses={Status.OK: 1}, totals=stated, run_ids=("api",)
    )
    return (
        pathway("FT", (pretrain, ft), 6e-3, 0.84),
        pathway("TS", (pretrain, ft, ts), 3e-3, 0.83),
        pathway("TF-IDF", (stage("tfidf", Stage.FINETUNE, 1.6),), 1.2e-4, 0.79),
        PathwayResult(
            name="API",
            description="bought",
            score=None,
            stages=(api,),
            development=stated,
            startup={},
            marginal=stated,
        ),
    )


def break_even(
    candidate: str, incumbent: str, verdict: Verdict, volume: Estimate, probability: float | None
) -> BreakEven:
    """What was concluded for one ordered pair."""
    return BreakEven(
        candidate=candidate,
        incumbent=incumbent,
        resource=CPU,
        item=Item.EXAMPLE,
        verdict=verdict,
        estimate=volume,
        probability_before_planned=probability,
        sentence=f"{candidate} against {incumbent}: {verdict}.",
    )


def curve(name: str, fixed_s: float, marginal_s: float) -> AmortizedCurve:
    """(development + n * marginal) / n at three volumes a decade."""
    volumes = tuple(10 ** (k / 3) for k in range(25))
    average = tuple(fixed_s / n + marginal_s for n in volumes)
    return AmortizedCurve(
        pathway=name,
        resource=CPU,
        volumes=volumes,
        average=average,
        low=tuple(0.96 * a for a in average),
        high=tuple(1.04 * a for a in average),
    )


def infer_run(name: str) -> Run:
    """A reference run that passed over the test set twice."""
    return Run(
        run_id=f"{name}/reference/0",
        stage=Stage.INFER,
        status=Status.OK,
        started_at="2026-01-01T00:00:00Z",
        study="made-up",
        row=f"{name}/reference",
        settings=Settings(passed={"batch_size": 32}, resolved={"batch_size": 32, "seed": 1}),
        machine=MACHINE,
        output=Volume(n_examples=2 * N_TEST, n_real_tokens=48 * N_TEST),
        scores=(
            Score(metric="accuracy", value=0.84, split="test", n_examples=N_TEST, n_correct=840),
        ),
        parents=("ft-0",),
    )


def front(phase: str, points: dict[str, tuple[float, float, bool]]) -> ParetoFront:
    """A plane of CPU time against accuracy."""
    best = [name for name, (_, _, is_on) in points.items() if is_on]
    return ParetoFront(
        phase=phase,
        resource=CPU,
        points=tuple(
            ParetoPoint(
                name=name,
                cost=guess(cost_s),
                score=guess(score, 0.02, kind=Kind.COUNTED),
                is_on_front=is_on,
                membership=0.97 if is_on else 0.02,
                dominated_by=() if is_on else tuple(best[:1]),
            )
            for name, (cost_s, score, is_on) in points.items()
        ),
    )


def configuration(
    name: str, label: str, factor: float, score: float, *, is_on_front: bool
) -> ConfigurationResult:
    """One configuration of the sweep."""
    ratio = {} if label == "reference" else {CPU: guess(factor)}
    return ConfigurationResult(
        pathway=name,
        label=label,
        settings={"max_length": 48},
        marginal=costs(6e-3 * factor),
        ratio=ratio,
        score=guess(score, 0.02, kind=Kind.COUNTED),
        is_on_front=is_on_front,
    )


NO_ENERGY = Note(
    code=NoteCode.METER_UNAVAILABLE,
    message="rapl: no energy counter under /sys/class/powercap.",
    advice="Run: sudo modprobe intel_rapl_common",
)


def made_up() -> StudyAnalysis:
    """The analysis that the tests of this room look at."""
    unknown = replace(guess(None), value=None, low=None, high=None)
    return StudyAnalysis(
        definition=StudyDefinition(
            name="made-up",
            pathways=tuple(
                PathwayDefinition(name=p.name, row=p.stages[-1].row) for p in pathways()
            ),
            planned_volume=1e5,
            majority_scores={"accuracy": 0.19},
            reference={"batch_size": 32},
            facts={"task": "invented", "n_test": N_TEST},
            source="study: made-up\n",
        ),
        runs=tuple(infer_run(name) for name in ("FT", "TS", "TF-IDF")),
        pathways=pathways(),
        recommendation=Recommendation(
            pathway="TS",
            resource=CPU,
            item=Item.EXAMPLE,
            volume=1e5,
            average=guess(0.00415),
            runner_up="FT",
            runner_up_average=guess(0.0071),
            probability=0.998,
            reason="TS stays within 2 points of the best accuracy and costs least.",
            rule="accuracy within 0.02 of the best, then the lowest CPU time per example.",
        ),
        break_evens=(
            break_even("TS", "FT", Verdict.FINITE, guess(5e3, 0.2), 0.99),
            break_even("FT", "TF-IDF", Verdict.NEVER, unknown, 0.0),
            break_even("TS", "TF-IDF", Verdict.NOT_SHOWN, guess(2e6, 0.5), None),
            break_even("FT", "TS", Verdict.UP_TO, guess(5e3, 0.2), 0.01),
            break_even("TF-IDF", "FT", Verdict.ALWAYS, guess(0.0), 1.0),
        ),
        fronts=(
            front(
                "development",
                {"FT": (90.0, 0.84, True), "TS": (105.0, 0.83, False), "TF-IDF": (1.6, 0.79, True)},
            ),
            front(
                "deployment",
                {"FT": (6e-3, 0.84, True), "TS": (3e-3, 0.83, True), "TF-IDF": (1e-4, 0.79, True)},
            ),
        ),
        curves=(curve("FT", 90.0, 6e-3), curve("TS", 105.0, 3e-3), curve("TF-IDF", 1.6, 1.2e-4)),
        sweep=(
            configuration("FT", "reference", 1.0, 0.84, is_on_front=True),
            configuration("FT", "length=16", 0.7, 0.82, is_on_front=True),
            configuration("FT", "batch_size=1", 1.9, 0.84, is_on_front=False),
            configuration("TS", "reference", 0.5, 0.83, is_on_front=True),
        ),
        disagreements=("By FLOPs the order is TF-IDF, TS, FT.",),
        notes=(NO_ENERGY,),
    )


@pytest.fixture
def analysis() -> StudyAnalysis:
    """The hand-made analysis."""
    return made_up()


@pytest.fixture
def busy_analysis(analysis: StudyAnalysis) -> StudyAnalysis:
    """The same with other work beside TS, one of two runs behind the answer, and beside TF-IDF."""
    noted = Measurement(
        started_at="",
        duration_s=1.0,
        costs=(),
        notes=(Note(code=NoteCode.BUSY_MACHINE, message="others", advice="wait"),),
    )
    phases = (Phase(name=PhaseName.WORK, measurement=noted),)
    ft, ts, tfidf = analysis.runs
    average = guess(0.00415, run_ids=(ft.run_id, ts.run_id))
    return replace(
        analysis,
        runs=(ft, replace(ts, phases=phases), replace(tfidf, phases=phases)),
        recommendation=replace(analysis.recommendation, average=average),
    )
