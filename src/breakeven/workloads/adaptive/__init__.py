"""Adaptive methods, by registered name: easy examples cost less than hard ones."""

from typing import cast

from breakeven import registry
from breakeven.workloads.adaptive.adaptive import Adaptive, ReadTask
from breakeven.workloads.adaptive.manifest import is_adaptive, read_manifest

__all__ = ["Adaptive", "ReadTask", "is_adaptive", "load_adaptive", "read_manifest"]


def load_adaptive(name: str) -> Adaptive:
    """Return the adaptive method registered under `name`.

    Raises:
        UnknownNameError: If there is none; the nearest name is suggested.
    """
    return cast("Adaptive", registry.load("adaptive", name))
