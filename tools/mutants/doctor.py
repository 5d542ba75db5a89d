"""What doctor says of a machine, what is kept of it, and what must never happen at start."""

from tools.mutants.mutant import Mutant

DOCTOR = "session/doctor"
NO_NETWORK = ("tests/cli/test_no_network.py",)
REMEDIES = ("tests/session/doctor/test_remedies.py",)
TEXT = ("tests/cli/test_doctor_text.py",)
KNOWN = ("tests/session/doctor/test_known_work.py",)
CLOCKS = ("tests/session/doctor/test_clocks.py",)
IDLE = ("tests/session/doctor/test_idle.py",)
MEASURED = ("tests/analysis/runs/test_measured.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="fault: network at start: the machine's name is looked up",
        path="session/machine.py",
        before="host = socket.gethostname()",
        after="host = socket.getfqdn()",
        tests=NO_NETWORK,
    ),
    Mutant(
        name="fault: network at start: every start asks where it is",
        path="cli/__init__.py",
        before="    try:\n        ended = group.main(",
        after="    __import__('socket').getfqdn()\n    try:\n        ended = group.main(",
        tests=NO_NETWORK,
    ),
    Mutant(
        name="fault: cost of itself: the public names are imported at once",
        path="__init__.py",
        before='__version__ = "0.1.0"',
        after='__version__ = "0.1.0"\nimport breakeven.analysis.samples.stats',
        tests=("tests/cli/test_light_start.py",),
    ),
    Mutant(
        name="fault: cost of itself: a start loads numpy and scipy",
        path="session/examined.py",
        before="from breakeven.store import Store",
        after="import breakeven.analysis.samples.stats\nfrom breakeven.store import Store",
        tests=("tests/cli/test_light_start.py",),
    ),
    Mutant(
        name="fault: cost of itself: a background that is dear goes unnoticed",
        path=f"{DOCTOR}/own_cost.py",
        before="if cost.background_frac > BACKGROUND_TARGET_FRAC:",
        after="if False:",
        tests=("tests/session/doctor/test_own_cost.py",),
    ),
    Mutant(
        name="fault: no sensor: doctor passes a model for a sensor",
        path="cli/doctor_text.py",
        before="measured = [c for c in joules if c.kind is Kind.MEASURED]",
        after="measured = joules",
        tests=TEXT,
    ),
    Mutant(
        name="fault: no sensor: doctor does not say that joules are missing",
        path="cli/doctor_text.py",
        before='"ENERGY IS NOT MEASURED HERE: no sensor counts joules (why is below). No joules',
        after='"Note. No joules',
        tests=TEXT,
    ),
    Mutant(
        name="fault: permission: doctor takes a refused sensor for an absent one",
        path=f"{DOCTOR}/remedies.py",
        before="    if _is_refused(probe):\n        return _rapl_permission(place)",
        after="    if False:\n        return _rapl_permission(place)",
        tests=REMEDIES,
    ),
    Mutant(
        name="fault: permission: a mask of the container is not seen",
        path=f"{DOCTOR}/place.py",
        before='point.startswith("/sys/devices/virtual/powercap")',
        after="False",
        tests=REMEDIES,
    ),
    Mutant(
        name="a child whose CPU seconds are lost passes",
        path=f"{DOCTOR}/known_work.py",
        before="if cost.high < known.used_s - LOST_S:",
        after="if False:",
        tests=KNOWN,
    ),
    Mutant(
        name="CPU seconds that are counted twice pass",
        path=f"{DOCTOR}/known_work.py",
        before="if cost.low > known.used_s + AROUND_S:",
        after="if False:",
        tests=KNOWN,
    ),
    Mutant(
        name="a joule counter that stands still passes",
        path=f"{DOCTOR}/known_work.py",
        before="if cost is not None and cost.value > 0:",
        after="if cost is not None:",
        tests=KNOWN,
    ),
    Mutant(
        name="a failed self-test ends with exit code 0",
        path="cli/doctor.py",
        before="Exit.FAILED if found.failed or is_refused else Exit.DONE",
        after="Exit.DONE",
        tests=("tests/cli/test_doctor.py",),
    ),
    Mutant(
        name="a clock that runs backwards is only doubted",
        path=f"{DOCTOR}/clocks.py",
        before="if min(gaps_s) < 0 or passed_s <= 0:",
        after="if passed_s <= 0:",
        tests=CLOCKS,
    ),
    Mutant(
        name="a busy machine is taken for an idle one",
        path=f"{DOCTOR}/idle.py",
        before="if others > IDLE_LOAD_FRAC:",
        after="if False:",
        tests=IDLE,
    ),
    Mutant(
        name="idle draw is told without the doubt of its sensor",
        path=f"{DOCTOR}/idle.py",
        before="half_w = blur_w + _half_width(powers_w)",
        after="half_w = _half_width(powers_w)",
        tests=IDLE,
    ),
    Mutant(
        name="the A/A test takes its pairs always in one order",
        path=f"{DOCTOR}/repeats.py",
        before="(0, 1) if pair % 2 == 0 else (1, 0)",
        after="(0, 1)",
        tests=("tests/session/doctor/test_repeats.py",),
    ),
    Mutant(
        name="the A/A test passes whatever it sees",
        path=f"{DOCTOR}/repeats.py",
        before="is_same = sure.low <= 1 <= sure.high",
        after="is_same = True",
        tests=("tests/session/doctor/test_repeats.py",),
    ),
    Mutant(
        name="an update period is the shortest gap seen",
        path="formulas/looks.py",
        before="period_s=median(gaps_s) if is_told else None",
        after="period_s=min(gaps_s) if is_told else None",
        tests=("tests/formulas/test_looks.py",),
    ),
    Mutant(
        name="an integral is watched instead of its sensor",
        path=f"{DOCTOR}/looking.py",
        before="return meter.read().totals if sensed is None else sensed()",
        after="return meter.read().totals",
        tests=("tests/session/doctor/test_looking.py",),
    ),
    Mutant(
        name="a redacted run loses its examination",
        path="store/redact.py",
        before="cleaned[run.examination].name if run.examination in cleaned",
        after="run.examination if run.examination in cleaned",
        tests=("tests/store/test_examinations.py",),
    ),
    Mutant(
        name="surroundings change the fingerprint of old machines",
        path="records/machine.py",
        before="self.n_cpus, sorted(self.accelerators)]",
        after="self.n_cpus, sorted(self.accelerators), str(self.surroundings)]",
        tests=("tests/records/test_machine.py",),
    ),
    Mutant(
        name="modelled numbers stay where only measured ones were asked for",
        path="analysis/runs/measured.py",
        before="tuple(cost for cost in costs if _is_seen(cost))",
        after="tuple(costs)",
        tests=MEASURED,
    ),
    Mutant(
        name="replayed numbers stay where only measured ones were asked for",
        path="analysis/runs/measured.py",
        before="number.kind in SEEN and number.origin is not Origin.REPLAYED",
        after="number.kind in SEEN",
        tests=MEASURED,
    ),
    Mutant(
        name="a stated model without its numbers is paid already",
        path="analysis/costs/pathways.py",
        before="rows=rows\n        if found.is_measured_only\n        else tuple(",
        after="rows=tuple(",
        tests=MEASURED,
    ),
)
