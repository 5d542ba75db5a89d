"""Price tag: E, D and H of every result, their product, and what its experiments really took.

`Cost(R) ~ E x D x H` (Schwartz et al. 2020, equation 1): cost of one example, training examples,
experiments. The paper names what the product leaves out: epochs, augmentation, trials of unequal
cost, an E that differs between training and use. The sum over the runs holds all of it.
"""

from collections.abc import Sequence
from dataclasses import replace

from breakeven.analysis.estimates import mixed_kinds
from breakeven.analysis.pathways import PathwayCost
from breakeven.analysis.rows import RowCost
from breakeven.analysis.search_results import PriceTag
from breakeven.analysis.select import UTILISATION, observe, per_item
from breakeven.analysis.uncertain import Uncertain, as_estimate, mean_of, total_of
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Item, Resource, Run, Stage, Status

_DATA = frozenset({Resource.N_LABELLED_EXAMPLES, Resource.N_UNLABELLED_EXAMPLES})
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
    total, n_unseen = _sum(row.runs, resource)
    if total is None:
        return None
    per_example = _per_example(row.runs, resource)
    n_examples, n_experiments = _n_examples(row.runs), len(row.runs)
    return PriceTag(
        name=row.row,
        is_pathway=False,
        resource=resource,
        per_example=_told(per_example, resource, "mean over experiments, work phase only"),
        per_use=None,
        n_examples=n_examples,
        n_passes=_n_passes(row.runs, n_examples),
        n_experiments=n_experiments,
        n_pruned=_count(row.runs, Status.PRUNED),
        n_lost=_count(row.runs, *_LOST),
        product=_product(per_example, n_examples, n_experiments, resource),
        total=total,
        n_unseen=n_unseen,
    )


def _of_pathway(pathway: PathwayCost, resource: Resource, item: Item) -> PriceTag | None:
    runs = [run for row in pathway.rows if row.stage is not Stage.STATED for run in row.runs]
    total, n_unseen = _sum(runs, resource)
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
        n_experiments=len(runs),
        n_pruned=_count(runs, Status.PRUNED),
        n_lost=_count(runs, *_LOST),
        product=_sum_of_products(pathway, resource),
        total=total,
        n_unseen=n_unseen,
    )


def _sum(runs: Sequence[Run], resource: Resource) -> tuple[Estimate | None, int]:
    """Sum over every run, whatever became of it, and how many did not observe the cost."""
    seen = [amount for run in runs if (amount := observe(run, resource)) is not None]
    if not seen:
        return None, len(runs)
    total = total_of(seen)
    what = f"sum over {counted(len(seen), 'experiment')}"
    estimate = as_estimate(total, resource.value, what=what, notes=mixed_kinds(total))
    return estimate, len(runs) - len(seen)


def _per_example(runs: Sequence[Run], resource: Resource) -> Uncertain | None:
    """Cost of working through one example, over experiments that did."""
    seen = [per_item(run, resource, item=Item.EXAMPLE) for run in runs if run.status in _WORKED]
    known = [amount for amount in seen if amount is not None]
    return mean_of(known) if known else None


def _n_examples(runs: Sequence[Run]) -> float | None:
    """Different examples that an experiment learned from, labelled and unlabelled ones."""
    amounts = [[observe(run, resource) for resource in _DATA] for run in runs]
    used = [sum(o.value for o in each if o is not None) for each in amounts]
    return max(used, default=0.0) or None


def _n_passes(runs: Sequence[Run], n_examples: float | None) -> float | None:
    """Examples worked through for each different one, in the mean of finished experiments."""
    done = [r.output.n_examples for r in runs if r.status is Status.OK and r.output.n_examples]
    return sum(done) / len(done) / n_examples if done and n_examples else None


def _product(
    per_example: Uncertain | None, n_examples: float | None, n_experiments: int, resource: Resource
) -> Estimate | None:
    if per_example is None or n_examples is None:
        return None
    product = per_example.scaled(n_examples * n_experiments)
    return as_estimate(product, resource.value, what="E x D x H, one pass each")


def _sum_of_products(pathway: PathwayCost, resource: Resource) -> Estimate | None:
    """Sum of the rows' products; None where one is unknown, as it would be taken for 0."""
    parts = [
        None if e is None or d is None else e.scaled(d * len(row.runs))
        for row in pathway.rows
        if row.stage is not Stage.STATED
        for e, d in ((_per_example(row.runs, resource), _n_examples(row.runs)),)
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


def _count(runs: Sequence[Run], *statuses: Status) -> int:
    return sum(run.status in statuses for run in runs)
