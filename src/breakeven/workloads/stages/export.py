"""Stage export: a trained encoder turned into the graph of another runtime, and held against it."""

from pathlib import Path

from breakeven.errors import SettingsError
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive import is_adaptive
from breakeven.workloads.backends.backend import ready_backend
from breakeven.workloads.backends.graph_folder import is_graph
from breakeven.workloads.models.linear import is_linear
from breakeven.workloads.stages.imports import import_backend


def run(context: StageContext, request: StageRequest) -> None:
    """Export an encoder with its head and keep the graph's folder as the artefact "model".

    Its answers to validation examples are compared with the encoder's in fp32: scores `agreement`,
    the share of equal answers, and `largest_difference` of a logit.

    Args:
        context: Gives the phases import, load and work.
        request: Settings as `catalogue.resolve_stage` gives them; the parent "start" is the
            encoder.

    Raises:
        BackendMissingError: If the backend is not installed.
        ExportError: If it cannot be exported, or answers otherwise in fp32.
        SettingsError: If the parent is no encoder with a trained head for the task.
    """
    precision = str(request.settings["precision"])
    backend = ready_backend(str(request.settings["backend"]), [precision])
    _check_parent(request.parents.get("start"))
    import_backend(context, backend, precision=precision)
    from breakeven.workloads.stages.graph_export import export_graph  # noqa: PLC0415 - torch

    export_graph(context, request, backend)


def _check_parent(folder: Path | None) -> None:
    """Refuse what holds no encoder, before anything is imported."""
    if folder is None:
        raise SettingsError("export needs a row to export; set `from`")
    kinds = {"a linear model": is_linear, "a graph": is_graph, "an adaptive model": is_adaptive}
    for what, holds in kinds.items():
        if holds(folder):
            raise SettingsError(
                f"export begins from an encoder, and its `from` is {what}; name the row that "
                "trained the encoder"
            )
