"""Every pathway against every other: break-even sets, envelope and fronts of thousands at a time.

The arithmetic is that of `payback.break_even` on `comparison.compare`, on arrays; the columns are
those of a store's index, so that a million runs need not be read as records.
"""

from breakeven.analysis.matrix.breakevens import BreakEvenMatrix, break_even_matrix
from breakeven.analysis.matrix.columns import Observed, RunColumns, ScoreColumns
from breakeven.analysis.matrix.gather import column_costs
from breakeven.analysis.matrix.study import StudyColumns

__all__ = [
    "BreakEvenMatrix",
    "Observed",
    "RunColumns",
    "ScoreColumns",
    "StudyColumns",
    "break_even_matrix",
    "column_costs",
]
