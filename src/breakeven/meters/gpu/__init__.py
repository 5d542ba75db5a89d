"""What every maker's GPUs have in common: cards, and the meters over them."""

from breakeven.meters.gpu.card import Card, Sensor, SensorMissingError
from breakeven.meters.gpu.energy import GpuMeter
from breakeven.meters.gpu.load import GpuLoadMeter
from breakeven.meters.gpu.memory import GpuMemoryMeter

__all__ = [
    "Card",
    "GpuLoadMeter",
    "GpuMemoryMeter",
    "GpuMeter",
    "Sensor",
    "SensorMissingError",
]
