"""Idling: what a service takes per second while it waits, less what measuring it took.

The thread that reads the sensors and writes the journal lives in the process that is measured. It
takes more CPU time than a model that waits, and a year of requests would multiply it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from breakeven.analysis.runs import select
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.uncertain import Observation, Uncertain, mean_of
from breakeven.records import Cost, PhaseName, Resource, Run
from breakeven.records.cost import METER

IDLING = frozenset({Resource.CPU_S, Resource.ENERGY_J, Resource.CARBON_KGCO2E})
"""Resources that a service goes on taking while it waits; the others count work done."""


class IdleDoubt(StrEnum):
    """How a rate of idling stands to the meter that measured it."""

    NONE = "nothing in the way"
    METER_INSIDE = "idling contains the meter's own CPU time"
    NOT_TOLD = "no CPU time told apart from the meter's own"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleRate:
    """Cost per second of waiting.

    Attributes:
        rate: With its doubts; where it cannot be told from the meter's own only `high` is known,
            and `value` is the 0 that the interval begins with.
        doubt: How it stands to the meter.
    """

    rate: Uncertain
    doubt: IdleDoubt = IdleDoubt.NONE


def idle_rates(found: StudyRuns, runs: Sequence[Run]) -> dict[Resource, IdleRate]:
    """Cost per second of the idle phases, for resources that a waiting service takes.

    Args:
        found: The study's runs.
        runs: Those of one pathway that ended well.
    """
    rates = {}
    for resource in found.resources:
        seen = [_gross(run, resource) for run in runs] if resource in IDLING else []
        if known := [rate for rate in seen if rate is not None]:
            rates[resource] = IdleRate(rate=mean_of(known))
    if Resource.CPU_S in rates:
        rates[Resource.CPU_S] = _cpu_rate(rates[Resource.CPU_S], runs)
    return rates


def _cpu_rate(gross: IdleRate, runs: Iterable[Run]) -> IdleRate:
    """The rate without the meter's own; as it is where any record does not tell the two apart."""
    seen = [run for run in runs if _gross(run, Resource.CPU_S) is not None]
    if not all(_meter_costs(run) for run in seen):
        return replace(gross, doubt=IdleDoubt.METER_INSIDE)
    net = mean_of([_net(run) for run in seen])
    if net.low > 0:
        return IdleRate(rate=net)
    bound = Observation(
        value=0.0,
        low=0.0,
        high=max(0.0, net.high),
        kinds=net.kinds,
        origins=net.origins,
        run_ids=net.run_ids,
    )
    return IdleRate(rate=replace(mean_of([bound]), n=net.n), doubt=IdleDoubt.NOT_TOLD)


def _net(run: Run) -> Observation:
    gross, meter = select.observe(run, Resource.CPU_S, phases={PhaseName.IDLE}), _meter_costs(run)
    assert gross is not None
    left = replace(
        gross,
        value=gross.value - sum(c.value for c in meter),
        low=gross.low - sum(c.high for c in meter),
        high=gross.high - sum(c.low for c in meter),
    )
    return left.scaled(1 / _idle_s(run))


def _meter_costs(run: Run) -> tuple[Cost, ...]:
    """The meter's own part of every idle phase; empty where one does not tell it."""
    parts = [
        [c for c in m.costs if c.resource is Resource.CPU_S and c.channel == METER]
        for m in run.measurements(PhaseName.IDLE)
    ]
    return tuple(c for part in parts for c in part) if all(parts) else ()


def _gross(run: Run, resource: Resource) -> Observation | None:
    duration_s = _idle_s(run)
    total = select.observe(run, resource, phases={PhaseName.IDLE})
    return total.scaled(1 / duration_s) if total is not None and duration_s > 0 else None


def _idle_s(run: Run) -> float:
    return sum(m.duration_s for m in run.measurements(PhaseName.IDLE))
