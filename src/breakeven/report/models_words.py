"""Words on models side by side: which are compared, and what the best score takes."""

from collections.abc import Callable

from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.scoring.direction import is_more_better
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.records import Estimate, Resource
from breakeven.report.quantity import score_scale

SCORE, WORK, SIZE = "score", "work", "parameters"


def compared_models(analysis: StudyAnalysis) -> list[PathwayResult]:
    """Pathways with a score, work or parameters, least work first."""
    shown = [p for p in analysis.pathways if any(known(p, q) for q in (WORK, SIZE))]
    return sorted(shown, key=lambda p: (known(p, WORK) is None, _work(p)))


def finding(analysis: StudyAnalysis) -> str:
    """What the model with the best score takes above the next cheaper one in work."""
    whole = [m for m in compared_models(analysis) if known(m, SCORE) and known(m, WORK)]
    if len(whole) < 2:
        return "Score, work and parameters of each model, as far as they are known"
    metric, goodness = analysis.definition.metric, _goodness(analysis)
    best, *rest = sorted(whole, key=goodness, reverse=True)
    below = [m for m in rest if _work(m) < _work(best)]
    if not below:
        lead = _doubt(analysis, best, rest[0], "lead")
        return f"{best.name} has the best {metric_words(metric)} and takes the fewest FLOPs{lead}"
    second = below[0]
    gain = goodness(best) - goodness(second)
    scale = score_scale(metric, 1.0)
    points = f"{gain / scale.factor:.2g}{' points' if scale.symbol else ''}"
    less = "" if is_more_better(metric, analysis.runs) else " less"
    times = f"{_work(best) / _work(second):.3g}" if _work(second) else "many"
    return (
        f"{best.name} takes {times} times the FLOPs of {second.name} for {points}{less} of "
        f"{metric_words(metric)}{_doubt(analysis, best, second, 'difference')}"
    )


def _goodness(analysis: StudyAnalysis) -> Callable[[PathwayResult], float]:
    """Score of a model, its sign turned where less is better."""
    sign = 1.0 if is_more_better(analysis.definition.metric, analysis.runs) else -1.0
    return lambda model: sign * (value_of(known(model, SCORE)) or 0.0)


def _doubt(analysis: StudyAnalysis, best: PathwayResult, second: PathwayResult, what: str) -> str:
    """Whether the runs tell two scores apart, where they do not."""
    pair = {best.name, second.name}
    found = next((d for d in analysis.score_differences if {d.left, d.right} == pair), None)
    return "" if found is None or found.is_told_apart else f", a {what} the runs do not show"


def _work(model: PathwayResult) -> float:
    return value_of(known(model, WORK)) or 0.0


def known(model: PathwayResult, panel: str) -> Estimate | None:
    """What a panel shows of a model; None where nobody knows it."""
    found = {
        SCORE: model.score,
        WORK: model.marginal.get(Resource.FLOPS),
        SIZE: model.marginal.get(Resource.N_PARAMETERS)
        or model.development.get(Resource.N_PARAMETERS),
    }[panel]
    return found if found is not None and found.value is not None else None


def value_of(estimate: Estimate | None) -> float | None:
    """Value of an estimate that may be missing."""
    return None if estimate is None else estimate.value
