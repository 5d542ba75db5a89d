"""Public helpers for tests: scripted meters, fake sensors, a clock, and conformance suites.

A plug-in author subclasses `MeterConformance`; everybody else runs the whole pipeline on
scripted or replayed meters, without hardware and without sleeping.
"""

from breakeven.testing.clock import SteppingClock
from breakeven.testing.gputrace import RecordedPower
from breakeven.testing.meters import (
    MeterConformance,
    PeakMeterConformance,
    ScriptedGauge,
    ScriptedMeter,
    joules,
)
from breakeven.testing.nvml import FakeGpu, FakeNvml
from breakeven.testing.perf import FakeCpu, FakePerf
from breakeven.testing.powercap import (
    AMD,
    DIES,
    LAPTOP,
    PLATFORMS,
    SERVER,
    FakePowercap,
    FakeZone,
    Layout,
)

__all__ = [
    "AMD",
    "DIES",
    "LAPTOP",
    "PLATFORMS",
    "SERVER",
    "FakeCpu",
    "FakeGpu",
    "FakeNvml",
    "FakePerf",
    "FakePowercap",
    "FakeZone",
    "Layout",
    "MeterConformance",
    "PeakMeterConformance",
    "RecordedPower",
    "ScriptedGauge",
    "ScriptedMeter",
    "SteppingClock",
    "joules",
]
