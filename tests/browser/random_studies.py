"""Made-up studies of every shape that the engine must decide: few and many pathways, shared rows,
scores that are missing or better when lower, numbers with and without scatter, hostile names."""

from collections.abc import Sequence

import numpy as np

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.deciding import Ground, Settings, measures_of
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.runs.select import ScoredRun
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.analysis.uncertain import Observation, Uncertain
from breakeven.records import (
    Item,
    Kind,
    Origin,
    PathwayDefinition,
    Resource,
    Score,
    Stage,
    StudyDefinition,
)
from breakeven.testing.tiny import tiny_run

NAMES = ("FT", "TS", "TA", "constructor", "__proto__", "toString", "</script><b>", 'a"b', "é", "X")
ROWS = ("pretrain", "valueOf", "__proto__", "ts", "ta & co", "hasOwnProperty")
RESOURCES = (Resource.CPU_S, Resource.DURATION_S, Resource.ENERGY_J, Resource.FLOPS)
SIZES = {Resource.FLOPS: 1e12, Resource.ENERGY_J: 50.0}
METRICS = (("accuracy", True), ("perplexity", False), ("f1", True), ("bleu", True), ("mcc", True))


def random_ground(rng: np.random.Generator) -> Ground:
    """One study."""
    rows = {name: _row(name, rng) for name in ROWS}
    n_pathways = int(rng.choice([1, 2, 3, 5, 9]))
    metric, is_up = METRICS[int(rng.integers(len(METRICS)))]
    has_scores = rng.random() < 0.85
    pathways = tuple(
        _pathway(name, rows, rng, _scored(metric, rng, is_up=is_up) if has_scores else None)
        for name in NAMES[:n_pathways]
    )
    definition = StudyDefinition(
        name="s",
        pathways=tuple(p.definition for p in pathways),
        metric=metric,
        headline=RESOURCES[int(rng.integers(2))],
        item=list(Item)[int(rng.integers(len(Item)))],
        planned_volume=float(f"{10 ** rng.uniform(0, 9):.3g}"),
        min_score=round(float(rng.uniform(0.6, 0.9)), 3) if rng.random() < 0.3 else None,
        majority_scores={metric: 0.7} if rng.random() < 0.5 else {},
    )
    return Ground(
        definition=definition,
        pathways=pathways,
        resources=RESOURCES,
        is_measured_only=bool(rng.random() < 0.1),
    )


def random_settings(ground: Ground, rng: np.random.Generator) -> Settings:
    """One position of all controls that this study allows."""
    measures = [m for m in measures_of(ground) if not (m.is_derived and ground.is_measured_only)]
    measure = measures[int(rng.integers(len(measures)))]
    rows = [row for row in ground.rows if rng.random() < 0.25]
    is_free = not ground.is_measured_only
    return Settings(
        measure=measure.key,
        volume=float(f"{10 ** rng.uniform(0, 9):.3g}"),
        min_score=round(float(rng.uniform(0.55, 0.95)), 3) if rng.random() < 0.4 else None,
        tasks={row: int(10 ** rng.uniform(0, 3)) for row in rows} if is_free else {},
        price_per_kwh=0.29 if is_free else None,
        price_per_hour=1.7 if is_free else None,
        currency=("EUR", "USD")[int(rng.integers(2))],
        pue=1.3 if is_free and rng.random() < 0.4 else 1.0,
        grid_g_per_kwh=350.0 if is_free else None,
    )


def _pathway(
    name: str, rows: dict[str, RowCost], rng: np.random.Generator, scored: PathwayScore | None
) -> PathwayCost:
    own = [row for row in rows.values() if rng.random() < 0.4] or [rows["pretrain"]]
    has_score = rng.random() < 0.9
    observed = [r for r in RESOURCES if rng.random() < 0.9]
    return PathwayCost(
        definition=PathwayDefinition(name=name, row=own[-1].row),
        rows=tuple(own),
        blocks={r: _blocks(r, rng) for r in observed},
        startup={},
        scored=scored if has_score else None,
        is_finished=True,
        is_baseline=False,
    )


def _row(name: str, rng: np.random.Generator) -> RowCost:
    n_runs = int(rng.choice([1, 1, 3]))
    stage = Stage.FETCH if name == "pretrain" and rng.random() < 0.3 else Stage.FINETUNE
    amounts = {r: _amount(r, n_runs, rng) for r in RESOURCES}
    return RowCost(
        row=name,
        stage=stage,
        runs=tuple(tiny_run(name, {}, stage=stage) for _ in range(n_runs)),
        amounts=amounts,
        unseen={},
        per_run=amounts,
    )


def _amount(resource: Resource, n_runs: int, rng: np.random.Generator) -> Uncertain:
    value = SIZES.get(resource, 1.0) * float(10 ** rng.uniform(0, 4))
    if rng.random() < 0.08:
        value = 0.0
    is_single = n_runs == 1 or rng.random() < 0.2
    share = float(rng.choice([0.0, 0.001, 0.2]) if is_single else rng.uniform(0.001, 0.5))
    variance = (value * share) ** 2 / (3 if is_single else 1)
    return Uncertain(
        value=value,
        low=value * (1 - share),
        high=value * (1 + share),
        variance=variance,
        curvature=0.0 if is_single else variance**2 / (n_runs - 1),
        kinds=_kinds(rng),
        origins=(Origin.LIVE,),
    )


def _blocks(resource: Resource, rng: np.random.Generator) -> dict[int, Observation]:
    per_item = SIZES.get(resource, 1.0) * float(10 ** rng.uniform(-4, -2))
    scatter = float(rng.choice([0.0, 0.001, 0.05, 0.6]))
    kinds, n_blocks = _kinds(rng), int(rng.choice([1, 2, 5]))
    values = per_item * np.exp(scatter * rng.normal(size=n_blocks))
    return {
        block: Observation(
            value=float(v),
            low=float(v) * 0.99,
            high=float(v) * 1.01,
            kinds=kinds,
            origins=(Origin.LIVE,),
            run_ids=(str(block),),
        )
        for block, v in enumerate(values)
    }


def _kinds(rng: np.random.Generator) -> tuple[Kind, ...]:
    every: Sequence[tuple[Kind, ...]] = (
        (Kind.MEASURED,),
        (Kind.COUNTED,),
        (Kind.MODELLED, Kind.MEASURED),
    )
    return every[int(rng.integers(len(every)))]


def _scored(metric: str, rng: np.random.Generator, *, is_up: bool) -> PathwayScore:
    value = round(float(rng.choice([rng.uniform(0.6, 0.9), 0.8, 0.81])), 4)
    if metric in ("perplexity", "bleu"):
        value *= 20
    score = Score(
        metric=metric,
        value=value,
        split="test",
        n_examples=1000,
        n_correct=round(1000 * value) if metric == "accuracy" else None,
        higher_is_better=is_up,
    )
    return PathwayScore(seeds=(ScoredRun(score=score, run_id="r"),), repeats=(0,))
