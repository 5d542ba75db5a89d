"""Advice: what would cut cost most here, each piece with the number in the records it rests on."""

from breakeven.analysis.advice.advise import advise
from breakeven.analysis.advice.result import Advice, Topic

__all__ = ["Advice", "Topic", "advise"]
