"""Stage fetch: obtain a model and keep it, so that nothing is downloaded while work is measured."""

from breakeven.records import PhaseName
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.stages.imports import import_neural
from breakeven.workloads.stages.ledger import Ledger


def run(context: StageContext, request: StageRequest) -> None:
    """Keep a model as the artefact "model": a checkpoint as it is, or one with random weights.

    It computes nothing with the model, so its FLOPs are 0 by count.

    Args:
        context: Gives the phases import, load and work.
        request: Settings as `catalogue.resolve_stage` gives them.

    Raises:
        ModelFolderError: If the model cannot be had, or cannot be loaded safely.
        SettingsError: If it cannot be built.
    """
    settings = request.settings
    if settings["model"] == "random" or settings["weights"] == "random":
        import_neural(context)
        from breakeven.workloads.stages.building import build_random  # noqa: PLC0415 - torch

        build_random(context, request)
    else:
        from breakeven.workloads.models.fetching import fetch_folder  # noqa: PLC0415 - as needed

        with context.phase(PhaseName.WORK):
            fetch_folder(str(settings["model"]), context.artifact_dir("model"))
    Ledger(context).close()
