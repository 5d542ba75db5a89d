"""Dated: an assumed number that names its year and its source, or is refused.

Energy and carbon "are difficult to compare across settings because they depend on hardware and
local electricity" (Dürlich et al. 2023, section 3.3). Published cases differ by PUE, grid factor
and price more than by the work done, so none of these has a default here.
"""

import math
from dataclasses import dataclass

FIRST_YEAR = 1990
LAST_YEAR = 2100

PUE, UTILISATION, RENEWABLE = "pue", "utilisation_frac", "renewable_frac"
GRID, MARKET = "grid_kgco2e_per_kwh", "market_kgco2e_per_kwh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A number that somebody published, with the year it holds for.

    Attributes:
        name: For machines, with unit suffix.
        title: For people.
        value: In `unit`, finite and at least 0.
        year: It holds for.
        source: Who published it.
        unit: For people; empty for a ratio.
        low: Lower end of a stated range; None where the source gives none.
        high: Upper end; None likewise.
        place: Where it holds; empty where that says nothing.
        code: Short name of the place; empty for none.
        licence: Under which a table that it was taken from may be used; empty for own input.
        covers: What it counts, in words.
    """

    name: str
    title: str
    value: float
    year: int
    source: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    place: str = ""
    code: str = ""
    licence: str = ""
    covers: str = ""

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise ValueError(f"{self.title} has no source; name who published it")
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"{self.title} has the year {self.year}; give the year it holds for")
        for end in (self.value, *self.ends):
            if not 0 <= end < math.inf:
                unit = f"; give {self.unit}" if self.unit else ""
                raise ValueError(f"{self.title} must be finite and at least 0, got {end}{unit}")
        if (self.low is None) != (self.high is None) or not self.is_ordered:
            raise ValueError(
                f"{self.title} is {self.value:g} with the range {self.low} to {self.high}; the "
                "value must lie inside it"
            )

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends of the range; the value itself where none was stated."""
        low = self.value if self.low is None else self.low
        return low, self.value if self.high is None else self.high

    @property
    def is_ordered(self) -> bool:
        """Whether the value lies in its range."""
        low, high = self.ends
        return low <= self.value <= high

    @property
    def has_range(self) -> bool:
        """Whether a range was stated."""
        return self.low is not None

    @property
    def number(self) -> str:
        """Value with range and unit, such as `1.58 [1.4 to 1.7]`."""
        between = f" [{self.low:g} to {self.high:g}]" if self.has_range else ""
        return f"{self.value:g}{between} {self.unit}".rstrip()

    @property
    def words(self) -> str:
        """The number with place, year and source, such as `PUE 1.58 (2018, a survey)`."""
        origin = ", ".join(part for part in (self.place, str(self.year), self.source) if part)
        lead = "" if self.unit else f"{self.title} "
        return f"{lead}{self.number} ({origin})"


def overhead(
    pue: float, *, year: int, source: str, low: float | None = None, high: float | None = None
) -> Dated:
    """Power usage effectiveness: what a data centre draws per unit that reaches its computers.

    Args:
        pue: The ratio, at least 1.
        year: It holds for.
        source: Who published it.
        low: Lower end of its range, at least 1.
        high: Upper end.

    Raises:
        ValueError: If it is below 1, not finite, or without year or source.

    Examples:
        >>> overhead(1.58, year=2018, source="a survey").words
        'PUE 1.58 (2018, a survey)'
    """
    if not (1 <= pue < math.inf and (low is None or low >= 1)):
        raise ValueError(f"PUE must be finite and at least 1, got {pue if low is None else low}")
    return Dated(name=PUE, title="PUE", value=pue, year=year, source=source, low=low, high=high)


def grid_intensity(  # noqa: PLR0913 - one per part of an honest factor
    value_kgco2e_per_kwh: float,
    *,
    place: str,
    year: int,
    source: str,
    low: float | None = None,
    high: float | None = None,
) -> Dated:
    """Carbon per kWh of electricity at one place in one year: the location-based factor.

    Args:
        value_kgco2e_per_kwh: The factor, at least 0.
        place: Grid it holds for.
        year: It holds for.
        source: Who published it.
        low: Lower end of its range.
        high: Upper end.

    Raises:
        ValueError: If it is negative, not finite, or without year or source.

    Examples:
        >>> grid_intensity(0.25, place="Examplia", year=2024, source="an agency").words
        '0.25 kg CO2e/kWh (Examplia, 2024, an agency)'
    """
    return Dated(
        name=GRID,
        title="grid intensity",
        value=value_kgco2e_per_kwh,
        unit="kg CO2e/kWh",
        place=place,
        year=year,
        source=source,
        low=low,
        high=high,
    )
