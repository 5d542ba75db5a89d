"""Adaptive methods, by registered name: easy examples cost less than hard ones."""

from collections.abc import Collection
from typing import cast

from breakeven import registry
from breakeven.errors import SettingsError
from breakeven.workloads.adaptive.adaptive import Adaptive, ReadTask
from breakeven.workloads.adaptive.manifest import is_adaptive, read_manifest

__all__ = [
    "Adaptive",
    "ReadTask",
    "check_roles",
    "is_adaptive",
    "load_adaptive",
    "read_manifest",
    "refuse_further",
]


def load_adaptive(name: str) -> Adaptive:
    """Return the adaptive method registered under `name`.

    Raises:
        UnknownNameError: If there is none; the nearest name is suggested.
    """
    return cast("Adaptive", registry.load("adaptive", name))


def check_roles(method: str, roles: Collection[str]) -> None:
    """Refuse a row of stage adapt that lacks a row its method needs, or has one it does not take.

    Args:
        method: As registered; of any other name nothing is known.
        roles: Of the rows it begins from.

    Raises:
        SettingsError: If one is missing, or one too many.
    """
    if method not in registry.names("adaptive"):
        return
    taken = load_adaptive(method).roles
    for role in taken:
        if role not in roles:
            raise SettingsError(f"method={method!r} needs a row as `{_key(role)}`; name one there")
    refuse_further(f"method={method!r}", roles, taken)


def refuse_further(what: str, roles: Collection[str], taken: Collection[str]) -> None:
    """Refuse rows that a row names and nothing is done with.

    Args:
        what: Takes them, for the message.
        roles: Of the rows it begins from.
        taken: Roles of those it uses.

    Raises:
        SettingsError: If there is one.
    """
    for role in roles:
        if role not in taken:
            raise SettingsError(f"{what} takes no row as `{_key(role)}`; leave that out")


def _key(role: str) -> str:
    """How a study file calls a role."""
    return "from" if role == "start" else role
