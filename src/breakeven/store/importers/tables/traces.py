"""Power traces beside a table: the energy of a row is the integral of the trace of its name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.records import Cost, Kind, Origin, Resource
from breakeven.store.importers.power_log import LogFormat, read_power_log
from breakeven.store.importers.tables.entries import Entry
from breakeven.store.importers.whole import Whole, integrate_log

SENSOR = "power trace"
"""What a cost that was integrated names as its sensor."""


def read_traces(log: Path, *, by: str) -> Mapping[str, Whole]:
    """Integrate a power log, one trace for each name.

    Args:
        log: CSV of times and power.
        by: Column that names the trace of each sample.

    Raises:
        DataFileError: If it cannot be read; names file, line and column.
    """
    return {
        whole.name: whole for whole in integrate_log(read_power_log(log, form=LogFormat(by=by)))
    }


def with_traces(
    entries: Sequence[Entry], traces: Mapping[str, Whole], *, log: Path
) -> tuple[Entry, ...]:
    """Give each row the energy and the duration of its trace.

    Args:
        entries: Of the table.
        traces: By name: of a configuration, a row's id or a pathway.
        log: Where they were read, for messages.

    Raises:
        DataFileError: If a row has no trace, a trace no row, or a row energy of its own too.
    """
    found = tuple(_with_trace(entry, traces, log=log) for entry in entries)
    if unused := sorted(traces.keys() - {_name(entry) for entry in entries}):
        raise DataFileError(
            f"{log}: trace {unused[0]!r} belongs to no row of the table; name it in a column "
            "configuration or id, or take it out of the log."
        )
    return found


def _name(entry: Entry) -> str:
    return entry.configuration or entry.id or entry.pathway


def _with_trace(entry: Entry, traces: Mapping[str, Whole], *, log: Path) -> Entry:
    name = _name(entry)
    if name not in traces:
        close = get_close_matches(name, traces, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise DataFileError(f"{entry.place}: {log.name} holds no trace called {name!r}.{hint}")
    for amount in entry.amounts:
        if amount.column.meaning.resource in (Resource.ENERGY_J, Resource.DURATION_S):
            raise DataFileError(
                f"{entry.place}: column {amount.column.header!r} and the trace both tell "
                f"{amount.column.meaning.resource}; leave one out, the column with --ignore "
                f"{amount.column.header}."
            )
    return replace(entry, traced=_costs(traces[name]), trace_notes=traces[name].notes)


def _costs(whole: Whole) -> tuple[Cost, ...]:
    energy = whole.energy
    duration = Cost.exact(
        Resource.DURATION_S,
        whole.duration_s,
        kind=Kind.MEASURED,
        sensor=SENSOR,
        origin=Origin.DERIVED,
    )
    return (
        duration,
        Cost(
            resource=Resource.ENERGY_J,
            value=energy.energy_j,
            low=energy.low_j,
            high=energy.high_j,
            kind=Kind.MEASURED,
            channel="all",
            sensor=SENSOR,
            origin=Origin.DERIVED,
            coverage_frac=min(1.0, energy.covered_s / whole.duration_s),
        ),
    )
