"""Study definition: what a study set out to compare, kept in the store beside its runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.records.cost import Item, Resource
from breakeven.records.run import SCHEMA_VERSION
from breakeven.records.settings import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayDefinition:
    """One way to obtain a deployable model.

    Attributes:
        name: As the report shows it ("FT", "TS", "TA", "TF-IDF").
        row: Row whose result is deployed; its parents are the rest of the pathway.
        description: One line for people.
        is_joined: Whether runs measured by hand brought it, and the study file does not know it.
    """

    name: str
    row: str
    description: str = ""
    is_joined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDefinition:
    """What the analysis must know beyond the runs themselves.

    Attributes:
        name: Equal to `Run.study` of its runs.
        pathways: In the order of the study file.
        metric: Name of the score that counts as quality.
        headline: Resource in which the first answer is given.
        item: What a unit of deployed output is.
        planned_volume: Items over the planned lifetime; the report's default volume.
        tolerance: Pathways within this much of the best score count as good enough when no
            `min_score` is given: a difference, or a share of the best where the metric has no
            fixed range (perplexity).
        min_score: Lowest acceptable score; overrides `tolerance`.
        majority_scores: What always answering the commonest class scores, by metric; of F1 that of
            its better constant answer. It follows from the data, so stores that differ in it alone
            hold the same study.
        majority_score: The same of accuracy, as stores before `majority_scores` have it.
        reference: Inference settings of the reference configuration, flat.
        facts: Facts about task and data (split sizes, content hash, licence), flat.
        source: The study file's text, so that a store explains itself.
        schema_version: Layout of this record, as in `Run`.
    """

    name: str
    pathways: tuple[PathwayDefinition, ...]
    metric: str = "accuracy"
    headline: Resource = Resource.CPU_S
    item: Item = Item.EXAMPLE
    planned_volume: float = 1e6
    tolerance: float = 0.02
    min_score: float | None = None
    majority_scores: Mapping[str, float] = field(default_factory=dict, compare=False)
    majority_score: float | None = field(default=None, compare=False)
    reference: Mapping[str, Scalar] = field(default_factory=dict)
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    source: str = ""
    schema_version: int = SCHEMA_VERSION

    @property
    def constant_score(self) -> float | None:
        """What a constant answer scores in `metric`; None where there is no such bar."""
        earlier = {} if self.majority_score is None else {"accuracy": self.majority_score}
        return {**earlier, **self.majority_scores}.get(self.metric)
