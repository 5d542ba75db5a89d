"""Configurations: the space of every way a study runs its pathways, cost of use against quality.

Costs are compared within blocks, scores on the same test examples where answers were kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from breakeven.analysis.certificates.loss import loss_of, paired_by
from breakeven.analysis.dominance.given import given_axes
from breakeven.analysis.dominance.reasons import Compare, Gap
from breakeven.analysis.dominance.space import Axis, Floats, Space, Spot
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.fronts.orders import DEPLOYMENT, ONE_BLOCK
from breakeven.analysis.fronts.resample import (
    bootstrap_blocks,
    bootstrap_examples,
    draw,
    draw_score,
)
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.scoring.answers import Answers, answer_sheet, no_answers
from breakeven.analysis.sweeps.cells import Cell, cells_of, distinct
from breakeven.analysis.sweeps.relative import ratios_between
from breakeven.analysis.uncertain import as_estimate, mean_of
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Resource


@dataclass(frozen=True, kw_only=True)
class ConfigurationSpaces:
    """Inference configurations of one study, ready to be placed.

    Attributes:
        found: The study's runs.
        answers: Which test examples a run got right, by run id.
        seed: Of the draws.
    """

    found: StudyRuns
    answers: Answers = no_answers
    seed: int = 0

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Costs that any run observed, headline first."""
        return self.found.resources

    def axes(self, resources: Sequence[Resource], *, is_scored: bool = True) -> tuple[Axis, ...]:
        """The study's score, then costs."""
        metric = self.found.definition.metric if is_scored else None
        scores = [cell.scored.score for cell in self.cells.values() if cell.scored is not None]
        return given_axes(
            metric,
            [r.value for r in resources],
            lower_is_better=any(not score.higher_is_better for score in scores),
            is_percent=any(score.value > 1 for score in scores),
        )

    @cached_property
    def cells(self) -> Mapping[str, Cell]:
        """Configurations by "pathway/label", the twin of the reference left out."""
        return {
            f"{pathway.name}/{cell.label}": cell
            for pathway in self.found.definition.pathways
            for cell in distinct(cells_of(self.found, pathway.name, order=str))
        }

    def space(self, axes: Sequence[Axis]) -> Space:
        """Place every configuration that has a value on all axes."""
        rng = np.random.default_rng(self.seed)
        scores = self._score_draws(rng)
        blocks = {
            axis.name: self._cost_draws(axis.resource, rng)
            for axis in axes
            if axis.resource is not None
        }
        drawn = {axis.name: scores if axis.is_score else blocks[axis.name] for axis in axes}
        spots, left_out = [], []
        for name, cell in self.cells.items():
            at = [_estimate(cell, axis) for axis in axes]
            known = [estimate for estimate in at if estimate is not None]
            if len(known) < len(axes):
                left_out.append(name)
                continue
            columns = [drawn[axis.name][name] for axis in axes]
            is_open = any(a.is_score and e.low is None for a, e in zip(axes, known, strict=True))
            spots.append(
                Spot(name=name, at=tuple(known), draws=np.column_stack(columns), is_open=is_open)
            )
        return Space(
            phase=DEPLOYMENT, axes=tuple(axes), spots=tuple(spots), left_out=tuple(left_out)
        )

    def compare(self) -> Compare:
        """Two configurations on one axis."""
        paired = paired_by(self.answers)

        def compare(left: str, right: str, axis: Axis) -> Gap:
            one, two = self.cells[left], self.cells[right]
            if axis.resource is not None:
                return _cost_gap(one, two, axis, against=right)
            loss = loss_of(one, two, paired=paired)
            assert loss is not None
            found = loss if axis.higher_is_better else _turned(loss)
            name = f"difference in {axis.name}"
            return Gap(axis=axis, estimate=replace(found, name=name))

        return compare

    def _cost_draws(self, resource: Resource, rng: np.random.Generator) -> dict[str, Floats]:
        """Blocks drawn together; one block tells no scatter, so its resolution is drawn instead."""
        seen = {n: c.blocks[resource] for n, c in self.cells.items() if resource in c.blocks}
        by_block = {name: {b: o.value for b, o in own.items()} for name, own in seen.items()}
        drawn = bootstrap_blocks(by_block, rng)
        alone = {name: mean_of(list(own.values())) for name, own in seen.items() if len(own) < 2}
        return drawn | {name: draw(amount, rng) for name, amount in alone.items()}

    def _score_draws(self, rng: np.random.Generator) -> dict[str, Floats]:
        """Test examples drawn together for all who answered the same ones, else counts alone."""
        scored = {name: c.scored for name, c in self.cells.items() if c.scored is not None}
        drawn = {name: draw_score(one.score, rng) for name, one in scored.items()}
        sheet = answer_sheet(list(scored.values()), self.answers) if scored else None
        if sheet is not None and len(sheet.examples) > 1:
            shares = dict(zip(scored, sheet.correct, strict=True))
            drawn |= bootstrap_examples(shares, rng)
        return drawn


def _estimate(cell: Cell, axis: Axis) -> Estimate | None:
    if axis.resource is None:
        return score_estimate(cell.scored)
    if axis.resource not in cell.blocks:
        return None
    mean = mean_of(list(cell.blocks[axis.resource].values()))
    what = f"mean of {counted(mean.n, 'block')}, work phase only"
    return as_estimate(mean, axis.name, what=what)


def _cost_gap(one: Cell, two: Cell, axis: Axis, *, against: str) -> Gap:
    """Within blocks; by the sensors' bounds where there is one block only."""
    assert axis.resource is not None
    found = ratios_between(one, replace(two, label=f"{two.label} of {against}"), against=against)
    estimate = found.get(axis.resource)
    if estimate is not None and estimate.low is not None:
        return Gap(axis=axis, estimate=estimate)
    left, right = (mean_of(list(c.blocks[axis.resource].values())) for c in (one, two))
    is_bounded = left.high > left.low or right.high > right.low
    return Gap(
        axis=axis,
        estimate=Estimate(
            name=f"ratio in {axis.name}",
            value=left.value / right.value if right.value > 0 else None,
            low=left.low / right.high if is_bounded and right.high > 0 else None,
            high=left.high / right.low if is_bounded and right.low > 0 else None,
            method="ratio in a single block; worst case of the sensors' resolution"
            if is_bounded
            else "ratio in a single block; no interval",
            n=1,
            kinds=tuple(dict.fromkeys((*left.kinds, *right.kinds))),
            origins=tuple(dict.fromkeys((*left.origins, *right.origins))),
            run_ids=tuple(dict.fromkeys((*left.run_ids, *right.run_ids))),
        ),
        why=ONE_BLOCK,
    )


def _turned(loss: Estimate) -> Estimate:
    """Of a score that is to fall: left minus right is the other side of the loss."""
    return replace(
        loss,
        value=None if loss.value is None else -loss.value,
        low=None if loss.high is None else -loss.high,
        high=None if loss.low is None else -loss.low,
    )
