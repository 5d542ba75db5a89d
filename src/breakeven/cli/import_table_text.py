"""What `breakeven import table` says of the table that it read."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from breakeven.cli.screen import columns, narrowed
from breakeven.records import Cost, Item, Origin, Resource, Run, Stage
from breakeven.report.tables.table import Cell, Column, Table, words
from breakeven.store.importers.tables.chains import name_of
from breakeven.store.importers.tables.entries import Entry
from breakeven.store.importers.tables.keeping import Kept
from breakeven.store.importers.tables.life import Placed
from breakeven.store.importers.tables.tabled import Tabled

WIDTH = 100
"""Of a terminal, to which sentences are broken."""

MOST_ROWS = 40
"""Runs that are listed; of more the first ones are, and JSON holds all."""

_SIGNS = {Origin.DERIVED: "d", Origin.INFERRED: "i", Origin.STATED: "s"}


_EITHER_TRAINING = ("train", "training")
"""Words of tables for a stage that may be pre-training too."""


def as_text(tabled: Tabled, kept: Kept | None, store: Path) -> str:
    """Say for people what was read, how, and what came of it."""
    lines = [
        _fate(tabled, kept, store),
        "",
        *_table(tabled).to_text(columns()).splitlines(),
        *_rest(tabled),
        "",
        *(_wrapped(sentence) for sentence in sentences(tabled)),
    ]
    return "\n".join(lines) + "\n"


def _wrapped(sentence: str) -> str:
    return textwrap.fill(
        sentence,
        narrowed(WIDTH),
        initial_indent="- ",
        subsequent_indent="  ",
        break_on_hyphens=False,
    )


def costs_of(run: Run) -> Iterator[Cost]:
    """Every cost of an imported run."""
    for phase in run.phases:
        yield from phase.measurement.costs
    yield from run.counts


def _fate(tabled: Tabled, kept: Kept | None, store: Path) -> str:
    n_rows, n_runs = len(tabled.grid.rows), len(tabled.runs)
    what = f"{tabled.grid.path.name}: {_counted(n_rows, 'row')}, {_counted(n_runs, 'run')}"
    if kept is None:
        return f"{what}; would be added to {store} as study {tabled.definition.name}"
    if not kept.n_added:
        return (
            f"{what}; nothing added, {store} holds this table already as study {kept.study} "
            f"({_counted(kept.n_known, 'run')})"
        )
    before = f" to {kept.n_known} that were there" if kept.n_known else ""
    return f"{what}; {kept.n_added} added{before} in {store} as study {kept.study}"


def _table(tabled: Tabled) -> Table:
    """The runs with their numbers as printed."""
    shown = tabled.life.placed[:MOST_ROWS]
    headers = dict.fromkeys(
        a.column.header for each in tabled.life.placed for a in each.entry.amounts
    )
    has_traces = any(each.entry.traced for each in tabled.life.placed)
    metrics = dict.fromkeys(s.metric for each in tabled.life.placed for s in each.entry.scores)
    return Table(
        name="imported",
        caption="",
        columns=(
            Column(name="row", title="Run"),
            Column(name="stage", title="Stage"),
            Column(name="parents", title="Builds on"),
            *(Column(name=header, title=header, is_number=True) for header in headers),
            *(
                (Column(name="energy_j", title="energy (trace)", is_number=True),)
                if has_traces
                else ()
            ),
            *(Column(name=metric, title=metric, is_number=True) for metric in metrics),
        ),
        rows=tuple(
            (
                words(each.row),
                words(_stage(each)),
                words(", ".join(name_of(parent) for parent in each.parents) or "-"),
                *(_amount(each, header) for header in headers),
                *((_traced(each),) if has_traces else ()),
                *(_score(each, metric) for metric in metrics),
            )
            for each in shown
        ),
    )


def _stage(placed: Placed) -> str:
    entry = placed.entry
    mean = f", mean of {entry.n_repeats}" if entry.n_repeats > 1 else ""
    return f"{entry.stage.value}{mean}"


def _amount(placed: Placed, header: str) -> Cell:
    for amount in placed.entry.amounts:
        if amount.column.header == header:
            sign = _SIGNS.get(amount.origin, "")
            return Cell(text=f"{amount.text}{f' {sign}' if sign else ''}", value=amount.text)
    return Cell(text="not known" if header in placed.entry.left_out else "-")


def _traced(placed: Placed) -> Cell:
    energy = next(c for c in placed.entry.traced if c.resource is Resource.ENERGY_J)
    value, low, high = (f"{x:.4g}" for x in (energy.value, energy.low, energy.high))
    return Cell(text=f"{value} J ({low} to {high})")


def _score(placed: Placed, metric: str) -> Cell:
    found = [s.value for s in placed.entry.scores if s.metric == metric]
    return Cell(text=f"{found[0]:.6g}" if found else "-")


def _rest(tabled: Tabled) -> Iterator[str]:
    if (more := len(tabled.runs) - MOST_ROWS) > 0:
        yield f"... and {_counted(more, 'run')} more; --json prints all"


def sentences(tabled: Tabled) -> Iterator[str]:
    """Say how the table was understood, and what it leaves open."""
    for shared in tabled.life.shared:
        yield (
            f"{_named(shared.again)} has the same costs as {_named(shared.first)}: it is taken for "
            "the same run and paid once (--apart: two runs)"
        )
    if not tabled.life.is_told and any(each.parents for each in tabled.life.placed):
        yield (
            "no column of parents: the stages of a pathway build on one another in the order of "
            "their rows"
        )
    words = dict.fromkeys(each.entry.stage_word for each in tabled.life.placed)
    for word in (word for word in words if word in _EITHER_TRAINING):
        yield f"stage {word} is read as fine-tuning; of a model from nothing write pretrain"
    yield from _origins(tabled)
    yield from _numbers(tabled)
    yield from _uses(tabled)
    if tabled.grid.others:
        others = ", ".join(tabled.grid.others)
        first = tabled.grid.others[0]
        yield f"the file holds further tables: {others} (--part {first})"


def _origins(tabled: Tabled) -> Iterator[str]:
    amounts = [a for each in tabled.life.placed for a in each.entry.amounts]
    costs = [cost for run in tabled.runs for cost in costs_of(run)]
    if not costs:
        yield "no row holds a cost that is known"
        return
    origins = Counter(c.origin.value for c in costs)
    kinds = Counter(c.kind.value for c in costs)
    told = ", ".join(
        f"{n} {origin}{f' ({_SIGNS[Origin(origin)]})' if Origin(origin) in _SIGNS else ''}"
        for origin, n in origins.items()
    )
    yield f"costs by origin: {told}; by kind: " + ", ".join(f"{n} {k}" for k, n in kinds.items())
    if any(a.printed.step for a in amounts):
        example = next(a for a in amounts if a.printed.step)
        printed, meaning = example.printed, example.column.meaning
        factor = meaning.unit.factor if meaning.unit else 1.0
        yield (
            f"a printed number is known to half of its last digit: {example.column.header} "
            f"{example.text} is {printed.low / factor:.10g} to {printed.high / factor:.10g}"
        )


def _numbers(tabled: Tabled) -> Iterator[str]:
    n_means = sum(each.entry.n_repeats > 1 for each in tabled.life.placed)
    if n_means:
        yield (
            f"{_counted(n_means, 'row')} hold means of several runs; how those scatter is not in "
            "the table, so no interval covers it"
        )
    for header, is_fraction in tabled.percent.items():
        yield (
            f"{header} is read as percent, for no value is 1 or below, and kept "
            + ("as a fraction" if is_fraction else "so")
        )
    n_left_out = sum(len(each.entry.left_out) for each in tabled.life.placed)
    if n_left_out:
        yield f"{_counted(n_left_out, 'negative cell')} left out as not known, each with a note"
    if n_notes := sum(len(each.entry.trace_notes) for each in tabled.life.placed):
        yield f"traces bear {_counted(n_notes, 'note')} of doubt; --json prints them"
    if any(note.code == "flops-convention" for run in tabled.runs for note in run.notes):
        yield "multiply-accumulates are counted as two FLOPs each"


def _uses(tabled: Tabled) -> Iterator[str]:
    uses = [each for each in tabled.life.placed if each.entry.stage is Stage.INFER]
    silent = [each for each in uses if not any(each.entry.volume.count(i) for i in Item)]
    if silent:
        which = "no use says" if len(silent) == len(uses) else f"{_counted(len(silent), 'use')} of "
        which += "" if len(silent) == len(uses) else f"{len(uses)} do not say"
        yield (
            f"{which} how many items it processed, so cost per item and break-even are not known; "
            "say it with --n-items COUNT --item example (or real_token, padded_token)"
        )
    bare = [name for name, row in tabled.life.deployed.items() if name == row]
    if bare and uses:
        names = ", ".join(bare[:3]) + (f" and {len(bare) - 3} more" if len(bare) > 3 else "")
        yield f"no row says what {names} cost to develop, so only uses can be compared"
    if all(cost.resource is not Resource.ENERGY_J for run in tabled.runs for cost in costs_of(run)):
        yield "no column holds energy"


def _named(entry: Entry) -> str:
    return f"{name_of(entry)} ({_line(entry.place)})"


def _line(place: str) -> str:
    """Place within the file: what stands behind its name."""
    tail = place.rpartition(":")[2] if ":" in place else place.rpartition(", ")[2]
    return f"line {tail}" if tail.isdigit() else tail


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
