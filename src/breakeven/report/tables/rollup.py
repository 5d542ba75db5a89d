"""Tables of a roll-up: rows paid once, by stage, by pathway; equivalents and fleets."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from breakeven.analysis.costs.equivalents import Equivalent, Fleet, FleetCost
from breakeven.analysis.runs.rollup import PaidRow, RollUp
from breakeven.analysis.uncertain import Uncertain, as_estimate
from breakeven.analysis.words import counted, resource_words, stage_words
from breakeven.records import Resource, Status
from breakeven.report.quantity import WORDS, format_estimate, format_volume, scale_beside
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.known import with_kinds
from breakeven.report.tables.life_cells import cost_cell, resource_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

SHOWN = (
    Resource.DURATION_S,
    Resource.CPU_S,
    Resource.ENERGY_J,
    Resource.FLOPS,
    Resource.PRICE_EUR,
    Resource.PRICE_USD,
    Resource.CARBON_KGCO2E,
)
"""Costs that add up; peaks and sizes have no roll-up."""

NOT_SEEN = "nothing saw it"
TOTAL, UNUSED = "all runs, each once", "used by no pathway"


def rollup_tables(found: RollUp) -> Iterator[Table]:
    """Rows, stages and pathways of one study; all three add up to the same total."""
    yield with_kinds(paid_rows_table(found))
    yield with_kinds(paid_stages_table(found))
    if found.pathways:
        yield with_kinds(paid_pathways_table(found))


def paid_rows_table(found: RollUp) -> Table:
    """One line per row, with what became of its runs and who bears which part."""
    resources = _shown(found)
    tops = {r: _largest(row.totals.get(r) for row in found.rows) for r in resources}
    return Table(
        name="paid_rows",
        caption=f"{_whose(found)}: every run paid once, failed, pruned and "
        "killed ones too. A row that several pathways rest on is split between them equally, "
        "which is an assumption.",
        columns=(
            Column(name="row", title="Row"),
            Column(name="stage", title="Stage"),
            Column(name="runs", title="Runs"),
            Column(name="users", title="Rest on it"),
            Column(name="share", title="Share of each", is_number=True, is_plain=True),
            *_cost_columns(resources),
            Column(name="unseen", title="Not seen"),
        ),
        rows=tuple(
            (
                words(row.row or EM_DASH),
                words(stage_words(row.stage)),
                words(runs_words(row)),
                words(", ".join(row.users)) if row.users else missing(EM_DASH, hint="no pathway"),
                missing("", hint=UNUSED)
                if row.share is None
                else Cell(text=f"1/{len(row.users)}", value=row.share),
                *(_total_cell(row.totals.get(r), r, tops[r]) for r in resources),
                _unseen_cell(row, resources),
            )
            for row in found.rows
        ),
    )


def paid_stages_table(found: RollUp) -> Table:
    """What each stage cost; tuning holds every trial."""
    resources = _shown(found)
    by_stage = {r: found.by_stage(r) for r in resources}
    stages = dict.fromkeys(row.stage for row in found.rows)
    lines = [
        (stage_words(stage), {r: by_stage[r].get(stage) for r in resources}) for stage in stages
    ]
    return _parts_table("paid_stages", "Stage", found, lines)


def paid_pathways_table(found: RollUp) -> Table:
    """What each pathway bears, shared rows split, beside what no pathway rests on."""
    resources = _shown(found)
    by_pathway = {r: found.by_pathway(r) for r in resources}
    lines = [(name, {r: by_pathway[r].get(name) for r in resources}) for name in found.pathways]
    unused = {r: found.unused(r) for r in resources}
    if any(amount is not None for amount in unused.values()):
        lines.append((UNUSED, unused))
    return _parts_table("paid_pathways", "Pathway", found, lines)


def _parts_table(
    name: str,
    title: str,
    found: RollUp,
    lines: Sequence[tuple[str, Mapping[Resource, Uncertain | None]]],
) -> Table:
    resources = _shown(found)
    everything = (TOTAL, {r: found.total(r) for r in resources})
    tops = {r: _largest(amounts[r] for _, amounts in (*lines, everything)) for r in resources}
    return Table(
        name=name,
        caption=f"{_whose(found)}: the same by {title.lower()}; the lines add up to the last one.",
        columns=(Column(name=title.lower(), title=title), *_cost_columns(resources)),
        rows=tuple(
            (words(text), *(_total_cell(amounts[r], r, tops[r]) for r in resources))
            for text, amounts in (*lines, everything)
        ),
    )


def equivalents_table(found: Sequence[Equivalent]) -> Table:
    """How often the cheap could be done for the cost of the dear."""
    return Table(
        name="equivalents",
        caption="How many runs or answers cost as much as making a model, in each cost. What is "
        "made holds failed attempts and trials; a run is the mean of those that finished.",
        columns=(
            Column(name="whole", title="Making one"),
            Column(name="part", title="is so many"),
            Column(name="resource", title="By"),
            Column(name="times", title="Times", is_number=True),
        ),
        rows=tuple(
            (
                words(e.whole),
                words(e.part),
                resource_cell(e.resource),
                number(e.times, format_volume(e.times)),
            )
            for e in found
        ),
    )


def fleet_table(found: Sequence[FleetCost], fleet: Fleet) -> Table:
    """What so many actors spend that run a training so often."""
    return Table(
        name="fleet",
        caption=f"{fleet.n_runs:g} runs by each of {fleet.n_actors:g} actors, both assumed: what "
        "was measured once times an assumption is modelled. A run is the mean of those that "
        "finished; a pre-training holds failed attempts.",
        columns=(
            Column(name="row", title="Row"),
            Column(name="resource", title="Cost"),
            Column(name="one", title="For one run", is_number=True),
            Column(name="all", title="All of them", is_number=True),
            Column(name="pretrainings", title="In pre-trainings", is_number=True),
        ),
        rows=tuple(
            (
                words(cost.row),
                resource_cell(cost.resource),
                cost_cell(cost.one, cost.resource, scale=None, why=NOT_SEEN),
                number(cost.all, format_estimate(cost.all, cost.resource)),
                missing(EM_DASH, hint="no pre-training in this study saw it")
                if cost.equivalent is None
                else number(cost.equivalent, format_volume(cost.equivalent)),
            )
            for cost in found
        ),
    )


def runs_words(row: PaidRow) -> str:
    """Number of runs of a row, which of them are known by their mean, and what became of others.

    Examples:
        >>> from breakeven.records import Stage
        >>> runs_words(PaidRow(row="ft", stage=Stage.FINETUNE, runs=(), totals={}, unseen={},
        ...                    users=()))
        '0'
    """
    bad = [f"{n} {status}" for status, n in row.statuses.items() if status is not Status.OK]
    said = [*_means(row), *bad]
    return f"{row.n_runs} ({', '.join(said)})" if said else str(row.n_runs)


def _means(row: PaidRow) -> Iterator[str]:
    """Records that are means, by the number of runs that they are the mean of."""
    for n, n_records in Counter(row.means).items():
        yield f"mean of {n}" if len(row.runs) == 1 else f"{counted(n_records, 'mean')} of {n}"


def _whose(found: RollUp) -> str:
    return found.study or "Outside any study"


def _shown(found: RollUp) -> tuple[Resource, ...]:
    return tuple(resource for resource in SHOWN if resource in found.resources)


def _cost_columns(resources: Sequence[Resource]) -> Iterator[Column]:
    for resource in resources:
        yield Column(name=resource.value, title=WORDS[resource].title, is_number=True)


def _largest(amounts: Iterable[Uncertain | None]) -> float:
    return max((amount.value for amount in amounts if amount is not None), default=0.0)


def _total_cell(amount: Uncertain | None, resource: Resource, largest: float) -> Cell:
    if amount is None:
        return missing(EM_DASH, hint=NOT_SEEN)
    estimate = as_estimate(amount, resource.value, what="sum over runs")
    scale = scale_beside(amount.value, largest, resource)
    return number(estimate, format_estimate(estimate, resource, interval=False, scale=scale))


def _unseen_cell(row: PaidRow, resources: Sequence[Resource]) -> Cell:
    unseen = {resource_words(r): row.unseen[r] for r in resources if r in row.unseen}
    unread = {part.upper(): n for part, n in row.unread.items()}
    gaps = [f"{what} of {counted(n, 'run')}" for what, n in (unseen | unread).items()]
    return words("; ".join(gaps)) if gaps else missing(EM_DASH, hint="nothing is missing")
