"""Adaptive methods, by registered name: easy examples cost less than hard ones."""

from collections.abc import Collection
from typing import cast

from breakeven import registry
from breakeven.errors import SettingsError
from breakeven.workloads.adaptive.adaptive import Adaptive, ReadTask
from breakeven.workloads.adaptive.manifest import is_adaptive, read_manifest

__all__ = ["Adaptive", "ReadTask", "check_roles", "is_adaptive", "load_adaptive", "read_manifest"]


def load_adaptive(name: str) -> Adaptive:
    """Return the adaptive method registered under `name`.

    Raises:
        UnknownNameError: If there is none; the nearest name is suggested.
    """
    return cast("Adaptive", registry.load("adaptive", name))


def check_roles(method: str, roles: Collection[str]) -> None:
    """Refuse a row of stage adapt that lacks a row its method needs.

    Args:
        method: As registered; any other name needs nothing.
        roles: Of the rows it begins from.

    Raises:
        SettingsError: If one is missing.
    """
    if method not in registry.names("adaptive"):
        return
    for role in load_adaptive(method).roles:
        if role not in roles:
            key = "from" if role == "start" else role
            raise SettingsError(f"method={method!r} needs a row as `{key}`; name one there")
