"""Usage: the same costs under two profiles of use, research and production.

Research makes a model, tests it and stops: development dominates. Production uses it as often as
planned: inference dominates (Schwartz et al. 2020, discussion; Dürlich et al. 2023, section 3.1).
"""

import math
from collections.abc import Iterator, Sequence

from breakeven.analysis.checks import rows_measured_once
from breakeven.analysis.costs.comparison import coverage_words
from breakeven.analysis.costs.fieller import bounds_set, fieller_set
from breakeven.analysis.costs.life_results import Usage
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.estimates import mixed_kinds
from breakeven.analysis.runs.select import StudyRuns, with_role
from breakeven.analysis.uncertain import LEVEL, Uncertain, as_estimate, once
from breakeven.records import Estimate, Resource

RESEARCH, PRODUCTION = "research", "production"


def usages(
    found: StudyRuns, pathways: Sequence[PathwayCost], *, n_passes: float
) -> tuple[Usage, ...]:
    """Life cost of each pathway in research and in production, and how much is development.

    Args:
        found: The study's runs.
        pathways: Gathered costs.
        n_passes: Passes over the test split that research makes.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> ft = [pathway_cost(found, found.definition.pathways[0])]
        >>> flops = [u for u in usages(found, ft, n_passes=1) if u.resource is Resource.FLOPS]
        >>> [(u.profile, f"{u.development_share.value:.3f}") for u in flops]
        [('research', '0.997'), ('production', '0.835')]
    """
    return tuple(
        usage
        for pathway in pathways
        for resource in found.resources
        for usage in _profiles(found, pathway, resource, n_passes=n_passes)
    )


def _profiles(
    found: StudyRuns, pathway: PathwayCost, resource: Resource, *, n_passes: float
) -> Iterator[Usage]:
    development, marginal = pathway.development(resource), pathway.marginal(resource)
    if not pathway.has_life(resource) or development is None or marginal is None:
        return
    tested = items_per_pass(found, pathway)
    volumes = {
        RESEARCH: None if tested is None else tested * n_passes,
        PRODUCTION: found.definition.planned_volume,
    }
    for profile, volume in volumes.items():
        if volume is not None:
            use = marginal.scaled(volume)
            total = development + use
            if total.value > 0:
                yield Usage(
                    pathway=pathway.name,
                    profile=profile,
                    resource=resource,
                    volume=volume,
                    total=as_estimate(
                        total,
                        f"{resource.value} in {profile}",
                        what="development + n x marginal",
                        notes=mixed_kinds(total),
                    ),
                    development_share=share_of(
                        development, use, once_only=rows_measured_once(pathway.rows)
                    ),
                )


def items_per_pass(found: StudyRuns, pathway: PathwayCost) -> float | None:
    """Items of one pass over the test split; None where no score says how long that is.

    Args:
        found: The study's runs.
        pathway: Whose use.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> items_per_pass(found, pathway_cost(found, found.definition.pathways[0]))
        1310.0
    """
    score, item = pathway.score, found.definition.item
    if score is None or score.n_examples == 0:
        return None
    per_example = [
        run.output.count(item) / run.output.n_examples
        for run in with_role(found.inference(pathway.name), "reference")
        if run.output.n_examples
    ]
    return score.n_examples * per_example[0] if per_example else None


def share_of(part: Uncertain, rest: Uncertain, *, once_only: Sequence[str] = ()) -> Estimate:
    """Share of development in a sum with use, from Fieller's set of their ratio.

    Args:
        part: Development, at least 0.
        rest: Use, at least 0; the two are not both 0.
        once_only: Measured rows of that development which ran once.

    Examples:
        >>> share_of(Uncertain.exact(3.0), Uncertain.exact(1.0)).value
        0.75
    """
    has_scatter = part.has_scatter or rest.has_scatter
    odds = fieller_set(rest, part) if has_scatter else bounds_set(rest, part)
    both = part + rest
    low, high = odds.low, odds.high
    is_known = low is not None or high is not None
    how = (
        f"Fieller's set of the ratio, {coverage_words(part, rest, once_only=once_only)}"
        if has_scatter
        else "worst case of the resolution"
    )
    return Estimate(
        name="share of development",
        value=part.value / both.value,
        low=None if high is None else _as_share(high),
        high=None if low is None else _as_share(low),
        level=LEVEL if has_scatter and is_known else None,
        method=f"development / (development + use); {how if is_known else 'no interval'}",
        n=max(part.n, rest.n),
        kinds=both.kinds,
        origins=both.origins,
        run_ids=once(both.run_ids),
    )


def _as_share(odds: float) -> float:
    return 0.0 if math.isinf(odds) else 1 / (1 + odds)
