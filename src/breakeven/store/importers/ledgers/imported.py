"""Imported: the runs that a ledger tells of, and what of it was left out and why."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Note,
    NoteCode,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Stage,
)
from breakeven.store.importers.printed import Printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user says of the runs that the ledger does not.

    Attributes:
        study: Study they belong to; empty for none.
        row: Their row; empty for the name that the ledger has. Several runs of one row are repeats.
        stage: Part of the life-cycle; None for what the ledger says, or a mere command.
        n_examples: How many examples each run processed; 0 where nobody says.
    """

    study: str = ""
    row: str = ""
    stage: Stage | None = None
    n_examples: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something of the ledger that no run holds.

    Attributes:
        what: Columns, keys or rows.
        why: The reason.
    """

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was read.

    Attributes:
        tool: Which tool wrote the ledger, with its version where known.
        runs: In the order they stand there.
        left_out: What no run holds.
        remarks: What the user should know of the file as a whole.
    """

    tool: str
    runs: tuple[Run, ...]
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()


def run_id_of(*identity: str) -> str:
    """Id that the same run has whenever it is imported.

    Examples:
        >>> run_id_of("sacct", "17") == run_id_of("sacct", "17") != run_id_of("sacct", "18")
        True
    """
    return f"imp-{hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:24]}"


_MOST = 5
"""Names of one sort that are listed."""


def few(names: Sequence[str]) -> str:
    """List names; of many the first and how many more there are.

    Examples:
        >>> few(["17", "18"]), few(list("abcdefg"))
        ('17, 18', 'a, b, c, d, e and 2 more')
    """
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def amount(  # noqa: PLR0913 - each says one thing of a number
    resource: Resource,
    found: Printed,
    *,
    kind: Kind,
    sensor: str,
    channel: str = "all",
    factor: float = 1.0,
    not_covered: str = "",
    origin: Origin = Origin.LOGGED,
) -> Cost:
    """Make a cost of a printed number, as wide as its last digit leaves open.

    Args:
        resource: What it is an amount of.
        found: The number.
        kind: How it came about.
        sensor: What produced it.
        channel: Which part it is of.
        factor: One of its unit in the resource's.
        not_covered: What it leaves out.
        origin: Where it was obtained.
    """
    return Cost(
        resource=resource,
        value=found.value * factor,
        low=max(0.0, found.low * factor),
        high=found.high * factor,
        kind=kind,
        channel=channel,
        sensor=sensor,
        origin=origin,
        resolution=found.step * factor or None,
        not_covered=not_covered,
    )


def work_phase(started_at: str, costs: Iterable[Cost]) -> tuple[Phase, ...]:
    """One phase that holds what was measured and modelled; none without a duration."""
    kept = tuple(costs)
    duration_s = next((c.value for c in kept if c.resource is Resource.DURATION_S), None)
    if duration_s is None:
        return ()
    seen = Measurement(started_at=started_at, duration_s=duration_s, costs=kept)
    return (Phase(name=PhaseName.WORK, measurement=seen),)


def imported_note(tool: str, source: str, said: str) -> Note:
    """Say whose numbers a run holds.

    Args:
        tool: Which tool wrote them down.
        source: Name of the file.
        said: What is special about them.
    """
    return Note(
        code=NoteCode.IMPORTED,
        message=f"every number is what {tool} wrote in {source}; nothing here measured it. {said}",
        advice="Compare runs that one tool wrote, or measure the others as well.",
    )
