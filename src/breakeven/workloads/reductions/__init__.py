"""Reductions of the cost of inference, by registered name."""

from collections.abc import Mapping, Sequence
from typing import cast

from breakeven import registry
from breakeven.errors import SettingsError
from breakeven.records import Scalar, Stage
from breakeven.workloads.reductions.reduction import Card, Reduction, changed_settings

__all__ = ["Card", "Reduction", "changed_settings", "expand", "load_reduction"]


def load_reduction(name: str) -> Reduction:
    """Return the reduction registered under `name`.

    Raises:
        UnknownNameError: If there is none; the nearest name is suggested.
    """
    return cast("Reduction", registry.load("reduction", name))


def expand(
    name: str, settings: Mapping[str, Scalar], values: Sequence[Scalar] = ()
) -> dict[str, list[Scalar]]:
    """Return the setting that a reduction changes, with the values to try.

    Args:
        name: As registered.
        settings: Resolved settings that are to be reduced.
        values: What to try; empty tries those of the card that do reduce these settings.

    Raises:
        UnknownNameError: If there is no such reduction.
        SettingsError: If it acts on a stage of development or on a setting that is not there, or
            if one of `values`, or every value of the card, reduces nothing.
    """
    reduction = load_reduction(name)
    card = reduction.card
    if card.stage is not Stage.INFER:
        raise SettingsError(
            f"reduction {name} is decided at stage {card.stage}, not by an inference row; add a "
            f"row with stage: {card.stage} and {card.setting}: {card.suggested[0]}, and a pathway"
        )
    if card.setting not in settings:
        raise SettingsError(
            f"reduction {name} acts on {card.setting}, which this engine's rows do not have; leave "
            "it out"
        )
    for value in values:
        reduction.apply(settings, value)
    current = settings[card.setting]
    chosen = values or [v for v in card.suggested if not reduction.objection(current, v)]
    if not chosen:
        reduction.apply(settings, card.suggested[0])
    return {card.setting: list(chosen)}
