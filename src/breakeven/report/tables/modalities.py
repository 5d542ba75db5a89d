"""Tables of energy by modality: GPU counters, RAPL, power supplies, wall."""

from collections.abc import Iterator, Sequence

from breakeven.analysis.energy.modalities import Modalities, Scaling, Seen, compare_modalities
from breakeven.records import Estimate, Origin, Run
from breakeven.report.quantity import format_ratio
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.table import Column, Table, number, words
from breakeven.units import format_resolved, format_si


def modality_tables(runs: Sequence[Run], *, at_least: int = 2) -> Iterator[Table]:
    """Energy of each run by modality, and the factors between them.

    Args:
        runs: As read from a store.
        at_least: Modalities that must be there; with one there is nothing to compare.
    """
    found = compare_modalities(runs)
    if len({s.modality for s in found.seen}) >= at_least:
        yield _runs_table(found)
    if found.scalings:
        yield _scaling_table(found)


def _runs_table(found: Modalities) -> Table:
    titles = {
        "run_id": "Run",
        "row": "Row",
        "stage": "Stage",
        "task": "Task",
        "machine": "Machine",
        "modality": "Modality",
        "channels": "Channels",
    }
    return Table(
        name="modalities",
        caption="Measured energy of each run by what saw it. Supplies contain the parts and the "
        "wall the supplies, so they are never added.",
        columns=(
            *(Column(name=name, title=title) for name, title in titles.items()),
            Column(name="energy_j", title="Energy", is_number=True),
        ),
        rows=tuple(
            (
                words(s.run_id),
                words(s.row or EM_DASH),
                words(s.stage),
                words(s.task or EM_DASH),
                words(s.machine or EM_DASH),
                words(s.modality.value),
                words(", ".join(s.channels)),
                number(_estimate(s), _amount(s)),
            )
            for s in found.seen
        ),
    )


def _amount(seen: Seen) -> str:
    played = " replayed" if seen.energy.origin is Origin.REPLAYED else ""
    cost = seen.energy
    text = format_resolved(cost.value, "J", high=cost.high)
    if cost.low < cost.high and cost.value:
        text += f" ({format_si(cost.low, 'J')} to {format_si(cost.high, 'J')})"
    return text + played


def _estimate(seen: Seen) -> Estimate:
    return Estimate(
        name="energy_j",
        value=seen.energy.value,
        low=seen.energy.low,
        high=seen.energy.high,
        method="sum over phases; the interval is the sensors' own",
        n=1,
        kinds=(seen.energy.kind,),
        origins=(seen.energy.origin,),
        run_ids=(seen.run_id,),
    )


def _scaling_table(found: Modalities) -> Table:
    return Table(
        name="modality-factors",
        caption="Factors between modalities, over the phases that both saw; a run is one ratio.",
        columns=(
            Column(name="wide", title="Energy by"),
            Column(name="narrow", title="over energy by"),
            Column(name="factor", title="Factor", is_number=True),
            Column(name="share", title="Share", is_number=True),
            Column(name="n", title="Runs"),
        ),
        rows=tuple(
            (
                words(s.wide.value),
                words(s.narrow.value),
                number(s.factor, format_ratio(s.factor)),
                number(_share(s), format_ratio(_share(s))),
                words(str(s.factor.n)),
            )
            for s in found.scalings
        ),
    )


def _share(scaling: Scaling) -> Estimate:
    """The factor turned round: how much of the wide one the narrow one is."""
    factor = scaling.factor
    return Estimate(
        name=f"share of {scaling.narrow} in {scaling.wide}",
        value=1 / factor.value if factor.value else None,
        low=1 / factor.high if factor.high else None,
        high=1 / factor.low if factor.low else None,
        level=factor.level,
        method=factor.method,
        n=factor.n,
        kinds=factor.kinds,
        origins=factor.origins,
        run_ids=factor.run_ids,
    )
