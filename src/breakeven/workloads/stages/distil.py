"""Stage distil: a shallower student from a teacher; the teacher's passes are part of the cost."""

from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.stages.imports import import_neural


def run(context: StageContext, request: StageRequest) -> None:
    """Train a student and keep it as the artefact "model".

    Args:
        context: Gives the phases import, load and work.
        request: Settings as `catalogue.resolve_stage` gives them; the parent "teacher" is the
            teacher's checkpoint. `n_layers` is the student's depth, 0 for half the teacher's.

    Raises:
        SettingsError: If the settings cannot be run with this teacher.
    """
    import_neural(context)
    if request.settings["method"] == "task-specific":
        from breakeven.workloads.stages.task_student import distil_on_task  # noqa: PLC0415 - torch

        distil_on_task(context, request)
        return
    from breakeven.workloads.stages.general_student import distil_on_corpus  # noqa: PLC0415 - torch

    distil_on_corpus(context, request)
