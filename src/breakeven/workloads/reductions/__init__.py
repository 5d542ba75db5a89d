"""Reductions of the cost of inference, by registered name."""

from typing import cast

from breakeven import registry
from breakeven.workloads.reductions.reduction import Card, Reduction, changed_settings

__all__ = ["Card", "Reduction", "changed_settings", "load_reduction"]


def load_reduction(name: str) -> Reduction:
    """Return the reduction registered under `name`.

    Raises:
        UnknownNameError: If there is none; the nearest name is suggested.
    """
    return cast("Reduction", registry.load("reduction", name))
