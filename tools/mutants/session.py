"""What a killed run had cost, recorded once and only when it is dead."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="a run that was recorded is recovered again",
        path="session/recover.py",
        before="is_new = all(known.run_id != run.run_id for known in store.runs())",
        after="is_new = True",
        tests=("tests/session/test_recover.py",),
    ),
    Mutant(
        name="a living run's journal is recovered",
        path="session/recover.py",
        before="if owner is None or not is_dead(owner, observer=here):",
        after="if owner is None:",
        tests=("tests/session/test_recover.py",),
    ),
    Mutant(
        name="a result file from before the command is taken for its own",
        path="session/result.py",
        before="if now == self._before or is_older:",
        after="if is_older:",
        tests=("tests/session/test_result.py",),
    ),
    Mutant(
        name="what joins gets a pathway's name of the study file",
        path="session/joining.py",
        before="    if name in taken:",
        after="    if not name:",
        tests=("tests/session/test_joining.py",),
    ),
)
