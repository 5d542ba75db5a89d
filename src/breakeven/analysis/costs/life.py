"""Life: the questions of the whole life-cycle, asked of one study; each also has a function here.

The functions take a definition and runs, as a store gives them, and plain numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from breakeven.analysis.asked import Questions, Traffic
from breakeven.analysis.costs.factors import stage_factors
from breakeven.analysis.costs.life_results import (
    LifeAnswers,
    ProductResult,
    ShareStep,
    TrafficAnswer,
    Usage,
)
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.costs.product import products, reaches
from breakeven.analysis.costs.sharing import share_rows, share_steps
from breakeven.analysis.costs.usage import usages
from breakeven.analysis.costs.weighting import weighted_break_evens, weights_of
from breakeven.analysis.fronts.fronts import study_fronts
from breakeven.analysis.results import BreakEven, ConfigurationResult, ParetoFront
from breakeven.analysis.runs.select import StudyRuns, study_runs
from breakeven.analysis.serving.latency import latency_points
from breakeven.analysis.serving.traffic import traffic_answer
from breakeven.records import Run, StudyDefinition


def life_answers(
    found: StudyRuns,
    whole: Sequence[PathwayCost],
    shared: Sequence[PathwayCost],
    asked: Questions,
    *,
    sweep: Sequence[ConfigurationResult] = (),
) -> LifeAnswers:
    """Answer everything that was asked.

    Args:
        found: The study's runs; its definition holds the threshold.
        whole: Gathered costs before anything was shared.
        shared: The same with shared rows divided.
        asked: The questions.
        sweep: Inference configurations of all pathways.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> found = study_runs(*example_runs())
        >>> costs = [pathway_cost(found, p) for p in found.definition.pathways]
        >>> answers = life_answers(found, costs, costs, Questions())
        >>> answers.weighted_item, len(answers.products), answers.traffic
        ('correct answer', 5, None)
    """
    definition = found.definition
    weights = weights_of(definition, shared)
    valid = [p for p in shared if reaches(definition, p)]
    return LifeAnswers(
        asked=asked,
        weighted_item=weights.unit,
        factors=stage_factors(whole),
        products=products(definition, shared, found.resources, weights),
        weighted=weighted_break_evens(definition, valid, found.resources, weights),
        unweighted_why=weights.why_not,
        sharing=share_steps(definition, [p for p in whole if reaches(definition, p)], asked.shares)
        if asked.shares
        else (),
        usage=usages(found, shared, n_passes=asked.n_passes),
        latency=latency_points(sweep, found.resources),
        traffic=None if asked.traffic is None else traffic_answer(found, shared, asked.traffic),
    )


def cost_per_product(
    definition: StudyDefinition, runs: Sequence[Run], *, min_score: float | None = None
) -> tuple[ProductResult, ...]:
    """Cost of each pathway per point of score, per output and per correct answer.

    Args:
        definition: Of the study.
        runs: Its runs.
        min_score: Lowest acceptable score; that of the study by default.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> found = cost_per_product(*example_runs(), min_score=0.8)
        >>> [product.pathway for product in found if not product.is_valid]
        ['TA', 'TF-IDF']
    """
    found, pathways = _gathered(_asking(definition, min_score), runs)
    weights = weights_of(found.definition, pathways)
    return products(found.definition, pathways, found.resources, weights)


def break_evens_by_score(definition: StudyDefinition, runs: Sequence[Run]) -> tuple[BreakEven, ...]:
    """Break-evens on score-weighted items, in every resource; empty where scores are no weights.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> print(break_evens_by_score(*example_runs())[3].sentence.split(" (")[0])
        TS has cost less CPU time than FT from 5,720 correct answers on
    """
    found, pathways = _gathered(definition, runs)
    weights = weights_of(found.definition, pathways)
    return weighted_break_evens(found.definition, pathways, found.resources, weights)


def break_evens_by_tasks(
    definition: StudyDefinition, runs: Sequence[Run], shares: Mapping[str, int]
) -> tuple[ShareStep, ...]:
    """How break-evens move with the number of tasks that share a row of development.

    Args:
        definition: Of the study.
        runs: Its runs.
        shares: Number of downstream tasks by row.

    Raises:
        UnknownNameError: If no pathway's development has such a row.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> [step.n_tasks for step in break_evens_by_tasks(*example_runs(), {"ta-distil": 20})]
        [1, 2, 5, 10, 20, 48]
    """
    found, pathways = _gathered(definition, runs)
    share_rows(pathways, shares)  # refuses rows that nobody rests on
    return share_steps(found.definition, pathways, shares)


def fronts_at(
    definition: StudyDefinition,
    runs: Sequence[Run],
    lifetimes: Sequence[float],
    *,
    shares: Mapping[str, int] | None = None,
    seed: int = 0,
) -> tuple[ParetoFront, ...]:
    """Pareto fronts of average cost, development included, after so many items.

    Args:
        definition: Of the study.
        runs: Its runs.
        lifetimes: Volumes, in items.
        shares: Number of downstream tasks by row.
        seed: Of the resampling behind P(on the front).

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> [(f.phase, [p.name for p in f.points if p.is_on_front])
        ...  for f in fronts_at(*example_runs(), [1e3])][0]
        ('lifetime at 1,000', ['FT', 'TF-IDF'])
    """
    found, pathways = _gathered(definition, runs)
    fronts = study_fronts(
        found,
        share_rows(pathways, shares or {}),
        np.random.default_rng(seed),
        lifetimes=tuple(lifetimes),
    )
    return tuple(front for front in fronts if front.phase.startswith("lifetime"))


def usage_profiles(
    definition: StudyDefinition, runs: Sequence[Run], *, n_passes: float = 1.0
) -> tuple[Usage, ...]:
    """Research and production beside each other: life cost and share of development.

    Args:
        definition: Of the study.
        runs: Its runs.
        n_passes: Passes over the test split that research makes.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> sorted({usage.profile for usage in usage_profiles(*example_runs())})
        ['production', 'research']
    """
    found, pathways = _gathered(definition, runs)
    return usages(found, pathways, n_passes=n_passes)


def decide_for_traffic(  # noqa: PLR0913 - plain numbers, each with a name
    definition: StudyDefinition,
    runs: Sequence[Run],
    *,
    requests_per_day: float,
    days: float = 365.0,
    max_latency_s: float | None = None,
    restarts_per_day: float = 0.0,
) -> TrafficAnswer:
    """Which pathway serves one's own traffic at the least cost.

    Args:
        definition: Of the study.
        runs: Its runs.
        requests_per_day: Requests, on average.
        days: Horizon.
        max_latency_s: Longest acceptable wait.
        restarts_per_day: Starts of each worker beside the first.

    Raises:
        ValueError: If a number is out of range.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> decide_for_traffic(*example_runs(), requests_per_day=5000).choices[0].cheapest
        'TS/batch_size=1'
    """
    found, pathways = _gathered(definition, runs)
    asked = Traffic(
        requests_per_day=requests_per_day,
        days=days,
        max_latency_s=max_latency_s,
        restarts_per_day=restarts_per_day,
    )
    return traffic_answer(found, pathways, asked)


def _asking(definition: StudyDefinition, min_score: float | None) -> StudyDefinition:
    return definition if min_score is None else replace(definition, min_score=min_score)


def _gathered(
    definition: StudyDefinition, runs: Sequence[Run]
) -> tuple[StudyRuns, list[PathwayCost]]:
    found = study_runs(definition, runs)
    return found, [pathway_cost(found, pathway) for pathway in found.definition.pathways]
