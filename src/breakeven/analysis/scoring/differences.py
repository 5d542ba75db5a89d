"""Differences: seeds of each pathway side by side, and every two pathways in score."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.results import PathwayResult
from breakeven.analysis.runs.select import observe
from breakeven.analysis.scoring.score_pairs import Difference, score_difference
from breakeven.analysis.scoring.score_results import ScoreDifference, SeedResult, SeedSpread
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.analysis.uncertain import LEVEL, as_estimate, mean_of, once
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Item, Resource, Run, Status


def score_differences(pathways: Sequence[PathwayCost]) -> tuple[ScoreDifference, ...]:
    """Every two pathways with a score, the later one's minus the earlier one's.

    Args:
        pathways: Gathered, in the study's order.

    Examples:
        >>> score_differences([])
        ()
    """
    scored = [(p.name, p.scored) for p in pathways if p.scored is not None]
    return tuple(
        _between(left, one, right, two) for (right, two), (left, one) in combinations(scored, 2)
    )


def seed_results(pathway: PathwayCost, *, item: Item) -> tuple[SeedResult, ...]:
    """Score and costs of each training seed; empty when only one was deployed.

    Args:
        pathway: Gathered costs.
        item: What an average counts.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ft = pathway_cost(study_runs(definition, runs), definition.pathways[0])
        >>> seed_results(ft, item=Item.EXAMPLE)
        ()
    """
    scores = _scores(pathway)
    repeats = sorted(pathway.seeds.keys() | scores.keys())
    if len(repeats) < 2:
        return ()
    origins = _origins(pathway)
    return tuple(
        SeedResult(
            repeat=repeat,
            score=scores.get(repeat),
            marginal=_marginal(pathway, repeat, item),
            training=_training(pathway, repeat),
            begins_from=origins.get(repeat, ""),
        )
        for repeat in repeats
    )


def seed_spread(seeds: Sequence[SeedResult]) -> SeedSpread | None:
    """Standard deviations between seeds; None when there are fewer than two.

    Examples:
        >>> seed_spread([]) is None
        True
    """
    if len(seeds) < 2:
        return None
    scores = [s.score.value for s in seeds if s.score is not None and s.score.value is not None]
    return SeedSpread(
        score=float(np.std(scores, ddof=1)) if len(scores) > 1 else None,
        marginal=_spreads([seed.marginal for seed in seeds]),
        training=_spreads([seed.training for seed in seeds]),
    )


def seeded(result: PathwayResult, pathway: PathwayCost, *, item: Item) -> PathwayResult:
    """The same result with its training seeds, where there are several.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.estimates import pathway_result
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> ft = pathway_cost(found, definition.pathways[0])
        >>> seeded(pathway_result(ft, found), ft, item=Item.EXAMPLE).spread is None
        True
    """
    seeds = seed_results(pathway, item=item)
    return replace(result, seeds=seeds, spread=seed_spread(seeds))


def _between(left: str, one: PathwayScore, right: str, two: PathwayScore) -> ScoreDifference:
    found = score_difference(one, two)
    return ScoreDifference(
        left=left,
        right=right,
        estimate=_difference_estimate(found, one, two),
        is_told_apart=found.is_told_apart,
        is_paired=found.is_paired,
        n_seeds=(_n_seeds(one), _n_seeds(two)),
        p=found.p,
        left_only=found.left_only,
        right_only=found.right_only,
        why=found.why,
    )


def _n_seeds(found: PathwayScore) -> int:
    return 0 if found.is_stated else found.n_seeds


def _difference_estimate(found: Difference, one: PathwayScore, two: PathwayScore) -> Estimate:
    interval = found.interval
    return Estimate(
        name=f"difference in {one.score.metric}",
        value=found.value,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        level=LEVEL if interval else None,
        method=found.method,
        n=found.n_examples,
        kinds=once((one.score.kind, two.score.kind)),
        run_ids=once((*one.run_ids, *two.run_ids)),
    )


def _scores(pathway: PathwayCost) -> dict[int, Estimate]:
    if pathway.scored is None:
        return {}
    pairs = zip(pathway.scored.repeats, pathway.scored.seeds, strict=True)
    estimates = ((repeat, score_estimate(seed)) for repeat, seed in pairs)
    return {repeat: estimate for repeat, estimate in estimates if estimate is not None}


def _marginal(pathway: PathwayCost, repeat: int, item: Item) -> dict[Resource, Estimate]:
    return {
        resource: as_estimate(
            mean_of(list(blocks.values())),
            f"{resource.value} per {item.value}" if resource.is_additive else resource.value,
            what=f"mean of {counted(len(blocks), 'block')}, one training seed",
        )
        for resource, blocks in pathway.seeds.get(repeat, {}).items()
    }


def _origins(pathway: PathwayCost) -> dict[int, str]:
    """Which repeats of which rows each repeat begins from, where that is not always the first."""
    made = {run.run_id: run for row in pathway.rows for run in row.runs}
    parents = {
        run.repeat: [made[p] for p in once(run.parents) if p in made] for run in _trainings(pathway)
    }
    if not any(parent.repeat for found in parents.values() for parent in found):
        return {}
    return {
        repeat: ", ".join(f"{parent.row} {parent.repeat}" for parent in found)
        for repeat, found in parents.items()
    }


def _trainings(pathway: PathwayCost) -> list[Run]:
    """Runs that made the deployed models."""
    rows = (row for row in pathway.rows if row.row == pathway.definition.row)
    return [run for row in rows for run in row.runs if run.status is Status.OK]


def _training(pathway: PathwayCost, repeat: int) -> dict[Resource, Estimate]:
    runs = [run for run in _trainings(pathway) if run.repeat == repeat]
    seen = {r: [o for run in runs if (o := observe(run, r)) is not None] for r in Resource}
    return {
        resource: as_estimate(mean_of(found), resource.value, what=counted(len(found), "run"))
        for resource, found in seen.items()
        if found
    }


def _spreads(by_seed: Sequence[Mapping[Resource, Estimate]]) -> dict[Resource, float]:
    values = {
        r: [e.value for costs in by_seed if (e := costs.get(r)) and e.value is not None]
        for r in Resource
    }
    return {r: float(np.std(v, ddof=1)) for r, v in values.items() if len(v) > 1}
