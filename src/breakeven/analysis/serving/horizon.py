"""Horizon: what a service costs while it waits for requests and answers them, day after day.

`cost = development + starts x start-up + requests x marginal + idle seconds x idle rate`. Start-up
is no part of the cost of a request, and waiting no part of either. Time to answer is taken as
known; requests are taken to come evenly, so that as many workers suffice as the busy share asks.
"""

import math
from dataclasses import dataclass

from breakeven.analysis.asked import Traffic
from breakeven.analysis.costs.comparison import development_difference
from breakeven.analysis.serving.services import Service
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Resource
from breakeven.units import S_PER_DAY

ZERO = Uncertain.exact(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Cost of one service in one resource over the horizon, part by part."""

    development: Uncertain
    startup: Uncertain | None
    requests: Uncertain
    idle: Uncertain | None

    @property
    def total(self) -> Uncertain:
        """Sum of the parts that are known."""
        return self.development + (self.startup or ZERO) + self.requests + (self.idle or ZERO)


def utilisation(service: Service, requests_per_day: float) -> float | None:
    """Share of a day that one worker would be busy; None when nobody knows how long it takes.

    Args:
        service: Answers the requests.
        requests_per_day: How many.
    """
    per_request = service.per_request.get(Resource.DURATION_S)
    return None if per_request is None else requests_per_day * per_request.value / S_PER_DAY


def n_workers(service: Service, requests_per_day: float) -> int:
    """Workers that can serve requests which come evenly; at least 1."""
    return max(1, math.ceil(utilisation(service, requests_per_day) or 0.0))


def n_starts(service: Service, traffic: Traffic) -> float:
    """Starts over the horizon: the first of each worker, and its restarts."""
    return n_workers(service, traffic.requests_per_day) * (
        1 + traffic.restarts_per_day * traffic.days
    )


def idle_s(service: Service, traffic: Traffic) -> float | None:
    """Seconds that all workers wait over the horizon; None without the time a request takes."""
    busy = utilisation(service, traffic.requests_per_day)
    if busy is None:
        return None
    return traffic.days * S_PER_DAY * (n_workers(service, traffic.requests_per_day) - busy)


def parts_of(service: Service, resource: Resource, traffic: Traffic) -> Parts | None:
    """Cost over the horizon; None when development or use is not known in that resource.

    Args:
        service: Answers the requests.
        resource: One that adds up.
        traffic: Rate and horizon.
    """
    development = service.pathway.development(resource)
    use = service.per_request.get(resource)
    if development is None or use is None:
        return None
    start = service.pathway.startup.get(resource)
    waits_s, rate = idle_s(service, traffic), service.idle.get(resource)
    return Parts(
        development=development,
        startup=None if start is None else start.scaled(n_starts(service, traffic)),
        requests=use.scaled(traffic.requests_per_day * traffic.days),
        idle=None if rate is None or waits_s is None else rate.scaled(waits_s),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What makes up the cost of a service in one resource, as plain numbers for a search.

    Attributes:
        development: Paid once.
        start: One start.
        request: One request.
        idle: One second of waiting; 0 where waiting does not count.
        busy_s: Seconds that a request takes; 0 where nobody knows.
    """

    development: float
    start: float
    request: float
    idle: float
    busy_s: float

    def total(self, traffic: Traffic) -> float:
        """Cost over the horizon; the same as that of `parts_of`."""
        busy = traffic.requests_per_day * self.busy_s / S_PER_DAY
        workers = max(1, math.ceil(busy))
        return (
            self.development
            + self.start * workers * (1 + traffic.restarts_per_day * traffic.days)
            + self.request * traffic.requests_per_day * traffic.days
            + self.idle * traffic.days * S_PER_DAY * (workers - busy)
        )


def prices_of(service: Service, resource: Resource, *, with_idle: bool) -> Prices:
    """Plain numbers of a service that has development and use in that resource."""
    development = service.pathway.development(resource)
    assert development is not None
    start, busy = (
        service.pathway.startup.get(resource),
        service.per_request.get(Resource.DURATION_S),
    )
    return Prices(
        development=development.value,
        start=start.value if start else 0.0,
        request=service.per_request[resource].value,
        idle=service.idle[resource].value if with_idle else 0.0,
        busy_s=busy.value if busy else 0.0,
    )


def dearer_by(
    left: Service, right: Service, resource: Resource, traffic: Traffic, *, with_idle: bool
) -> Uncertain:
    """Cost of one service over the horizon less that of another; what both share cancels.

    Args:
        left: Has all parts in that resource.
        right: The same.
        resource: Which cost.
        traffic: Rate and horizon.
        with_idle: Whether waiting counts; both then have a rate.
    """
    volume = traffic.requests_per_day * traffic.days
    return fixed_difference(left, right, resource, traffic, with_idle=with_idle) + slope_difference(
        left, right, resource, with_idle=with_idle
    ).scaled(volume)


def fixed_difference(
    left: Service, right: Service, resource: Resource, traffic: Traffic, *, with_idle: bool
) -> Uncertain:
    """The part of the difference that a further request does not change, workers as they are."""
    starts = _minus(
        left.pathway.startup.get(resource),
        right.pathway.startup.get(resource),
        times=(n_starts(left, traffic), n_starts(right, traffic)),
        is_same=left.pathway.name == right.pathway.name,
    )
    found = development_difference(left.pathway, right.pathway, resource) + starts
    if not with_idle:
        return found
    horizon_s = traffic.days * S_PER_DAY
    return found + _idle_difference(
        left,
        right,
        resource,
        seconds=(
            horizon_s * n_workers(left, traffic.requests_per_day),
            horizon_s * n_workers(right, traffic.requests_per_day),
        ),
    )


def slope_difference(
    left: Service, right: Service, resource: Resource, *, with_idle: bool
) -> Uncertain:
    """Cost of a further request less that of the other; a busy second is not an idle one."""
    found = left.saves(right, resource)
    if not with_idle:
        return found
    seconds = (_busy_s(left), _busy_s(right))
    return found - _idle_difference(left, right, resource, seconds=seconds)


def idle_covariance(left: Service, right: Service, resource: Resource, traffic: Traffic) -> float:
    """Covariance of the fixed difference and the saving per request, both of which hold idling."""
    if left.pathway.name == right.pathway.name:
        return 0.0
    horizon_s = traffic.days * S_PER_DAY
    return sum(
        horizon_s * n_workers(s, traffic.requests_per_day) * _busy_s(s) * s.idle[resource].variance
        for s in (left, right)
    )


def _busy_s(service: Service) -> float:
    return service.per_request[Resource.DURATION_S].value


def _idle_difference(
    left: Service, right: Service, resource: Resource, *, seconds: tuple[float, float]
) -> Uncertain:
    is_same = left.pathway.name == right.pathway.name
    return _minus(left.idle[resource], right.idle[resource], times=seconds, is_same=is_same)


def _minus(
    left: Uncertain | None,
    right: Uncertain | None,
    *,
    times: tuple[float, float],
    is_same: bool,
) -> Uncertain:
    """`left x times[0] - right x times[1]`; one and the same number if `is_same`."""
    if is_same:
        return (left or ZERO).scaled(times[0] - times[1])
    return (left or ZERO).scaled(times[0]) - (right or ZERO).scaled(times[1])
