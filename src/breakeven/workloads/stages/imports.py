"""Imports: bring a framework in inside a phase of its own, so that work never pays for it.

Importing torch and transformers costs seconds of CPU; a process pays once, whatever it then does.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from breakeven.errors import MissingExtraError
from breakeven.records import PhaseName
from breakeven.records.protocols import StageContext
from breakeven.workloads.models.frameworks import import_transformers

_NEURAL = ("torch", "transformers.modeling_utils", "breakeven.workloads.models.encoder")
_LINEAR = ("sklearn.feature_extraction.text", "sklearn.linear_model", "sklearn.svm")


def import_neural(context: StageContext) -> None:
    """Import torch and transformers as an import phase, unless this process has them.

    Raises:
        MissingExtraError: If they are not installed.
    """
    if all(name in sys.modules for name in _NEURAL):
        return
    with context.phase(PhaseName.IMPORT):
        import_transformers()
        _import_all(_NEURAL, "a transformer model")


def import_linear(context: StageContext) -> None:
    """Import scikit-learn as an import phase, unless this process has it.

    Raises:
        MissingExtraError: If it is not installed.
    """
    if all(name in sys.modules for name in _LINEAR):
        return
    with context.phase(PhaseName.IMPORT):
        _import_all(_LINEAR, "the TF-IDF model")


def _import_all(names: Sequence[str], needed_for: str) -> None:
    try:
        for name in names:
            import_module(name)
    except ImportError as error:
        raise MissingExtraError(needed_for, "nlp") from error
