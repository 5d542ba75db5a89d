"""Price tag: E, D and H of every result, their product, and what its experiments really took.

`Cost(R) ~ E x D x H` (Schwartz et al. 2020, equation 1): cost of one example, training examples,
experiments. The paper names what the product leaves out: epochs, augmentation, trials of unequal
cost, an E that differs between training and use. The sum over the runs holds all of it.
"""

from collections.abc import Sequence
from dataclasses import replace

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.estimates import mixed_kinds
from breakeven.analysis.runs.continued import experiments, per_example
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.runs.select import UTILISATION, observe
from breakeven.analysis.tuning.search_results import PriceTag
from breakeven.analysis.uncertain import Uncertain, as_estimate, mean_of, total_of
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Item, Resource, Run, Stage, Status

_DATA = frozenset({Resource.N_LABELLED_EXAMPLES, Resource.N_UNLABELLED_EXAMPLES})
Experiments = Sequence[Sequence[Run]]
"""The runs of each; of several the last one finished what the others began."""

_LOST = (Status.FAILED, Status.INTERRUPTED)
_WORKED = (Status.OK, Status.PRUNED)


def price_tags(
    pathways: Sequence[PathwayCost], resources: Sequence[Resource], *, item: Item
) -> tuple[PriceTag, ...]:
    """Return the price tag of each row and of each pathway, cost by cost.

    A row that several pathways rest on has one tag, and is part of the sum of each of them.

    Args:
        pathways: Gathered costs.
        resources: In which costs.
        item: What use counts.

    Examples:
        >>> price_tags([], [Resource.CPU_S], item=Item.EXAMPLE)
        ()
    """
    rows = {row.row: row for p in pathways for row in p.rows if row.stage is not Stage.STATED}
    costs = [r for r in resources if r.is_additive and r not in _DATA | UTILISATION]
    found = [
        tag
        for resource in costs
        for tag in (
            *(_of_row(row, resource) for row in rows.values()),
            *(_of_pathway(pathway, resource, item) for pathway in pathways),
        )
    ]
    return tuple(tag for tag in found if tag is not None)


def _of_row(row: RowCost, resource: Resource) -> PriceTag | None:
    made = experiments(row.runs)
    total, n_unseen = _sum(made, resource)
    if total is None:
        return None
    each = _per_example(made, resource)
    n_examples, n_experiments = _n_examples(row.runs), len(made)
    return PriceTag(
        name=row.row,
        is_pathway=False,
        resource=resource,
        per_example=_told(each, resource, "mean over experiments, work phase only"),
        per_use=None,
        n_examples=n_examples,
        n_passes=_n_passes(made, n_examples),
        n_experiments=n_experiments,
        n_pruned=_count(made, Status.PRUNED),
        n_lost=_count(made, *_LOST),
        product=_product(each, n_examples, n_experiments, resource),
        total=total,
        n_unseen=n_unseen,
    )


def _of_pathway(pathway: PathwayCost, resource: Resource, item: Item) -> PriceTag | None:
    rows = [row for row in pathway.rows if row.stage is not Stage.STATED]
    made = [parts for row in rows for parts in experiments(row.runs)]
    total, n_unseen = _sum(made, resource)
    if total is None:
        return None
    used = pathway.marginal(resource) if item is Item.EXAMPLE else None
    return PriceTag(
        name=pathway.name,
        is_pathway=True,
        resource=resource,
        per_example=None,
        per_use=_told(used, resource, "per example answered, mean over blocks"),
        n_examples=None,
        n_passes=None,
        n_experiments=len(made),
        n_pruned=_count(made, Status.PRUNED),
        n_lost=_count(made, *_LOST),
        product=_sum_of_products(rows, resource),
        total=total,
        n_unseen=n_unseen,
    )


def _sum(made: Experiments, resource: Resource) -> tuple[Estimate | None, int]:
    """Sum over every run, whatever became of it; how many experiments were not seen whole."""
    by_run = [[observe(run, resource) for run in parts] for parts in made]
    seen = [amount for parts in by_run for amount in parts if amount is not None]
    n_unseen = sum(None in parts for parts in by_run)
    if not seen:
        return None, n_unseen
    total = total_of(seen)
    n_seen = sum(any(amount is not None for amount in parts) for parts in by_run)
    what = f"sum over {counted(n_seen, 'experiment')}"
    estimate = as_estimate(total, resource.value, what=what, notes=mixed_kinds(total))
    return estimate, n_unseen


def _per_example(made: Experiments, resource: Resource) -> Uncertain | None:
    """Cost of working through one example, over experiments that did."""
    seen = [per_example(parts, resource) for parts in made if parts[-1].status in _WORKED]
    known = [amount for amount in seen if amount is not None]
    return mean_of(known) if known else None


def _n_examples(runs: Sequence[Run]) -> float | None:
    """Different examples that an experiment learned from, labelled and unlabelled ones."""
    amounts = [[observe(run, resource) for resource in _DATA] for run in runs]
    used = [sum(o.value for o in each if o is not None) for each in amounts]
    return max(used, default=0.0) or None


def _n_passes(made: Experiments, n_examples: float | None) -> float | None:
    """Examples worked through for each different one, in the mean of finished experiments."""
    finished = [parts for parts in made if parts[-1].status is Status.OK]
    done = [n for parts in finished if (n := sum(run.output.n_examples for run in parts))]
    return sum(done) / len(done) / n_examples if done and n_examples else None


def _product(
    each: Uncertain | None, n_examples: float | None, n_experiments: int, resource: Resource
) -> Estimate | None:
    if each is None or n_examples is None:
        return None
    product = each.scaled(n_examples * n_experiments)
    return as_estimate(product, resource.value, what="E x D x H, one pass each")


def _sum_of_products(rows: Sequence[RowCost], resource: Resource) -> Estimate | None:
    """Sum of the rows' products; None where one is unknown, as it would be taken for 0."""
    parts = [
        None if e is None or d is None else e.scaled(d * len(made))
        for row in rows
        for made in (experiments(row.runs),)
        for e, d in ((_per_example(made, resource), _n_examples(row.runs)),)
    ]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    product = sum(known, Uncertain.exact(0.0))
    return as_estimate(product, resource.value, what="sum of E x D x H over rows, one pass each")


def _told(amount: Uncertain | None, resource: Resource, what: str) -> Estimate | None:
    if amount is None:
        return None
    estimate = as_estimate(amount, resource.value, what=what)
    return replace(estimate, name=f"{resource.value} per example")


def _count(made: Experiments, *statuses: Status) -> int:
    return sum(parts[-1].status in statuses for parts in made)
