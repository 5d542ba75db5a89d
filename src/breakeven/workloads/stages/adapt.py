"""Stage adapt: models joined, or cut short, so that easy examples cost less than hard ones."""

from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive import check_roles, load_adaptive


def run(context: StageContext, request: StageRequest) -> None:
    """Make an adaptive model and keep it as the artefact "model".

    Args:
        context: Gives the phases import, load and work.
        request: Settings as `catalogue.resolve_stage` gives them; `method` names what is done, and
            its `roles` say which parents it needs.

    Raises:
        UnknownNameError: If there is no such method.
        SettingsError: If a parent is missing, or the method refuses what it is given.
    """
    method = str(request.settings["method"])
    check_roles(method, request.parents)
    load_adaptive(method).adapt(context, request)
