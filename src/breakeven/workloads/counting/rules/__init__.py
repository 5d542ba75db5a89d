"""Rules: the work of every operator we know, by its name in aten."""

from collections.abc import Mapping

from breakeven.workloads.counting.rules import backward, elementwise, norms, products
from breakeven.workloads.counting.rules.elementwise import view
from breakeven.workloads.counting.rules.rule import Call, Counted, Rule

RULES: Mapping[str, Rule] = {
    **products.RULES,
    **norms.RULES,
    **elementwise.RULES,
    **backward.RULES,
}

__all__ = ["RULES", "Call", "Counted", "Rule", "view"]
