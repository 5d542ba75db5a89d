"""Public helpers for tests: scripted meters, fake sensors, a clock, and conformance suites.

A plug-in author subclasses `MeterConformance`; everybody else runs the whole pipeline on
scripted or replayed meters, without hardware and without sleeping.
"""

from breakeven.testing.clock import SteppingClock
from breakeven.testing.meters import (
    MeterConformance,
    PeakMeterConformance,
    ScriptedGauge,
    ScriptedMeter,
    joules,
)
from breakeven.testing.nvml import FakeGpu, FakeNvml
from breakeven.testing.powercap import LAPTOP, SERVER, FakePowercap, FakeZone

__all__ = [
    "LAPTOP",
    "SERVER",
    "FakeGpu",
    "FakeNvml",
    "FakePowercap",
    "FakeZone",
    "MeterConformance",
    "PeakMeterConformance",
    "ScriptedGauge",
    "ScriptedMeter",
    "SteppingClock",
    "joules",
]
