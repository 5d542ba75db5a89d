"""Asking for a meter: its registered name, and options where it takes some.

    nvml                                    a sensor of this machine
    shelly:url=http://192.168.1.7           one that must be told where to look

Sensors of the machine itself open on their own; what is asked over a network, modelled or replayed
is never opened unless somebody asked for it by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from breakeven import registry
from breakeven.errors import SettingsError, UnknownNameError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A meter somebody wants.

    Attributes:
        name: Registered name.
        options: What it was told, as text; empty for none.
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict)


def parse_meter(text: str) -> Asked:
    """Read `NAME` or `NAME:KEY=VALUE,KEY=VALUE`.

    Raises:
        SettingsError: If an option has no value or stands twice.

    Examples:
        >>> parse_meter("shelly:url=http://192.168.1.7:80,switch=0").options
        {'url': 'http://192.168.1.7:80', 'switch': '0'}
    """
    name, _, rest = text.partition(":")
    options: dict[str, str] = {}
    for part in filter(None, rest.split(",")):
        key, is_given, value = part.partition("=")
        if not (is_given and key and value) or key in options:
            # A value is not repeated: it may be a password that does not belong here.
            raise SettingsError(
                f"meter {name!r}: option {len(options) + 1} has no key, no value or a key that "
                f"stands twice; write {name}:KEY=VALUE,KEY=VALUE, each key once"
            )
        options[key] = value
    return Asked(name=name, options=options)


def own_meters() -> list[str]:
    """Names of the sensors of this machine, which open on their own."""
    return registry.names("meter")


def maker_of(name: str) -> Callable[..., Any]:
    """Return the class registered for a meter.

    Raises:
        UnknownNameError: If neither a sensor of this machine nor one on request is called so.
    """
    own, requested = registry.names("meter"), registry.names("requested_meter")
    if name not in (*own, *requested):
        raise UnknownNameError("meter", name, sorted({*own, *requested}))
    found: Callable[..., Any] = registry.load("meter" if name in own else "requested_meter", name)
    return found


def make_meter(asked: Asked, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 - either protocol
    """Make a meter from what the bank knows, or from what it was told.

    A class takes options through `from_options(options, **arguments)`, which raises
    `SettingsError` for a key that it does not know.

    Raises:
        UnknownNameError: If there is no such meter.
        SettingsError: If it takes no options but was given some.
        MeterUnavailableError: If it cannot be had.
    """
    maker = maker_of(asked.name)
    if not asked.options:
        return maker(**arguments)
    if not hasattr(maker, "from_options"):
        raise SettingsError(
            f"meter {asked.name!r} takes no options, got {', '.join(asked.options)}; "
            "name it without any"
        )
    return maker.from_options(asked.options, **arguments)
