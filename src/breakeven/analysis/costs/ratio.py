"""Efficiency as a ratio of product to cost, with its two limiting readings.

`r = P / C` (Dürlich et al. 2023, eq. 1). With the product held fixed the most efficient choice is
the cheapest; with the cost held fixed it is the one with the largest product.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One model with what it gives and what it takes.

    Attributes:
        name: Of the model.
        product: Useful output: a score, or an amount of data processed; larger is better.
        cost: Input in one resource, above 0.
    """

    name: str
    product: float
    cost: float


def efficiency(product: float, cost: float) -> float:
    """Useful output per unit of cost.

    Args:
        product: A score or an amount of output, at least 0.
        cost: Amount of one resource, above 0.

    Raises:
        ValueError: If the cost is not above 0 or the product is negative.

    Examples:
        FT of Dürlich et al. 2023, table 1: 87.3 F1 for 141.1 Wh of development.

        >>> round(efficiency(87.3, 141.1), 4)
        0.6187
    """
    if not cost > 0:
        raise ValueError(f"cost must be above 0 to divide by it, got {cost}")
    if not product >= 0:
        raise ValueError(f"product must be at least 0 to be an output, got {product}")
    return product / cost


def cheapest_for_product(choices: Sequence[Choice], *, at_least: float) -> Choice | None:
    """The fixed-product reading: least cost among those that give at least `at_least`.

    Ties in cost go to the larger product.

    Args:
        choices: Candidates.
        at_least: Product asked for.

    Returns:
        None when nothing gives that much.

    Examples:
        >>> ft, ts = Choice(name="FT", product=87.3, cost=5.2), Choice(
        ...     name="TS", product=84.9, cost=3.1)
        >>> cheapest_for_product([ft, ts], at_least=84).name
        'TS'
        >>> cheapest_for_product([ft, ts], at_least=90) is None
        True
    """
    enough = [choice for choice in choices if choice.product >= at_least]
    return min(enough, key=lambda choice: (choice.cost, -choice.product), default=None)


def best_for_cost(choices: Sequence[Choice], *, at_most: float) -> Choice | None:
    """The fixed-cost reading: largest product among those that cost at most `at_most`.

    Ties in product go to the smaller cost.

    Args:
        choices: Candidates.
        at_most: Cost allowed.

    Returns:
        None when nothing costs so little.

    Examples:
        >>> ft, ts = Choice(name="FT", product=87.3, cost=5.2), Choice(
        ...     name="TS", product=84.9, cost=3.1)
        >>> best_for_cost([ft, ts], at_most=6).name, best_for_cost([ft, ts], at_most=4).name
        ('FT', 'TS')
    """
    allowed = [choice for choice in choices if choice.cost <= at_most]
    return max(allowed, key=lambda choice: (choice.product, -choice.cost), default=None)
