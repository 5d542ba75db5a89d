"""Fronts: the planes of a study in which pathways are compared, cost against quality."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from breakeven import units
from breakeven.analysis.costs.lifecycle import amortized
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.fronts.pareto import Candidate, pareto_front
from breakeven.analysis.fronts.resample import CostDraws, draw_costs, draw_scores
from breakeven.analysis.results import ParetoFront
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.uncertain import Uncertain, as_estimate
from breakeven.records import Resource

Floats = NDArray[np.float64]
Placed = tuple[PathwayCost, Uncertain, Floats]


def study_fronts(
    found: StudyRuns,
    pathways: Sequence[PathwayCost],
    rng: np.random.Generator,
    *,
    lifetimes: Sequence[float] = (),
) -> tuple[ParetoFront, ...]:
    """Development, deployment and lifetime planes of every resource that two pathways have.

    Args:
        found: The study's runs.
        pathways: Gathered costs.
        rng: Source of randomness for P(on the front).
        lifetimes: Volumes, in items, at which fronts are wanted beside the planned one
            (Dürlich et al. 2023, section 3.3: "at different points of time").

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> costs = [pathway_cost(found, p) for p in definition.pathways]
        >>> fronts = study_fronts(found, costs, np.random.default_rng(0))
        >>> [front.phase for front in fronts[:3]]
        ['development', 'deployment', 'lifetime at 100,000']
    """
    scored = [pathway for pathway in pathways if pathway.score is not None]
    scores = draw_scores(scored, rng)
    return tuple(
        front
        for resource in found.resources
        for front in _planes(
            scored,
            resource,
            volumes=sorted({found.definition.planned_volume, *lifetimes}),
            scores=scores,
            rng=rng,
        )
    )


def lifetime_phase(volume: float) -> str:
    """Name the plane of the average cost after so many items.

    Examples:
        >>> lifetime_phase(1e6)
        'lifetime at 1 million'
    """
    return f"lifetime at {units.format_count(volume)}"


def _planes(
    pathways: Sequence[PathwayCost],
    resource: Resource,
    *,
    volumes: Sequence[float],
    scores: Mapping[str, Floats],
    rng: np.random.Generator,
) -> Iterator[ParetoFront]:
    draws = draw_costs(pathways, resource, rng)
    planes = {
        "development": _developed(pathways, resource, draws),
        "deployment": _deployed(pathways, resource, draws),
        **{lifetime_phase(n): _lived(pathways, resource, draws, volume=n) for n in volumes},
    }
    for phase, placed in planes.items():
        if len(placed) > 1:
            yield pareto_front(
                [_candidate(p, resource, scores=scores) for p in placed],
                phase=phase,
                resource=resource,
            )


def _developed(
    pathways: Sequence[PathwayCost], resource: Resource, draws: CostDraws
) -> list[Placed]:
    totals = ((p, p.development(resource)) for p in pathways)
    return [(p, d, draws.development[p.name]) for p, d in totals if d is not None]


def _deployed(
    pathways: Sequence[PathwayCost], resource: Resource, draws: CostDraws
) -> list[Placed]:
    means = ((p, p.marginal(resource)) for p in pathways)
    return [(p, m, draws.marginal[p.name]) for p, m in means if m is not None]


def _lived(
    pathways: Sequence[PathwayCost], resource: Resource, draws: CostDraws, *, volume: float
) -> list[Placed]:
    placed = []
    for pathway in pathways:
        development, marginal = pathway.development(resource), pathway.marginal(resource)
        if pathway.has_life(resource) and development is not None and marginal is not None:
            average = amortized(development, marginal, volume=volume)
            spread = draws.development[pathway.name] / volume + draws.marginal[pathway.name]
            placed.append((pathway, average, spread))
    return placed


def _candidate(placed: Placed, resource: Resource, *, scores: Mapping[str, Floats]) -> Candidate:
    pathway, cost, spread = placed
    score = score_estimate(pathway.scored)
    assert score is not None
    assert pathway.score is not None
    return Candidate(
        name=pathway.name,
        cost=as_estimate(cost, resource.value, what="as in the table of pathways"),
        score=score,
        cost_draws=spread,
        score_draws=scores[pathway.name],
        higher_is_better=pathway.score.higher_is_better,
    )
