"""Budgets: hours, CPU hours and watt-hours, with everything spent so far counted."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Stage,
    Status,
)
from breakeven.records.protocols import Channel
from breakeven.study.budget import exhausted, refuse_unmeasurable
from breakeven.study.spec import Budget


def run_costing(resource: Resource, *values: float, kind: Kind = Kind.MEASURED) -> Sequence[Run]:
    return [
        Run(
            run_id=f"r{i}",
            stage=Stage.FINETUNE,
            status=status,
            started_at="2026-01-01T00:00:00+00:00",
            phases=(
                Phase(
                    name=PhaseName.WORK,
                    measurement=Measurement(
                        started_at="2026-01-01T00:00:00+00:00",
                        duration_s=1.0,
                        costs=(Cost.exact(resource, value, kind=kind, sensor="s"),),
                    ),
                ),
            ),
        )
        for i, (value, status) in enumerate(
            zip(values, [Status.OK, Status.FAILED, Status.INTERRUPTED], strict=False)
        )
    ]


@pytest.mark.parametrize(
    ("budget", "resource", "amount", "key"),
    [
        (Budget(duration_s=3600.0), Resource.DURATION_S, "1 hours", "hours"),
        (Budget(cpu_s=3600.0), Resource.CPU_S, "1 CPU hours", "cpu_hours"),
        (Budget(energy_j=3600.0), Resource.ENERGY_J, "1 Wh", "energy_wh"),
    ],
)
def test_failed_and_interrupted_runs_count(
    budget: Budget, resource: Resource, amount: str, key: str
) -> None:
    assert exhausted(budget, run_costing(resource, 1000, 1000, 1599)) is None
    assert exhausted(budget, run_costing(resource, 1000, 1000, 1600)) == (
        f"the budget of {amount} is spent ({amount} used); raise budget.{key} and run the same "
        "command to go on."
    )


def test_assumed_numbers_spend_nothing() -> None:
    runs = run_costing(Resource.CPU_S, 1e9, kind=Kind.ASSUMED)
    assert exhausted(Budget(cpu_s=1.0), runs) is None


def test_without_a_cap_nothing_is_ever_spent() -> None:
    assert exhausted(Budget(), run_costing(Resource.CPU_S, 1e9)) is None


def test_a_cap_on_energy_needs_a_sensor() -> None:
    energy = Channel(name="c", resource=Resource.ENERGY_J, sensor="rapl", resolution=1e-6)
    time = Channel(name="c", resource=Resource.CPU_S, sensor="proc", resolution=1e-2)
    refuse_unmeasurable(Budget(energy_j=1.0), [time, energy])
    refuse_unmeasurable(Budget(cpu_s=1.0), [time])
    with pytest.raises(MeterUnavailableError, match="no sensor here measures energy"):
        refuse_unmeasurable(Budget(energy_j=1.0), [time])


def test_what_a_joined_run_took_was_not_the_study_s_to_spend() -> None:
    runs = [replace(run, joined="THEIRS") for run in run_costing(Resource.CPU_S, 7200.0)]
    assert exhausted(Budget(cpu_s=3600.0), runs) is None
