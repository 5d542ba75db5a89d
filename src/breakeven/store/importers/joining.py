"""Joining: a log outside meets stored runs by time, and becomes what it adds to their phases."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.errors import DataFileError
from breakeven.formulas.alignment import Activity, Offset, estimate_offset
from breakeven.records import (
    AttachedPhase,
    Attachment,
    Cost,
    Kind,
    Note,
    Origin,
    PhaseName,
    Resource,
    Run,
    Scope,
)
from breakeven.records.disagreement import disagreements
from breakeven.store.importers.doubts import doubts_about, overlap_notes
from breakeven.store.importers.log import LogChannel, PowerLog
from breakeven.store.importers.phases import Neighbours, PhaseWindow, windows_of

SEARCH_S = 300.0
"""Clocks that nobody sets drift by minutes in a year; an hour is a zone that was told wrongly."""

N_SHIFTS = 33
"""Offsets within the interval at which a window is integrated; its bounds are their extremes."""

LEAST_SEEN_FRAC = 0.5
"""A phase of which a log saw less than this has no number from it: it would be mostly missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """How a log is to be joined.

    Attributes:
        scope: How much of the machine its channels see.
        offset: What its clock shows more than the runs'; None to estimate it.
        check_of: Channel that it counts over again; empty for none.
        relative_error: Share by which the meter itself may be off (its maker's figure).
        search_s: Largest offset to try when estimating.
        imported_at: UTC, ISO 8601.
    """

    scope: Scope
    imported_at: str
    offset: Offset | None = None
    check_of: str = ""
    relative_error: float = 0.0
    search_s: float = SEARCH_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What came of it.

    Attributes:
        attachment: What the log adds; no phases where it met none.
        offset: The clock offset that was used.
        n_unseen: Phases of which it saw less than half, or nothing.
    """

    attachment: Attachment
    offset: Offset
    n_unseen: int = 0


def join_log(log: PowerLog, runs: Sequence[Run], how: Joining) -> Joined:
    """Integrate a log over the phases of runs.

    The value takes power to step where a phase begins and ends, see `PowerTrace.phase_energy`.
    The bounds of each cost are the least and the most that the log gives at any offset within the
    offset's interval, each with the bounds of its steps; so a clock that is known badly widens
    short phases, and hardly long ones.

    Args:
        log: On a clock of seconds since 1970.
        runs: As recorded.
        how: What is known beside the data.

    Raises:
        DataFileError: If the offset cannot be told, or the log meets no phase; says what to do.
    """
    windows = tuple(windows_of(runs))
    offset = how.offset or _estimated(log, windows, how)
    added, n_unseen = list[AttachedPhase](), 0
    neighbours = Neighbours(windows)
    for window in windows:
        costs, notes = list[Cost](), list[Note]()
        for channel in log.channels:
            cost = _cost(channel, window, offset, how, source=log.path.name)
            if cost is not None:
                costs.append(cost)
                notes += doubts_about(
                    cost,
                    channel,
                    stretch=window.on_log(offset),
                    offset=offset,
                    source=log.path.name,
                )
        n_unseen += not costs
        if costs:
            known = (c for c in window.seen.costs if not c.check_of)
            notes += disagreements((*known, *costs), duration_s=window.seen.duration_s)
            notes += overlap_notes(neighbours.of(window), source=log.path.name)
            added.append(window.attached(costs, notes))
    if not added:
        raise DataFileError(_missed(log, windows, offset))
    return Joined(
        attachment=Attachment(
            content_hash=log.content_hash,
            source=log.path.name,
            imported_at=how.imported_at,
            offset_s=offset.value_s,
            offset_low_s=offset.low_s,
            offset_high_s=offset.high_s,
            is_offset_estimated=offset.is_estimated,
            phases=tuple(added),
        ),
        offset=offset,
        n_unseen=n_unseen,
    )


def _estimated(log: PowerLog, windows: Sequence[PhaseWindow], how: Joining) -> Offset:
    near = [
        w
        for w in windows
        if w.start_s + w.seen.duration_s > log.start_s - how.search_s
        and w.start_s < log.end_s + how.search_s
    ]
    if not near:
        raise DataFileError(_missed(log, windows, None))

    try:
        return estimate_offset(
            _activities(near),
            log.energy,
            log_s=(log.start_s, log.end_s),
            period_s=log.period_s,
            search_s=how.search_s,
        )
    except ValueError as error:
        raise DataFileError(
            f"{log.path}: the offset between the log's clock and the runs' cannot be told: "
            f"{error}. Say it with --offset-s (0 where both clocks follow a time server), or log "
            "idle time before, between and after the runs."
        ) from error


def _activities(windows: Sequence[PhaseWindow]) -> list[Activity]:
    """Phases with how busy each was, by the best measure that all of them share."""
    for resource in (Resource.ENERGY_J, Resource.CPU_S):
        totals = [w.seen.total(resource) for w in windows]
        if all(total is not None for total in totals) and any(t and t.value for t in totals):
            levels = [
                t.value / w.seen.duration_s if t and w.seen.duration_s else 0.0
                for t, w in zip(totals, windows, strict=True)
            ]
            return _made(windows, levels)
    return _made(windows, [float(w.phase.name is not PhaseName.IDLE) for w in windows])


def _made(windows: Sequence[PhaseWindow], levels: Sequence[float]) -> list[Activity]:
    return [
        Activity(start_s=w.start_s, duration_s=w.seen.duration_s, level=level)
        for w, level in zip(windows, levels, strict=True)
        if w.seen.duration_s > 0
    ]


def _cost(
    channel: LogChannel, window: PhaseWindow, offset: Offset, how: Joining, *, source: str
) -> Cost | None:
    duration_s = window.seen.duration_s
    start_s, end_s = window.on_log(offset)
    best = channel.trace.phase_energy(start_s, end_s)
    if duration_s <= 0 or best.covered_s < LEAST_SEEN_FRAC * duration_s:
        return None
    shifts = np.linspace(offset.low_s, offset.high_s, N_SHIFTS) - offset.value_s
    tried = [channel.trace.energy(start_s=start_s + s, end_s=end_s + s) for s in shifts.tolist()]
    rounding_j = channel.resolution / 2 * duration_s if channel.is_power else 0.0
    slack_j = rounding_j + how.relative_error * best.energy_j
    return Cost(
        resource=Resource.ENERGY_J,
        value=best.energy_j,
        low=max(0.0, min(best.low_j, *(t.low_j for t in tried)) - slack_j),
        high=max(best.high_j, *(t.high_j for t in tried)) + slack_j,
        kind=Kind.MEASURED,
        channel=channel.name,
        sensor=f"log {source}",
        origin=Origin.LOGGED,
        resolution=None if channel.is_power else channel.resolution,
        period_s=channel.update_s,
        coverage_frac=min(1.0, best.covered_s / duration_s),
        not_covered=how.scope.leaves_out,
        check_of=how.check_of or None,
        scope=how.scope,
    )


def _missed(log: PowerLog, windows: Sequence[PhaseWindow], offset: Offset | None) -> str:
    if not windows:
        return f"{log.path}: there are no runs in the store to join it to; measure something first."
    shift_s = 0.0 if offset is None else offset.value_s
    ran = _span(
        min(w.start_s for w in windows), max(w.start_s + w.seen.duration_s for w in windows)
    )
    return (
        f"{log.path}: the log covers {_span(log.start_s - shift_s, log.end_s - shift_s)} on the "
        f"runs' clock, the runs ran {ran}: they do not meet, or not by half of any phase. "
        "Check the log's zone (--zone) and clock (--offset-s)."
    )


def _span(start_s: float, end_s: float) -> str:
    first, last = (
        f"{np.datetime64(math.floor(t), 's')!s}Z".replace("T", " ") for t in (start_s, end_s)
    )
    return f"{first} to {last}"
