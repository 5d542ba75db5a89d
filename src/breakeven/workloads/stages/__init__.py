"""Stages: what runs. Each asks its context for phases and never learns how it is metered.

Importing this room costs nothing: torch and scikit-learn come in with the stage that needs
them, inside an import phase of their own.
"""

from breakeven import registry
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.ranks.leader import n_ranks_of, run_in_ranks

__all__ = ["run_stage"]


def run_stage(context: StageContext, request: StageRequest) -> None:
    """Run the stage registered under `request.stage`, in as many processes as it asks for.

    Raises:
        UnknownNameError: If no installed package declares that stage.
    """
    if n_ranks_of(request) > 1:
        run_in_ranks(context, request)
    else:
        registry.load("stage", request.stage.value)(context, request)
