"""Which rows run, in which order, and which must not run again."""

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
)
