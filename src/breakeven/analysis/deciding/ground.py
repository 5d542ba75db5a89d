"""Ground: what a decision rests on, gathered once and asked as often as a control is turned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.uncertain import once
from breakeven.records import Resource, StudyDefinition


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
