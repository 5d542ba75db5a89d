"""What an import of runs took and left out, for people and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from textwrap import fill

from breakeven.analysis.words import counted
from breakeven.cli.screen import narrowed
from breakeven.records import Cost, Kind, Note, Resource, Run, Status
from breakeven.store.importers.ledgers.adding import Added
from breakeven.store.importers.ledgers.imported import Imported
from breakeven.units import format_bytes, format_count, format_si

_MOST_RUNS = 8
"""Runs that are shown one by one."""

_WIDTH = 100

_NOT_SEEN = frozenset({Kind.MODELLED, Kind.ASSUMED})
_METHODS = {
    False: "what the printed digits and the file's own limits leave open",
    True: "what the printed digits leave open; how far the model or assumption is off is unknown",
}


def as_text(found: Imported, added: Added | None, *, source: str, folder: Path) -> str:
    """Runs with their costs, then what was left out, remarks, notes, and what was added.

    Args:
        found: What was read.
        added: What became of it; None when nothing was to be written.
        source: Name of the file.
        folder: The store.
    """
    lines = [f"{source}: {counted(len(found.runs), 'run')} of {found.tool}{_ended(found.runs)}"]
    for run in found.runs[:_MOST_RUNS]:
        lines += _run(run)
    if len(found.runs) > _MOST_RUNS:
        lines.append(f"  ... and {len(found.runs) - _MOST_RUNS} more runs; --json shows all")
    lines += _totals(found.runs)
    lines += [_wrapped(f"left out: {out.what}: {out.why}") for out in found.left_out]
    lines += [_wrapped(f"remark: {remark}") for remark in found.remarks]
    lines += _notes(found.runs)
    return "\n".join([*lines, _fate(found, added, folder)])


def to_json(found: Imported, added: Added | None, *, source: str, folder: Path) -> str:
    """The same as one JSON object.

    Args:
        found: What was read.
        added: What became of it; None when nothing was to be written.
        source: Name of the file.
        folder: The store.
    """
    shown = {
        "source": source,
        "tool": found.tool,
        "store": str(folder),
        "is_dry_run": added is None,
        "added": [] if added is None else list(added.new),
        "known": [] if added is None else list(added.known),
        "runs": [_as_dict(run) for run in found.runs],
        "left_out": [asdict(out) for out in found.left_out],
        "remarks": list(found.remarks),
    }
    return json.dumps(shown, indent=2, allow_nan=False)


def _as_dict(run: Run) -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "study": run.study or None,
        "row": run.row,
        "stage": run.stage.value,
        "status": run.status.value,
        "started_at": run.started_at or None,
        "costs": [
            cost_as_dict(cost, method=_METHODS[cost.kind in _NOT_SEEN]) for cost in _costs(run)
        ],
        "scores": [asdict(score) for score in run.scores],
        "output": asdict(run.output),
        "settings": dict(run.settings.resolved),
        "notes": [asdict(note) for note in run.notes],
        "error": run.error,
    }


def cost_as_dict(cost: Cost, *, method: str) -> dict[str, object]:
    """One cost as every import prints it with --json.

    Args:
        cost: In SI units.
        method: What its interval holds.
    """
    return {
        "name": cost.resource.value,
        "channel": cost.channel,
        "value": cost.value,
        "low": cost.low,
        "high": cost.high,
        "level": None,
        "method": method,
        "kinds": [cost.kind.value],
        "origins": [cost.origin.value],
        "sensor": cost.sensor,
        "coverage_frac": cost.coverage_frac,
        "not_covered": cost.not_covered or None,
    }


def _ended(runs: Sequence[Run]) -> str:
    """How many ended in which way, where not all ended well."""
    ended = [f"{n} {s.value}" for s in Status if (n := sum(run.status is s for run in runs))]
    is_plain = all(run.status is Status.OK for run in runs)
    return "" if is_plain else f" ({', '.join(ended)})"


def _costs(run: Run) -> list[Cost]:
    return [*(c for phase in run.phases for c in phase.measurement.costs), *run.counts]


def _run(run: Run) -> Iterator[str]:
    began = f", {run.started_at[:19].replace('T', ' ')} UTC" if run.started_at else ""
    yield f"  {run.row} ({run.stage.value}, {run.status.value}{began})"
    cells = [_cells(cost) for cost in _costs(run)]
    widths = [max(len(row[i]) for row in cells) for i in range(3)] if cells else []
    for name, value, span, kind in cells:
        padded = f"{name:<{widths[0]}}  {value:>{widths[1]}}  {span:<{widths[2]}}  {kind}"
        yield f"    {padded}"
    if not cells:
        yield "    no cost"
    scores = [f"{s.metric} {s.value:.6g} ({s.split}{_of(s.n_examples)})" for s in run.scores]
    if scores:
        yield fill(
            ", ".join(scores),
            narrowed(_WIDTH),
            initial_indent="    scores: ",
            subsequent_indent="      ",
        )


def _of(n_examples: int) -> str:
    return f", {n_examples} examples" if n_examples else ""


def _cells(cost: Cost) -> tuple[str, str, str, str]:
    part = "" if cost.channel in ("all", "wall") else f" {cost.channel}"
    low, value, high = (_amount(cost.resource, v) for v in (cost.low, cost.value, cost.high))
    span = f"{low} to {high}"
    if cost.kind in _NOT_SEEN:
        span = "error unknown"
    elif cost.kind is Kind.COUNTED and cost.low == cost.high:
        span = "exact"
    elif low == value == high:
        span = "to more digits than shown"
    return f"{cost.resource.value}{part}", value, span, f"{cost.kind.value}, {cost.sensor}"


def _amount(resource: Resource, value: float) -> str:
    """A value in a unit for people, with digits enough to show how far it is known."""
    if resource is Resource.ENERGY_J:
        return format_si(value, "J", digits=4)
    if resource is Resource.CARBON_KGCO2E:
        return format_si(value * 1e3, "g CO2e", digits=4)
    if resource in (Resource.PEAK_MEMORY_BYTES, Resource.PEAK_DEVICE_MEMORY_BYTES):
        return format_bytes(value)
    if resource in (Resource.DURATION_S, Resource.CPU_S):
        return format_si(value, "s") if value < 60 else f"{value:,.6g} s"
    if resource is Resource.FLOPS:
        return f"{value:.4g}"
    return format_count(value)


def _totals(runs: Sequence[Run]) -> Iterator[str]:
    """Sum over several runs, by resource and kind."""
    if len(runs) < 2:
        return
    sums: dict[tuple[Resource, str], list[float]] = {}
    for run in runs:
        for cost in _costs(run):
            if cost.resource.is_additive:
                sums.setdefault((cost.resource, cost.kind.value), []).append(cost.value)
    for (resource, kind), values in sums.items():
        yield f"  all runs: {resource.value} {_amount(resource, sum(values))} ({kind})"


def _wrapped(text: str) -> str:
    return fill(
        text,
        narrowed(_WIDTH),
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _notes(runs: Sequence[Run]) -> Iterator[str]:
    """Each doubt once; of those that differ in numbers the first, with their count."""
    alike: dict[object, list[Note]] = {}
    for run in runs:
        for note in run.notes:
            alike.setdefault((note.code, note.advice), []).append(note)
    for same in alike.values():
        more = f" ({len(same)} runs.)" if len(same) > 1 else ""
        yield _wrapped(f"note [{same[0].code.value}]: {same[0].message}{more} {same[0].advice}")


def _fate(found: Imported, added: Added | None, folder: Path) -> str:
    if added is None:
        return f"would add {counted(len(found.runs), 'run')} to {folder}"
    known = f"{counted(len(added.known), 'run')} known already" if added.known else ""
    if not added.new:
        return f"nothing added to {folder}: {known}"
    return f"added {counted(len(added.new), 'run')} to {folder}{f'; {known}' if known else ''}"
