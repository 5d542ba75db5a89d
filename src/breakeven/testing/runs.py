"""A made-up study with every kind of record in it, to try analysis and report on.

The numbers are invented (seeded noise around round values) and say so in the study's facts. The
shape is that of a real store: shared ancestors, a killed run, a failed run, a refused precision,
an A/A pair, six randomized blocks, replayed energy, and a pathway known only by stated numbers.
"""

import math
from collections.abc import Iterator

import numpy as np

from breakeven.records import (
    Cost,
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
    Scalar,
    Score,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.testing.example_rows import ROWS, SERVICES, ExampleRow, ExampleService

STUDY = "example"
N_BLOCKS = 6
N_TEST = 1310
N_PASSED = 2 * N_TEST
TOKENS_PER_EXAMPLE = 24
POWER_W = 21.0
STARTED_AT = "2026-01-01T00:00:00Z"

MACHINE = Machine(
    host="example-host",
    host_id="0" * 16,
    system="Linux 6.1 (example)",
    cpu_model="Example CPU",
    n_cpus=2,
    memory_bytes=8 * 2**30,
    python="3.11.9",
    libraries={"numpy": "2.0.0"},
)


def example_runs(*, seed: int = 7) -> tuple[StudyDefinition, tuple[Run, ...]]:
    """Return a made-up study of five pathways and its runs.

    Args:
        seed: Of the noise; the same seed gives the same records.

    Examples:
        >>> definition, runs = example_runs()
        >>> [p.name for p in definition.pathways]
        ['FT', 'TS', 'TA', 'TF-IDF', 'API']
        >>> sorted({run.status.value for run in runs})
        ['failed', 'interrupted', 'ok']
    """
    rng = np.random.default_rng(seed)
    runs = [*_development(rng), *_stated()]
    runs += [_serve(service, rng) for service in SERVICES]
    runs += _blocks(rng)
    return _definition(), tuple(runs)


def _definition() -> StudyDefinition:
    lines = {
        "FT": ("ft", "pre-train a small BERT, then fine-tune it"),
        "TS": ("ts", "distil FT into a student of half the depth"),
        "TA": ("ta", "distil the pre-trained model, then fine-tune"),
        "TF-IDF": ("tfidf", "word counts and a linear classifier"),
        "API": ("api", "somebody else's model at a price per request"),
    }
    return StudyDefinition(
        name=STUDY,
        pathways=tuple(
            PathwayDefinition(name=name, row=row, description=text)
            for name, (row, text) in lines.items()
        ),
        headline=Resource.CPU_S,
        item=Item.EXAMPLE,
        planned_volume=1e5,
        tolerance=0.02,
        majority_scores={"accuracy": 0.19},
        reference={"batch_size": 32, "max_length": 48, "precision": "fp32"},
        facts={"task": "invented", "n_test": N_TEST},
        source="study: example\n",
    )


def _development(rng: np.random.Generator) -> Iterator[Run]:
    killed = _stage_run(ROWS[0], rng, share=0.17)
    yield _replaced(killed, "pretrain-killed", Status.INTERRUPTED, "killed (SIGKILL)")
    crashed = _stage_run(ROWS[4], rng, share=0.1)
    yield _replaced(crashed, "ta-crashed", Status.FAILED, "RuntimeError: out of memory")
    for row in ROWS:
        yield _stage_run(row, rng)


def _replaced(run: Run, run_id: str, status: Status, error: str) -> Run:
    return Run(
        run_id=run_id,
        stage=run.stage,
        status=status,
        started_at=run.started_at,
        study=STUDY,
        row=run.row,
        settings=run.settings,
        machine=MACHINE,
        phases=run.phases,
        parents=run.parents,
        error=error,
    )


def _stage_run(row: ExampleRow, rng: np.random.Generator, *, share: float = 1.0) -> Run:
    cpu_s = row.cpu_s * share * math.exp(rng.normal(0, 0.02))
    return Run(
        run_id=row.row,
        stage=row.stage,
        status=Status.OK,
        started_at=STARTED_AT,
        study=STUDY,
        row=row.row,
        settings=Settings(passed=row.settings, resolved={"seed": 1, **row.settings}),
        machine=MACHINE,
        phases=(
            _phase(PhaseName.IMPORT, 8.0 if row.flops > 1e10 else 1.0, 2.5e8),
            _phase(PhaseName.LOAD, 0.4, 3.0e8),
            _phase(PhaseName.WORK, cpu_s, 5.5e8),
        ),
        counts=(
            _kaplan(row.flops * share),
            Cost.exact(Resource.N_PARAMETERS, row.n_parameters, kind=Kind.COUNTED, sensor="model"),
            Cost.exact(Resource.N_LABELLED_EXAMPLES, 5400, kind=Kind.COUNTED, sensor="task"),
        ),
        output=Volume(n_examples=row.n_examples, n_real_tokens=row.n_examples * TOKENS_PER_EXAMPLE),
        parents=row.parents,
        notes=(_KAPLAN_NOTE,),
    )


_KAPLAN_NOTE = Note(
    code=NoteCode.FLOPS_CONVENTION,
    message="FLOPs are 6N per token trained and 2N per token inferred, embeddings left out.",
    advice="Compare them only with FLOPs of the same convention.",
)


def _kaplan(flops: float) -> Cost:
    return Cost.exact(Resource.FLOPS, flops, kind=Kind.COUNTED, sensor="kaplan-2020")


def _phase(name: PhaseName, cpu_s: float, peak_bytes: float) -> Phase:
    duration_s = cpu_s * 1.02 + 1e-4
    readings = (
        (Resource.DURATION_S, duration_s, 1e-6, "wall", "monotonic", Origin.LIVE),
        (Resource.CPU_S, cpu_s, 1e-3, "process_tree", "proc", Origin.LIVE),
        (Resource.ENERGY_J, POWER_W * duration_s, 0.02, "package-0", "replay", Origin.REPLAYED),
        (Resource.PEAK_MEMORY_BYTES, peak_bytes, 4096, "process_tree", "proc", Origin.LIVE),
    )
    return Phase(
        name=name,
        measurement=Measurement(
            started_at=STARTED_AT,
            duration_s=duration_s,
            costs=tuple(
                Cost(
                    resource=resource,
                    value=value,
                    low=max(0.0, value - step),
                    high=value + step,
                    kind=Kind.MEASURED,
                    channel=channel,
                    sensor=sensor,
                    origin=origin,
                    resolution=step,
                )
                for resource, value, step, channel, sensor, origin in readings
            ),
        ),
    )


def _latency(batch_s: float, n_batches: int) -> tuple[Cost, ...]:
    """Median of a batch, and a 99th percentile where there are enough to have one."""
    quantiles = [(Resource.LATENCY_P50_S, 0.98), (Resource.LATENCY_P99_S, 1.6)]
    return tuple(
        Cost.exact(
            resource,
            batch_s * factor,
            kind=Kind.MEASURED,
            sensor="monotonic clock",
            channel="batch",
        )
        for resource, factor in quantiles[: 2 if n_batches >= 100 else 1]
    )


def _serve(service: ExampleService, rng: np.random.Generator) -> Run:
    load_s = 0.4 * math.exp(rng.normal(0, 0.05))
    import_s = 1.0 if service.row == "tfidf" else 8.0
    return Run(
        run_id=f"{service.name}/serve",
        stage=Stage.SERVE,
        status=Status.OK,
        started_at=STARTED_AT,
        study=STUDY,
        row=f"{service.name}/serve",
        machine=MACHINE,
        phases=(
            _phase(PhaseName.IMPORT, import_s, 2.5e8),
            _phase(PhaseName.LOAD, load_s, service.peak_bytes),
        ),
        parents=(service.row,),
    )


def _blocks(rng: np.random.Generator) -> Iterator[Run]:
    position = 0
    for block in range(N_BLOCKS):
        slowdown = math.exp(rng.normal(0, 0.03))
        rows = [(s, label) for s in SERVICES for label in ("reference", "aa", *s.sweep)]
        for index in rng.permutation(len(rows)):
            service, label = rows[index]
            noise = slowdown * math.exp(rng.normal(0, 0.008))
            yield _infer(service, label, block=block, position=position, noise=noise)
            position += 1
    yield _refused(position)


def _infer(service: ExampleService, label: str, *, block: int, position: int, noise: float) -> Run:
    factor, n_correct = service.sweep.get(label, (1.0, service.n_correct))
    cpu_s = service.cpu_s * factor * noise * N_PASSED
    role = label if label in {"reference", "aa"} else "sweep"
    n_batches = N_PASSED if label == "batch_size=1" else math.ceil(N_PASSED / 32)
    return Run(
        run_id=f"{service.name}/{label}/{block}",
        stage=Stage.INFER,
        status=Status.OK,
        started_at=STARTED_AT,
        study=STUDY,
        row=f"{service.name}/{label}",
        settings=_inference_settings(label, role),
        machine=MACHINE,
        phases=(
            _phase(PhaseName.WARMUP, cpu_s * 0.1, service.peak_bytes),
            _phase(PhaseName.WORK, cpu_s, service.peak_bytes),
        ),
        counts=(
            _kaplan(service.flops * min(factor, 1.0) * N_PASSED),
            *_latency(cpu_s / n_batches, n_batches),
        ),
        output=Volume(
            n_examples=N_PASSED,
            n_real_tokens=N_PASSED * TOKENS_PER_EXAMPLE,
            n_padded_tokens=N_PASSED * TOKENS_PER_EXAMPLE * 5 // 4,
            n_batches=n_batches,
        ),
        scores=(_score(n_correct),),
        parents=(service.row, f"{service.name}/serve"),
        block=block,
        position=position,
    )


def _inference_settings(label: str, role: str) -> Settings:
    resolved: dict[str, Scalar] = {"batch_size": 32, "max_length": 48, "precision": "fp32"}
    passed: dict[str, Scalar] = {}
    if role == "sweep":
        key, value = label.split("=")
        passed = {
            "max_length" if key == "length" else key: int(value) if value.isdigit() else value
        }
    return Settings(passed=passed, resolved={**resolved, **passed, "role": role})


def _score(n_correct: int) -> Score:
    return Score(
        metric="accuracy",
        value=n_correct / N_TEST,
        split="test",
        n_examples=N_TEST,
        n_correct=n_correct,
    )


def _refused(position: int) -> Run:
    message = "bf16 ran 3.1 times slower than fp32 on Example CPU"
    return Run(
        run_id="FT/precision=bf16/0",
        stage=Stage.INFER,
        status=Status.FAILED,
        started_at=STARTED_AT,
        study=STUDY,
        row="FT/precision=bf16",
        settings=_inference_settings("precision=bf16", "sweep"),
        machine=MACHINE,
        parents=("ft", "FT/serve"),
        block=0,
        position=position,
        notes=(
            Note(
                code=NoteCode.PRECISION_REFUSED,
                message=message,
                advice="Use fp32 on this device.",
            ),
        ),
        error=f"PrecisionRefusedError: {message}",
    )


def _stated() -> Iterator[Run]:
    def stated(resource: Resource, value: float) -> Cost:
        return Cost(
            resource=resource,
            value=value,
            low=value,
            high=value,
            kind=Kind.ASSUMED,
            channel="all",
            sensor="stated: price list, 2026",
            origin=Origin.STATED,
        )

    yield Run(
        run_id="api",
        stage=Stage.STATED,
        status=Status.OK,
        started_at=STARTED_AT,
        study=STUDY,
        row="api",
        counts=(stated(Resource.PRICE_USD, 0.0), stated(Resource.DURATION_S, 0.0)),
    )
    yield Run(
        run_id="API/reference",
        stage=Stage.INFER,
        status=Status.OK,
        started_at=STARTED_AT,
        study=STUDY,
        row="API/reference",
        settings=Settings(resolved={"role": "reference"}),
        counts=(stated(Resource.PRICE_USD, 1.2e-4), stated(Resource.DURATION_S, 0.35)),
        output=Volume(n_examples=1, n_real_tokens=TOKENS_PER_EXAMPLE),
        scores=(
            Score(metric="accuracy", value=0.85, split="test", n_examples=0, kind=Kind.ASSUMED),
        ),
        parents=("api",),
    )
