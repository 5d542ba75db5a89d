"""Read a power log: what a meter outside the machine wrote down, strictly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from itertools import pairwise
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.formulas.counter_trace import CounterTrace
from breakeven.formulas.hygiene import NO_LIMITS, Finding, Limits, clean_power
from breakeven.formulas.standalone import sensor_update_s
from breakeven.formulas.trace import PowerTrace
from breakeven.store.importers.log import LogChannel, PowerLog
from breakeven.store.importers.quantities import (
    TO_SI,
    Quantity,
    parse_header,
    parse_unit,
    resolution_of,
)
from breakeven.store.importers.sheet import Sheet, read_sheet, without_unit
from breakeven.store.importers.times import TIME_NAMES, Times, parse_times


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFormat:
    """What the reader says of a log, where its header does not.

    Attributes:
        time: Column of the times; found by its name when empty.
        columns: Columns to read, the others are then left; all with a unit when empty.
        unit: Unit of columns whose header names none; empty for none.
        by: Column whose text says to which channel a row belongs; empty for one channel per
            column.
        zone: Of local times.
        zero_s: When an elapsed clock showed 0, in seconds since 1970; None if it is not known.
        limits: What is known of the meter.
    """

    time: str = ""
    columns: tuple[str, ...] = ()
    unit: str = ""
    by: str = ""
    zone: tzinfo | None = None
    zero_s: float | None = None
    limits: Limits = field(default=NO_LIMITS)


def read_power_log(path: Path, *, form: LogFormat | None = None) -> PowerLog:
    """Read a log of power or of running totals.

    Args:
        path: CSV file with a column of times and one or more with a unit in their header.
        form: What the header does not say.

    Raises:
        DataFileError: If a column is unknown or has no unit, a time or number cannot be read, or
            too many samples are spoiled; names file, line and column, and what to do.
    """
    form = form or LogFormat()
    sheet = read_sheet(path)
    time = _time_column(sheet, form)
    quantities = _quantities(sheet, form, time)
    channels, all_times = list[LogChannel](), list[Times]()
    for group, rows in _groups(sheet, form).items():
        times = _times(sheet, form, time=time, rows=rows)
        all_times.append(times)
        for column, quantity in quantities.items():
            name = _name(group, quantity, n_columns=len(quantities))
            channels.append(
                _channel(sheet, form, (column, replace(quantity, name=name)), times, rows)
            )
    return PowerLog(
        path=path,
        content_hash=sheet.content_hash,
        channels=tuple(channels),
        is_elapsed=all_times[0].is_elapsed,
        resolution_s=max(times.resolution_s for times in all_times),
        has_groups=bool(form.by),
    )


FEWEST_MOVES = 10
"""With fewer changes of power in a log, repeated values may just be steady power."""

Rows = Sequence[tuple[int, tuple[str, ...]]]


def _time_column(sheet: Sheet, form: LogFormat) -> str:
    if form.time:
        sheet.column(form.time)
        return form.time
    found = [name for name in sheet.header if _first_word(name) in TIME_NAMES]
    if len(found) == 1:
        return found[0]
    seen = f"{', '.join(found)} all look like one" if found else f"found {', '.join(sheet.header)}"
    raise DataFileError(
        f"{sheet.path}:{sheet.header_line}: which column holds the time is not clear ({seen}); "
        "name it with --time COLUMN."
    )


def _first_word(name: str) -> str:
    return name.lower().replace("_", " ").replace("(", " ").replace("[", " ").split(" ")[0]


def _quantities(sheet: Sheet, form: LogFormat, time: str) -> Mapping[str, Quantity]:
    """Columns to read, with the quantity each holds."""
    for name in form.columns:
        sheet.column(name)
    if form.by:
        sheet.column(form.by)
    wanted = form.columns or tuple(n for n in sheet.header if n not in (time, form.by))
    n_unitless = sum(parse_header(name) is None for name in wanted)
    is_meant = bool(form.columns) or n_unitless == 1
    found = {name: _quantity(sheet, form, name, is_meant=is_meant) for name in wanted}
    if not found:
        raise DataFileError(
            f"{sheet.path}:{sheet.header_line}: no column beside the time; expected one per "
            "channel, such as power_W or total_kWh."
        )
    names = [quantity.name for quantity in found.values()]
    if len(set(names)) < len(names):
        raise DataFileError(
            f"{sheet.path}:{sheet.header_line}: two columns are called "
            f"{next(n for n in names if names.count(n) > 1)!r} but for their unit; choose one "
            "with --column."
        )
    return found


def _quantity(sheet: Sheet, form: LogFormat, name: str, *, is_meant: bool) -> Quantity:
    if (found := parse_header(name)) is not None:
        return found
    if not (form.unit and is_meant):
        raise DataFileError(
            f"{sheet.path}:{sheet.header_line}: column {name!r} has no unit; expected one of "
            f"{', '.join(TO_SI)} at its end, as in '{name} (W)'. Say it with --unit, or name the "
            "columns to read with --column."
        )
    try:
        return Quantity(name=name, unit=parse_unit(form.unit))
    except ValueError as error:
        raise DataFileError(f"{sheet.path}: column {name!r}: {error}.") from error


def _groups(sheet: Sheet, form: LogFormat) -> Mapping[str, Rows]:
    if not form.by:
        return {"": sheet.rows}
    place = sheet.column(form.by)
    groups: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for line, cells in sheet.rows:
        groups.setdefault(cells[place].strip(), []).append((line, cells))
    return groups


def _name(group: str, quantity: Quantity, *, n_columns: int) -> str:
    if not group:
        return quantity.name
    return group if n_columns == 1 else f"{group}/{quantity.name}"


def _times(sheet: Sheet, form: LogFormat, *, time: str, rows: Rows) -> Times:
    place = sheet.column(time)
    try:
        times = parse_times([cells[place] for _, cells in rows], header=time, zone=form.zone)
    except ValueError as error:
        row, _, said = str(error).removeprefix("row ").partition(": ")
        raise DataFileError(f"{sheet.path}:{rows[int(row)][0]}: {said}.") from error
    if form.zero_s is None:
        return times
    if not times.is_elapsed:
        raise DataFileError(
            f"{sheet.path}: column {time!r} holds times of day, which need no beginning; leave "
            "out --starts-at."
        )
    shifted = tuple(form.zero_s + time_s for time_s in times.times_s)
    return replace(times, times_s=shifted, is_elapsed=False)


def _channel(
    sheet: Sheet, form: LogFormat, column: tuple[str, Quantity], times: Times, rows: Rows
) -> LogChannel:
    header, quantity = column
    place, scale = sheet.column(header), TO_SI[quantity.unit]
    texts = [without_unit(cells[place], header) for _, cells in rows]
    values = [
        sheet.number(line, text, column=header) * scale
        for (line, _), text in zip(rows, texts, strict=True)
    ]
    resolution = resolution_of(texts) * scale
    try:
        trace, findings = _trace(times.times_s, values, quantity, resolution, form.limits)
    except ValueError as error:
        raise DataFileError(f"{sheet.path}: column {header!r}: {error}.") from error
    return LogChannel(
        name=quantity.name,
        trace=trace,
        is_power=quantity.is_power,
        update_s=_update_s(trace),
        resolution=resolution,
        findings=findings,
        lines=tuple(line for line, _ in rows),
    )


def _trace(
    times_s: Sequence[float],
    values: Sequence[float],
    quantity: Quantity,
    resolution: float,
    limits: Limits,
) -> tuple[PowerTrace | CounterTrace, tuple[Finding, ...]]:
    if quantity.is_power:
        cleaned = clean_power(times_s, values, limits=limits)
        return cleaned.trace, cleaned.findings
    counter = CounterTrace(times_s, values, resolution_j=resolution, limits=limits)
    return counter, counter.findings


def _update_s(trace: PowerTrace | CounterTrace) -> float:
    """Usual time between two updates of the sensor behind a log."""
    if isinstance(trace, CounterTrace):
        return trace.period_s
    n_moves = sum(a != b for a, b in pairwise(trace.powers_w))
    return trace.period_s if n_moves < FEWEST_MOVES else sensor_update_s(trace)
