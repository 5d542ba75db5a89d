"""Calibration: how a wall or power supply meter relates to software channels on one machine."""

import math
from dataclasses import dataclass

from breakeven.records.note import Note
from breakeven.records.run import SCHEMA_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """A number and the ends of its interval."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.low <= self.value <= self.high):
            raise ValueError(
                f"an interval must hold its finite value, got {self.low}, {self.value}, {self.high}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Straight line from software power to that of a reference meter, both in watts.

    Attributes:
        reference: What was calibrated against ("wall", "psu1+psu2").
        channels: Software channels whose sum was scaled.
        factor: W of the reference per W of software.
        offset_w: W of the reference where software shows none.
        share_frac: Software energy as a share of the reference's.
        residual_w: Spread of single windows around the line (one standard deviation).
        window_s: Usual length of a window.
        n_windows: Windows it rests on.
        n_independent: Of these, as many as count as independent.
        mean_w: Mean software power of the windows.
        spread_w2: Sum of squared deviations from it, scaled to the independent windows.
        lowest_w: Least software power seen.
        highest_w: Most software power seen.
        level: Of the intervals.
        made_at: UTC, ISO 8601.
        sources: Files or store that it came from.
        host_id: Machine that it holds for; empty if it is not known.
        notes: Doubts.
        schema_version: Layout of this record.
    """

    reference: str
    channels: tuple[str, ...]
    factor: Bounded
    offset_w: Bounded
    share_frac: Bounded
    residual_w: float
    window_s: float
    n_windows: int
    n_independent: float
    mean_w: float
    spread_w2: float
    lowest_w: float
    highest_w: float
    level: float
    made_at: str = ""
    sources: tuple[str, ...] = ()
    host_id: str = ""
    notes: tuple[Note, ...] = ()
    schema_version: int = SCHEMA_VERSION
