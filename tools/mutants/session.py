"""What a killed run had cost, and how cost grew while a run lasted."""

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
    Mutant(
        name="a thinned trail goes on as densely as before",
        path="session/trail.py",
        before="            self._stride *= 2\n",
        after="",
        tests=("tests/session/test_trail.py",),
    ),
    Mutant(
        name="a channel has the cost of its last phase",
        path="session/trail.py",
        before="amounts[name] = amounts.get(name, 0.0) + value",
        after="amounts[name] = value",
        tests=("tests/session/test_trail.py",),
    ),
)
