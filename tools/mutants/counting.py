"""Work in closed form and counted by dispatch."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="grouped queries have keys for each",
        path="formulas/families/llama.py",
        before="linear(rows, width, keys, has_bias=has_bias) * 2",
        after="linear(rows, width, queries, has_bias=has_bias) * 2",
        tests=("tests/formulas/test_families.py",),
    ),
    Mutant(
        name="a decoder does not look at the encoder",
        path="formulas/families/t5.py",
        before="(attended * 2 + fed) * n_decoder",
        after="(attended + fed) * n_decoder",
        tests=("tests/formulas/test_families.py",),
    ),
    Mutant(
        name="positions are looked up for each sequence",
        path="formulas/families/bert.py",
        before="table(sizes.n_positions, width, n_lookups=ask.n_tokens)",
        after="table(sizes.n_positions, width, n_lookups=ask.n_rows)",
        tests=(
            "tests/formulas/test_families.py",
            "tests/workloads/counting/test_models.py",
        ),
    ),
    Mutant(
        name="fused attention keeps its scores for the way back",
        path="workloads/counting/rules/backward.py",
        before="(keyed * 3 + valued * 2)",
        after="(keyed * 2 + valued * 2)",
        tests=("tests/workloads/counting/test_backward.py",),
    ),
    Mutant(
        name="a gradient that nobody asks for is computed",
        path="workloads/counting/rules/backward.py",
        before="n_products * (for_input + for_weight)",
        after="n_products * 2",
        tests=("tests/workloads/counting/test_backward.py",),
    ),
    Mutant(
        name="a depthwise convolution sees all channels",
        path="workloads/counting/rules/products.py",
        before="prod(taps), n_groups=n_groups)",
        after="prod(taps))",
        tests=("tests/workloads/counting/test_rules.py",),
    ),
    Mutant(
        name="weights count as activations",
        path="workloads/counting/mode.py",
        before="if key in self._kept or key in self._sizes:",
        after="if key in self._sizes:",
        tests=("tests/workloads/counting/test_mode.py",),
    ),
)
