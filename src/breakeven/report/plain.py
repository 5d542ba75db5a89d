"""Plain: results as values that JSON knows, each number with its interval, method and kinds."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

from breakeven.records import Estimate

_LEFT_OUT = frozenset({"notes", "run_ids"})


def plain(value: object) -> object:
    """A result as dicts, lists, texts and numbers; None where a number is missing or infinite.

    Args:
        value: A result of analysis, or anything made of them.

    Examples:
        >>> plain({"half": 0.5, "end": float("inf"), "names": ("FT", "TS")})
        {'half': 0.5, 'end': None, 'names': ['FT', 'TS']}
    """
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Estimate):
        return _estimate(value)
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.value if isinstance(value, Enum) else value


def _estimate(found: Estimate) -> dict[str, object]:
    """Every field that says what the number is; `is_open` where its interval has no upper end."""
    told = {f.name: plain(getattr(found, f.name)) for f in fields(found) if f.name not in _LEFT_OUT}
    return told | {"is_open": found.high is not None and math.isinf(found.high)}
