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
    Origin,
    PathwayDefinition,
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
from breakeven.testing.example_costs import (
    KAPLAN_NOTE,
    MACHINE,
    STARTED_AT,
    STUDY,
    TOKENS_PER_EXAMPLE,
    kaplan,
    phase,
)
from breakeven.testing.example_rows import ROWS, SERVICES, ExampleRow
from breakeven.testing.example_services import N_TEST, blocks, serve

__all__ = ["N_TEST", "example_runs"]


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
    runs += [serve(service, rng) for service in SERVICES]
    runs += blocks(rng)
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
            phase(PhaseName.IMPORT, 8.0 if row.flops > 1e10 else 1.0, 2.5e8),
            phase(PhaseName.LOAD, 0.4, 3.0e8),
            phase(PhaseName.WORK, cpu_s, 5.5e8),
        ),
        counts=(
            kaplan(row.flops * share),
            Cost.exact(Resource.N_PARAMETERS, row.n_parameters, kind=Kind.COUNTED, sensor="model"),
            Cost.exact(Resource.N_LABELLED_EXAMPLES, 5400, kind=Kind.COUNTED, sensor="task"),
        ),
        output=Volume(n_examples=row.n_examples, n_real_tokens=row.n_examples * TOKENS_PER_EXAMPLE),
        parents=row.parents,
        notes=(KAPLAN_NOTE,),
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
