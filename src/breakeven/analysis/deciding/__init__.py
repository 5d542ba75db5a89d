"""Deciding: the choice as it follows from what a reader sets, and what would change it."""

from breakeven.analysis.deciding.decide import Decision, Ranked, decide
from breakeven.analysis.deciding.ground import Ground, ground_of
from breakeven.analysis.deciding.measures import Measure, measures_of
from breakeven.analysis.deciding.payload import decision_data
from breakeven.analysis.deciding.plain import decision_plain
from breakeven.analysis.deciding.saving import Saving
from breakeven.analysis.deciding.settings import Settings, own_settings, settings_from
from breakeven.analysis.deciding.sureness import Sureness, SureOf, chance_words, open_words
from breakeven.analysis.deciding.winners import (
    Cell,
    WinnerMap,
    winners_by_floor,
    winners_by_tasks,
)

__all__ = [
    "Cell",
    "Decision",
    "Ground",
    "Measure",
    "Ranked",
    "Saving",
    "Settings",
    "SureOf",
    "Sureness",
    "WinnerMap",
    "chance_words",
    "decide",
    "decision_data",
    "decision_plain",
    "ground_of",
    "measures_of",
    "open_words",
    "own_settings",
    "settings_from",
    "winners_by_floor",
    "winners_by_tasks",
]
