"""The made-up study with what a service does between requests, to ask about traffic."""

from dataclasses import replace

from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.runs.select import StudyRuns, study_runs
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Stage,
    StudyDefinition,
)
from breakeven.testing.runs import example_runs

IDLE_S = 2.0
IDLE_W = 5.0


def idling(rate_w: float = IDLE_W) -> tuple[StudyDefinition, tuple[Run, ...]]:
    """The made-up study, each inference row after two seconds of idling."""
    definition, runs = example_runs()
    return definition, tuple(
        replace(run, phases=(_idle(rate_w), *run.phases)) if _is_measured(run) else run
        for run in runs
    )


def _is_measured(run: Run) -> bool:
    return run.stage is Stage.INFER and bool(run.phases)


def _idle(rate_w: float) -> Phase:
    def seen(resource: Resource, value: float) -> Cost:
        return Cost.exact(resource, value, kind=Kind.MEASURED, sensor="made up")

    costs = (
        seen(Resource.DURATION_S, IDLE_S),
        seen(Resource.CPU_S, 0.001 * IDLE_S),
        seen(Resource.ENERGY_J, rate_w * IDLE_S),
    )
    return Phase(
        name=PhaseName.IDLE,
        measurement=Measurement(started_at="2026-01-01T00:00:00Z", duration_s=IDLE_S, costs=costs),
    )


def gathered(
    definition: StudyDefinition, runs: tuple[Run, ...]
) -> tuple[StudyRuns, list[PathwayCost]]:
    """Runs found, and the cost of every pathway."""
    found = study_runs(definition, runs)
    return found, [pathway_cost(found, pathway) for pathway in found.definition.pathways]
