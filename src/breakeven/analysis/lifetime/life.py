"""Life: one pathway in one cost, as a line over the volume with whatever the terms add to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.weighting import quotient
from breakeven.analysis.runs.rows import RowCost, combined
from breakeven.analysis.uncertain import Uncertain, once
from breakeven.records import Kind, Origin, Resource

ZERO = Uncertain.exact(0.0)
ONE = Uncertain.exact(1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One pathway in one cost.

    Attributes:
        pathway: With its rows as the sharing rules charge them.
        resource: The cost.
        use: Per item, as measured.
        errors: Per item, what wrong answers cost.
        every: Items between updates, by row that is repeated.
        weight: Score as a share of 1 that divides the cost; None where output is not weighted.
    """

    pathway: PathwayCost
    resource: Resource
    use: Uncertain
    errors: Uncertain
    every: Mapping[str, float]
    weight: Uncertain | None = None

    @property
    def name(self) -> str:
        """Of the pathway."""
        return self.pathway.name

    @property
    def rows(self) -> tuple[RowCost, ...]:
        """Development that has this cost."""
        return tuple(r for r in self.pathway.rows if r.amounts.get(self.resource) is not None)

    @property
    def development(self) -> Uncertain:
        """Paid before the first item; not divided by any weight."""
        return combined([r.amounts[self.resource] for r in self.rows], self.resource) or ZERO

    @property
    def updates(self) -> Uncertain:
        """Per item, what the repeated rows cost right after each update."""
        own = (
            assumed(r.amounts[self.resource].scaled(1 / self.every[r.row]))
            for r in self.rows
            if r.row in self.every
        )
        return reduce(add, own, ZERO)

    @property
    def per_item(self) -> Uncertain:
        """Use, errors and updates; not divided by any weight."""
        return self.use + self.errors + self.updates

    @property
    def line(self) -> tuple[float, float]:
        """Cost at volume 0 and per item, as they are compared: point values, weight included."""
        weight = 1.0 if self.weight is None else self.weight.value
        return self.development.value / weight, self.per_item.value / weight

    def paid(self, row: RowCost, volume: float) -> int:
        """How often a row has been paid after so many items, the first time included."""
        return 1 + int(volume // self.every[row.row]) if row.row in self.every else 1

    def total(self, volume: float) -> Uncertain:
        """Cumulative cost after `volume` items, every update so far paid; not weighted.

        Args:
            volume: Items, at least 0.
        """
        return self.developed(volume) + (self.use + self.errors).scaled(volume)

    def developed(self, volume: float) -> Uncertain:
        """Development and every update that has come due after `volume` items; not weighted.

        Args:
            volume: Items, at least 0.
        """
        return reduce(add, (self._spent_on(row, volume) for row in self.rows), ZERO)

    def _spent_on(self, row: RowCost, volume: float) -> Uncertain:
        times = self.paid(row, volume)
        amount = row.amounts[self.resource].scaled(times)
        return assumed(amount) if times > 1 else amount

    def average(self, volume: float) -> Uncertain:
        """Cost per item after `volume` items, or per weighted item.

        Args:
            volume: Items, above 0.
        """
        plain = self.total(volume).scaled(1 / volume)
        return plain if self.weight is None else quotient(plain, self.weight)


def assumed(amount: Uncertain) -> Uncertain:
    """The same, known to rest on an assumption as well.

    Args:
        amount: A cost times a stated number.

    Examples:
        >>> assumed(Uncertain.exact(2.0)).kinds[0].value
        'assumed'
    """
    return replace(
        amount,
        kinds=once((*amount.kinds, Kind.ASSUMED)),
        origins=once((*amount.origins, Origin.STATED)),
    )
