"""Footprint: everything that follows from one amount of energy or time under stated assumptions.

Location-based and market-based carbon stand apart, several grids stand side by side, and what a
provider covers by renewable power or offsets stands beside the gross amount, which is always there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.impacts.dated import Dated
from breakeven.analysis.impacts.emissions import carbon, covered_part, with_overhead
from breakeven.analysis.impacts.money import electricity_bill, rent
from breakeven.analysis.impacts.strubell import Draw, strubell
from breakeven.records import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What was assumed; nothing has a default.

    Attributes:
        overhead: PUE; None leaves the building out.
        grids: Location-based factors, each shown on its own.
        market: Factor of a contract; None for none.
        renewable: Share of the power stated as renewable or offset; never netted.
        electricity: Price of a kWh.
        chip_hour: Price of a device for an hour.
        n_chips: Devices that are rented.
        draws: Average draw of the parts, for energy that nobody measured.
        utilisation: Share of their rated power that the parts draw.
    """

    overhead: Dated | None = None
    grids: tuple[Dated, ...] = ()
    market: Dated | None = None
    renewable: Dated | None = None
    electricity: Dated | None = None
    chip_hour: Dated | None = None
    n_chips: float | None = None
    draws: tuple[Draw, ...] = ()
    utilisation: Dated | None = None

    @property
    def inputs(self) -> tuple[Dated, ...]:
        """Every assumed number that was stated, in the order they are used."""
        stated = (
            self.utilisation,
            self.overhead,
            *self.grids,
            self.market,
            self.renewable,
            self.electricity,
            self.chip_hour,
        )
        return tuple(number for number in stated if number is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a footprint is of.

    Attributes:
        name: Such as a pathway or a row.
        phase: Such as development or use; empty where that says nothing.
        energy: At the computers, in joules; None where nobody measured or stated it.
        duration: In seconds; None likewise.
        why: There is no energy; empty where there is.
        item: What use is counted in; empty for totals.
        is_elsewhere: Whether only others' word is known of its time, as of a service; neither the
            draw nor the price of a machine of one's own says anything of it.
    """

    name: str
    phase: str = ""
    energy: Estimate | None = None
    duration: Estimate | None = None
    why: str = ""
    item: str = ""
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What follows from one subject.

    Attributes:
        subject: What it is of.
        energy: At the computers: measured, stated or modelled; None where unknown.
        at_building: With overhead; None without PUE.
        location: Gross carbon by grid, location-based.
        market: Gross carbon by the contract's factor; None for none.
        covered: Part of each location-based amount that is stated as renewable or offset.
        bill: Price of the electricity.
        rent: Price of the devices by the hour.
    """

    subject: Subject
    energy: Estimate | None
    at_building: Estimate | None
    location: tuple[tuple[Dated, Estimate], ...]
    market: Estimate | None
    covered: tuple[tuple[Dated, Estimate], ...]
    bill: Estimate | None
    rent: Estimate | None

    @property
    def is_modelled(self) -> bool:
        """Whether its energy is time times a draw that was assumed here."""
        return self.energy is not None and self.subject.energy is None


def footprint(subject: Subject, assumed: Assumptions) -> Footprint:
    """Give all that follows from a subject; measured energy is kept, absent energy is modelled.

    Args:
        subject: With energy, or with time where draws are assumed.
        assumed: The assumptions.

    Examples:
        >>> from breakeven.analysis.impacts import grid, stated
        >>> found = footprint(
        ...     Subject(name="FT", energy=stated("energy_j", 3.6e6)),
        ...     Assumptions(grids=(grid("DE"), grid("FR"))),
        ... )
        >>> [(by.code, round(amount.value, 3)) for by, amount in found.location]
        [('DE', 0.344), ('FR', 0.044)]
        >>> found.bill is None
        True
    """
    energy = _energy(subject, assumed)
    if energy is None:
        return Footprint(
            subject=subject,
            energy=None,
            at_building=None,
            location=(),
            market=None,
            covered=(),
            bill=None,
            rent=_rent(subject, assumed),
        )
    over, price, share = assumed.overhead, assumed.electricity, assumed.renewable
    location = tuple((by, carbon(energy, by, overhead=over)) for by in assumed.grids)
    market = assumed.market
    return Footprint(
        subject=subject,
        energy=energy,
        at_building=None if over is None else with_overhead(energy, over),
        location=location,
        market=None if market is None else carbon(energy, market, overhead=over),
        covered=()
        if share is None
        else tuple((by, covered_part(gross, share)) for by, gross in location),
        bill=None if price is None else electricity_bill(energy, price, overhead=over),
        rent=_rent(subject, assumed),
    )


def span(found: Footprint) -> tuple[tuple[Dated, Estimate], tuple[Dated, Estimate]] | None:
    """The grid with the least and that with the most carbon; None where fewer than two are known.

    Args:
        found: With its location-based carbon.

    Examples:
        >>> from breakeven.analysis.impacts import grid, stated
        >>> both = Assumptions(grids=(grid("DE"), grid("FR")))
        >>> least, most = span(footprint(Subject(name="x", energy=stated("energy_j", 1.0)), both))
        >>> least[0].code, most[0].code
        ('FR', 'DE')
    """
    known = [(by, amount) for by, amount in found.location if amount.value is not None]
    if len(known) < 2:
        return None
    ordered = sorted(known, key=lambda pair: pair[1].value or 0.0)
    return ordered[0], ordered[-1]


def footprints(subjects: Sequence[Subject], assumed: Assumptions) -> tuple[Footprint, ...]:
    """The same for several subjects.

    Examples:
        >>> footprints([], Assumptions())
        ()
    """
    return tuple(footprint(subject, assumed) for subject in subjects)


def _energy(subject: Subject, assumed: Assumptions) -> Estimate | None:
    if subject.energy is not None and subject.energy.value is not None:
        return subject.energy
    if subject.duration is None or subject.is_elsewhere or not assumed.draws:
        return None
    return strubell(subject.duration, assumed.draws, utilisation=assumed.utilisation)


def _rent(subject: Subject, assumed: Assumptions) -> Estimate | None:
    if assumed.chip_hour is None or assumed.n_chips is None:
        return None
    if subject.duration is None or subject.is_elsewhere:
        return None
    return rent(subject.duration, assumed.n_chips, assumed.chip_hour)
