"""Traffic: which pathway serves requests that come one at a time at the least cost over a horizon.

Quality and latency first, then cost: options that score too low or make a request wait too long
are shown and left out, and the cheapest of the rest is named, resource by resource. Where some
were measured one request at a time, those measured in batches only and those that joined by hand
are left out as well: a batch flatters the cost of a single request, and the comparison would be won
by not measuring.
"""

from collections.abc import Sequence

from breakeven.analysis.asked import Traffic
from breakeven.analysis.costs.contenders import quality_bar
from breakeven.analysis.costs.life_results import (
    TrafficAnswer,
    TrafficCost,
    TrafficOption,
    Wait,
)
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.product import ROUNDING
from breakeven.analysis.estimates import mixed_kinds
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.serving.candidates import Candidate
from breakeven.analysis.serving.horizon import Parts, n_workers, parts_of, utilisation
from breakeven.analysis.serving.idling import IDLING, IdleDoubt
from breakeven.analysis.serving.services import Service, services_of
from breakeven.analysis.serving.traffic_choice import traffic_choice
from breakeven.analysis.uncertain import Uncertain, as_estimate
from breakeven.records import Estimate, Resource, StudyDefinition

P50, P99 = Resource.LATENCY_P50_S, Resource.LATENCY_P99_S


def traffic_answer(
    found: StudyRuns, pathways: Sequence[PathwayCost], traffic: Traffic
) -> TrafficAnswer:
    """Lay out every option over the horizon and name the cheapest, resource by resource.

    Args:
        found: The study's runs.
        pathways: Gathered costs.
        traffic: Rate, horizon and limit.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> costs = [pathway_cost(found, p) for p in found.definition.pathways]
        >>> answer = traffic_answer(found, costs, Traffic(requests_per_day=5000))
        >>> answer.choices[0].cheapest, answer.choices[0].with_idle
        ('TS/batch_size=1', False)
    """
    services = services_of(found, pathways)
    bar = _bar(found.definition, pathways)
    options = [_option(service, traffic, bar=bar) for service in services]
    has_singles = any(not service.assumption for service in services)
    candidates = [
        Candidate(
            service=s,
            is_good_enough=o.is_good_enough,
            wait=o.wait,
            is_comparable=not (has_singles and (s.is_batched or s.pathway.definition.is_joined)),
        )
        for s, o in zip(services, options, strict=True)
    ]
    additive = [r for r in found.resources if r.is_additive]
    known = [r for r in additive if any(r in option.costs for option in options)]
    return TrafficAnswer(
        asked=traffic,
        options=tuple(options),
        choices=tuple(traffic_choice(candidates, resource, traffic) for resource in known),
    )


def _bar(definition: StudyDefinition, pathways: Sequence[PathwayCost]) -> float | None:
    scores = [p.score for p in pathways if p.score is not None]
    return quality_bar(definition, scores) if scores or definition.min_score is not None else None


def _option(service: Service, traffic: Traffic, *, bar: float | None) -> TrafficOption:
    rate = traffic.requests_per_day
    median, tail = (service.per_request.get(r) for r in (P50, P99))
    parts = {
        r: part
        for r in service.per_request
        if r.is_additive and (part := parts_of(service, r, traffic)) is not None
    }
    return TrafficOption(
        name=service.name,
        pathway=service.pathway.name,
        settings=service.settings,
        assumption=service.assumption,
        score=service.quality,
        is_good_enough=_is_good_enough(service, bar),
        latency_p50=_latency(median, P50),
        latency_p99=_latency(tail, P99),
        wait=wait_of(traffic.max_latency_s, median, tail),
        utilisation=utilisation(service, rate),
        n_workers=n_workers(service, rate),
        costs={
            resource: _cost(part, resource, service.idle_doubt) for resource, part in parts.items()
        },
    )


def wait_of(limit_s: float | None, median: Uncertain | None, tail: Uncertain | None) -> Wait:
    """How latencies stand to a limit; means over blocks decide.

    Args:
        limit_s: Longest acceptable wait; None for any.
        median: Of single batches.
        tail: 99th percentile.

    Examples:
        >>> wait_of(0.05, Uncertain.exact(0.02), None).value
        'median within, 99th percentile not known'
        >>> wait_of(0.05, Uncertain.exact(0.02), Uncertain.exact(0.06)).value
        '99th percentile above'
    """
    if limit_s is None:
        return Wait.ANY
    if median is None:
        return Wait.UNKNOWN
    if median.value > limit_s:
        return Wait.ABOVE
    if tail is None:
        return Wait.TAIL_UNKNOWN
    return Wait.TAIL_ABOVE if tail.value > limit_s else Wait.WITHIN


def _is_good_enough(service: Service, bar: float | None) -> bool:
    if bar is None or service.score is None:
        return bar is None
    score = service.score
    return score.product >= (bar if score.higher_is_better else -bar) - ROUNDING


def _latency(value: Uncertain | None, resource: Resource) -> Estimate | None:
    if value is None:
        return None
    return as_estimate(value, resource.value, what="mean over blocks, of single batches")


def _cost(parts: Parts, resource: Resource, cpu_doubt: IdleDoubt) -> TrafficCost:
    def told(amount: Uncertain, what: str) -> Estimate:
        name = f"{resource.value} over the horizon"
        return as_estimate(amount, name, what=what, notes=mixed_kinds(amount))

    starts = ", starts not measured" if parts.startup is None else " + starts"
    idle = ", idle not measured" if resource in IDLING else ""
    doubt = cpu_doubt if resource is Resource.CPU_S and parts.idle else IdleDoubt.NONE
    idling = None if doubt is IdleDoubt.NOT_TOLD else parts.idle
    whose = " with the meter's own" if doubt is IdleDoubt.METER_INSIDE else ""
    if doubt is IdleDoubt.NOT_TOLD:
        idle = f", idle: {doubt.value}"
    return TrafficCost(
        development=told(parts.development, "sum over rows"),
        startup=None if parts.startup is None else told(parts.startup, "starts x start-up"),
        requests=told(parts.requests, "requests x marginal"),
        idle=None if idling is None else told(idling, f"idle seconds x idle rate{whose}"),
        total=told(
            parts.total,
            f"development + requests{starts}" + (idle if idling is None else f" + idle{whose}"),
        ),
        idle_doubt=doubt,
    )
