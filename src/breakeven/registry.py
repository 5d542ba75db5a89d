"""Find tasks, meters, reductions and the rest by name, in this package or any other.

A third party adds one by declaring an entry point; nothing here changes:

    [project.entry-points."breakeven.meters"]
    powerjoular = "pkg_powerjoular:PowerJoularMeter"
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from breakeven.errors import UnknownNameError

Kind = Literal[
    "meter", "requested_meter", "task", "stage", "reduction", "backend", "adaptive", "engine"
]


def _declared(kind: Kind) -> Mapping[str, EntryPoint]:
    return _read(kind, entry_points, tuple(sys.path))


@cache
def _read(
    kind: Kind,
    reader: Callable[..., Iterable[EntryPoint]],
    path: tuple[str, ...],  # noqa: ARG001 - what was read depends on it
) -> Mapping[str, EntryPoint]:
    """Read what is installed once: it takes 3 ms of CPU, and every meter that is opened asks."""
    return {point.name: point for point in reader(group=f"breakeven.{kind}s")}


def names(kind: Kind) -> list[str]:
    """Names that `load` accepts, without importing what they stand for."""
    return sorted(_declared(kind))


def load(kind: Kind, name: str) -> Any:  # noqa: ANN401 - each kind has its own protocol
    """Import and return the object registered under `name`.

    Only the one asked for is imported, so a broken plug-in breaks only itself.

    Raises:
        UnknownNameError: If no installed package declares that name.
    """
    declared = _declared(kind)
    if name not in declared:
        raise UnknownNameError(kind, name, declared)
    return declared[name].load()
