"""Options: which keys a task or stage understands, their defaults and their limits.

Free of torch, so that a study can be checked and hashed without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One key that may be set.

    Attributes:
        default: Its value when it is not passed; its type is the type of the option.
        doc: What it does and in which unit, for people.
        low: Smallest value allowed.
        high: Largest value allowed.
        choices: The only values allowed; empty when any of its type is.
        is_required: Whether leaving it out is an error; `default` then only gives the type.
    """

    default: Scalar
    doc: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    is_required: bool = False


def resolve(
    where: str, options: Mapping[str, Option], passed: Mapping[str, Scalar]
) -> dict[str, Scalar]:
    """Fill in defaults and check every value; the result is in the order of `options`.

    Args:
        where: What the options belong to, for messages ("stage finetune", "task files").
        options: Every key that is understood.
        passed: What the user wrote.

    Raises:
        UnknownNameError: If a key is not understood; the nearest one is suggested.
        SettingsError: If a value has the wrong type or is out of range, or a key is missing.
    """
    for name in passed:
        if name not in options:
            raise UnknownNameError(f"setting of {where}", name, options)
    for name, option in options.items():
        if option.is_required and name not in passed:
            raise SettingsError(f"{where} needs {name!r}: {option.doc}. Set it in the study file.")
    return {
        name: check(where, name, option, passed[name]) if name in passed else option.default
        for name, option in options.items()
    }


def check(where: str, name: str, option: Option, value: Scalar) -> Scalar:
    """Return `value` in the option's type.

    Text that reads as a number is taken as one, because YAML reads `3e-5` as text.

    Raises:
        SettingsError: If the type is wrong, or the value is out of range or not a choice.
    """
    typed = _typed(option.default, value)
    if typed is None:
        kind = type(option.default).__name__
        raise SettingsError(f"{where}: {name}={value!r} is not of type {kind}; {option.doc}")
    if option.choices and typed not in option.choices:
        named = ", ".join(filter(None, option.choices))
        or_none = ", or leave it out" if "" in option.choices else ""
        raise SettingsError(
            f"{where}: {name}={value!r} is not a choice; choose one of {named}{or_none}"
        )
    if isinstance(typed, int | float) and not isinstance(typed, bool):
        _check_range(where, name, option, typed)
    return typed


def _typed(default: Scalar, value: Scalar) -> Scalar | None:
    if isinstance(default, bool) or isinstance(value, bool):
        return value if isinstance(default, bool) and isinstance(value, bool) else None
    if isinstance(default, str):
        return value if isinstance(value, str) else str(value)
    try:
        number = float(value)
    except ValueError:
        return None
    if isinstance(default, float):
        return number
    return int(number) if number.is_integer() else None


def _check_range(where: str, name: str, option: Option, value: float) -> None:
    low = -float("inf") if option.low is None else option.low
    high = float("inf") if option.high is None else option.high
    if not (low <= value <= high and abs(value) < float("inf")):
        upper = "" if option.high is None else f" and at most {option.high:g}"
        raise SettingsError(
            f"{where}: {name}={value!r} is out of range; it must be at least {low:g}{upper}"
        )
