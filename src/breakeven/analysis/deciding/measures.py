"""Measures: the costs by which a reader may choose, observed ones and those that follow from them.

Rent follows from time and a price per hour, electricity and carbon from energy, the overhead of
the building and a price or factor per kWh. Each is a resource times a number that somebody
assumes, so all its numbers bear that kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.deciding.ground import Ground
from breakeven.analysis.deciding.settings import Settings
from breakeven.errors import UnknownNameError
from breakeven.records import Resource
from breakeven.units import J_PER_KWH, S_PER_H

G_PER_KG = 1e3
PRICES = {"EUR": Resource.PRICE_EUR, "USD": Resource.PRICE_USD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One cost by which may be chosen.

    Attributes:
        key: In settings and in the page's JSON.
        base: Resource that it follows from; itself where it was observed.
        label: How a control calls it.
        by: Settings that multiply the base.
        per: What their product is divided by.
        is_money: Whether it is in the currency of the settings.
        into: Resource of the result; None where that depends on the currency.
    """

    key: str
    base: Resource
    label: str = ""
    by: tuple[str, ...] = ()
    per: float = 1.0
    is_money: bool = False
    into: Resource | None = None

    @property
    def place(self) -> int:
        """Rank of its base among all resources, whatever the headline."""
        return list(Resource).index(self.base)

    @property
    def is_derived(self) -> bool:
        """Whether it follows from another cost by numbers that somebody assumes."""
        return self.key != self.base.value

    def resource(self, settings: Settings) -> Resource:
        """In which the numbers of the measure are."""
        return PRICES[settings.currency] if self.is_money else self.into or self.base

    def missing(self, settings: Settings) -> tuple[str, ...]:
        """Settings that the measure needs and that nobody gave."""
        return tuple(name for name in self.by if getattr(settings, name) is None)

    def factor(self, settings: Settings) -> float:
        """What the base is multiplied by.

        Raises:
            ValueError: If a number that it needs was not given, or is 0.
        """
        if lacking := self.missing(settings):
            raise ValueError(
                f"{self.key} follows from {self.base.value} and needs {' and '.join(lacking)}, "
                "which nobody gave; give it or choose another measure"
            )
        if zeros := [name for name in self.by if getattr(settings, name) == 0]:
            raise ValueError(
                f"{self.key} is 0 for every pathway where {zeros[0]} is 0, so that nothing can be "
                "chosen by it; give a number above 0 or choose another measure"
            )
        return prod(float(getattr(settings, name)) for name in self.by) / self.per


DERIVED = (
    Measure(
        key="rent",
        base=Resource.DURATION_S,
        label="rent of the machine",
        by=("price_per_hour",),
        per=S_PER_H,
        is_money=True,
    ),
    Measure(
        key="electricity",
        base=Resource.ENERGY_J,
        label="price of the electricity",
        by=("pue", "price_per_kwh"),
        per=J_PER_KWH,
        is_money=True,
    ),
    Measure(
        key="carbon",
        base=Resource.ENERGY_J,
        label="carbon of the electricity",
        by=("pue", "grid_g_per_kwh"),
        per=J_PER_KWH * G_PER_KG,
        into=Resource.CARBON_KGCO2E,
    ),
)
MEASURES = tuple(measure.key for measure in DERIVED)
"""Keys of those that follow from others."""


def measures_of(ground: Ground) -> tuple[Measure, ...]:
    """Every measure in which some pathway has both development and use, headline first.

    Args:
        ground: What was gathered.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = StudyDefinition(name="s", pathways=())
        >>> measures_of(Ground(definition=study, pathways=(), resources=()))
        ()
    """
    observed = (_observed(resource) for resource in ground.resources if resource.is_additive)
    return tuple(m for m in (*observed, *DERIVED) if takes_part(m, ground.pathways))


def measure_named(ground: Ground, key: str) -> Measure:
    """The measure of that key.

    Args:
        ground: What was gathered.
        key: As in settings.

    Raises:
        UnknownNameError: If no pathway has a life in such a measure.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = StudyDefinition(name="s", pathways=())
        >>> try:
        ...     measure_named(Ground(definition=study, pathways=(), resources=()), "joy")
        ... except UnknownNameError as error:
        ...     print(error)
        no measure named 'joy'. Known: none.
    """
    known = {measure.key: measure for measure in measures_of(ground)}
    if key not in known:
        raise UnknownNameError("measure", key, known)
    return known[key]


def takes_part(measure: Measure, pathways: Sequence[PathwayCost]) -> list[PathwayCost]:
    """Pathways with development and use in a measure; those with a price of their own pay no rent.

    Args:
        measure: One.
        pathways: Gathered costs.

    Examples:
        >>> takes_part(Measure(key="cpu_s", base=Resource.CPU_S), [])
        []
    """
    return [
        p for p in pathways if p.has_life(measure.base) and not (measure.is_money and _has_price(p))
    ]


def _has_price(pathway: PathwayCost) -> bool:
    return any(price in pathway.blocks for price in PRICES.values())


def _observed(resource: Resource) -> Measure:
    by = ("pue",) if resource is Resource.ENERGY_J else ()
    return Measure(key=resource.value, base=resource, by=by)
