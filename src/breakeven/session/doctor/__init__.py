"""Doctor: what can be measured here, how well, and what would allow the rest."""

from breakeven.session.doctor.examining import FULL, QUICK, Effort, examine

__all__ = ["FULL", "QUICK", "Effort", "examine"]
