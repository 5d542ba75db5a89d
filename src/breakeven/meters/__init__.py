"""Measure: meters read the physical world, a bank opens windows over them."""

from breakeven.meters.asking import own_meters
from breakeven.meters.bank import MeterBank, utc_now
from breakeven.meters.opening import Probe, Replayed, open_bank, probe_meter
from breakeven.meters.window import OpenWindow

__all__ = [
    "MeterBank",
    "OpenWindow",
    "Probe",
    "Replayed",
    "open_bank",
    "own_meters",
    "probe_meter",
    "utc_now",
]
