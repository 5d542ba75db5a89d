"""Equivalents: how many fine-tunings one pre-training is worth, how many answers one fine-tuning.

"Pre-training is expensive but infrequent; fine-tuning is performed by many more actors" (Wang et
al. 2023) is a ratio of costs, and one times how often each is done by how many. The dear one is
what making a model took, failed attempts and trials included; the cheap one is a run of those that
finished, in the mean, because that is what one more would take.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.costs.fieller import bounds_set, fieller_set
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.uncertain import LEVEL, Uncertain, as_estimate, once
from breakeven.records import Estimate, Kind, Origin, Resource, Stage

TRAINING = (Stage.FINETUNE, Stage.DISTIL, Stage.TUNE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """How often one thing could have been done for the cost of another.

    Attributes:
        whole: The dear one: the making of a row's model, failed attempts and trials included.
        part: The cheap one: a finished run of a row, or one item of a pathway.
        resource: Cost compared.
        times: How many of the parts cost as much as the whole.
    """

    whole: str
    part: str
    resource: Resource
    times: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """How often something is done, and by how many; both assumed.

    Attributes:
        n_runs: Runs of each actor, above 0.
        n_actors: Actors, above 0.
    """

    n_runs: float
    n_actors: float

    def __post_init__(self) -> None:
        if not (0 < self.n_runs < math.inf and 0 < self.n_actors < math.inf):
            raise ValueError(
                f"a fleet of {self.n_runs:g} runs by {self.n_actors:g} actors; both must be above "
                "0 and finite"
            )

    @property
    def n_times(self) -> float:
        """How often in all."""
        return self.n_runs * self.n_actors


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetCost:
    """What a fleet spends on one row.

    Attributes:
        row: What each of them runs.
        resource: Cost.
        one: One run of it, the mean of those that finished.
        all: All runs of all actors: assumed numbers times measured ones are modelled.
        equivalent: How often the dearest pre-training could be run for it; None without one.
    """

    row: str
    resource: Resource
    one: Estimate
    all: Estimate
    equivalent: Estimate | None


def ratio_of(whole: Uncertain, part: Uncertain, name: str) -> Estimate:
    """One cost over another, with Fieller's set or the bounds of the resolution.

    Args:
        whole: At least 0.
        part: Above 0.
        name: What the number is.

    Raises:
        ValueError: If the part costs nothing, so that no number of them costs anything.

    Examples:
        >>> found = ratio_of(Uncertain(value=400.0, low=390.0, high=410.0), Uncertain.exact(4.0),
        ...                  "fine-tunings")
        >>> found.value, found.low, found.high
        (100.0, 97.5, 102.5)
    """
    if not part.value > 0:
        raise ValueError(f"{name}: a part that costs {part.value:g} has no equivalents")
    has_scatter = whole.has_scatter or part.has_scatter
    found = (fieller_set if has_scatter else bounds_set)(whole, part)
    how = "Fieller's set of the ratio" if has_scatter else "worst case of the resolution"
    both = whole + part
    return Estimate(
        name=name,
        value=whole.value / part.value,
        low=found.low,
        high=found.high,
        level=LEVEL if has_scatter else None,
        method=f"ratio of two costs; {how}",
        n=max(whole.n, part.n),
        kinds=both.kinds,
        origins=both.origins,
        run_ids=both.run_ids,
    )


def equivalents(pathways: Sequence[PathwayCost], *, item: str) -> tuple[Equivalent, ...]:
    """Every pre-training in runs of fine-tuning, and the making of every row in items of use.

    Args:
        pathways: Gathered costs.
        item: What an item is, in words.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> ft = pathway_cost(found, found.definition.pathways[0])
        >>> times = {(e.whole, e.part): e.times.value for e in equivalents([ft], item="example")
        ...          if e.resource is Resource.FLOPS}
        >>> {pair: f"{value:.4g}" for pair, value in times.items()}
        {('pretrain', 'ft'): '3.924', ('pretrain', 'FT, one example'): '4.026e+05', \
('ft', 'FT, one example'): '1.026e+05'}
    """
    rows = {row.row: row for pathway in pathways for row in pathway.rows}
    pretrained = [row for row in rows.values() if row.stage is Stage.PRETRAIN]
    trained = [row for row in rows.values() if row.stage in TRAINING]
    return (
        *(e for whole in pretrained for part in trained for e in _between(whole, part)),
        *(
            e
            for pathway in pathways
            for row in pathway.rows
            if row.stage in (*TRAINING, Stage.PRETRAIN)
            for e in _in_items(row, pathway, item)
        ),
    )


def named_by_study(pathway: PathwayCost, study: str) -> PathwayCost:
    """Name pathway and rows so that those of several studies may stand side by side.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> ft = named_by_study(pathway_cost(found, found.definition.pathways[0]), "news")
        >>> ft.name, [row.row for row in ft.rows]
        ('news: FT', ['news: pretrain', 'news: ft'])
    """
    return replace(
        pathway,
        definition=replace(pathway.definition, name=f"{study}: {pathway.name}"),
        rows=tuple(replace(row, row=f"{study}: {row.row}") for row in pathway.rows),
    )


def fleet_costs(pathways: Sequence[PathwayCost], fleet: Fleet) -> tuple[FleetCost, ...]:
    """What it takes when so many actors run each row of training so often.

    Args:
        pathways: Gathered costs.
        fleet: Assumed numbers of runs and actors.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> ft = pathway_cost(found, found.definition.pathways[0])
        >>> costs = fleet_costs([ft], Fleet(n_runs=10, n_actors=100))
        >>> flops = next(c for c in costs if c.resource is Resource.FLOPS)
        >>> f"{flops.all.value:.3g}", [kind.value for kind in flops.all.kinds]
        ('7.9e+15', ['modelled', 'assumed'])
        >>> f"{flops.equivalent.value:.4g}"
        '254.8'
    """
    rows = {row.row: row for pathway in pathways for row in pathway.rows}
    pretrained = [row for row in rows.values() if row.stage is Stage.PRETRAIN]
    return tuple(
        _fleet_cost(row, resource, one, fleet, pretrained)
        for row in rows.values()
        if row.stage in TRAINING
        for resource, one in row.per_run.items()
        if resource.is_additive and one.value > 0 and resource not in _COUNTED
    )


_COUNTED = frozenset({Resource.N_LABELLED_EXAMPLES, Resource.N_UNLABELLED_EXAMPLES})
"""Data are not used up by use."""


def _between(whole: RowCost, part: RowCost) -> Iterator[Equivalent]:
    for resource, total in whole.amounts.items():
        own = part.per_run.get(resource)
        if own is not None and own.value > 0 and _is_spent(resource):
            yield Equivalent(
                whole=whole.row,
                part=part.row,
                resource=resource,
                times=ratio_of(total, own, f"runs of {part.row} in making {whole.row}"),
            )


def _in_items(row: RowCost, pathway: PathwayCost, item: str) -> Iterator[Equivalent]:
    for resource, total in row.amounts.items():
        own = pathway.marginal(resource)
        if own is not None and own.value > 0 and _is_spent(resource):
            yield Equivalent(
                whole=row.row,
                part=f"{pathway.name}, one {item}",
                resource=resource,
                times=ratio_of(total, own, f"{item}s of {pathway.name} in making {row.row}"),
            )


def _is_spent(resource: Resource) -> bool:
    return resource.is_additive and resource not in _COUNTED


def _fleet_cost(
    row: RowCost,
    resource: Resource,
    one: Uncertain,
    fleet: Fleet,
    pretrained: Sequence[RowCost],
) -> FleetCost:
    everything = replace(
        one.scaled(fleet.n_times),
        kinds=(Kind.MODELLED, Kind.ASSUMED),
        origins=once((*one.origins, Origin.STATED)),
    )
    dearest = max(
        (w.amounts[resource] for w in pretrained if resource in w.amounts),
        key=lambda amount: amount.value,
        default=None,
    )
    times = None
    if dearest is not None and dearest.value > 0:
        times = ratio_of(everything, dearest, "pre-trainings in the fleet's runs")
    return FleetCost(
        row=row.row,
        resource=resource,
        one=as_estimate(one, resource.value, what="mean over finished runs"),
        all=as_estimate(
            everything,
            f"{resource.value} of the fleet",
            what=f"{fleet.n_runs:g} runs x {fleet.n_actors:g} actors (assumed) x one run",
        ),
        equivalent=times,
    )
