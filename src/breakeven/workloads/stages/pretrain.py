"""Stage pretrain: a masked language model from unlabelled text."""

from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.stages.imports import import_neural


def run(context: StageContext, request: StageRequest) -> None:
    """Train a masked language model and keep it as the artefact "model".

    Args:
        context: Gives the phases import, load and work.
        request: Settings as `catalogue.resolve_stage` gives them. `model: random` trains a
            tokenizer and starts from random weights, inside the work; a checkpoint without a
            masked-LM head has only that head fitted, its encoder stays as it is.

    Raises:
        SettingsError: If the settings cannot be run.
    """
    import_neural(context)
    from breakeven.workloads.stages.pretraining import pretrain_encoder  # noqa: PLC0415 - torch

    pretrain_encoder(context, request)
