"""Disagree: points that one cost puts on the front and another does not.

No single cost ranks models: parameters, FLOPs and time contradict each other (Dehghani et al. 2022,
Treviso et al. 2022, after Dürlich et al. 2023, section 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.dominance.result import SpaceResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One point in one phase.

    Attributes:
        phase: When.
        name: Of the point.
        on_front_in: Costs by which it is on the front.
        not_in: Costs by which it is not, though it has them.
    """

    phase: str
    name: str
    on_front_in: tuple[str, ...]
    not_in: tuple[str, ...]


def disagreements(results: Sequence[SpaceResult]) -> tuple[Disagreement, ...]:
    """Points on which the costs of a phase disagree, by point values.

    Args:
        results: Of the same points in several costs, and perhaps several phases.

    Examples:
        AlexNet has more parameters than ResNet-152 and a sixteenth of its work (Schwartz et al.
        2020, figure 4).

        >>> from breakeven.analysis.dominance import (
        ...     GivenPoint, compare_given, conclude, given_axes, given_space)
        >>> def by(cost: str, alexnet: float, resnet: float) -> SpaceResult:
        ...     axes = given_axes("top1", [cost])
        ...     points = [GivenPoint(name="AlexNet", values=(56.4, alexnet)),
        ...               GivenPoint(name="ResNet-152", values=(78.4, resnet))]
        ...     return conclude(given_space(points, axes), compare_given(points, axes))
        >>> (found,) = disagreements([by("n_parameters", 61.1, 60.2), by("flops", 0.72, 11.6)])
        >>> found.name, found.on_front_in, found.not_in
        ('AlexNet', ('flops',), ('n_parameters',))
    """
    found: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for result in results:
        cost = " with ".join(axis.name for axis in result.space.axes if not axis.is_score)
        front = set(result.front)
        for name in result.space.names:
            sides = found.setdefault((result.space.phase, name), ([], []))
            sides[name not in front].append(cost)
    return tuple(
        Disagreement(phase=phase, name=name, on_front_in=tuple(on), not_in=tuple(off))
        for (phase, name), (on, off) in found.items()
        if on and off
    )
