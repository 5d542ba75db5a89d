"""The scenarios: what is consumed, what is asked of the tool, and which faults are claimed.

The claims are those of the project's list of faults seen in released tools. A claim that is not
seen again is said so in the table; breakeven is judged by `judge.py` in every scenario.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from benchmarks.rivals.machine import Gpu, Hardware, Spell
from breakeven.testing.powercap import LAPTOP, SERVER, SPAN_UJ, FakeZone

WORK_S = 4.6
"""Two whole samples of carbontracker (one second in two) and the beginning of a third."""
_EVERY = ("codecarbon", "zeus", "carbontracker", "eco2ai", "pyjoules", "perun")


class Ask(StrEnum):
    """What the runner is asked to do around the work."""

    WINDOW = "window"
    DEFAULTS = "defaults"
    NESTED = "nested"
    RANKS = "ranks"
    KILL = "kill"
    INTERRUPT = "interrupt"
    EXCEPTION = "exception"
    CLOCK_STEP = "clock-step"
    SALVAGE = "salvage"


class Fault(StrEnum):
    """What is wrong with an outcome."""

    WRONG = "off by more than 5 %"
    NOTHING = "0 or nothing, without an error"
    GUESS = "a number without a sensor"
    CRASH = "does not start"
    NO_INNER = "nothing for the inner window"
    LOST = "nothing kept"
    EXIT_0 = "exit code 0 after an exception"
    NETWORK = "tries the network"
    HELPERS = "helper processes"
    WALL_CLOCK = "a duration by the wall clock"
    SPINS = "burns CPU while the work sleeps"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """One situation.

    Attributes:
        name: Short name.
        title: What is special about it.
        hardware: What the machine has and consumes.
        truth_j: What a tool that covers these sensors must say; None where there is none.
        claims: Faults said to be seen, by tool; other tools named in `tools` only run along.
        tools: Rivals that run.
        ask: What is asked.
        environ: Environment besides.
        is_unprivileged: Whether registers may not be read.
        partly_right_j: Other sums that are right for tools that cover less.
        attempts: How often it is played, where chance decides; the worst outcome counts.
        tolerance_j: Energy by which even an exact reading may differ, when it ends amid the work.
    """

    name: str
    title: str
    hardware: Hardware
    truth_j: float | None
    claims: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    tools: tuple[str, ...] = _EVERY
    ask: Ask = Ask.WINDOW
    environ: Mapping[str, str] = field(default_factory=dict)
    is_unprivileged: bool = False
    partly_right_j: tuple[float, ...] = ()
    attempts: int = 1
    tolerance_j: float = 0.01


def _steady(zones: tuple[FakeZone, ...], **energy_j: float) -> Hardware:
    """One even spell; keywords are zone numbers as in `z0`, `z0_0`, `mmio0`."""
    names = {
        folder: value
        for key, value in energy_j.items()
        for folder in [
            key.replace("mmio", "intel-rapl-mmio:").replace("z", "intel-rapl:").replace("_", ":")
        ]
    }
    return Hardware(zones=zones, spells=(Spell(duration_s=WORK_S, energy_j=names),))


_PACKAGE = (FakeZone(folder="intel-rapl:0", name="package-0", energy_uj=5_000_000),)


def _wrapping_at(at_s: float) -> tuple[FakeZone, ...]:
    """A package whose register is full after so many seconds of 300 J in `WORK_S`."""
    left_uj = round(300e6 * at_s / WORK_S)
    return (FakeZone(folder="intel-rapl:0", name="package-0", energy_uj=SPAN_UJ - left_uj),)


_BURST = Hardware(
    zones=_PACKAGE,
    spells=(
        Spell(duration_s=1.2, energy_j={"intel-rapl:0": 280.0}),
        Spell(duration_s=3.0, energy_j={"intel-rapl:0": 100.0}),
    ),
)
_GPUS = tuple(
    Gpu(uuid=f"GPU-0000000{i}-aaaa-bbbb-cccc-dddddddddddd", power_w=3000 / WORK_S) for i in "1234"
)
_TWO_GPUS = (
    Gpu(uuid="GPU-11111111-aaaa-bbbb-cccc-dddddddddddd", power_w=50.0),
    Gpu(uuid="GPU-22222222-aaaa-bbbb-cccc-dddddddddddd", power_w=1600 / WORK_S),
)
_OLD_GPU = (
    Gpu(
        uuid="GPU-33333333-aaaa-bbbb-cccc-dddddddddddd",
        power_w=600 / WORK_S,
        name="Tesla P100-PCIE-16GB",
        has_counter=False,
    ),
)
_IDLE = (Spell(duration_s=WORK_S, energy_j={}),)
_PLAIN = _steady(_PACKAGE, z0=300.0)

SCENARIOS = (
    Scenario(
        name="plain",
        title="one package, 300 J evenly: the control, in which nobody should be wrong",
        hardware=_PLAIN,
        truth_j=300.0,
        claims={"zeus": (Fault.HELPERS,)},
    ),
    Scenario(
        name="network",
        title="the same with every default, where no network answers",
        hardware=_PLAIN,
        truth_j=300.0,
        claims={
            "codecarbon": (Fault.NETWORK,),
            "carbontracker": (Fault.NETWORK,),
            "eco2ai": (Fault.NETWORK,),
        },
        ask=Ask.DEFAULTS,
    ),
    Scenario(
        name="wrap",
        title="the register wraps 30 ms before the window ends; the worst of three",
        hardware=_steady(_wrapping_at(WORK_S - 0.03), z0=300.0),
        truth_j=300.0,
        claims={"zeus": (Fault.WRONG,), "pyjoules": (Fault.WRONG,)},
        attempts=3,
    ),
    Scenario(
        name="wrap-amid",
        title="the register wraps half-way, in a sample of carbontracker",
        hardware=_steady(_wrapping_at(2.5), z0=300.0),
        truth_j=300.0,
        claims={"pyjoules": (Fault.WRONG,), "carbontracker": (Fault.WRONG,)},
    ),
    Scenario(
        name="laptop",
        title="package shown twice (MMIO), its parts, and psys that contains it: psys is 449 J",
        hardware=_steady(LAPTOP, z0=225.0, z0_0=150.0, z0_1=20.0, z1=449.0, mmio0=225.0),
        truth_j=449.0,
        partly_right_j=(225.0,),
        claims={"zeus": (Fault.WRONG,)},
    ),
    Scenario(
        name="sockets",
        title="two packages with their DRAM: 400 + 100 + 40 + 10 J",
        hardware=_steady(SERVER, z0=400.0, z1=100.0, z0_0=40.0, z1_0=10.0),
        truth_j=550.0,
        partly_right_j=(500.0,),
        claims={"carbontracker": (Fault.WRONG,)},
    ),
    Scenario(
        name="gpus",
        title="four GPUs, 3,000 J each: 12,000 J",
        hardware=Hardware(spells=_IDLE, gpus=_GPUS),
        truth_j=12_000.0,
        claims={"carbontracker": (Fault.WRONG,)},
        tolerance_j=400.0,
    ),
    Scenario(
        name="gpu-uuid",
        title="CUDA_VISIBLE_DEVICES names the second of two GPUs by UUID: 1,600 J",
        hardware=Hardware(spells=_IDLE, gpus=_TWO_GPUS),
        truth_j=1600.0,
        claims={"zeus": (Fault.CRASH,)},
        environ={"CUDA_VISIBLE_DEVICES": _TWO_GPUS[1].uuid},
        tolerance_j=60.0,
        tools=("codecarbon", "zeus", "carbontracker", "pyjoules", "perun"),
    ),
    Scenario(
        name="gpu-power",
        title="a GPU without an energy counter at 130 W: 600 J",
        hardware=Hardware(spells=_IDLE, gpus=_OLD_GPU),
        truth_j=600.0,
        claims={"codecarbon": (Fault.NOTHING,)},
        tools=("codecarbon", "zeus", "carbontracker", "pyjoules", "perun"),
        tolerance_j=30.0,
    ),
    Scenario(
        name="burst",
        title="a burst of 280 J, then 100 J over 3 s: 380 J",
        hardware=_BURST,
        truth_j=380.0,
        claims={"perun": (Fault.WRONG,)},
    ),
    Scenario(
        name="no-sensor",
        title="no energy sensor at all",
        hardware=Hardware(spells=_IDLE),
        truth_j=None,
        claims={
            "zeus": (Fault.NOTHING,),
            "codecarbon": (Fault.GUESS,),
            "carbontracker": (Fault.GUESS,),
            "eco2ai": (Fault.GUESS,),
        },
    ),
    Scenario(
        name="permission",
        title="registers that may not be read, as for all but root since Linux 5.10",
        hardware=_PLAIN,
        truth_j=None,
        claims={"zeus": (Fault.NOTHING,), "codecarbon": (Fault.GUESS,)},
        is_unprivileged=True,
    ),
    Scenario(
        name="nested",
        title="a window inside a window, both around the same 300 J",
        hardware=_PLAIN,
        truth_j=300.0,
        claims={"codecarbon": (Fault.NO_INNER,)},
        tools=("codecarbon", "zeus"),
        ask=Ask.NESTED,
    ),
    Scenario(
        name="ranks",
        title="four ranks on one node measure the same 300 J",
        hardware=_PLAIN,
        truth_j=300.0,
        claims={"codecarbon": (Fault.WRONG,)},
        tools=("codecarbon", "zeus", "carbontracker", "pyjoules"),
        ask=Ask.RANKS,
    ),
    Scenario(
        name="kill-9",
        title="kill -9 after three quarters of the work",
        hardware=_PLAIN,
        truth_j=300.0,
        claims={
            "codecarbon": (Fault.LOST,),
            "zeus": (Fault.LOST,),
            "carbontracker": (Fault.LOST,),
        },
        ask=Ask.KILL,
    ),
    Scenario(
        name="sigint",
        title="Ctrl-C after three quarters of the work",
        hardware=_PLAIN,
        truth_j=300.0,
        claims={
            "codecarbon": (Fault.LOST,),
            "zeus": (Fault.LOST,),
            "carbontracker": (Fault.LOST,),
        },
        ask=Ask.INTERRUPT,
    ),
    Scenario(
        name="exception",
        title="the work raises after half of it",
        hardware=_PLAIN,
        truth_j=150.0,
        claims={
            "codecarbon": (Fault.LOST,),
            "zeus": (Fault.LOST,),
            "carbontracker": (Fault.LOST,),
            "perun": (Fault.EXIT_0,),
        },
        ask=Ask.EXCEPTION,
        tolerance_j=10.0,
    ),
    Scenario(
        name="clock",
        title="the wall clock is set forward by an hour amid the work: 300 J",
        hardware=_PLAIN,
        truth_j=300.0,
        claims={"zeus": (Fault.WALL_CLOCK,)},
        ask=Ask.CLOCK_STEP,
    ),
    Scenario(
        name="parent",
        title="the work sleeps; what does the process around it do?",
        hardware=Hardware(spells=_IDLE),
        truth_j=None,
        claims={"optimum": (Fault.SPINS,)},
        tools=("optimum",),
    ),
)
