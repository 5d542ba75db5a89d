"""Payback: from which volume on a candidate has cost less, and what may be said of it.

A break-even volume may not exist, may lie below any use, may be an upper limit, or may be left
open by the data; each is an answer with its own verdict and sentence.
"""

import math

from scipy import stats

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.costs.fieller import VolumeSet, bounds_set, fieller_set
from breakeven.analysis.costs.sentences import break_even_sentence
from breakeven.analysis.results import BreakEven, Verdict
from breakeven.analysis.uncertain import LEVEL, Uncertain, is_same, once
from breakeven.records import Estimate

CLEAR = 0.95
"""Below this probability of being cheaper it is said that two may be equally cheap."""


def break_even(comparison: Comparison, *, planned_volume: float) -> BreakEven:
    """Volumes from which the candidate has cost less, as Fieller's set with a verdict.

    Where neither number has scatter (one printed table, one run each), the set is worst-case
    arithmetic on the resolution and carries no confidence level.

    Args:
        comparison: Two pathways in one resource.
        planned_volume: Items over the planned lifetime.

    Examples:
        9 more to develop, 3 saved per item (EXAMPLES, example 3):

        >>> from breakeven.records import Item, Resource
        >>> found = break_even(
        ...     Comparison(candidate="TS", incumbent="FT", resource=Resource.ENERGY_J,
        ...                item=Item.EXAMPLE, extra=Uncertain.exact(9e6),
        ...                saved=Uncertain.exact(3.0)),
        ...     planned_volume=4e6)
        >>> found.verdict.value, found.estimate.value, found.probability_before_planned
        ('finite', 3000000.0, 1.0)
        >>> found.sentence
        'TS has cost less energy than FT from 3 million examples on.'
    """
    extra, saved = comparison.extra, comparison.saved
    has_scatter = extra.has_scatter or saved.has_scatter
    volumes = (
        fieller_set(extra, saved, covariance=comparison.covariance)
        if has_scatter
        else bounds_set(extra, saved)
    )
    verdict = decide(extra, saved, volumes=volumes)
    estimate = _estimate(comparison, volumes, verdict=verdict)
    return BreakEven(
        candidate=comparison.candidate,
        incumbent=comparison.incumbent,
        resource=comparison.resource,
        item=comparison.item,
        verdict=verdict,
        estimate=estimate,
        probability_before_planned=probability_cheaper(
            extra, saved, volume=planned_volume, covariance=comparison.covariance
        ),
        sentence=break_even_sentence(comparison, verdict, estimate),
    )


def decide(extra: Uncertain, saved: Uncertain, *, volumes: VolumeSet) -> Verdict:
    """What can be said, from the point values and the set of volumes not excluded.

    Args:
        extra: Extra development of the candidate.
        saved: Saved per item.
        volumes: Not excluded as break-even.

    Examples:
        >>> spent, saved, lost = (Uncertain.exact(x) for x in (9.0, 3.0, -3.0))
        >>> decide(spent, saved, volumes=bounds_set(spent, saved)).value
        'finite'
        >>> decide(spent, lost, volumes=bounds_set(spent, lost)).value
        'never'
    """
    if is_same(extra, saved):
        return Verdict.ALWAYS
    if not volumes.spans:
        return Verdict.ALWAYS if extra.value < 0 else Verdict.NEVER
    if not volumes.is_denominator_clear:
        return Verdict.NOT_SHOWN
    if saved.value > 0:
        return Verdict.FINITE if extra.value > 0 else Verdict.ALWAYS
    return Verdict.UP_TO if extra.value < 0 else Verdict.NEVER


def probability_cheaper(
    extra: Uncertain, saved: Uncertain, *, volume: float, covariance: float = 0.0
) -> float:
    """P(the candidate has cost less after `volume` items), a number from 0 to 1.

    The t distribution of the difference of total costs, read as a confidence distribution; for a
    candidate that pays back it is P(break-even before that volume).

    Args:
        extra: Extra development of the candidate.
        saved: Saved per item.
        volume: Items.
        covariance: Of the two, where one uncertain number enters both.

    Examples:
        >>> saved = Uncertain(value=3.0, low=3.0, high=3.0, variance=0.25, curvature=0.0125)
        >>> probability_cheaper(Uncertain.exact(9.0), saved, volume=3.0)
        0.5
    """
    ahead = saved.scaled(volume) - extra
    if not ahead.has_scatter and (ahead.low > 0 or ahead.high < 0):
        return float(ahead.low > 0)
    variance = ahead.variance - 2 * volume * covariance
    if variance <= 0:
        return 0.5
    return float(stats.t.cdf(ahead.value / math.sqrt(variance), ahead.df))


def _estimate(comparison: Comparison, volumes: VolumeSet, *, verdict: Verdict) -> Estimate:
    extra, saved = comparison.extra, comparison.saved
    has_scatter = extra.has_scatter or saved.has_scatter
    value, low, high = _ends(extra.value, saved.value, volumes=volumes, verdict=verdict)
    return Estimate(
        name=f"{comparison.item.value}s at break-even",
        value=value,
        low=low,
        high=high,
        level=LEVEL if has_scatter else None,
        method="Fieller's set" if has_scatter else "worst case of the numbers' resolution",
        n=saved.n,
        kinds=once((*extra.kinds, *saved.kinds)),
        origins=once((*extra.origins, *saved.origins)),
        run_ids=once((*extra.run_ids, *saved.run_ids)),
        notes=comparison.notes,
    )


def _ends(
    extra: float, saved: float, *, volumes: VolumeSet, verdict: Verdict
) -> tuple[float | None, float | None, float | None]:
    """Point value, low and high of the volume under each verdict."""
    if verdict is Verdict.NEVER:
        latest = volumes.high or math.inf
        return None, None, latest if latest < math.inf else None
    if verdict is Verdict.ALWAYS:
        latest = volumes.high or 0.0
        return 0.0, 0.0, latest if latest < math.inf else 0.0
    # signs, not their product: that of two tiny numbers is 0
    is_same_sign = extra * math.copysign(1.0, saved) > 0 and saved != 0
    has_point = is_same_sign and (saved > 0 or verdict is Verdict.UP_TO)
    return (extra / saved if has_point else None), volumes.low, volumes.high
