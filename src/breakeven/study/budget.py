"""Budget: what a study may consume in all, and whether it has."""

from collections.abc import Iterable, Sequence

from breakeven.errors import MeterUnavailableError
from breakeven.records import Kind, Resource, Run
from breakeven.records.protocols import Channel
from breakeven.study.spec import Budget
from breakeven.units import J_PER_WH, S_PER_H

_TEXTS = {
    Resource.DURATION_S: (S_PER_H, "hours", "hours"),
    Resource.CPU_S: (S_PER_H, "CPU hours", "cpu_hours"),
    Resource.ENERGY_J: (J_PER_WH, "Wh", "energy_wh"),
}


def caps(budget: Budget) -> dict[Resource, float]:
    """Caps that were set, in SI units."""
    every = {
        Resource.DURATION_S: budget.duration_s,
        Resource.CPU_S: budget.cpu_s,
        Resource.ENERGY_J: budget.energy_j,
    }
    return {resource: cap for resource, cap in every.items() if cap is not None}


def spent(runs: Iterable[Run], resource: Resource) -> float:
    """Measured total over runs, failed and interrupted ones included, in the resource's unit."""
    return sum(
        cost.value for run in runs for cost in run.costs(resource) if cost.kind is Kind.MEASURED
    )


def exhausted(budget: Budget, runs: Sequence[Run]) -> str | None:
    """Say which cap is reached, in one sentence; None while none is.

    Args:
        budget: Caps.
        runs: Every run of the study so far; joined ones were not the study's to spend.
    """
    own = [run for run in runs if not run.joined]
    for resource, cap in caps(budget).items():
        used = spent(own, resource)
        if used >= cap:
            scale, unit, key = _TEXTS[resource]
            return (
                f"the budget of {cap / scale:g} {unit} is spent ({used / scale:.3g} {unit} used); "
                f"raise budget.{key} and run the same command to go on."
            )
    return None


def refuse_unmeasurable(budget: Budget, channels: Iterable[Channel]) -> None:
    """Refuse a cap on energy where nothing measures energy.

    Raises:
        MeterUnavailableError: If there is such a cap and no such sensor.
    """
    if budget.energy_j is None or any(c.resource is Resource.ENERGY_J for c in channels):
        return
    raise MeterUnavailableError(
        "budget.energy_wh is set, but no sensor here measures energy. Cap hours or cpu_hours "
        "instead, replay a recorded trace, or see `breakeven doctor` for what is missing."
    )
