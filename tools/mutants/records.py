"""Units, and sums of things that must not be added."""

from tools.mutants.mutant import Mutant

COST = "records/cost.py"
COST_TESTS = ("tests/records/test_cost.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="joules and seconds add up",
        path=COST,
        before="if left.resource is not right.resource:",
        after="if False:",
        tests=COST_TESTS,
    ),
    Mutant(
        name="a total and an average add up",
        path=COST,
        before="if type(left) is not type(right) or not isinstance(right, Cost | AverageCost):",
        after="if not isinstance(right, Cost | AverageCost):",
        tests=COST_TESTS,
    ),
    Mutant(
        name="a prefix is chosen before rounding",
        path="units.py",
        before="least = 1 - 0.5 * 10**-digits",
        after="least = 1",
        tests=("tests/test_units.py",),
    ),
)
