"""Lifetime: cost over a model's whole life, for two lives or many, under terms that are stated."""

from breakeven.analysis.lifetime.charging import (
    Rule,
    ShareRule,
    charge,
    charging_words,
    users_of,
)
from breakeven.analysis.lifetime.draws import Draws, draw
from breakeven.analysis.lifetime.efficiency import Efficiency, efficiencies
from breakeven.analysis.lifetime.envelope import Envelope, Piece, envelope, lower_envelope
from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.lifetime.lives import Lives, lives_of
from breakeven.analysis.lifetime.payoffs import Payoff, payoff, payoffs
from breakeven.analysis.lifetime.sharemap import MapCell, Match, ShareMap, match, share_map
from breakeven.analysis.lifetime.spending import Spent, profile_spending, spending, unit_of
from breakeven.analysis.lifetime.steps import Step, crossings
from breakeven.analysis.lifetime.study import study_lives, valid
from breakeven.analysis.lifetime.terms import ErrorCost, Terms, Update

__all__ = [
    "Draws",
    "Efficiency",
    "Envelope",
    "ErrorCost",
    "Life",
    "Lives",
    "MapCell",
    "Match",
    "Payoff",
    "Piece",
    "Rule",
    "ShareMap",
    "ShareRule",
    "Spent",
    "Step",
    "Terms",
    "Update",
    "charge",
    "charging_words",
    "crossings",
    "draw",
    "efficiencies",
    "envelope",
    "lives_of",
    "lower_envelope",
    "match",
    "payoff",
    "payoffs",
    "profile_spending",
    "share_map",
    "spending",
    "study_lives",
    "unit_of",
    "users_of",
    "valid",
]
