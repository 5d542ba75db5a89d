"""Stage finetune: a classifier from labelled examples, neural or TF-IDF + linear."""

from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.stages.imports import import_linear, import_neural


def run(context: StageContext, request: StageRequest) -> None:
    """Fit a classifier and keep it as the artefact "model".

    Args:
        context: Gives the phases import, load and work.
        request: Settings as `catalogue.resolve_stage` gives them; `model: tfidf` needs no torch.
            The parent "start" is the checkpoint to begin from.

    Raises:
        SettingsError: If the settings cannot be run, or the training diverged.
    """
    if request.settings["model"] == "tfidf":
        import_linear(context)
        from breakeven.workloads.stages.linear_fit import finetune_linear  # noqa: PLC0415 - in phase

        finetune_linear(context, request)
        return
    import_neural(context)
    from breakeven.workloads.stages.encoder_fit import finetune_encoder  # noqa: PLC0415 - torch

    finetune_encoder(context, request)
