"""Pathways: the spaces of a study's pathways, in development, in use and over a lifetime.

Costs are drawn together, the same blocks for all, and compared in pairs: rows of development that
two pathways share cancel, use is paired by block, scores by test example where answers were kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from breakeven.analysis.costs.comparison import development_difference
from breakeven.analysis.costs.fieller import bounds_set, fieller_set
from breakeven.analysis.costs.lifecycle import amortized
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.dominance.given import given_axes
from breakeven.analysis.dominance.reasons import Compare, Gap
from breakeven.analysis.dominance.space import Axis, Floats, Space, Spot
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.fronts.fronts import lifetime_phase
from breakeven.analysis.fronts.orders import DEPLOYMENT, DEVELOPMENT, ONCE, cost_orders, ran_once
from breakeven.analysis.fronts.resample import CostDraws, draw, draw_costs, draw_scores
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.scoring.differences import score_differences
from breakeven.analysis.uncertain import LEVEL, Uncertain, as_estimate
from breakeven.records import Estimate, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """When costs are looked at.

    Attributes:
        name: "development", "deployment", or "lifetime at N".
        volume: Items of a lifetime; None for the other two.
    """

    name: str
    volume: float | None = None


def phases(lifetimes: Sequence[float] = ()) -> tuple[Phase, ...]:
    """Development, deployment and each lifetime.

    Args:
        lifetimes: Volumes, in items, above 0.

    Examples:
        >>> [phase.name for phase in phases([1e6])]
        ['development', 'deployment', 'lifetime at 1 million']
    """
    lived = (Phase(name=lifetime_phase(n), volume=n) for n in lifetimes)
    return (Phase(name=DEVELOPMENT), Phase(name=DEPLOYMENT), *lived)


@dataclass(frozen=True, kw_only=True)
class PathwaySpaces:
    """Pathways of one study, ready to be placed.

    Attributes:
        found: The study's runs.
        pathways: Gathered costs.
        seed: Of the draws.
    """

    found: StudyRuns
    pathways: tuple[PathwayCost, ...]
    seed: int = 0

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Costs that any run observed, headline first."""
        return self.found.resources

    def axes(self, resources: Sequence[Resource], *, is_scored: bool = True) -> tuple[Axis, ...]:
        """The study's score, then costs."""
        metric = self.found.definition.metric if is_scored else None
        scores = [p.score for p in self.pathways if p.score is not None]
        return given_axes(
            metric,
            [r.value for r in resources],
            lower_is_better=any(not score.higher_is_better for score in scores),
            is_percent=any(score.value > 1 for score in scores),
        )

    def space(self, axes: Sequence[Axis], phase: Phase) -> Space:
        """Place every pathway that has a value on all axes; the others are left out by name."""
        spots, left_out = [], []
        for pathway in self.pathways:
            spot = self._spot(pathway, axes, phase)
            if spot is None:
                left_out.append(pathway.name)
            else:
                spots.append(spot)
        return Space(
            phase=phase.name, axes=tuple(axes), spots=tuple(spots), left_out=tuple(left_out)
        )

    def compare(self, phase: Phase) -> Compare:
        """Two pathways on one axis, with the interval that this phase allows."""

        def compare(left: str, right: str, axis: Axis) -> Gap:
            if axis.resource is None:
                return self._score_gap(left, right, axis)
            one, two = self._by_name[left], self._by_name[right]
            if phase.volume is None and phase.name == DEPLOYMENT:
                return self._use_gap(one, two, axis)
            return _total_gap(one, two, axis, phase)

        return compare

    @cached_property
    def _by_name(self) -> Mapping[str, PathwayCost]:
        return {pathway.name: pathway for pathway in self.pathways}

    @cached_property
    def _scores(self) -> Mapping[str, Floats]:
        scored = [pathway for pathway in self.pathways if pathway.score is not None]
        return draw_scores(scored, np.random.default_rng(self.seed))

    @cached_property
    def _draws(self) -> Mapping[Resource, CostDraws]:
        rng = np.random.default_rng(self.seed + 1)
        return {r: draw_costs(self.pathways, r, rng) for r in self.resources}

    def _spot(self, pathway: PathwayCost, axes: Sequence[Axis], phase: Phase) -> Spot | None:
        at: list[Estimate] = []
        columns: list[Floats] = []
        for axis in axes:
            if axis.resource is None:
                score = score_estimate(pathway.scored)
                if score is None or score.value is None:
                    return None
                at.append(score)
                columns.append(self._scores[pathway.name])
                continue
            amount = cost_in(pathway, axis.resource, phase)
            if amount is None:
                return None
            at.append(as_estimate(amount, axis.name, what=_what(phase, axis.resource)))
            columns.append(self._drawn(pathway, axis.resource, phase))
        is_open = any(a.is_score and e.low is None for a, e in zip(axes, at, strict=True))
        return Spot(
            name=pathway.name, at=tuple(at), draws=np.column_stack(columns), is_open=is_open
        )

    def _drawn(self, pathway: PathwayCost, resource: Resource, phase: Phase) -> Floats:
        draws = self._draws[resource]
        if phase.name == DEVELOPMENT:
            return draws.development[pathway.name]
        used = self._used[pathway.name, resource]
        if phase.volume is None or not resource.is_additive:
            return used
        return draws.development[pathway.name] / phase.volume + used

    @cached_property
    def _used(self) -> Mapping[tuple[str, Resource], Floats]:
        """Draws of use; one block tells no scatter, so its resolution is drawn instead."""
        rng = np.random.default_rng(self.seed + 2)
        found = {}
        for resource, draws in self._draws.items():
            for pathway in self.pathways:
                amount = pathway.marginal(resource)
                if amount is not None:
                    is_drawn = amount.has_scatter or np.ptp(draws.marginal[pathway.name]) > 0
                    drawn = draws.marginal[pathway.name] if is_drawn else draw(amount, rng)
                    found[pathway.name, resource] = drawn
        return found

    def _score_gap(self, left: str, right: str, axis: Axis) -> Gap:
        """The first less the second; of two, the later one comes first."""
        (found,) = score_differences([self._by_name[right], self._by_name[left]])
        return Gap(axis=axis, estimate=found.estimate, why=found.why)

    def _use_gap(self, one: PathwayCost, two: PathwayCost, axis: Axis) -> Gap:
        assert axis.resource is not None
        orders = cost_orders([one, two], [axis.resource])
        found = next((order for order in orders if order.phase == DEPLOYMENT), None)
        if found is None or found.ratio.low is None:
            gap = _total_gap(one, two, axis, Phase(name=DEPLOYMENT))
            return gap if found is None else replace(gap, why=found.why)
        return Gap(axis=axis, estimate=found.ratio, why=found.why)


def cost_in(pathway: PathwayCost, resource: Resource, phase: Phase) -> Uncertain | None:
    """Cost of one pathway in a phase; None where a part of it is unknown.

    Over a lifetime it is the average per item, development included; a peak or a latency does not
    add up and stays what it is in use.

    Args:
        pathway: Whose.
        resource: Which.
        phase: When.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ft = pathway_cost(study_runs(definition, runs), definition.pathways[0])
        >>> used, lived = (cost_in(ft, Resource.FLOPS, p).value for p in phases([1e6])[1:])
        >>> lived > used
        True
    """
    if phase.name == DEVELOPMENT:
        return pathway.development(resource)
    marginal = pathway.marginal(resource)
    if phase.volume is None or not resource.is_additive:
        return marginal
    development = pathway.development(resource)
    if development is None or marginal is None or not pathway.has_life(resource):
        return None
    return amortized(development, marginal, volume=phase.volume)


def _what(phase: Phase, resource: Resource) -> str:
    if phase.name == DEVELOPMENT:
        return "all runs behind it, failed ones included"
    if phase.volume is None or not resource.is_additive:
        return "in use, work phase only"
    return "average per item, development included"


def _total_gap(one: PathwayCost, two: PathwayCost, axis: Axis, phase: Phase) -> Gap:
    """Ratio of two totals as a Fieller set, what both share taken as common."""
    assert axis.resource is not None
    left, right = (cost_in(p, axis.resource, phase) for p in (one, two))
    assert left is not None
    assert right is not None
    why = ""
    if phase.name != DEPLOYMENT and ran_once(one, two, axis.resource):
        why = ONCE
    value = left.value / right.value if right.value > 0 else None
    difference = _difference(one, two, axis.resource, phase)
    covariance = (left.variance + right.variance - difference.variance) / 2
    has_scatter = left.has_scatter or right.has_scatter
    found = (
        fieller_set(left, right, covariance=max(0.0, covariance))
        if has_scatter
        else bounds_set(left, right)
    )
    is_known = value is not None and len(found.spans) == 1
    return Gap(
        axis=axis,
        estimate=Estimate(
            name=f"ratio in {axis.name}",
            value=value,
            low=found.low if is_known else None,
            high=found.high if is_known else None,
            level=LEVEL if has_scatter and is_known else None,
            method="ratio of totals; Fieller's set"
            if has_scatter
            else "ratio of totals; worst case of the numbers' resolution",
            n=min(left.n, right.n),
            kinds=tuple(dict.fromkeys((*left.kinds, *right.kinds))),
            origins=tuple(dict.fromkeys((*left.origins, *right.origins))),
            run_ids=tuple(dict.fromkeys((*left.run_ids, *right.run_ids))),
        ),
        why=why,
    )


def _difference(one: PathwayCost, two: PathwayCost, resource: Resource, phase: Phase) -> Uncertain:
    """Difference of the two costs, what both share cancelled."""
    if phase.name == DEVELOPMENT:
        return development_difference(one, two, resource)
    used = one.use_difference(two, resource)
    assert used is not None
    if phase.volume is None or not resource.is_additive:
        return used
    return development_difference(one, two, resource).scaled(1 / phase.volume) + used
