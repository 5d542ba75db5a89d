"""Break-even, intervals, pairing, roll-up and the recommendation."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="Fieller takes the numerator's variance for both",
        path="analysis/fieller.py",
        before="quadratic = b * b - t2 * var_b",
        after="quadratic = b * b - t2 * var_a",
        tests=("tests/analysis/test_fieller.py",),
    ),
    Mutant(
        name="an unclear saving is called finite",
        path="analysis/payback.py",
        before="if not volumes.is_denominator_clear:",
        after="if False:",
        tests=("tests/analysis/test_payback.py",),
    ),
    Mutant(
        name="break-even divides the wrong way",
        path="analysis/payback.py",
        before="(extra / saved if has_point else None)",
        after="(saved / extra if has_point else None)",
        tests=("tests/analysis/test_payback.py",),
    ),
    Mutant(
        name="intervals use the normal distribution",
        path="analysis/uncertain.py",
        before="float(stats.t.ppf((1 + level) / 2, df))",
        after="float(stats.norm.ppf((1 + level) / 2))",
        tests=("tests/analysis/test_uncertain.py",),
    ),
    Mutant(
        name="blocks are not paired",
        path="analysis/stats.py",
        before="if len(common) < 2:",
        after="if len(common) < 2000:",
        tests=("tests/analysis/test_stats.py",),
    ),
    Mutant(
        name="interrupted runs cost nothing",
        path="analysis/rows.py",
        before="parts += [mean_of([seen]) for seen in unfinished]",
        after="parts += []",
        tests=("tests/analysis/test_pathways.py",),
    ),
    Mutant(
        name="a shared ancestor is charged to the difference",
        path="analysis/comparison.py",
        before="return {row.row for row in left.rows} & {row.row for row in right.rows}",
        after="return set()",
        tests=("tests/analysis/test_pathways.py",),
    ),
    Mutant(
        name="development is not spread over the volume",
        path="analysis/lifecycle.py",
        before="development.scaled(1 / volume) + marginal",
        after="development + marginal",
        tests=("tests/analysis/test_lifecycle.py",),
    ),
    Mutant(
        name="equal points dominate each other",
        path="analysis/pareto.py",
        before="keep_weakly=True",
        after="keep_weakly=False",
        tests=("tests/analysis/test_pareto.py",),
    ),
    Mutant(
        name="the recommendation ignores quality",
        path="analysis/recommend.py",
        before="return not contender.is_good_enough, is_untaught, contender.average.value",
        after="return False, is_untaught, contender.average.value",
        tests=("tests/analysis/test_recommend.py",),
    ),
)
