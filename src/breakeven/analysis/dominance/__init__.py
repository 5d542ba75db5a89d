"""Dominance: which points are worth having, how surely, and what beats the rest by how much."""

from breakeven.analysis.dominance.apart import gap_between
from breakeven.analysis.dominance.chances import chance_of_beating, chances_on_front
from breakeven.analysis.dominance.configurations import ConfigurationSpaces
from breakeven.analysis.dominance.disagree import Disagreement, disagreements
from breakeven.analysis.dominance.flat import Flat, FlatPoint, flat_region
from breakeven.analysis.dominance.given import compare_given, given_axes, given_space
from breakeven.analysis.dominance.improvement import Improvement, Judged, Standing, improvement
from breakeven.analysis.dominance.knee import Knee, knee
from breakeven.analysis.dominance.lines import GivenPoint, Scatter, scatter_of
from breakeven.analysis.dominance.pathways import PathwaySpaces, Phase, phases
from breakeven.analysis.dominance.reasons import Compare, Gap, Reason, all_shown, reasons
from breakeven.analysis.dominance.result import SpaceResult, Wishes, conclude
from breakeven.analysis.dominance.sets import (
    covering,
    dominators,
    efficient,
    near_front,
    shortfalls,
)
from breakeven.analysis.dominance.space import Axis, Space, Spot, exact_space
from breakeven.analysis.dominance.traced import Traced, trace_notes, traced
from breakeven.analysis.dominance.volume import Volume, hypervolume, reference_point

__all__ = [
    "Axis",
    "Compare",
    "ConfigurationSpaces",
    "Disagreement",
    "Flat",
    "FlatPoint",
    "Gap",
    "GivenPoint",
    "Improvement",
    "Judged",
    "Knee",
    "PathwaySpaces",
    "Phase",
    "Reason",
    "Scatter",
    "Space",
    "SpaceResult",
    "Spot",
    "Standing",
    "Traced",
    "Volume",
    "Wishes",
    "all_shown",
    "chance_of_beating",
    "chances_on_front",
    "compare_given",
    "conclude",
    "covering",
    "disagreements",
    "dominators",
    "efficient",
    "exact_space",
    "flat_region",
    "gap_between",
    "given_axes",
    "given_space",
    "hypervolume",
    "improvement",
    "knee",
    "near_front",
    "phases",
    "reasons",
    "reference_point",
    "scatter_of",
    "shortfalls",
    "trace_notes",
    "traced",
]
