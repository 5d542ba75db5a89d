"""Stage adapt: models joined, or cut short, so that easy examples cost less than hard ones."""

from breakeven.errors import SettingsError
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive import load_adaptive


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
    method = load_adaptive(str(request.settings["method"]))
    for role in method.roles:
        if role not in request.parents:
            key = "from" if role == "start" else role
            raise SettingsError(
                f"method={request.settings['method']!r} needs a row as `{key}`; name it there"
            )
    method.adapt(context, request)
