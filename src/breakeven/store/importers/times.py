"""When a sample was taken: ISO 8601 with its zone, seconds or milliseconds since 1970, or elapsed.

A local time without a zone is refused, and so is one that its zone had twice, when summer time
ended: off by an hour, a log would be laid over other runs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from statistics import median
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from breakeven.errors import SettingsError

TIME_NAMES = ("time", "timestamp", "date", "datetime", "t", "elapsed", "epoch", "unix", "clock")
"""First words of a column that holds times; matched without case."""

_SLASHED = re.compile(r"^(\d{4})/(\d\d)/(\d\d)")
"""2026/05/04, as nvidia-smi writes a date; 05/04/2026 stays refused: it may be April or May."""

_SECONDS = re.compile(r"\d\d:?\d\d:?\d\d")

_EPOCH_S = (5e8, 1e10)
_EPOCH_MS = (5e11, 1e13)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Times of a log.

    Attributes:
        times_s: Seconds since 1970, UTC; of an elapsed clock, since its own zero.
        is_elapsed: Whether the zero is the log's own.
        resolution_s: Smallest step that the written times show.
    """

    times_s: tuple[float, ...]
    is_elapsed: bool
    resolution_s: float


def parse_zone(text: str) -> tzinfo:
    """Return a zone by its name in the tz database, or by an offset such as +02:00.

    Raises:
        SettingsError: If there is no such zone.

    Examples:
        >>> parse_zone("+02:00").utcoffset(None)
        datetime.timedelta(seconds=7200)
    """
    if text.upper() in {"UTC", "Z"}:
        return UTC
    if text[:1] in "+-" and text:
        hours, _, minutes = text[1:].partition(":")
        if hours.isdecimal() and (minutes or "0").isdecimal() and int(hours) < 24:
            offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
            return timezone(offset if text[0] == "+" else -offset)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"zone {text!r} is not known; write UTC, an offset such as +02:00, or a name such as "
            "Europe/Berlin"
        ) from error


def parse_times(texts: Sequence[str], *, header: str, zone: tzinfo | None = None) -> Times:
    """Read the times of a log, all in one form.

    Args:
        texts: As written, in the order of the rows.
        header: Name of their column; "_ms" at its end says milliseconds of an elapsed clock.
        zone: Of local times; those that name their own zone keep it.

    Raises:
        ValueError: If a time cannot be read or names no one moment; begins with "row N: " from 0.
    """
    if not texts:
        raise ValueError("row 0: there is no time; expected at least 2 rows")
    if _is_number(texts[0]):
        return _from_numbers(texts, is_ms=header.lower().endswith(("_ms", "(ms)", "[ms]")))
    return _from_dates(texts, zone)


def _from_numbers(texts: Sequence[str], *, is_ms: bool) -> Times:
    for row, text in enumerate(texts):
        if not _is_number(text):
            raise ValueError(f"row {row}: time {text!r} is no number like those before it")
    values = [float(text.replace(",", ".")) for text in texts]
    step = 10.0 ** -max(len(t.strip().replace(",", ".").partition(".")[2]) for t in texts)
    middle = median(values)
    if _EPOCH_MS[0] <= middle < _EPOCH_MS[1]:
        return _scaled(values, step, scale=1e-3, is_elapsed=False)
    if _EPOCH_S[0] <= middle < _EPOCH_S[1]:
        return _scaled(values, step, scale=1.0, is_elapsed=False)
    if abs(middle) < _EPOCH_S[0] or is_ms:
        return _scaled(values, step, scale=1e-3 if is_ms else 1.0, is_elapsed=True)
    raise ValueError(
        f"row 0: time {texts[0]!r} is neither seconds nor milliseconds since 1970, nor elapsed "
        "seconds; convert it to one of them or to ISO 8601"
    )


def _scaled(values: Sequence[float], step: float, *, scale: float, is_elapsed: bool) -> Times:
    return Times(
        times_s=tuple(value * scale for value in values),
        is_elapsed=is_elapsed,
        resolution_s=step * scale,
    )


def _from_dates(texts: Sequence[str], zone: tzinfo | None) -> Times:
    return Times(
        times_s=tuple(_stamp(row, text.strip(), zone) for row, text in enumerate(texts)),
        is_elapsed=False,
        resolution_s=min(_resolution_s(text) for text in texts),
    )


def _resolution_s(text: str) -> float:
    """Smallest step that a written date shows: a minute, a second or a fraction."""
    time_of_day = text.strip()[11:]
    if "." in time_of_day or "," in time_of_day:
        return 1e-3
    has_seconds = _SECONDS.match(time_of_day) is not None
    return 1.0 if has_seconds else 60.0


def _stamp(row: int, text: str, zone: tzinfo | None) -> float:
    try:
        read = datetime.fromisoformat(_SLASHED.sub(r"\1-\2-\3", text))
    except ValueError:
        raise ValueError(
            f"row {row}: time {text!r} cannot be read; write ISO 8601 such as "
            "2026-05-04T10:30:00+02:00, or seconds since 1970"
        ) from None
    if read.tzinfo is None and zone is None:
        raise ValueError(
            f"row {row}: time {text!r} names no zone; write +00:00 or Z behind it, or say which "
            "zone the meter's clock showed with --zone"
        )
    return (read if read.tzinfo is not None else _local(row, read, zone)).timestamp()


def _local(row: int, read: datetime, zone: tzinfo | None) -> datetime:
    """A time of day in a zone, refused where clocks showed it twice or never (PEP 495)."""
    first, second = (read.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise ValueError(
            f"row {row}: the clocks of {zone} showed {read} twice or never, as summer time ended "
            "or began; write the offset behind each time (+02:00), or name with --zone the one "
            "offset that the meter kept"
        )
    return first


def _is_number(text: str) -> bool:
    try:
        float(text.strip().replace(",", "."))
    except ValueError:
        return False
    return True
