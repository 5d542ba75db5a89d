"""Adapted: adaptive models that decide nothing, as their own validation split shows."""

from collections.abc import Sequence

from breakeven.records import Run, Stage, Status
from breakeven.study.spec import Configuration, Study
from breakeven.workloads.stages.cascade_service import HANDED_ON


def decides_nothing(study: Study, row: Configuration, runs: Sequence[Run]) -> str:
    """Why measuring a route would tell nothing new; empty where it may pay, or is not adaptive.

    Where every example is handed on, what answers first is paid for nothing. Where none is, a
    cascade is its small model, and early exits still are a model of their own: its lower layers.

    Args:
        study: With every route.
        row: Of the route.
        runs: Of the study.
    """
    made = study.row(study.pathway(row.pathway).row)
    if made.stage is not Stage.ADAPT:
        return ""
    shares = [
        score.value
        for run in runs
        if run.result_of == made.name and run.status is Status.OK
        for score in run.scores
        if score.metric == HANDED_ON
    ]
    if shares and shares[-1] >= 1:
        return (
            f"{row.pathway} hands every validation example on to its last answer, so it costs that "
            "and more"
        )
    is_tried = any(p.row == made.parents["start"] for p in study.pathways if p.stated is None)
    if shares and shares[-1] <= 0 and "fallback" in made.parents and is_tried:
        return (
            f"{row.pathway} hands no validation example on, so it is its first model, which is "
            "tried alone"
        )
    return ""
