"""Saving: how many times cheaper one configuration is, by ratios of costs within fresh blocks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy import stats

from breakeven.analysis.samples.describe import normality
from breakeven.analysis.samples.stats import log_ratio, trend_p
from breakeven.analysis.samples.two_samples import ALPHA
from breakeven.analysis.uncertain import Observation, once
from breakeven.analysis.words import counted, one_item, resource_words
from breakeven.records import Estimate, Item, Kind, Note, NoteCode, Origin, Resource

CERTIFIABLE = (Kind.MEASURED, Kind.COUNTED)
"""Kinds of cost of which a saving can be shown; what was modelled or assumed shows its model."""

SEEN_HERE = frozenset({Origin.LIVE, Origin.LOGGED})
"""Origins of which a saving can be shown; what was printed, stated or inferred was not measured in
these blocks."""

MIN_BLOCKS = 5
"""Below this the t interval of a ratio is wide: four blocks make it 2.4 standard errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCosts:
    """Cost per item of two configurations that ran in the same blocks.

    Attributes:
        resource: What it cost.
        item: What the average is taken over.
        reference: By block.
        candidate: By block.
    """

    resource: Resource
    item: Item
    reference: Mapping[int, Observation]
    candidate: Mapping[int, Observation]

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks that hold both, in order; runs outside blocks pair with nothing."""
        common = self.reference.keys() & self.candidate.keys()
        return tuple(sorted(block for block in common if block >= 0))

    @property
    def observations(self) -> tuple[Observation, ...]:
        """Of both, in the blocks they have in common."""
        return tuple(side[b] for side in (self.reference, self.candidate) for b in self.blocks)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds that entered, each once."""
        return once(kind for seen in self.observations for kind in seen.kinds)


def saving_of(costs: PairedCosts, *, level: float) -> Estimate:
    """Cost of the reference over that of the candidate, with its one-sided lower bound.

    The bound is the lower of two: t on the mean log ratio over blocks, and what the sensors vouch
    for were they wrong in one direction in every block. A counted cost has the second alone.

    Args:
        costs: Of both, at least one block in common.
        level: Of the one-sided bound.

    Examples:
        >>> from breakeven.testing.certificates import paired_costs
        >>> found = saving_of(paired_costs((4.0, 4.4, 4.2), (2.0, 2.0, 2.1)), level=0.95)
        >>> round(found.value, 3), round(found.low, 3), found.n
        (2.065, 1.882, 3)
    """
    one = [costs.reference[block] for block in costs.blocks]
    two = [costs.candidate[block] for block in costs.blocks]
    ratio = log_ratio([o.value for o in one], [o.value for o in two], level=2 * level - 1)
    vouched = [o.low / t.high for o, t in zip(one, two, strict=True)]
    worst = float(stats.gmean(vouched))
    is_counted = costs.kinds == (Kind.COUNTED,)
    seen = costs.observations
    return Estimate(
        name=f"saving in {resource_words(costs.resource)} per {one_item(costs.item)}"
        if costs.resource.is_additive
        else f"saving in {resource_words(costs.resource)}",
        value=ratio.value,
        low=worst if is_counted else min(ratio.low, worst),
        level=level,
        method="ratio of counts"
        if is_counted
        else "ratio of costs per block, t interval on the mean log ratio, one-sided",
        n=len(one),
        kinds=costs.kinds,
        origins=once(origin for o in seen for origin in o.origins),
        run_ids=once(run_id for o in seen for run_id in o.run_ids),
        notes=() if is_counted else _doubts(costs),
    )


def is_certifiable(kinds: Sequence[Kind], origins: Sequence[Origin] = ()) -> bool:
    """Whether a saving of costs of these kinds and origins can be shown at all.

    Args:
        kinds: One, measured or counted.
        origins: Of measured costs; a count is the same wherever it is from.

    Examples:
        >>> is_certifiable([Kind.MEASURED]), is_certifiable([Kind.MEASURED, Kind.MODELLED])
        (True, False)
        >>> is_certifiable([Kind.MEASURED], [Origin.PUBLISHED])
        False
    """
    if len(kinds) != 1 or kinds[0] not in CERTIFIABLE:
        return False
    return kinds[0] is Kind.COUNTED or SEEN_HERE.issuperset(origins)


def _doubts(costs: PairedCosts) -> tuple[Note, ...]:
    logs = [math.log(costs.reference[b].value / costs.candidate[b].value) for b in costs.blocks]
    return (*_few(logs), *_drifting(logs), *_odd(logs))


def _few(logs: Sequence[float]) -> tuple[Note, ...]:
    if len(logs) >= MIN_BLOCKS:
        return ()
    return (
        Note(
            code=NoteCode.FEW_REPEATS,
            message=f"the saving rests on {counted(len(logs), 'block')} only, so its lower bound "
            "lies far below it wherever costs scatter.",
            advice=f"Measure {MIN_BLOCKS} or more blocks for the certificate.",
        ),
    )


def _drifting(logs: Sequence[float]) -> tuple[Note, ...]:
    if len(logs) < MIN_BLOCKS:
        return ()
    slope, p = trend_p(logs)
    if p >= ALPHA:
        return ()
    change = math.expm1(slope * (len(logs) - 1))
    return (
        Note(
            code=NoteCode.DRIFT,
            message=f"the saving itself {'rose' if change > 0 else 'fell'} by {abs(change):.1%} "
            f"from the first block to the last (p = {p:.2g}): blocks do not repeat one number.",
            advice="Look for heat, clocks or other load, and measure more blocks later.",
        ),
    )


def _odd(logs: Sequence[float]) -> tuple[Note, ...]:
    shape = normality(logs)
    if shape is None or shape.p >= ALPHA:
        return ()
    return (
        Note(
            code=NoteCode.NOT_NORMAL,
            message="the log ratios of the blocks would hardly be normal (Shapiro-Wilk p = "
            f"{shape.p:.2g}), as their t interval assumes.",
            advice="Look at the blocks one by one: usually one of them was disturbed.",
        ),
    )
