"""Moments: times that a ledger writes without a zone, or not at all."""

from datetime import UTC, datetime, tzinfo
from pathlib import Path

from breakeven.store.importers.ledgers.lines import Line
from breakeven.store.importers.times import parse_times


def moment(line: Line, column: str, *, zone: tzinfo) -> datetime:
    """When something was, in UTC.

    Args:
        line: The row.
        column: Holds the time, ISO 8601.
        zone: Of times without one.

    Raises:
        DataFileError: If it is no time, or one that the zone had twice or never.
    """
    try:
        (time_s,) = parse_times([line.cells[column]], header=column, zone=zone).times_s
        return datetime.fromtimestamp(time_s, UTC)
    except ValueError as error:
        why = str(error).partition(": ")[2] or "it lies outside the calendar"
        raise line.refused(column, f"which is no moment: {why}") from error
    except (OverflowError, OSError) as error:
        raise line.refused(column, "which lies outside the calendar") from error


def stamp(time: datetime) -> str:
    """Write a time as records hold it.

    Examples:
        >>> stamp(datetime(2026, 3, 2, 10, tzinfo=UTC))
        '2026-03-02T10:00:00.000+00:00'
    """
    return time.isoformat(timespec="milliseconds")


def written_at(path: Path, *, before_s: float = 0.0) -> str:
    """When a file was last written, for runs whose ledger names no time.

    Args:
        path: The file.
        before_s: Seconds to go back from there.
    """
    written_s = path.stat().st_mtime
    return stamp(datetime.fromtimestamp(max(0.0, written_s - before_s), UTC))


NO_TIME = "the file names no time: when it was last written is taken"
NO_ZONE = "times name no zone and are taken for UTC; --zone says another"
