"""Spending: cumulative and average cost after so many items, and who has then spent least.

Development is a debt on the output that use pays off (Dürlich et al. 2023, section 3.3): the
average falls towards the cost per item. Updates are counted as they have come due by then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.checks import rows_measured_once
from breakeven.analysis.costs.usage import share_of
from breakeven.analysis.estimates import mixed_kinds
from breakeven.analysis.lifetime.chances import chances_at, why_no_chance
from breakeven.analysis.lifetime.draws import draw
from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.uncertain import Uncertain, as_estimate
from breakeven.records import Estimate, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """One pathway after one volume.

    Attributes:
        pathway: Name.
        profile: What the volume is called; empty for a plain volume.
        resource: Cost.
        volume: Items.
        total: Cumulative cost, development and every update so far included.
        average: The same per item, or per weighted item.
        development_share: Part of the total that is development and updates; None of nothing.
        is_cheapest: Whether none has a smaller average, by point values.
        probability: P(cheapest); None where the numbers' resolution alone would make it.
        why_no_probability: Reason; None where there is one.
    """

    pathway: str
    profile: str
    resource: Resource
    volume: float
    total: Estimate
    average: Estimate
    development_share: Estimate | None
    is_cheapest: bool
    probability: float | None
    why_no_probability: str | None = None


def spending(
    lives: Lives, volumes: Sequence[float], *, profile: str = "", seed: int = 0
) -> tuple[Spent, ...]:
    """What every life has cost after each volume.

    Args:
        lives: In one cost.
        volumes: Items, above 0.
        profile: What the volumes are called.
        seed: Of the draws behind P(cheapest).

    Examples:
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> lives = study_lives(*example_runs())
        >>> found = spending(lives, [1e3, 1e6])
        >>> [(s.pathway, round(1000 * s.average.value, 2)) for s in found if s.pathway == "TS"]
        [('TS', 146.83), ('TS', 3.27)]
    """
    return tuple(_spent(lives, volumes, profile, seed))


def profile_spending(
    lives: Lives, profiles: Mapping[str, Mapping[str, float]], *, seed: int = 0
) -> tuple[Spent, ...]:
    """What every life costs under each profile of use; the volume may differ by pathway.

    Args:
        lives: In one cost.
        profiles: Items by pathway, by name of the profile; a pathway that is absent is left out.
        seed: Of the draws behind P(cheapest).

    Examples:
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> lives = study_lives(*example_runs())
        >>> own = {"one launch": {life.name: 5e4 for life in lives.members}}
        >>> [s.pathway for s in profile_spending(lives, own) if s.is_cheapest]
        ['TF-IDF']
    """
    found: list[Spent] = []
    for profile, by_pathway in profiles.items():
        for volume in dict.fromkeys(by_pathway.values()):
            of_volume = _spent(lives, [volume], profile, seed)
            found += [s for s in of_volume if by_pathway.get(s.pathway) == volume]
    return tuple(found)


def _spent(lives: Lives, volumes: Sequence[float], profile: str, seed: int) -> Iterator[Spent]:
    if not lives.members:
        return
    why = why_no_chance(lives)
    drawn = draw(lives, np.random.default_rng(seed)) if why is None else None
    for volume in volumes:
        averages = [life.average(volume) for life in lives.members]
        least = min(average.value for average in averages)
        chances = [None] * len(averages) if drawn is None else chances_at(lives, drawn, volume)
        for life, average, chance in zip(lives.members, averages, chances, strict=True):
            yield Spent(
                pathway=life.name,
                profile=profile,
                resource=lives.resource,
                volume=volume,
                total=_told(life.total(volume), lives, "", "development + n x per item"),
                average=_told(average, lives, f" per {unit_of(lives)}", "total / n"),
                development_share=_share(life, volume),
                is_cheapest=average.value <= least * (1 + 1e-9),
                probability=chance,
                why_no_probability=why,
            )


def unit_of(lives: Lives) -> str:
    """What an average is taken over, one of it.

    Args:
        lives: In one cost.

    Examples:
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> unit_of(study_lives(*example_runs()))
        'example'
    """
    weighted = lives.terms.is_weighted
    return lives.weights.unit if weighted else lives.item.value.replace("_", " ")


def _told(amount: Uncertain, lives: Lives, per: str, what: str) -> Estimate:
    of_score = " / score" if per and lives.terms.is_weighted else ""
    return as_estimate(
        amount, f"{lives.resource.value}{per}", what=f"{what}{of_score}", notes=mixed_kinds(amount)
    )


def _share(life: Life, volume: float) -> Estimate | None:
    use = (life.use + life.errors).scaled(volume)
    rest = life.total(volume).value - use.value
    if rest + use.value <= 0:
        return None
    return share_of(life.developed(volume), use, once_only=rows_measured_once(life.rows))
