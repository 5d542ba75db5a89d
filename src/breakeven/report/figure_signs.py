"""Figure signs: how the numbers of a drawing came about, told beside its title.

A drawing bears the signs that its numbers bear in tables, so that what rests on modelled or assumed
numbers is told apart without colour.
"""

from collections.abc import Iterator

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Estimate, Resource
from breakeven.report.kinds import Badge, used


def figure_signs(analysis: StudyAnalysis, name: str) -> tuple[Badge, ...]:
    """Signs of the costs that a figure draws; none where its name says no resource.

    Args:
        analysis: What is drawn.
        name: Of the figure; the last part is the resource, and `stages` draws the headline cost.
    """
    if name == "stages":
        return used(_costs(analysis, analysis.definition.headline))
    found = [resource for resource in Resource if name.endswith(f"-{resource.value}")]
    return used(_costs(analysis, found[0], of=name)) if found else ()


def _costs(analysis: StudyAnalysis, resource: Resource, *, of: str = "") -> Iterator[Estimate]:
    """Costs of both phases, or of the one that a Pareto panel draws."""
    for pathway in analysis.pathways:
        phases = [pathway.development, pathway.marginal]
        if of.startswith("pareto-development-"):
            phases = [pathway.development]
        elif of.startswith("pareto-deployment-"):
            phases = [pathway.marginal]
        yield from (costs[resource] for costs in phases if resource in costs)
