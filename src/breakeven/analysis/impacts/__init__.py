"""Impacts: kWh, kg CO2e and money from measured, modelled or stated energy.

Every assumed number (PUE, grid factor, price, utilisation) names its year and source or is refused.
"""

from breakeven.analysis.impacts.dated import Dated, grid_intensity, overhead
from breakeven.analysis.impacts.emissions import carbon, covered_part, with_overhead
from breakeven.analysis.impacts.footprint import (
    Assumptions,
    Footprint,
    Subject,
    footprint,
    footprints,
    span,
)
from breakeven.analysis.impacts.grids import grid, grids
from breakeven.analysis.impacts.interval import stated, times
from breakeven.analysis.impacts.money import (
    chip_hour_price,
    electricity_bill,
    electricity_price,
    implied_price,
    rent,
)
from breakeven.analysis.impacts.strubell import Draw, strubell
from breakeven.analysis.impacts.subjects import run_subjects, store_subjects

__all__ = [
    "Assumptions",
    "Dated",
    "Draw",
    "Footprint",
    "Subject",
    "carbon",
    "chip_hour_price",
    "covered_part",
    "electricity_bill",
    "electricity_price",
    "footprint",
    "footprints",
    "grid",
    "grid_intensity",
    "grids",
    "implied_price",
    "overhead",
    "rent",
    "run_subjects",
    "span",
    "stated",
    "store_subjects",
    "strubell",
    "times",
    "with_overhead",
]
