"""Several processes that are one run, and trainings of several batches to a step."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="operations of all ranks but one are lost",
        path="workloads/ranks/context.py",
        before="if self._is_first or cost.resource in _SHARED:",
        after="if self._is_first:",
        tests=("tests/workloads/ranks/test_leader.py",),
    ),
    Mutant(
        name="loading is CPU time of the work",
        path="workloads/ranks/leader.py",
        before="isinstance(message, Closes) and message.phase is PhaseName.WORK",
        after="isinstance(message, Closes)",
        tests=("tests/workloads/ranks/test_leader.py",),
    ),
    Mutant(
        name="what ranks count of themselves is paid again",
        path="workloads/ranks/leader.py",
        before="ALL, check_of=TREE)",
        after="ALL)",
        tests=("tests/workloads/ranks/test_leader.py",),
    ),
    Mutant(
        name="a step spans two epochs",
        path="workloads/stages/training.py",
        before="n_done % n_epoch % n_each == 0",
        after="n_done % n_each == 0",
        tests=("tests/workloads/stages/test_training.py",),
    ),
    Mutant(
        name="a checkpoint is taken up from its start",
        path="workloads/stages/training.py",
        before='return int(own.values["n_batches"])',
        after="return 0",
        tests=("tests/workloads/stages/test_training.py",),
    ),
    Mutant(
        name="the latest checkpoint is the last by name",
        path="workloads/stages/checkpoint.py",
        before="max(found, key=lambda path: int(path.name.removeprefix(_PREFIX)))",
        after="max(found)",
        tests=("tests/workloads/stages/test_training.py",),
    ),
    Mutant(
        name="ranks take the place that a launcher around them had",
        path="workloads/ranks/leader.py",
        before="if name not in _OF_A_LAUNCHER",
        after="if name",
        tests=("tests/workloads/ranks/test_leader.py",),
    ),
)
