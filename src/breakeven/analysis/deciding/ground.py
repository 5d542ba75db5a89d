"""Ground: what a decision rests on, gathered once and asked as often as a control is turned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.scoring.answers import Answers, no_answers
from breakeven.analysis.uncertain import once
from breakeven.records import Resource, Run, StudyDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Gathered costs of a study before anybody shared, priced or scaled them.

    Attributes:
        definition: Headline, item, planned volume and quality asked for.
        pathways: Every pathway, its development paid in full.
        resources: What any run observed, headline first.
        tasks: Number of downstream tasks by row that the analysis itself was asked for.
        is_measured_only: Whether modelled and assumed numbers were left out, so that none may be
            put in by a control either.
    """

    definition: StudyDefinition
    pathways: Sequence[PathwayCost]
    resources: Sequence[Resource]
    tasks: Mapping[str, int] = field(default_factory=dict)
    is_measured_only: bool = False

    @property
    def rows(self) -> tuple[str, ...]:
        """Rows of development that some pathway rests on, ancestors first."""
        return once(row.row for pathway in self.pathways for row in pathway.rows)


def ground_of(
    definition: StudyDefinition,
    runs: Sequence[Run],
    *,
    tasks: Mapping[str, int] = MappingProxyType({}),
    answers: Answers = no_answers,
) -> Ground:
    """Gather what a decision rests on, from a definition and runs as a store gives them.

    Args:
        definition: Of the study.
        runs: Its runs.
        tasks: Number of downstream tasks that share a row, by row.
        answers: Which examples a run got right, by run id.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> ground_of(*example_runs()).rows[:3]
        ('pretrain', 'ft', 'ts')
    """
    found = study_runs(definition, runs)
    return Ground(
        definition=found.definition,
        pathways=tuple(pathway_cost(found, p, answers=answers) for p in found.definition.pathways),
        resources=found.resources,
        tasks=dict(tasks),
    )
