"""Trainings made up for curves: joules of a channel, tokens, and the study they stand in."""

from breakeven.analysis.runs.sources import Source, source
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    PathwayDefinition,
    Phase,
    PhaseName,
    Resource,
    Run,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)


def joules(value: float, channel: str = "gpu0", kind: Kind = Kind.MEASURED) -> Cost:
    return Cost.exact(Resource.ENERGY_J, value, kind=kind, sensor="made-up", channel=channel)


def trained(run_id: str, *costs: Cost, n_tokens: int = 0, status: Status = Status.OK) -> Run:
    work = Measurement(started_at="", duration_s=1.0, costs=costs)
    return Run(
        run_id=run_id,
        stage=Stage.FINETUNE,
        status=status,
        started_at="2026-01-01T00:00:00Z",
        study="s",
        row="ft",
        settings=Settings(resolved={"lr": 1e-5}),
        phases=(Phase(name=PhaseName.WORK, measurement=work),),
        output=Volume(n_padded_tokens=n_tokens),
    )


def held(*runs: Run, metric: str = "accuracy") -> Source:
    definition = StudyDefinition(
        name="s", pathways=(PathwayDefinition(name="FT", row="ft"),), metric=metric
    )
    return source("here", runs, [definition])
