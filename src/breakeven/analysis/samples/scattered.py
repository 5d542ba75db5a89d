"""Scattered: what each run behind a pathway's numbers gave, one value each.

Costs per item are those of the runs that the pathway's average rests on, over blocks and training
seeds; scores are those of its seeds. Runs of a block or a seed are no independent draws: this is
for looking at, the intervals are computed elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.runs.select import per_item
from breakeven.analysis.uncertain import once
from breakeven.records import Item, Kind, Origin, Resource, Run

MIN_VALUES = 3
"""Below this there is no scatter to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scattered:
    """Values of one pathway in one number.

    Attributes:
        pathway: Name.
        values: In the order of the runs; SI unit per item, or the metric's scale.
        kinds: How they came about.
        origins: Where they were obtained.
    """

    pathway: str
    values: tuple[float, ...]
    kinds: tuple[Kind, ...] = ()
    origins: tuple[Origin, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether there is scatter to look at."""
        return len(self.values) >= MIN_VALUES


def cost_samples(analysis: StudyAnalysis, resource: Resource) -> tuple[Scattered, ...]:
    """Cost per item of every run behind each pathway's average; without any where it has none.

    Pathways that measured commands brought have none: each of their runs starts the model anew.

    Args:
        analysis: Conclusions on a study.
        resource: Which cost.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.testing.runs import example_runs
        >>> found = cost_samples(analyse(*example_runs()), Resource.CPU_S)
        >>> [(own.pathway, len(own.values)) for own in found]
        [('FT', 6), ('TS', 6), ('TA', 6), ('TF-IDF', 6), ('API', 0)]
    """
    by_id = {run.run_id: run for run in analysis.runs}
    joined = {pathway.name for pathway in analysis.definition.pathways if pathway.is_joined}
    item = analysis.definition.item
    return tuple(
        Scattered(pathway=p.name, values=())
        if p.name in joined
        else _costs(p, resource, by_id, item)
        for p in analysis.pathways
    )


def _costs(
    pathway: PathwayResult, resource: Resource, by_id: Mapping[str, Run], item: Item
) -> Scattered:
    average = pathway.marginal.get(resource)
    runs = [by_id[i] for i in average.run_ids if i in by_id] if average is not None else []
    seen = [own for run in runs if (own := per_item(run, resource, item=item)) is not None]
    return Scattered(
        pathway=pathway.name,
        values=tuple(own.value for own in seen),
        kinds=once(kind for own in seen for kind in own.kinds),
        origins=once(origin for own in seen for origin in own.origins),
    )


def score_samples(analysis: StudyAnalysis) -> tuple[Scattered, ...]:
    """Score of every training seed of each pathway; without any where one model was scored.

    Args:
        analysis: Conclusions on a study.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.testing.runs import example_runs
        >>> [own.values for own in score_samples(analyse(*example_runs()))][:2]
        [(), ()]
    """
    return tuple(_scores(pathway) for pathway in analysis.pathways)


def _scores(pathway: PathwayResult) -> Scattered:
    scores = [seed.score for seed in pathway.seeds if seed.score is not None]
    return Scattered(
        pathway=pathway.name,
        values=tuple(score.value for score in scores if score.value is not None),
        kinds=once(kind for score in scores for kind in score.kinds),
        origins=once(origin for score in scores for origin in score.origins),
    )
