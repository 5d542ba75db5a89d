"""Results: what analysis concludes and report shows. Values only; no arithmetic here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from breakeven.analysis.scoring.score_results import (
    CostOrder,
    ScoreDifference,
    ScoreRow,
    SeedResult,
    SeedSpread,
)
from breakeven.analysis.sweeps.findings import SweepFindings
from breakeven.analysis.tuning.search_results import PriceTag, SearchResult
from breakeven.records import (
    Estimate,
    Item,
    Note,
    NoteCode,
    Optimum,
    Resource,
    Run,
    Scalar,
    Stage,
    Status,
    StudyDefinition,
)

if TYPE_CHECKING:  # the answers are made of the results below
    from breakeven.analysis.costs.life_results import LifeAnswers
    from breakeven.analysis.deciding.decide import Decision
    from breakeven.analysis.deciding.ground import Ground


class Verdict(StrEnum):
    """What can be said of a break-even volume."""

    FINITE = "finite"
    ALWAYS = "always cheaper"
    NEVER = "never"
    UP_TO = "cheaper only up to"
    NOT_SHOWN = "not shown"


class RestsOn(StrEnum):
    """What a probability that one pathway is cheaper than another rests on.

    Where neither number has scatter (one printed table, one run each) all that is in doubt is how
    the numbers were rounded or read. Nobody drew these errors at random, so that no probability is
    given; the verdict is by resolution.
    """

    SCATTER = "scatter"
    RESOLUTION = "resolution"
    EXACT = "exact numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCost:
    """What one row of a pathway's development consumed, failed and interrupted runs included.

    Attributes:
        row: Row of the plan.
        stage: Its stage.
        statuses: Number of runs by status.
        totals: Total by resource, one entry per resource observed.
        run_ids: The runs.
    """

    row: str
    stage: Stage
    statuses: Mapping[Status, int]
    totals: Mapping[Resource, Estimate]
    run_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayResult:
    """Costs and quality of one pathway; a resource that was not observed is absent.

    Attributes:
        name: As in the definition.
        description: One line.
        score: Quality on the test split at the reference configuration; None when absent.
        stages: Development, in the order of the walk over parents.
        development: Total by resource.
        startup: Fixed cost of starting the service once (import and load), by resource.
        marginal: Average per item at the reference configuration, by resource; the mean over
            training seeds where several were deployed.
        n_seeds: Training seeds that were scored at the reference; 0 for a stated score.
        seeds: Each of them, where there are several.
        spread: Standard deviations between them; None for a single one.
        is_above_majority: Whether the interval of the score lies above always giving the
            commonest answer; None when that cannot be said.
    """

    name: str
    description: str
    score: Estimate | None
    stages: tuple[StageCost, ...]
    development: Mapping[Resource, Estimate]
    startup: Mapping[Resource, Estimate]
    marginal: Mapping[Resource, Estimate]
    notes: tuple[Note, ...] = ()
    n_seeds: int = 0
    seeds: tuple[SeedResult, ...] = ()
    spread: SeedSpread | None = None
    is_above_majority: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """From which volume on `candidate` has cost less than `incumbent`.

    Attributes:
        candidate: Pathway that may replace the other.
        incumbent: Pathway it is compared with.
        resource: Cost compared.
        item: What the volume counts.
        verdict: What can be said.
        estimate: Volume with its Fieller interval; `high` may be infinite; `value` is None when
            there is no break-even.
        probability_before_planned: P(break-even before the planned volume); None if not computable.
        sentence: The same in words.
    """

    candidate: str
    incumbent: str
    resource: Resource
    item: Item
    verdict: Verdict
    estimate: Estimate
    probability_before_planned: float | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoPoint:
    """One pathway or configuration in one (cost, score) plane.

    Attributes:
        name: Pathway, or label of a configuration.
        cost: Estimate on the cost axis.
        score: Estimate on the quality axis.
        is_on_front: By point values.
        membership: P(on the front) by resampling costs and scores; None where no number has
            scatter, or it cannot be computed.
        dominated_by: Names of points that are at least as good on both axes and better on one,
            by point values.
        doubts: For each of them, which axis the runs cannot tell apart; empty when they can.
    """

    name: str
    cost: Estimate
    score: Estimate
    is_on_front: bool
    membership: float | None
    dominated_by: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoFront:
    """All points of one plane.

    Attributes:
        phase: "development", "deployment" or "lifetime at N".
        resource: Cost axis.
        points: Every point, dominated ones too.
    """

    phase: str
    resource: Resource
    points: tuple[ParetoPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AmortizedCurve:
    """Average cost per item of one pathway over lifetime: (development + n * marginal) / n.

    Attributes:
        pathway: Whose curve.
        resource: Which cost.
        volumes: shape (n_points,), items.
        average: shape (n_points,), cost per item.
        low: shape (n_points,).
        high: shape (n_points,).
    """

    pathway: str
    resource: Resource
    volumes: tuple[float, ...]
    average: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationResult:
    """One inference configuration of one pathway in the sweep.

    Attributes:
        pathway: Whose checkpoint.
        label: "length=16" or "reference"; what differs from the reference.
        settings: Resolved inference settings.
        marginal: Average per item by resource.
        ratio: Cost against the reference of the same pathway by resource (t interval on the
            mean log ratio per block); absent for the reference itself.
        score: Quality of this configuration.
        is_on_front: Within its pathway, headline cost against score.
        ratio_to_padded: The same against the configuration that pads all inputs to the longest
            length of the sweep, where there is one besides the reference.
        padded: Label of that configuration; empty where there is none.
        per_correct: Cost per correctly answered example by resource, with the doubts of cost and
            share correct.
        tokenizing: Cost of tokenizing an example by resource, where it was measured apart.
    """

    pathway: str
    label: str
    settings: Mapping[str, Scalar]
    marginal: Mapping[Resource, Estimate]
    ratio: Mapping[Resource, Estimate]
    score: Estimate | None
    is_on_front: bool
    ratio_to_padded: Mapping[Resource, Estimate] = field(default_factory=dict)
    padded: str = ""
    per_correct: Mapping[Resource, Estimate] = field(default_factory=dict)
    tokenizing: Mapping[Resource, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """The first screen: which pathway at the planned volume, how sure, and why.

    Attributes:
        pathway: The recommended one; None when nothing can be recommended.
        resource: Cost in which it is cheapest.
        volume: Items.
        average: Cost per item at that volume, development included, with interval.
        runner_up: The next best; None when there is no other.
        runner_up_average: Its cost per item at that volume.
        probability: P(recommended is cheaper than the runner-up at that volume); None where there
            is no runner-up, or where it would be by resolution alone.
        reason: One or two sentences for people.
        rule: How it was chosen, in words (quality threshold, then lowest cost).
        covers: Which scatter the intervals of both averages hold, in words; empty for none.
        rests_on: What the comparison with the runner-up rests on; None where there is none.
    """

    pathway: str | None
    resource: Resource
    item: Item
    volume: float
    average: Estimate | None
    runner_up: str | None
    runner_up_average: Estimate | None
    probability: float | None
    reason: str
    rule: str
    covers: str = ""
    rests_on: RestsOn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyAnalysis:
    """Everything the report shows.

    Attributes:
        definition: What the study set out to compare.
        runs: Every run of the study, for provenance.
        pathways: One result per pathway that has a result, in the study's order.
        recommendation: The first screen.
        break_evens: For every ordered pair that matters and every resource both have.
        fronts: Development and deployment planes for several resources.
        curves: Amortized curves for several resources.
        sweep: Inference configurations.
        disagreements: Resources in which the order of pathways differs, as sentences.
        score_differences: Every two pathways in score, paired by example where that is known.
        cost_orders: Every two pathways in every cost, and whether the runs tell them apart.
        notes: Doubts, deduplicated.
        findings: What each pathway's sweep says of length, depth, precision and their combination.
        life: Answers to the questions of the whole life-cycle.
        searches: What tuning came to, by row that was tuned.
        price_tags: E, D and H of each row and pathway, cost by cost.
        score_rows: Every metric of every configuration; empty where there is one metric.
        optimum: What a search for the cheapest inference found; None without one that ended.
        progress: What was noted inside runs while they worked, in order, by run id.
        decision: The recommendation with what it saves and what would change it, at the study's
            own settings; None where the headline is no cost that adds up over a life.
        ground: What a choice under other settings is made from; None where that was not kept.
    """

    definition: StudyDefinition
    runs: tuple[Run, ...]
    pathways: tuple[PathwayResult, ...]
    recommendation: Recommendation
    break_evens: tuple[BreakEven, ...]
    fronts: tuple[ParetoFront, ...]
    curves: tuple[AmortizedCurve, ...]
    sweep: tuple[ConfigurationResult, ...]
    disagreements: tuple[str, ...]
    notes: tuple[Note, ...]
    findings: tuple[SweepFindings, ...] = ()
    score_differences: tuple[ScoreDifference, ...] = ()
    cost_orders: tuple[CostOrder, ...] = ()
    life: "LifeAnswers | None" = None
    searches: tuple[SearchResult, ...] = ()
    price_tags: tuple[PriceTag, ...] = ()
    score_rows: tuple[ScoreRow, ...] = ()
    optimum: Optimum | None = None
    progress: Mapping[str, Sequence[Mapping[str, float]]] = field(default_factory=dict)
    decision: "Decision | None" = None
    ground: "Ground | None" = field(default=None, compare=False)

    @property
    def is_measured_only(self) -> bool:
        """Whether modelled and assumed numbers were left out because somebody asked for that."""
        return any(note.code is NoteCode.MEASURED_ONLY for note in self.notes)
