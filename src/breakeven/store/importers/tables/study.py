"""The study that a table is: its pathways, and in what they are compared."""

from dataclasses import dataclass

from breakeven.errors import DataFileError
from breakeven.records import Item, PathwayDefinition, Resource, StudyDefinition
from breakeven.store.importers.tables.grid import Grid
from breakeven.store.importers.tables.life import Life

TABLE_HASH = "table_hash"
"""Setting of a run and fact of a study: SHA-256 of the file they were read from."""

_HEADLINES = (Resource.ENERGY_J, Resource.CPU_S, Resource.DURATION_S, Resource.FLOPS)
"""Costs in the order in which the first answer is given."""

POINTS, FRACTIONS = 2.0, 0.02
"""Pathways within two points of the best count as good enough, as in a study file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user says of a table as a whole.

    Attributes:
        study: Name of the study; the file's name by default.
        item: What a unit of output is; what the table counts by default.
        n_items: Items of every use that counts none; None for unknown.
        planned_volume: Items over the planned lifetime.
        metric: Score that counts as quality; the first one by default.
        headline: Cost in which the first answer is given.
        reference: Configuration by which pathways are known.
        is_apart: Whether equal stages of several pathways are different runs.
        source: Paper or page that the table is from.
    """

    study: str = ""
    item: Item | None = None
    n_items: int | None = None
    planned_volume: float = 1e6
    metric: str = ""
    headline: Resource | None = None
    reference: str = ""
    is_apart: bool = False
    source: str = ""


def study_of(
    grid: Grid, life: Life, asked: Asked, *, study: str, item: Item | None
) -> StudyDefinition:
    """Define the study of a table.

    Args:
        grid: The table.
        life: Its life-cycles.
        asked: What the user says of it.
        study: Its name.
        item: What all its uses count; None for nothing.

    Raises:
        DataFileError: If the metric asked for stands in no column.
    """
    scores = [score for each in life.placed for score in each.entry.scores]
    metrics = dict.fromkeys(score.metric for score in scores)
    if asked.metric and asked.metric not in metrics:
        raise DataFileError(
            f"{grid.path}: --metric {asked.metric}: no column holds it; there are "
            f"{', '.join(metrics) or 'no scores'}."
        )
    metric = asked.metric or next(iter(metrics), "accuracy")
    is_percent = any(abs(s.value) > 1 for s in scores if s.metric == metric)
    seen = {a.column.meaning.resource for each in life.placed for a in each.entry.amounts}
    seen |= {cost.resource for each in life.placed for cost in each.entry.traced}
    first = next((r for r in (*_HEADLINES, *Resource) if r in seen), Resource.ENERGY_J)
    return StudyDefinition(
        name=study,
        pathways=tuple(
            PathwayDefinition(name=name, row=row) for name, row in life.deployed.items()
        ),
        metric=metric,
        headline=asked.headline or first,
        item=item or Item.EXAMPLE,
        planned_volume=asked.planned_volume,
        tolerance=POINTS if is_percent else FRACTIONS,
        facts={
            "table": grid.path.name,
            TABLE_HASH: grid.content_hash,
            **({"source": asked.source} if asked.source else {}),
        },
    )
