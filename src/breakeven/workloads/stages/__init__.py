"""Stages: what runs. Each asks its context for phases and never learns how it is metered.

Importing this room costs nothing: torch and scikit-learn come in with the stage that needs
them, inside an import phase of their own.
"""

from breakeven import registry
from breakeven.records.protocols import StageContext, StageRequest

__all__ = ["run_stage"]


def run_stage(context: StageContext, request: StageRequest) -> None:
    """Run the stage registered under `request.stage`.

    Raises:
        UnknownNameError: If no installed package declares that stage.
    """
    registry.load("stage", request.stage.value)(context, request)
