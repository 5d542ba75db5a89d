"""Life results: answers to the questions of the whole life-cycle. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from breakeven.analysis.asked import Questions, Traffic
from breakeven.analysis.results import BreakEven
from breakeven.analysis.serving.idling import IdleDoubt
from breakeven.records import Estimate, Resource, Scalar, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFactors:
    """The three factors of one row's development (Dürlich et al. 2023, eq. 3), where known.

    Attributes:
        row: Row of the plan.
        stage: Its stage.
        per_example: E_T, cost of training on one example, by resource; the work phase only.
        n_processed: D_T times the passes over it: examples worked through in one training.
        n_labelled: D_T itself, labelled examples used; None where nobody counted.
        n_trials: H, trainings that count in full: trials of a tuning row, else 1.
        n_lost: Trainings that did not finish and count beside it.
    """

    row: str
    stage: Stage
    per_example: Mapping[Resource, Estimate]
    n_processed: float | None
    n_labelled: float | None
    n_trials: int
    n_lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductResult:
    """Cost of one pathway per product, under both readings of the product.

    Attributes:
        pathway: Name.
        is_valid: Whether it reaches the threshold, and so takes part; True without threshold.
        weight: Its score as a share of 1; None where it has none to weight by.
        per_point: Development per point of score (performance as product, eq. 3).
        deployment: E_I x D_I at the planned volume (output as product, eq. 5).
        total: The same with development (eq. 6).
        per_correct: Cost of use per score-weighted item, development left out.
        average_per_correct: The same with development, at the planned number of them.
    """

    pathway: str
    is_valid: bool
    weight: float | None
    per_point: Mapping[Resource, Estimate]
    deployment: Mapping[Resource, Estimate]
    total: Mapping[Resource, Estimate]
    per_correct: Mapping[Resource, Estimate]
    average_per_correct: Mapping[Resource, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareStep:
    """Break-evens of the headline cost when a row serves `n_tasks` downstream tasks.

    Attributes:
        row: Shared row of development.
        n_tasks: Downstream tasks, assumed.
        is_asked: Whether this is the number the reader stated.
        break_evens: Pathways that use the row against those that do not.
    """

    row: str
    n_tasks: int
    is_asked: bool
    break_evens: tuple[BreakEven, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one profile of use makes of one pathway's cost.

    Attributes:
        pathway: Name.
        profile: "research" or "production".
        resource: Cost.
        volume: Items.
        total: Development and use.
        development_share: Part of the total that is development, from 0 to 1.
    """

    pathway: str
    profile: str
    resource: Resource
    volume: float
    total: Estimate
    development_share: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyPoint:
    """One configuration in the plane of a cost and the time a request waits.

    Attributes:
        pathway: Whose checkpoint.
        label: Configuration.
        resource: Cost axis.
        cost: Average per item.
        latency_p50: Median of single batches.
        latency_p99: 99th percentile; None below 100 batches.
        is_on_front: Whether none takes both less of the cost and less time.
        is_worth_having: The same with the score as a third axis; None without a score.
    """

    pathway: str
    label: str
    resource: Resource
    cost: Estimate
    latency_p50: Estimate
    latency_p99: Estimate | None
    is_on_front: bool
    is_worth_having: bool | None


class Wait(StrEnum):
    """How an option stands to the longest acceptable latency."""

    ANY = "no limit asked"
    WITHIN = "within"
    TAIL_UNKNOWN = "median within, 99th percentile not known"
    TAIL_ABOVE = "99th percentile above"
    ABOVE = "median above"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficCost:
    """One resource of one option over the horizon; the parts add up to the total.

    Attributes:
        development: Paid once.
        startup: All starts of all workers; None when no start was measured.
        requests: Requests times the cost of one.
        idle: Serving between requests; None when it was not measured, or not told from the meter.
        total: Sum of those that are known.
        idle_doubt: How idling stands to what measuring it took.
    """

    development: Estimate
    startup: Estimate | None
    requests: Estimate
    idle: Estimate | None
    total: Estimate
    idle_doubt: IdleDoubt = IdleDoubt.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficOption:
    """One pathway in one configuration as a service.

    Attributes:
        name: "TS", or "TS/length=16" for a swept configuration.
        pathway: Whose checkpoint.
        settings: Resolved inference settings.
        assumption: What was assumed for want of rows with batch size 1; empty when nothing was.
        score: Quality of this configuration.
        is_good_enough: Whether it reaches the quality asked for.
        latency_p50: Median wait; None when not known.
        latency_p99: 99th percentile; None when not known.
        wait: How that stands to the limit.
        utilisation: Busy share of one worker's day; above 1 one worker cannot serve.
        n_workers: Workers that can serve the traffic if it came evenly.
        costs: By resource.
    """

    name: str
    pathway: str
    settings: Mapping[str, Scalar]
    assumption: str
    score: Estimate | None
    is_good_enough: bool
    latency_p50: Estimate | None
    latency_p99: Estimate | None
    wait: Wait
    utilisation: float | None
    n_workers: int
    costs: Mapping[Resource, TrafficCost]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficChange:
    """A rate of requests at which another option becomes the cheapest.

    Attributes:
        requests_per_day: The rate, with Fieller's interval where one can be given.
        before: Cheapest below it.
        after: Cheapest above it.
    """

    requests_per_day: Estimate
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficChoice:
    """The cheapest option in one resource.

    Attributes:
        resource: Cost compared.
        cheapest: Among those good enough and not above the limit; None when there is none.
        runner_up: The next; None when there is no other.
        probability: P(the cheapest costs less than the runner-up over the horizon).
        with_idle: Whether serving between requests is in the totals compared.
        cheaper_but_out: Options that cost less but miss quality or latency.
        changes: Rates around the asked one at which the answer changes, ascending.
        sentence: The same in words.
    """

    resource: Resource
    cheapest: str | None
    runner_up: str | None
    probability: float | None
    with_idle: bool
    cheaper_but_out: tuple[str, ...]
    changes: tuple[TrafficChange, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficAnswer:
    """Everything said of one's own traffic.

    Attributes:
        asked: The traffic.
        options: Every configuration that can stand for single requests.
        choices: One per resource, headline first.
    """

    asked: Traffic
    options: tuple[TrafficOption, ...]
    choices: tuple[TrafficChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeAnswers:
    """Answers to the questions of the whole life-cycle.

    Attributes:
        asked: The questions.
        weighted_item: What a score-weighted item is called ("correct answer").
        factors: Of every row of development.
        products: One per pathway.
        weighted: Break-evens on score-weighted items.
        unweighted_why: Why there are none; empty when there are.
        sharing: How break-evens move with the number of tasks.
        usage: Research and production.
        latency: Configurations against latency and each cost.
        traffic: None when nobody asked.
    """

    asked: Questions
    weighted_item: str
    factors: tuple[StageFactors, ...]
    products: tuple[ProductResult, ...]
    weighted: tuple[BreakEven, ...]
    unweighted_why: str
    sharing: tuple[ShareStep, ...]
    usage: tuple[Usage, ...]
    latency: tuple[LatencyPoint, ...]
    traffic: TrafficAnswer | None
