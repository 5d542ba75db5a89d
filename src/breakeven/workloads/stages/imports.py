"""Imports: bring a framework in inside a phase of its own, so that work never pays for it.

Importing torch and transformers costs seconds of CPU; a process pays once, whatever it then does.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from breakeven.errors import MissingExtraError
from breakeven.records import PhaseName
from breakeven.records.protocols import StageContext
from breakeven.workloads.backends.backend import Backend
from breakeven.workloads.backends.telemetry import forbid_telemetry
from breakeven.workloads.models.frameworks import import_transformers, quiet_environment

_NEURAL = ("torch", "transformers.modeling_utils", "breakeven.workloads.models.encoder")
_GRAPH = ("tokenizers", "breakeven.workloads.stages.graph_service")
_LINEAR = ("sklearn.feature_extraction.text", "sklearn.linear_model", "sklearn.svm")


def import_neural(context: StageContext) -> None:
    """Import torch and transformers as an import phase, unless this process has them.

    Raises:
        MissingExtraError: If they are not installed.
    """
    import_in_phase(context, _NEURAL, needed_for="a transformer model", first=import_transformers)


def import_backend(context: StageContext, backend: Backend, *, precision: str = "") -> None:
    """Import what a backend needs as one import phase, and to export torch and transformers too.

    Args:
        context: Gives the phase.
        backend: Installed.
        precision: Of the graph to be made; empty where one is only opened.

    Raises:
        MissingExtraError: If torch or transformers are not installed.
    """
    forbid_telemetry()
    exporting = (*_NEURAL, *backend.export_modules(precision)) if precision else ()
    import_in_phase(
        context,
        (*exporting, *_GRAPH, *backend.modules),
        needed_for=f"backend {backend.name}",
        first=import_transformers if precision else quiet_environment,
    )


def import_all_neural() -> None:
    """Import the same outside any phase, where somebody else measures the import.

    Raises:
        MissingExtraError: If they are not installed.
    """
    import_transformers()
    for name in _NEURAL:
        import_module(name)


def import_linear(context: StageContext) -> None:
    """Import scikit-learn as an import phase, unless this process has it.

    Raises:
        MissingExtraError: If it is not installed.
    """
    import_in_phase(context, _LINEAR, needed_for="the TF-IDF model")


def import_in_phase(
    context: StageContext,
    names: Sequence[str],
    *,
    needed_for: str,
    first: Callable[[], object] = lambda: None,
) -> None:
    """Import modules as one import phase; nothing happens if this process has them all.

    Args:
        context: Gives the phase.
        names: Of the modules.
        needed_for: What cannot be done without them, for the message.
        first: Called before, inside the phase.

    Raises:
        MissingExtraError: If one is not installed.
    """
    if all(name in sys.modules for name in names):
        return
    with context.phase(PhaseName.IMPORT):
        first()
        try:
            for name in names:
                import_module(name)
        except ImportError as error:
            raise MissingExtraError(needed_for, "nlp") from error
