"""Emissions: carbon from energy, by assumptions that name their source and year.

There is no default country and no default factor: whoever asks for carbon must say where the
electricity came from, and when. What a provider offsets or buys as renewable is stated beside the
gross amount and never taken off it (Schwartz et al. 2020: it is not clear that buying credits is as
effective as using less energy).
"""

from dataclasses import replace

from breakeven.analysis.impacts.dated import Dated
from breakeven.analysis.impacts.interval import times, with_interval_words
from breakeven.errors import UnitMismatchError
from breakeven.records import Estimate, Note, NoteCode, Resource
from breakeven.units import J_PER_KWH


def carbon(energy: Estimate, intensity: Dated, *, overhead: Dated | None = None) -> Estimate:
    """Carbon of an amount of energy in kg CO2e: energy x overhead x intensity.

    The interval is the energy's at both ends of every range that was stated.

    Args:
        energy: In joules, total or per item.
        intensity: Of the grid, or of a contract.
        overhead: Of the data centre; None leaves it out and says so.

    Raises:
        UnitMismatchError: If the estimate is not energy.

    Examples:
        >>> from breakeven.analysis.impacts import grid_intensity
        >>> from breakeven.records import Kind
        >>> ten_kwh = Estimate(name="energy_j", value=36e6, method="", n=1,
        ...                    kinds=(Kind.MEASURED,))
        >>> grid = grid_intensity(0.25, place="Examplia", year=2024, source="an example")
        >>> found = carbon(ten_kwh, grid)
        >>> found.value, [kind.value for kind in found.kinds]
        (2.5, ['measured', 'assumed'])
        >>> found.method.split("; ")[0]
        'energy x 0.25 kg CO2e/kWh (Examplia, 2024, an example), no data-centre overhead'
    """
    refuse_other_than_energy(energy, what="carbon")
    method = f"energy x {intensity.words}, {_overhead_words(overhead)}"
    at_building = energy if overhead is None else times(energy, overhead)
    found = with_interval_words(times(at_building, intensity, per=J_PER_KWH), method)
    return replace(
        found,
        name=energy.name.replace(Resource.ENERGY_J.value, Resource.CARBON_KGCO2E.value, 1),
        notes=(*energy.notes, _assumed(method)),
    )


def with_overhead(energy: Estimate, overhead: Dated) -> Estimate:
    """Energy that the building draws for the energy of its computers: energy x PUE.

    Args:
        energy: In joules, at the computers.
        overhead: Of the building.

    Raises:
        UnitMismatchError: If the estimate is not energy.

    Examples:
        >>> from breakeven.analysis.impacts import overhead, stated
        >>> pue = overhead(1.5, low=1.2, high=2.0, year=2024, source="an example")
        >>> found = with_overhead(stated("energy_j", 100.0), pue)
        >>> found.value, found.low, found.high
        (150.0, 120.0, 200.0)
    """
    refuse_other_than_energy(energy, what="an overhead")
    return with_interval_words(times(energy, overhead), f"energy x {overhead.words}")


def covered_part(gross: Estimate, share: Dated) -> Estimate:
    """The part of a gross amount that a provider states as renewable or offset, in kg CO2e.

    It stands beside the gross amount; no function here subtracts it.

    Args:
        gross: Location-based carbon.
        share: Of the power, in 0..1.

    Examples:
        >>> from breakeven.analysis.impacts import stated
        >>> half = Dated(name="renewable_frac", title="renewable share", value=0.5, year=2019,
        ...              source="an example")
        >>> covered_part(stated("carbon_kgco2e", 8.0), half).value
        4.0
    """
    name = f"{gross.name} stated as covered"
    found = with_interval_words(times(gross, share), f"gross x {share.words}; not subtracted")
    return replace(found, name=name)


def refuse_other_than_energy(energy: Estimate, *, what: str) -> None:
    """Refuse an estimate of anything but energy.

    Raises:
        UnitMismatchError: If it is of something else.

    Examples:
        >>> from breakeven.analysis.impacts import stated
        >>> refuse_other_than_energy(stated("energy_j", 1.0), what="carbon")
    """
    if not energy.name.startswith(Resource.ENERGY_J.value):
        raise UnitMismatchError(
            f"{what} needs an estimate of energy_j, got {energy.name!r}; measure energy first"
        )


def _overhead_words(overhead: Dated | None) -> str:
    return "no data-centre overhead" if overhead is None else overhead.words


def _assumed(method: str) -> Note:
    return Note(
        code=NoteCode.ASSUMED_NUMBERS,
        message=f"carbon is {method}.",
        advice="Replace the assumed factors when better ones for your place and year exist.",
    )
