"""Settings of a row that the name of its configuration tells: "precision_fp16/length_48"."""

import math
from collections.abc import Mapping

from breakeven.records import Scalar

WILD, ELSE = "*", "|"


def told_settings(configuration: str, patterns: Mapping[str, str]) -> dict[str, Scalar]:
    """Settings that parts of a configuration's name tell.

    Args:
        configuration: Parts with slashes between them.
        patterns: By name of the setting: a part with `*` where the value stands, and behind `|`
            the value where no part is such; without that the setting is then absent.

    Examples:
        >>> patterns = {"max_length": "length_*|128", "precision": "fp*"}
        >>> told_settings("combined/length_48", patterns), told_settings("fp16", patterns)
        ({'max_length': 48}, {'max_length': 128, 'precision': 16})
    """
    found: dict[str, Scalar] = {}
    for name, text in patterns.items():
        pattern, _, otherwise = text.partition(ELSE)
        before, _, behind = pattern.partition(WILD)
        n_fixed = len(before) + len(behind)
        values = [
            part[len(before) : len(part) - len(behind)]
            for part in configuration.split("/")
            if part.startswith(before) and part.endswith(behind) and len(part) > n_fixed
        ]
        if value := (values or [otherwise])[0]:
            found[name] = as_scalar(value)
    return found


def as_scalar(text: str) -> Scalar:
    """A whole number, a number or else the text.

    Examples:
        >>> as_scalar("48"), as_scalar("1e-5"), as_scalar("fp16"), as_scalar("nan")
        (48, 1e-05, 'fp16', 'nan')
    """
    for read in (int, float):
        try:
            value = read(text)
        except ValueError:
            continue
        return value if math.isfinite(value) else text
    return text
