"""Frameworks: import transformers quietly, without telemetry, or say what to install."""

import os
from types import ModuleType

from breakeven.errors import MissingExtraError

_ENVIRONMENT = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
}
"""Set only where the user has not. Tokenizers stay on one thread, as everything in a worker."""


def quiet_environment() -> None:
    """Ask the hub's libraries, before they are imported, for no telemetry and no chatter."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def import_transformers() -> ModuleType:
    """Import transformers with its progress bars, warnings and telemetry off.

    Raises:
        MissingExtraError: If it is not installed.
    """
    quiet_environment()
    try:
        import torch  # noqa: F401, PLC0415 - without torch transformers imports but cannot work
        import transformers  # noqa: PLC0415 - seconds to import, needed by workers only
    except ImportError as error:
        raise MissingExtraError("a transformer model", "nlp") from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    module: ModuleType = transformers
    return module
