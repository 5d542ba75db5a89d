"""Saturation: where more work stops paying."""

from breakeven.analysis.saturation.models import Model
from breakeven.analysis.saturation.point import Saturation, saturation

__all__ = ["Model", "Saturation", "saturation"]
