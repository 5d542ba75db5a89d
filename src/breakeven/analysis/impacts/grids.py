"""Grids: a small table of carbon per kWh by country, each row with year, source and licence.

The numbers are facts published by Ember under CC BY 4.0; the table is read from the package and
never from a network. There is no default and nothing guesses where a machine stands.
"""

import csv
from functools import cache
from importlib.resources import files

from breakeven.analysis.impacts.dated import GRID, Dated
from breakeven.errors import UnknownNameError

_NEAREST_ONLY = 0


@cache
def grids() -> tuple[Dated, ...]:
    """Every grid of the table, by code.

    Examples:
        >>> len(grids()) >= 25, grids()[0].code, grids()[0].year, grids()[0].licence
        (True, 'AT', 2024, 'CC BY 4.0')
    """
    text = files(__package__).joinpath("grids.csv").read_text(encoding="utf-8")
    return tuple(
        Dated(
            name=GRID,
            title="grid intensity",
            value=float(row["value_kgco2e_per_kwh"]),
            unit="kg CO2e/kWh",
            year=int(row["year"]),
            source=row["source"],
            place=row["place"],
            code=row["code"],
            licence=row["licence"],
            covers=row["covers"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def grid(name: str) -> Dated:
    """The grid of a code or of a country's name, whatever the case.

    Args:
        name: Such as DE or Germany.

    Raises:
        UnknownNameError: If the table has none; names the nearest.

    Examples:
        >>> grid("de").place, grid("France").code, grid("DE").value
        ('Germany', 'FR', 0.34414)
    """
    wanted = name.strip().casefold()
    for found in grids():
        if wanted in {found.code.casefold(), found.place.casefold()}:
            return found
    known = [name for found in grids() for name in (found.code, found.place)]
    raise UnknownNameError("grid", name, known, most=_NEAREST_ONLY)
