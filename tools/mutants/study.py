"""Which rows run, from what and in which order, and what is foreseen of them."""

from tools.mutants.mutant import Mutant

KEY = "study/key.py"
KEY_TESTS = ("tests/study/test_key.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="the data is not in the resume key",
        path=KEY,
        before='"data": data_hash,',
        after="",
        tests=KEY_TESTS,
    ),
    Mutant(
        name="parents are not in the resume key",
        path=KEY,
        before='"parents": dict(parents),',
        after="",
        tests=KEY_TESTS,
    ),
    Mutant(
        name="the stage's version is not in the resume key",
        path=KEY,
        before='"version": version,',
        after="",
        tests=KEY_TESTS,
    ),
    Mutant(
        name="a changed setting is mixed with the old one",
        path="study/ledger.py",
        before="if old.get(name) != new.get(name):",
        after="if False:",
        tests=("tests/study/test_ledger.py",),
    ),
    Mutant(
        name="every block has the same order",
        path="study/order.py",
        before='random.Random(f"{seed}/{block}")',
        after='random.Random(f"{seed}")',
        tests=("tests/study/test_order.py",),
    ),
    Mutant(
        name="the seed of the order is ignored",
        path="study/order.py",
        before='random.Random(f"{seed}/{block}")',
        after='random.Random(f"{block}")',
        tests=("tests/study/test_order.py",),
    ),
    Mutant(
        name="only the first pathway has a reference",
        path="study/inference.py",
        before="roles = [REFERENCE] + (",
        after="roles = [REFERENCE] * (pathway is run[0]) + (",
        tests=("tests/study/test_load.py",),
    ),
    Mutant(
        name="a budget stops nothing",
        path="study/budget.py",
        before="if used >= cap:",
        after="if False:",
        tests=("tests/study/test_budget.py",),
    ),
    Mutant(
        name="repeats of relatives are crossed",
        path="study/nesting.py",
        before="if all(choice[name] == other[name] for",
        after="if all(name for",
        tests=("tests/study/test_nested.py",),
    ),
    Mutant(
        name="calm moments need not follow each other",
        path="study/cooling.py",
        before="n_calm + 1 if is_calm",
        after="n_calm + is_calm if True",
        tests=("tests/study/test_cooling.py",),
    ),
    Mutant(
        name="one further run is as sure as the mean",
        path="study/learning.py",
        before="math.sqrt(1 + 1 / n)",
        after="math.sqrt(1 / n)",
        tests=("tests/study/test_learning.py",),
    ),
    Mutant(
        name="starting up grows with the work",
        path="study/learning.py",
        before="(e.duration_s, e.modelled_s) for e",
        after="(e.start_s + e.duration_s, e.modelled_s) for e",
        tests=("tests/study/test_learning.py",),
    ),
    Mutant(
        name="energy is learned per second that passed",
        path="study/learning.py",
        before="(energy_j, e.modelled_s) for e",
        after="(energy_j, e.duration_s) for e",
        tests=("tests/study/test_learning.py",),
    ),
)
