"""Advice: what would cut cost most here, each piece with the number in the records it rests on."""

from breakeven.analysis.advice.advise import advise
from breakeven.analysis.advice.result import Advice, Basis, Topic

__all__ = ["Advice", "Basis", "Topic", "advise"]
