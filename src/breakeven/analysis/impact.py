"""Impact: carbon from energy, by assumptions that name their source and year.

There is no default country and no default factor: energy and carbon "are difficult to compare
across settings because they depend on hardware and local electricity" (Dürlich et al. 2023,
section 3.3), so whoever asks for carbon must say where the electricity came from, and when.
"""

import math
from dataclasses import dataclass

from breakeven.analysis.uncertain import once
from breakeven.errors import UnitMismatchError
from breakeven.records import Estimate, Kind, Note, NoteCode, Resource
from breakeven.units import J_PER_KWH

FIRST_YEAR = 1990
LAST_YEAR = 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class GridIntensity:
    """Carbon per unit of electricity at one place in one year.

    Attributes:
        value_kgco2e_per_kwh: The factor, at least 0.
        place: Grid it holds for.
        year: Year it holds for.
        source: Who published it.
    """

    value_kgco2e_per_kwh: float
    place: str
    year: int
    source: str

    def __post_init__(self) -> None:
        _refuse_undated(self.source, self.year, what="grid intensity")
        if not 0 <= self.value_kgco2e_per_kwh < math.inf:
            raise ValueError(
                f"grid intensity must be finite and at least 0, got {self.value_kgco2e_per_kwh}; "
                "give kg CO2e per kWh"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """Power usage effectiveness: what a data centre draws per unit that reaches its computers.

    Attributes:
        pue: The ratio, at least 1.
        year: Year it holds for.
        source: Who published it.
    """

    pue: float
    year: int
    source: str

    def __post_init__(self) -> None:
        _refuse_undated(self.source, self.year, what="PUE")
        if not 1 <= self.pue < math.inf:
            raise ValueError(f"PUE must be finite and at least 1, got {self.pue}")


def carbon(
    energy: Estimate, intensity: GridIntensity, *, overhead: Overhead | None = None
) -> Estimate:
    """Carbon of an amount of energy in kg CO2e: energy x overhead x grid intensity.

    The interval is the energy's, scaled; the assumptions carry no interval of their own.

    Args:
        energy: In joules, total or per item.
        intensity: Of the grid.
        overhead: Of the data centre; None leaves it out and says so.

    Raises:
        UnitMismatchError: If the estimate is not energy.

    Examples:
        >>> ten_kwh = Estimate(name="energy_j", value=36e6, method="", n=1,
        ...                    kinds=(Kind.MEASURED,))
        >>> grid = GridIntensity(value_kgco2e_per_kwh=0.25, place="Examplia", year=2024,
        ...                      source="an example")
        >>> found = carbon(ten_kwh, grid)
        >>> found.value, [kind.value for kind in found.kinds]
        (2.5, ['measured', 'assumed'])
        >>> found.method
        'energy x 0.25 kg CO2e/kWh (Examplia, 2024, an example), no data-centre overhead'
    """
    if not energy.name.startswith(Resource.ENERGY_J.value):
        raise UnitMismatchError(
            f"carbon needs an estimate of energy_j, got {energy.name!r}; measure energy first"
        )
    pue = overhead.pue if overhead else 1.0
    factor_kgco2e_per_j = pue * intensity.value_kgco2e_per_kwh / J_PER_KWH
    method = f"energy x {_words(intensity)}, {_overhead_words(overhead)}"
    return Estimate(
        name=energy.name.replace(Resource.ENERGY_J.value, Resource.CARBON_KGCO2E.value, 1),
        value=_times(energy.value, factor_kgco2e_per_j),
        low=_times(energy.low, factor_kgco2e_per_j),
        high=_times(energy.high, factor_kgco2e_per_j),
        level=energy.level,
        method=method,
        n=energy.n,
        kinds=once((*energy.kinds, Kind.ASSUMED)),
        origins=energy.origins,
        run_ids=energy.run_ids,
        notes=(*energy.notes, _assumed(method)),
    )


def _refuse_undated(source: str, year: int, *, what: str) -> None:
    if not source.strip():
        raise ValueError(f"{what} has no source; name who published it")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{what} has the year {year}; give the year it holds for")


def _words(intensity: GridIntensity) -> str:
    origin = f"{intensity.place}, {intensity.year}, {intensity.source}"
    return f"{intensity.value_kgco2e_per_kwh:g} kg CO2e/kWh ({origin})"


def _overhead_words(overhead: Overhead | None) -> str:
    if overhead is None:
        return "no data-centre overhead"
    return f"PUE {overhead.pue:g} ({overhead.year}, {overhead.source})"


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _assumed(method: str) -> Note:
    return Note(
        code=NoteCode.ASSUMED_NUMBERS,
        message=f"carbon is {method}.",
        advice="Replace the assumed factors when better ones for your place and year exist.",
    )
