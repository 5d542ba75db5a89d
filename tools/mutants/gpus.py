"""GPUs: which ones, what they count, and what is said of it. Rows of METERING.md's fault table."""

from tools.mutants.mutant import Mutant

ENERGY, CARD, SENSORS = (
    "meters/gpu/energy.py",
    "meters/gpu/card.py",
    "meters/gpu/nvml_sensors.py",
)
NVML_TESTS = ("tests/meters/gpu/test_nvml.py",)
SENSOR_TESTS = ("tests/meters/gpu/test_nvml_sensors.py",)
AMD_TESTS = ("tests/meters/gpu/test_amdgpu.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="fault: several GPUs are averaged, 3,000 J for 12,000 J",
        path="records/measurement.py",
        before="return reduce(add, [c for c in outermost if c.scope is widest])",
        after="return outermost[0]",
        tests=NVML_TESTS,
    ),
    Mutant(
        name="fault: CUDA_VISIBLE_DEVICES is read as a list of NVML indices",
        path="meters/gpu/cuda_visible.py",
        before='if len({gpu.name for gpu in gpus if gpu.name}) > 1 and order != "PCI_BUS_ID":',
        after="if False:",
        tests=("tests/meters/gpu/test_cuda_visible.py", "tests/meters/gpu/test_nvml_cards.py"),
    ),
    Mutant(
        name="fault: a UUID in CUDA_VISIBLE_DEVICES fits nothing",
        path="meters/gpu/cuda_visible.py",
        before="found = [gpu for gpu in gpus if word and gpu.uuid.startswith(word)]",
        after="found: list[Gpu] = []",
        tests=("tests/meters/gpu/test_nvml_cards.py",),
    ),
    Mutant(
        name="fault: a card cut into MIG instances is measured as if it were whole",
        path="meters/gpu/cuda_visible.py",
        before="if gpu.is_mig:",
        after="if False:",
        tests=("tests/meters/gpu/test_nvml_cards.py",),
    ),
    Mutant(
        name="fault: a GPU without an energy counter has no joules",
        path=ENERGY,
        before="self.power.add(answer, time_s=clock_s())",
        after="pass",
        tests=NVML_TESTS,
    ),
    Mutant(
        name="fault: what happens between two samples of power widens nothing",
        path="meters/gpu/sampled.py",
        before="(abs(rate - self._last) + self.step) / 2 * elapsed_s",
        after="self.step / 2 * elapsed_s",
        tests=NVML_TESTS,
    ),
    Mutant(
        name="fault: a sensor that looks a quarter of the time is believed like any other",
        path=SENSORS,
        before="if _PART_TIME.search(model):",
        after="if False:",
        tests=SENSOR_TESTS,
    ),
    Mutant(
        name="fault: an update period is taken from the data sheet, not measured",
        path=CARD,
        before="period_s = seen.period_s or max(SLOWEST_UPDATE_S, seen.watched_s)",
        after="period_s = SLOWEST_UPDATE_S",
        tests=("tests/meters/gpu/test_card.py",),
    ),
    Mutant(
        name="fault: a mean over a second passes for power now",
        path=SENSORS,
        before='_power("nvml-power-average", usage, model=model, period_s=MEAN_LAG_S)',
        after='_power("nvml-power", usage, model=model)',
        tests=SENSOR_TESTS,
    ),
    Mutant(
        name="fault: a counter that stands still counts nothing and nobody minds",
        path=CARD,
        before="stands_still = seen.watched_s > 0 and not seen.n_updates",
        after="stands_still = False",
        tests=("tests/meters/gpu/test_card.py", *AMD_TESTS),
    ),
    Mutant(
        name="fault: a counter and its power may disagree in silence",
        path="records/disagreement.py",
        before="if main.low > check.high or check.low > main.high:",
        after="if False:",
        tests=("tests/records/test_disagreement.py", "tests/meters/gpu/test_load.py"),
    ),
    Mutant(
        name="fault: a short window raises a false alarm",
        path="records/disagreement.py",
        before="if main is None or _is_short(duration_s, main, check):",
        after="if main is None:",
        tests=("tests/records/test_disagreement.py",),
    ),
    Mutant(
        name="fault: looks in the beat of the work see its peaks only",
        path="meters/gpu/load.py",
        before="LOAD_POLL_S * (0.6 + 0.8 * phase)",
        after="LOAD_POLL_S",
        tests=("tests/meters/gpu/test_load.py",),
    ),
    Mutant(
        name="fault: a counter that falls is taken as it is",
        path=ENERGY,
        before="if before_j is not None and answer < before_j:",
        after="if False:",
        tests=NVML_TESTS,
    ),
    Mutant(
        name="fault: no driver, no number and no reason",
        path="meters/gpu_doors.py",
        before='            "no NVIDIA driver on this machine.",',
        after='            "",',
        tests=("tests/meters/test_gpu_doors.py",),
    ),
    Mutant(
        name="fault: a lost card takes the others with it",
        path="meters/gpu/nvml_cards.py",
        before="            troubles.append(error)",
        after="            raise",
        tests=("tests/meters/gpu/test_nvml_cards.py",),
    ),
    Mutant(
        name="others' processes on a card are ours",
        path="meters/gpu/processes.py",
        before="return set(self._ours), listed - self._ours",
        after="return listed, set()",
        tests=("tests/meters/gpu/test_processes.py", "tests/meters/gpu/test_nvml_observer.py"),
    ),
    Mutant(
        name="inside a container everybody on the card is a stranger",
        path="meters/gpu/nvml_observer.py",
        before="if self._tells_own:",
        after="if True:",
        tests=("tests/meters/gpu/test_nvml_observer.py",),
    ),
    Mutant(
        name="fault: both dies of a card are counted",
        path="meters/gpu/amdgpu_cards.py",
        before="if TWO_DIES in gpu.model and power is None:",
        after="if False:",
        tests=AMD_TESTS,
    ),
    Mutant(
        name="fault: a partition of an AMD card is measured as if it were whole",
        path="meters/gpu/rocm_visible.py",
        before="if gpu.partition not in WHOLE:",
        after="if False:",
        tests=("tests/meters/gpu/test_rocm_visible.py", *AMD_TESTS),
    ),
    Mutant(
        name="HIP_VISIBLE_DEVICES counts in the library's order",
        path="meters/gpu/rocm_visible.py",
        before="left = sorted(gpus, key=lambda gpu: gpu.hip_id)",
        after="left = list(gpus)",
        tests=("tests/meters/gpu/test_rocm_visible.py",),
    ),
)
