"""Further keys of a configuration: those that no setting of ours has a name for.

Free of torch, so that a study's line can be read, if not understood, without it.
"""

import json
from collections.abc import Mapping
from typing import Any

from breakeven.errors import SettingsError, UnknownNameError


def read_further(text: str) -> dict[str, Any]:
    """Read the setting `config`: keys of a configuration with their values.

    Args:
        text: "key=value, key=value"; values as JSON has them, anything else is a text.

    Raises:
        SettingsError: If a part is no `key=value`, or a key comes twice.

    Examples:
        >>> read_further("embedding_size=64, hidden_act=gelu, tie_word_embeddings=false")
        {'embedding_size': 64, 'hidden_act': 'gelu', 'tie_word_embeddings': False}
    """
    found: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, is_given, value = (piece.strip() for piece in part.partition("="))
        if not (key and is_given and value) or key in found:
            raise SettingsError(
                f"config={text!r}: {part!r} is no key with its value, or comes twice; write "
                "key=value, key=value"
            )
        found[key] = _value(value)
    return found


def check_further(further: Mapping[str, Any], known: Mapping[str, Any], *, of: str) -> None:
    """Refuse keys that a configuration has not, and values of another sort than its own.

    Args:
        further: As `read_further` gives them.
        known: The configuration's keys with their values.
        of: Whose configuration, for messages.

    Raises:
        UnknownNameError: If a key is unknown; the nearest one is suggested.
        SettingsError: If a value is of the wrong sort.
    """
    for key, value in further.items():
        if key not in known:
            raise UnknownNameError(f"key of the configuration of {of}", key, known)
        own = known[key]
        if own is not None and value is not None and not _is_alike(value, own):
            raise SettingsError(
                f"config: {key}={value!r} is not of type {type(own).__name__}, as the "
                f"configuration of {of} has it ({own!r})"
            )


def _is_alike(value: object, own: object) -> bool:
    if isinstance(own, float) and not isinstance(value, bool):
        return isinstance(value, int | float)
    return type(value) is type(own)


def _value(text: str) -> Any:  # noqa: ANN401 - whatever a configuration may hold
    try:
        return json.loads(text)
    except ValueError:
        return {"None": None, "True": True, "False": False}.get(text, text)
