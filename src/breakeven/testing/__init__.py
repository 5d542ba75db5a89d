"""Public helpers for tests: scripted meters, fake sensors, a clock, and conformance suites.

A plug-in author subclasses `MeterConformance`; everybody else runs the whole pipeline on
scripted or replayed meters, without hardware and without sleeping. Servers are imported when first
used, because `http.server` is not cheap, and so is the suite of backends, which needs torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from breakeven.testing.amdsmi import FakeAmdGpu, FakeAmdSmi
from breakeven.testing.clock import SteppingClock
from breakeven.testing.conformance import MeterConformance
from breakeven.testing.gauges import PeakMeterConformance
from breakeven.testing.gputrace import RecordedPower
from breakeven.testing.hwmon import (
    ACPI_METER,
    AMD_SOCKETS,
    INTEL_CARD,
    RAIL,
    FakeChip,
    FakeHwmon,
)
from breakeven.testing.meters import ScriptedGauge, ScriptedMeter, joules
from breakeven.testing.nvml import FakeGpu, FakeNvml
from breakeven.testing.observers import ObserverConformance
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

if TYPE_CHECKING:
    from breakeven.testing.adaptives import AdaptiveConformance
    from breakeven.testing.backends import BackendConformance
    from breakeven.testing.redfish import FakeChassis, FakeRedfish
    from breakeven.testing.shelly import FakeShelly, Outlet
    from breakeven.testing.zeus import FakeZeus

__all__ = [
    "ACPI_METER",
    "AMD",
    "AMD_SOCKETS",
    "DIES",
    "INTEL_CARD",
    "LAPTOP",
    "PLATFORMS",
    "RAIL",
    "SERVER",
    "AdaptiveConformance",
    "BackendConformance",
    "FakeAmdGpu",
    "FakeAmdSmi",
    "FakeChassis",
    "FakeChip",
    "FakeCpu",
    "FakeGpu",
    "FakeHwmon",
    "FakeNvml",
    "FakePerf",
    "FakePowercap",
    "FakeRedfish",
    "FakeShelly",
    "FakeZeus",
    "FakeZone",
    "Layout",
    "MeterConformance",
    "ObserverConformance",
    "Outlet",
    "PeakMeterConformance",
    "RecordedPower",
    "ScriptedGauge",
    "ScriptedMeter",
    "SteppingClock",
    "joules",
]

_HOMES = {
    "AdaptiveConformance": "breakeven.testing.adaptives",
    "BackendConformance": "breakeven.testing.backends",
    "FakeChassis": "breakeven.testing.redfish",
    "FakeRedfish": "breakeven.testing.redfish",
    "FakeShelly": "breakeven.testing.shelly",
    "FakeZeus": "breakeven.testing.zeus",
    "Outlet": "breakeven.testing.shelly",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - lazy names have many types
    """Import a server or a stand-in on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'breakeven.testing' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
