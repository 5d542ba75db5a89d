"""Traffic choice: the cheapest service in one resource, how sure, and at what rate that changes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from breakeven import units
from breakeven.analysis.asked import Traffic
from breakeven.analysis.fieller import bounds_set, fieller_set
from breakeven.analysis.horizon import (
    ZERO,
    dearer_by,
    fixed_difference,
    idle_covariance,
    n_workers,
    parts_of,
    prices_of,
    slope_difference,
)
from breakeven.analysis.life_results import TrafficChange, TrafficChoice, Wait
from breakeven.analysis.payback import probability_cheaper
from breakeven.analysis.services import IDLING, Service
from breakeven.analysis.uncertain import LEVEL, once
from breakeven.analysis.words import amount_words, counted, listed, resource_words
from breakeven.records import Estimate, Resource

DECADES = 4
"""Rates are looked at this many powers of ten to either side of the asked one."""

N_RATES = 801
CLEAR = 0.95
"""Below this probability the sentence says that the two may cost the same."""

TOO_SLOW = {
    Wait.ABOVE: "median latency above the limit",
    Wait.TAIL_ABOVE: "99th percentile of latency above the limit",
    Wait.UNKNOWN: "latency not known",
}
"""Latencies that rule an option out, in words; one that is not known cannot be shown to keep."""

STEPS = 60
"""Halvings of an interval of rates; leaves less than 1e-15 of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A service and whether it may be chosen.

    Attributes:
        service: What would answer.
        is_good_enough: Reaches the quality asked for.
        wait: How it stands to the latency asked for.
        is_comparable: Was measured one request at a time, as others were; or none was.
    """

    service: Service
    is_good_enough: bool
    wait: Wait
    is_comparable: bool

    @property
    def is_eligible(self) -> bool:
        """Whether nothing rules it out."""
        return self.is_good_enough and self.wait not in TOO_SLOW and self.is_comparable


def traffic_choice(
    candidates: Sequence[Candidate], resource: Resource, traffic: Traffic
) -> TrafficChoice:
    """Name the cheapest service that is good and quick enough.

    Args:
        candidates: Every option.
        resource: Which cost.
        traffic: Rate and horizon.
    """
    known = [c for c in candidates if parts_of(c.service, resource, traffic) is not None]
    with_idle = resource in IDLING and all(_has_idle(c.service, resource) for c in known)
    totals = {
        c.service.name: prices_of(c.service, resource, with_idle=with_idle).total(traffic)
        for c in known
    }
    ranked = sorted(
        (c.service for c in known if c.is_eligible), key=lambda s: (totals[s.name], s.name)
    )
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
            if not c.is_eligible and best is not None and totals[c.service.name] < totals[best.name]
        ),
        changes=changes(ranked, resource, traffic, with_idle=with_idle),
        sentence="",
    )
    return replace(choice, sentence=_sentence(choice, known, totals, traffic))


def _has_idle(service: Service, resource: Resource) -> bool:
    return resource in service.idle and Resource.DURATION_S in service.per_request


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


def _sentence(
    choice: TrafficChoice, known: Sequence[Candidate], totals: dict[str, float], traffic: Traffic
) -> str:
    what = resource_words(choice.resource)
    rate = units.format_count(traffic.requests_per_day)
    start = f"At {rate} requests a day for {counted_days(traffic.days)}"
    if choice.cheapest is None:
        bad = listed([f"{c.service.name} ({_why_out(c)})" for c in known])
        return f"{start} nothing can be chosen by {what}: {bad}."
    least = "fewest" if what.endswith("s") else "least"
    amount = amount_words(choice.resource, totals[choice.cheapest])
    against = _against(choice, totals)
    told = [f"{start} {choice.cheapest} takes the {least} {what}: {amount}{against}."]
    told += [_change_words(change, choice.cheapest) for change in choice.changes]
    out = [c for c in known if c.service.name in choice.cheaper_but_out]
    if out:
        names = listed([f"{c.service.name} ({_why_out(c)})" for c in out])
        told.append(f"Cheaper but left out: {names}.")
    if choice.resource in IDLING and not choice.with_idle:
        told.append(
            "Serving between requests is not in it: not measured; set inference.idle_s and run "
            "again."
        )
    told += _starts_words([c.service for c in known if c.is_eligible], choice.resource)
    busy = next(c.service for c in known if c.service.name == choice.cheapest)
    if busy.assumption:
        told.append(f"Assumed for {busy.name}: {busy.assumption}.")
    if (workers := n_workers(busy, traffic.requests_per_day)) > 1:
        told.append(f"One worker cannot serve that; {workers} are counted.")
    return " ".join(told)


def counted_days(days: float) -> str:
    """Days in words.

    Examples:
        >>> counted_days(1), counted_days(365)
        ('1 day', '365 days')
    """
    return counted(int(days), "day") if days == int(days) else f"{days:g} days"


def _against(choice: TrafficChoice, totals: dict[str, float]) -> str:
    if choice.cheapest is None or choice.runner_up is None or not totals[choice.runner_up]:
        return ""
    less = 1 - totals[choice.cheapest] / totals[choice.runner_up]
    doubt = choice.probability is not None and choice.probability < CLEAR
    return f", {less:.0%} less than {choice.runner_up}" + (
        ", a difference that is not certain" if doubt else ""
    )


def _starts_words(services: Sequence[Service], resource: Resource) -> list[str]:
    """Name services whose starts nobody measured, where those of others are in their totals."""
    without = [s.name for s in services if resource not in s.pathway.startup]
    if not without or len(without) == len(services):
        return []
    return [f"Starts of {listed(without)} are not in it: not measured."]


def _why_out(candidate: Candidate) -> str:
    why = [
        *(() if candidate.is_good_enough else ("not good enough",)),
        *([TOO_SLOW[candidate.wait]] if candidate.wait in TOO_SLOW else []),
        *(() if candidate.is_comparable else ("measured in batches only",)),
    ]
    return listed(why) if why else "can be chosen"


def _change_words(change: TrafficChange, cheapest: str) -> str:
    rate = units.format_count(change.requests_per_day.value or 0.0)
    if change.after == cheapest:
        return f"Below {rate} a day it would be {change.before}."
    return f"Above {rate} a day it would be {change.after}."
