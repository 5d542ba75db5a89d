"""Limits: whether a store keeps a budget, or costs no more and scores no less than another."""

from breakeven.analysis.limits.budget import Limit, Phase, budget_lines
from breakeven.analysis.limits.change import UNPAIRED, Allowed, Side, change_lines, is_same_data
from breakeven.analysis.limits.evidence import (
    Evidence,
    blocks_needed,
    by_interval,
    evidence,
    shares_below,
)
from breakeven.analysis.limits.judged import Checked, Judged, Line, Verdict, judge

__all__ = [
    "UNPAIRED",
    "Allowed",
    "Checked",
    "Evidence",
    "Judged",
    "Limit",
    "Line",
    "Phase",
    "Side",
    "Verdict",
    "blocks_needed",
    "budget_lines",
    "by_interval",
    "change_lines",
    "evidence",
    "is_same_data",
    "judge",
    "shares_below",
]
