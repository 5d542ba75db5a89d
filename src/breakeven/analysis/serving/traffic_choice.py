"""Traffic choice: the cheapest service in one resource, how sure, and at what rate that changes."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from breakeven.analysis.asked import Traffic
from breakeven.analysis.costs.fieller import bounds_set, fieller_set
from breakeven.analysis.costs.life_results import TrafficChange, TrafficChoice
from breakeven.analysis.costs.payback import probability_cheaper
from breakeven.analysis.serving.candidates import Candidate, on_same_parts
from breakeven.analysis.serving.horizon import (
    ZERO,
    dearer_by,
    fixed_difference,
    idle_covariance,
    parts_of,
    prices_of,
    slope_difference,
)
from breakeven.analysis.serving.idling import IDLING
from breakeven.analysis.serving.services import Service
from breakeven.analysis.serving.traffic_words import traffic_sentence
from breakeven.analysis.uncertain import LEVEL, once
from breakeven.records import Estimate, Resource

DECADES = 4
"""Rates are looked at this many powers of ten to either side of the asked one."""

N_RATES = 801
STEPS = 60
"""Halvings of an interval of rates; leaves less than 1e-15 of it."""


def traffic_choice(
    candidates: Sequence[Candidate], resource: Resource, traffic: Traffic
) -> TrafficChoice:
    """Name the cheapest service that is good and quick enough, among those with the same parts.

    Waiting and starts count where they were measured for any service that may be chosen; others
    without such a measurement are then not compared, and named.

    Args:
        candidates: Every option.
        resource: Which cost.
        traffic: Rate and horizon.
    """
    known = [c for c in candidates if parts_of(c.service, resource, traffic) is not None]
    eligible = on_same_parts([c for c in known if c.is_eligible], resource)
    with_idle = resource in IDLING and all(c.has_idle(resource) for c in eligible or known)
    with_starts = all(c.has_starts(resource) for c in eligible or known)
    totals = {
        c.service.name: prices_of(c.service, resource, with_idle=with_idle).total(traffic)
        for c in known
        if (c.has_idle(resource) or not with_idle) and (c.has_starts(resource) or not with_starts)
    }
    ranked = sorted((c.service for c in eligible), key=lambda s: (totals[s.name], s.name))
    best, second = (ranked[0] if ranked else None), (ranked[1] if len(ranked) > 1 else None)
    choice = TrafficChoice(
        resource=resource,
        cheapest=best.name if best else None,
        runner_up=second.name if second else None,
        probability=_probability(best, second, resource, traffic, with_idle=with_idle),
        with_idle=with_idle,
        cheaper_but_out=tuple(
            c.service.name
            for c in known
            if not c.is_eligible
            and best is not None
            and totals.get(c.service.name, math.inf) < totals[best.name]
        ),
        changes=changes(ranked, resource, traffic, with_idle=with_idle),
        sentence="",
    )
    return replace(choice, sentence=traffic_sentence(choice, known, totals, traffic))


def _probability(
    best: Service | None,
    second: Service | None,
    resource: Resource,
    traffic: Traffic,
    *,
    with_idle: bool,
) -> float | None:
    if best is None or second is None:
        return None
    extra = dearer_by(best, second, resource, traffic, with_idle=with_idle)
    return probability_cheaper(extra, ZERO, volume=1.0)


def changes(
    services: Sequence[Service], resource: Resource, traffic: Traffic, *, with_idle: bool
) -> tuple[TrafficChange, ...]:
    """The nearest rate below the asked one, and the nearest above, where another is cheapest.

    Args:
        services: Those that may be chosen.
        resource: Which cost.
        traffic: Horizon, and the rate around which to look.
        with_idle: Whether waiting counts.
    """
    if len(services) < 2:
        return ()
    prices = {s.name: prices_of(s, resource, with_idle=with_idle) for s in services}
    asked = traffic.requests_per_day
    rates = [float(asked * 10**x) for x in np.linspace(-DECADES, DECADES, N_RATES)]

    def cheapest(rate: float) -> Service:
        at = replace(traffic, requests_per_day=rate)
        return min(services, key=lambda s: prices[s.name].total(at))

    winners = [cheapest(rate) for rate in rates]
    middle = N_RATES // 2
    turns = [
        (i, i + 1) for i, (left, right) in enumerate(pairwise(winners)) if left.name != right.name
    ]
    nearest = [t for t in turns if t[1] <= middle][-1:] + [t for t in turns if t[0] >= middle][:1]
    found = []
    for i, j in nearest:
        low, high, before = rates[i], rates[j], winners[i]
        for _ in range(STEPS):
            half = math.sqrt(low * high)
            low, high = (half, high) if cheapest(half).name == before.name else (low, half)
        at = replace(traffic, requests_per_day=high)
        found.append(_change(before, cheapest(high), resource, at, with_idle=with_idle))
    return tuple(found)


def _change(
    before: Service, after: Service, resource: Resource, traffic: Traffic, *, with_idle: bool
) -> TrafficChange:
    extra = fixed_difference(after, before, resource, traffic, with_idle=with_idle)
    saved = slope_difference(before, after, resource, with_idle=with_idle)
    rate = traffic.requests_per_day
    has_scatter = extra.has_scatter or saved.has_scatter
    covariance = idle_covariance(after, before, resource, traffic) if with_idle else 0.0
    volumes = (
        fieller_set(extra, saved, covariance=covariance)
        if has_scatter
        else bounds_set(extra, saved)
    )
    is_crossing = saved.value != 0 and math.isclose(
        extra.value / saved.value / traffic.days, rate, rel_tol=1e-6
    )
    low, high = (volumes.low, volumes.high) if is_crossing else (None, None)
    why = "" if is_crossing else "; a worker more is needed here, no interval"
    return TrafficChange(
        requests_per_day=Estimate(
            name="requests per day",
            value=rate,
            low=None if low is None else low / traffic.days,
            high=None if high is None else high / traffic.days,
            level=LEVEL if has_scatter and is_crossing else None,
            method=("Fieller's set" if has_scatter else "worst case of the resolution") + why,
            n=saved.n,
            kinds=once((*extra.kinds, *saved.kinds)),
            origins=once((*extra.origins, *saved.origins)),
            run_ids=once((*extra.run_ids, *saved.run_ids)),
        ),
        before=before.name,
        after=after.name,
    )
