"""Fronts of many pathways in one resource: development, deployment and the planned lifetime.

As `fronts.study_fronts`, with the score of a pathway put together once for all planes: of many
seeds that is the larger part of the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.costs.lifecycle import amortized
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.fronts.fronts import lifetime_phase
from breakeven.analysis.fronts.pareto import Candidate, pareto_front
from breakeven.analysis.fronts.resample import CostDraws, draw_costs, draw_scores
from breakeven.analysis.results import ParetoFront
from breakeven.analysis.uncertain import Uncertain, as_estimate
from breakeven.records import Estimate, Resource

Floats = NDArray[np.float64]


def resource_fronts(
    pathways: Sequence[PathwayCost],
    resource: Resource,
    *,
    planned_volume: float,
    rng: np.random.Generator,
) -> tuple[ParetoFront, ...]:
    """Planes of one resource that two scored pathways or more can be placed in.

    Args:
        pathways: Gathered costs.
        resource: One that adds up.
        planned_volume: Items over the planned lifetime.
        rng: Source of randomness for P(on the front).

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> costs = [pathway_cost(found, p) for p in found.definition.pathways]
        >>> fronts = resource_fronts(
        ...     costs, Resource.CPU_S, planned_volume=1e5, rng=np.random.default_rng(0))
        >>> [front.phase for front in fronts]
        ['development', 'deployment', 'lifetime at 100,000']
    """
    scored = [pathway for pathway in pathways if pathway.score is not None]
    score_draws = draw_scores(scored, rng)
    draws = draw_costs(scored, resource, rng)
    quality = {p.name: _quality(p, score_draws[p.name]) for p in scored}
    planes = {
        "development": {
            p.name: (d, draws.development[p.name])
            for p in scored
            if (d := p.development(resource)) is not None
        },
        "deployment": {
            p.name: (m, draws.marginal[p.name])
            for p in scored
            if (m := p.marginal(resource)) is not None
        },
        lifetime_phase(planned_volume): _lived(scored, resource, draws, volume=planned_volume),
    }
    return tuple(
        pareto_front(
            [
                _candidate(
                    name, spread, quality[name], as_estimate(cost, resource.value, what=_HOW)
                )
                for name, (cost, spread) in placed.items()
            ],
            phase=phase,
            resource=resource,
        )
        for phase, placed in planes.items()
        if len(placed) > 1
    )


_HOW = "as in the table of pathways"


def _lived(
    pathways: Sequence[PathwayCost], resource: Resource, draws: CostDraws, *, volume: float
) -> dict[str, tuple[Uncertain, Floats]]:
    placed = {}
    for pathway in pathways:
        if pathway.has_life(resource):
            development, marginal = pathway.development(resource), pathway.marginal(resource)
            assert development is not None
            assert marginal is not None
            spread = draws.development[pathway.name] / volume + draws.marginal[pathway.name]
            placed[pathway.name] = amortized(development, marginal, volume=volume), spread
    return placed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quality:
    score: Estimate
    draws: Floats
    higher_is_better: bool


def _quality(pathway: PathwayCost, draws: Floats) -> _Quality:
    estimate = score_estimate(pathway.scored)
    assert estimate is not None
    assert pathway.score is not None
    return _Quality(score=estimate, draws=draws, higher_is_better=pathway.score.higher_is_better)


def _candidate(name: str, spread: Floats, quality: _Quality, cost: Estimate) -> Candidate:
    return Candidate(
        name=name,
        cost=cost,
        score=quality.score,
        cost_draws=spread,
        score_draws=quality.draws,
        higher_is_better=quality.higher_is_better,
    )
