"""Deciding: the choice as it follows from what a reader sets, and what would change it."""

from breakeven.analysis.deciding.ground import Ground
from breakeven.analysis.deciding.measures import MEASURES, Measure, measures_of
from breakeven.analysis.deciding.payload import decision_data
from breakeven.analysis.deciding.settings import Settings, own_settings

__all__ = [
    "MEASURES",
    "Ground",
    "Measure",
    "Settings",
    "decision_data",
    "measures_of",
    "own_settings",
]
