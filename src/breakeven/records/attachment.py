"""Attachment: what a log kept outside says of runs that were stored before it was read.

Stored runs never change. What a wall meter's log adds to their phases lies beside them and is laid
over them whenever they are read.
"""

import math
from dataclasses import dataclass

from breakeven.records.cost import Cost
from breakeven.records.note import Note
from breakeven.records.run import SCHEMA_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedPhase:
    """What a log adds to one phase of one run.

    Attributes:
        run_id: Of the run.
        index: Place of the phase among the run's, from 0.
        started_at: When that phase began, as the run says; another one is not meant.
        costs: One per channel of the log that observed it.
        notes: Doubts about them.
    """

    run_id: str
    index: int
    started_at: str
    costs: tuple[Cost, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One imported log, as far as it met runs.

    Attributes:
        content_hash: SHA-256 of the log; importing it again replaces this, never doubles it.
        source: Name of the file.
        imported_at: UTC, ISO 8601.
        offset_s: What the log's clock showed more than the runs' clock, in seconds.
        offset_low_s: Lower end of what is known of it.
        offset_high_s: Upper end.
        is_offset_estimated: Whether it was found in the data; otherwise somebody stated it.
        phases: What it adds.
        schema_version: Layout of this record.
    """

    content_hash: str
    source: str
    imported_at: str
    offset_s: float
    offset_low_s: float
    offset_high_s: float
    is_offset_estimated: bool
    phases: tuple[AttachedPhase, ...] = ()
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        offsets = (self.offset_low_s, self.offset_s, self.offset_high_s)
        if not (all(map(math.isfinite, offsets)) and offsets == tuple(sorted(offsets))):
            raise ValueError(
                f"a clock offset must be finite with low <= value <= high, got {offsets} s"
            )

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels that it adds, in order of appearance."""
        return tuple(dict.fromkeys(c.channel for phase in self.phases for c in phase.costs))

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Runs that it adds to, in order of appearance."""
        return tuple(dict.fromkeys(phase.run_id for phase in self.phases))
