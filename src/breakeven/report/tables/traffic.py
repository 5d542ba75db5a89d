"""Traffic tables: every service under one's own traffic, what it costs and where that changes."""

from collections.abc import Iterator

from breakeven.analysis.costs.life_results import TrafficAnswer, TrafficCost, TrafficOption, Wait
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title
from breakeven.analysis.serving.idling import IDLING, IdleDoubt
from breakeven.analysis.words import resource_words
from breakeven.records import Estimate, Resource
from breakeven.report.quantity import WORDS, common_scale, format_estimate, format_volume
from breakeven.report.signs import EM_DASH, NBSP
from breakeven.report.tables.pathways import score_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

NO_IDLE = "set inference.idle_s in the study file and run again"
P50, P99 = Resource.LATENCY_P50_S, Resource.LATENCY_P99_S


def traffic_tables(analysis: StudyAnalysis) -> Iterator[Table]:
    """Services, their costs and the rates at which the answer changes; none if nobody asked."""
    if analysis.life is None or analysis.life.traffic is None:
        return
    answer = analysis.life.traffic
    yield _services_table(analysis, answer)
    yield _costs_table(answer)
    yield _choices_table(answer)


def _services_table(analysis: StudyAnalysis, answer: TrafficAnswer) -> Table:
    limit_s = answer.asked.max_latency_s
    limit = "no limit asked" if limit_s is None else f"limit {1000 * limit_s:g}{NBSP}ms"
    return Table(
        name="traffic_services",
        caption="Every configuration that can answer requests one at a time.",
        columns=(
            Column(name="service", title="Service"),
            Column(name="score", title=metric_title(analysis.definition.metric), is_number=True),
            Column(name="good_enough", title="Good enough"),
            Column(name="latency_p50_s", title="Median latency", is_number=True),
            Column(name="latency_p99_s", title="99th percentile", is_number=True),
            Column(name="wait", title=f"Latency ({limit})"),
            Column(name="utilisation", title="Busy share of one worker", is_number=True),
            Column(name="n_workers", title="Workers", is_number=True),
            Column(name="assumed", title="Assumed"),
        ),
        rows=tuple(_service_row(analysis, option) for option in answer.options),
    )


def _service_row(analysis: StudyAnalysis, option: TrafficOption) -> tuple[Cell, ...]:
    busy = option.utilisation
    tail = "needs rows of at least 100 batches; raise n_batches"
    return (
        words(option.name),
        score_cell(analysis, option.score),
        words("yes" if option.is_good_enough else "no"),
        _time(option.latency_p50, P50, why="no latency was recorded for it"),
        _time(option.latency_p99, P99, why=tail),
        words(_wait(option)),
        missing(EM_DASH, hint="how long a request takes is not known")
        if busy is None
        else Cell(text=f"{100 * busy:.3g}{NBSP}%", value=busy),
        Cell(text=str(option.n_workers), value=float(option.n_workers)),
        words(option.assumption or EM_DASH),
    )


def _wait(option: TrafficOption) -> str:
    is_out = option.wait in {Wait.ABOVE, Wait.TAIL_ABOVE}
    return f"violated: {option.wait.value}" if is_out else option.wait.value


def _time(estimate: Estimate | None, resource: Resource, *, why: str) -> Cell:
    if estimate is None:
        return missing("not known", hint=why)
    return number(estimate, format_estimate(estimate, resource))


def _costs_table(answer: TrafficAnswer) -> Table:
    heads = ("development", "startup", "requests", "idle", "total")
    titles = ("Development", "Starts", "Requests", "Idle between requests", "Total")
    return Table(
        name="traffic_costs",
        caption="Cost over the horizon, part by part; starts and idling are no part of a request.",
        columns=(
            Column(name="resource", title="Cost"),
            Column(name="service", title="Service"),
            *(Column(name=n, title=t, is_number=True) for n, t in zip(heads, titles, strict=True)),
        ),
        rows=tuple(
            (
                Cell(text=WORDS[choice.resource].title, value=choice.resource.value),
                words(option.name),
                *_cost_cells(answer, option.costs[choice.resource], choice.resource),
            )
            for choice in answer.choices
            for option in answer.options
            if choice.resource in option.costs
        ),
    )


def _cost_cells(answer: TrafficAnswer, cost: TrafficCost, resource: Resource) -> Iterator[Cell]:
    totals = [o.costs[resource].total.value for o in answer.options if resource in o.costs]
    scale = common_scale((t for t in totals if t is not None), resource)

    def shown(estimate: Estimate) -> Cell:
        return number(estimate, format_estimate(estimate, resource, scale=scale))

    yield shown(cost.development)
    yield (
        missing("not known", hint="no start of this service was measured")
        if cost.startup is None
        else shown(cost.startup)
    )
    yield shown(cost.requests)
    if cost.idle is not None:
        yield shown(cost.idle)
    elif cost.idle_doubt is IdleDoubt.NOT_TOLD:
        yield missing("not told apart", hint=cost.idle_doubt.value)
    elif resource in IDLING:
        yield missing("not measured", hint=NO_IDLE)
    else:
        hint = f"{resource_words(resource)} is counted for work done, which waiting is not"
        yield missing(EM_DASH, hint=hint)
    yield shown(cost.total)


def _choices_table(answer: TrafficAnswer) -> Table:
    """One row per change of the answer; a cost in which nothing changes has one row as well."""
    rows = []
    for choice in answer.choices:
        resource = Cell(text=WORDS[choice.resource].title, value=choice.resource.value)
        changes = [
            (
                number(c.requests_per_day, format_volume(c.requests_per_day)),
                words(c.before),
                words(c.after),
            )
            for c in choice.changes
        ] or [
            (
                missing("none", hint="the same service is cheapest at every rate looked at"),
                words(choice.cheapest or EM_DASH),
                words(choice.cheapest or EM_DASH),
            )
        ]
        rows += [(resource, words(choice.cheapest or EM_DASH), *cells) for cells in changes]
    return Table(
        name="traffic_changes",
        caption="The cheapest service, and the requests per day at which another takes its place.",
        columns=(
            Column(name="resource", title="Cost"),
            Column(name="cheapest", title="Cheapest at the rate asked"),
            Column(name="requests_per_day", title="Changes at requests per day", is_number=True),
            Column(name="before", title="Cheapest below"),
            Column(name="after", title="Cheapest above"),
        ),
        rows=tuple(rows),
    )
