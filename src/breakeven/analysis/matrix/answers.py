"""Answers: fronts, envelope and break-even matrix of one study in one resource."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.lifetime.envelope import lower_envelope
from breakeven.analysis.matrix.breakevens import BreakEvenMatrix, matrix_of
from breakeven.analysis.matrix.fronts import resource_fronts
from breakeven.analysis.matrix.lines import CostLines, cost_lines
from breakeven.analysis.results import ParetoFront
from breakeven.records import Resource, StudyDefinition

SEED = 0
"""Of the draws behind P(on the front), as in the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Volumes at which one pathway is the cheapest by point values.

    Attributes:
        place: Of the pathway, among the names of the matrix.
        low: Where they begin, in items.
        high: Where they end; infinite for the last.
        before: Place of the one that was the cheapest until then; None for the first.
    """

    place: int
    low: float
    high: float
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixAnswers:
    """What was found.

    Attributes:
        definition: Of the study.
        n_pathways: That the study has.
        lines: Those of them with a life in the resource.
        matrix: Each of these against each other.
        envelope: Who is the cheapest at which volume.
        fronts: Development, deployment and planned lifetime against the score.
    """

    definition: StudyDefinition
    n_pathways: int
    lines: CostLines
    matrix: BreakEvenMatrix
    envelope: tuple[Stretch, ...]
    fronts: tuple[ParetoFront, ...]


def matrix_answers(
    definition: StudyDefinition, pathways: Sequence[PathwayCost], resource: Resource
) -> MatrixAnswers:
    """Put all three together.

    Args:
        definition: Of the study.
        pathways: Gathered costs of all its pathways.
        resource: One that adds up.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> costs = [pathway_cost(found, p) for p in found.definition.pathways]
        >>> answers = matrix_answers(found.definition, costs, Resource.FLOPS)
        >>> [answers.lines.names[stretch.place] for stretch in answers.envelope]
        ['TF-IDF']
    """
    lines = cost_lines(pathways, resource)
    planned = definition.planned_volume
    return MatrixAnswers(
        definition=definition,
        n_pathways=len(pathways),
        lines=lines,
        matrix=matrix_of(lines, item=definition.item, planned_volume=planned),
        envelope=_envelope(lines),
        fronts=resource_fronts(
            pathways, resource, planned_volume=planned, rng=np.random.default_rng(SEED)
        ),
    )


def _envelope(lines: CostLines) -> tuple[Stretch, ...]:
    places = zip(lines.development.tolist(), lines.marginal.value.tolist(), strict=True)
    chain = lower_envelope(list(places))
    ends = [*(low for _, low in chain[1:]), np.inf]
    befores = [None, *(place for place, _ in chain)]
    return tuple(
        Stretch(place=place, low=low, high=high, before=before)
        for (place, low), high, before in zip(chain, ends, befores, strict=False)
    )
