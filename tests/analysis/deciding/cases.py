"""What the tests of decisions share: the two studies and the corners of the vectors, gathered."""

import math
from collections.abc import Mapping, Sequence
from functools import cache

from breakeven.analysis.deciding import Ground
from breakeven.records import Run, StudyDefinition
from tools.vectors import STUDIES

Study = tuple[StudyDefinition, tuple[Run, ...], Ground]


@cache
def study(name: str) -> Study:
    """Definition, runs and gathered costs of a study, by the name of its file of vectors."""
    return STUDIES[name]()


def unlike(found: object, expected: object, *, at: str = "") -> list[str]:
    """Places at which two plain values differ by more than rounding, numbers to 1e-9."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping) or found.keys() != expected.keys():
            return [f"{at}: {found!r} is not {expected!r}"]
        return [
            line for key in expected for line in unlike(found[key], expected[key], at=f"{at}.{key}")
        ]
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        if not isinstance(found, Sequence) or len(found) != len(expected):
            return [f"{at}: {found!r} is not {expected!r}"]
        pairs = zip(found, expected, strict=True)
        return [line for i, (a, b) in enumerate(pairs) for line in unlike(a, b, at=f"{at}[{i}]")]
    return [] if _is_same(found, expected) else [f"{at}: {found!r} is not {expected!r}"]


def _is_same(found: object, expected: object) -> bool:
    if isinstance(expected, bool) or not isinstance(expected, float | int):
        return found == expected
    return (
        isinstance(found, float | int)
        and not isinstance(found, bool)
        and math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-15)
    )
