"""Front: what is known of each configuration that stayed: cost, quality, its chance of a proof."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from breakeven.analysis.certificates.clustering import one_sided
from breakeven.analysis.certificates.loss_bound import loss_bound
from breakeven.analysis.scoring.paired_sums import PairedSums, Places, means
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.draws import (
    N_DRAWS,
    cost_draws,
    front_share,
    quality_draws,
    scatter,
)
from breakeven.analysis.search.rules import INDIFFERENT
from breakeven.analysis.search.standing import Searched, Standing
from breakeven.analysis.uncertain import LEVEL, quantile
from breakeven.records import Estimate, FrontPoint, Item, Kind, Origin, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a certificate will be asked to show.

    Attributes:
        max_drop: Most quality that may be lost, as a share.
        n_examples: Examples it will rest on.
        min_saving: Factor by which the choice must be cheaper.
        level: Of its one-sided bound.
        resource: What is saved.
        item: What a volume counts.
        metric: Quality.
        kinds: Kinds of the numbers of the search.
        origins: Origins of the same.
    """

    max_drop: float
    n_examples: int
    min_saving: float = 1.0
    level: float = LEVEL
    resource: Resource = Resource.CPU_S
    item: Item = Item.EXAMPLE
    metric: str = "accuracy"
    kinds: tuple[Kind, ...] = (Kind.MEASURED,)
    origins: tuple[Origin, ...] = (Origin.LIVE,)


def front_points(searched: Searched, aim: Aim, rng: np.random.Generator) -> list[FrontPoint]:
    """What is known of the reference and of those that stayed, in this order.

    Args:
        searched: How it ended.
        aim: What is to be certified.
        rng: Source of randomness.
    """
    reference = searched.reference
    found = [reference, *(one for one in searched.stayed if one.cell != reference.cell)]
    blocks = np.array([one.costs for one in found])
    answers = np.array([one.answers for one in found])
    alike = [one.cell.alike for one in found]
    quality = quality_draws(answers, alike, searched.sources, rng)
    costs = cost_draws(blocks, rng) if len(found) > 1 else np.zeros((N_DRAWS, 1))
    worthless = aim.max_drop * INDIFFERENT
    shares = front_share(costs, quality, slack=0.0, indifference=worthless)
    half = _half_width(blocks)
    pairs = [_pair(reference, one, searched.sources) for one in found]
    return [
        FrontPoint(
            name=one.cell.name,
            cost=_cost(one, aim),
            factor=_factor(reference, one, aim, half=0.0 if one is reference else half),
            quality=float(one.answers.mean()),
            loss=_no_loss(pair, aim) if one is reference else _loss(pair, aim),
            front=float(share),
            power=_power(pair, told, aim),
        )
        for one, pair, share, told in zip(
            found, pairs, shares, (quality[:, :1] - quality).T, strict=True
        )
    ]


def _half_width(blocks: Floats) -> float:
    """Half width of the interval of a log cost ratio, the scatter pooled over all cells."""
    if len(blocks) < 2:
        return 0.0
    noise = scatter(blocks)
    return quantile(noise.df) * noise.error


def _cost(found: Standing, aim: Aim) -> Estimate:
    return Estimate(
        name=f"{aim.resource} per {aim.item}",
        value=float(np.exp(np.log(found.costs).mean())),
        method="geometric mean over the blocks of the last round; see the factor for its doubt",
        n=len(found.costs),
        kinds=aim.kinds,
        origins=aim.origins,
    )


def _factor(reference: Standing, found: Standing, aim: Aim, *, half: float) -> Estimate:
    value = float(np.log(reference.costs).mean() - np.log(found.costs).mean())
    return Estimate(
        name=f"{aim.resource} of the reference over that of {found.cell.name}",
        value=float(np.exp(value)),
        low=float(np.exp(value - half)),
        high=float(np.exp(value + half)),
        level=LEVEL,
        method="geometric mean within blocks; t interval, scatter pooled over configurations",
        n=len(found.costs),
        kinds=aim.kinds,
        origins=aim.origins,
    )


def _loss(pair: PairedSums, aim: Aim) -> Estimate:
    """Each end is the bound of a certificate from its side, so sources count as they do there."""
    mirrored = replace(pair, reference=pair.candidate, candidate=pair.reference)
    one_sided_level = (1 + LEVEL) / 2
    high, low = (loss_bound(each, level=one_sided_level) for each in (pair, mirrored))
    return Estimate(
        name=f"loss of {aim.metric}",
        value=high.value,
        low=-low.high,
        high=high.high,
        level=LEVEL,
        method=f"{high.method} from either side, on the examples of the search",
        n=pair.n_examples,
        kinds=(Kind.COUNTED,),
        origins=aim.origins,
    )


def _no_loss(pair: PairedSums, aim: Aim) -> Estimate:
    """Of the reference against itself: nothing, by definition."""
    return Estimate(
        name=f"loss of {aim.metric}",
        value=0.0,
        low=0.0,
        high=0.0,
        method="the reference is what others are compared with",
        n=pair.n_examples,
        kinds=(Kind.COUNTED,),
        origins=aim.origins,
    )


def _power(pair: PairedSums, losses: Floats, aim: Aim) -> float:
    """Probability that the upper bound of the loss lies below the margin.

    By a normal bound; like Tango's it is never narrower than without a single disagreement. The
    test split is taken to be made of sources as these examples are.

    Args:
        pair: Answers of reference and candidate.
        losses: Draws of the loss.
        aim: What is to be shown.
    """
    bar, bound = one_sided(aim.level), loss_bound(pair, level=aim.level)
    least = (bar * bound.design_effect) ** 2 / aim.n_examples
    spread = np.sqrt(max(bound.noise, least) / aim.n_examples)
    return float(np.mean(special.ndtr((aim.max_drop - losses) / spread - bar)))


def _pair(reference: Standing, found: Standing, sources: Places) -> PairedSums:
    left, right = reference.answers, found.answers
    is_binary = bool(np.isin([left, right], (0.0, 1.0)).all())
    return means("accuracy" if is_binary else "answer_f1", left, right, sources)
