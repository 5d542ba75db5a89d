"""Words on models side by side: which are compared, and what the best score takes."""

from collections.abc import Callable, Sequence

from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.scoring.direction import is_more_better
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import listed
from breakeven.records import Estimate, Resource
from breakeven.report.quantity import score_scale

SCORE, WORK, SIZE = "score", "work", "parameters"


def compared_models(analysis: StudyAnalysis) -> list[PathwayResult]:
    """Pathways with a score, work or parameters, least work first."""
    shown = [p for p in analysis.pathways if any(known(p, q) for q in (WORK, SIZE))]
    return sorted(shown, key=lambda p: (known(p, WORK) is None, _work(p)))


def finding(analysis: StudyAnalysis) -> str:
    """What the model with the best score takes above the next cheaper one in work.

    Models without counted FLOPs cannot be ranked by them; those that score better are named.
    """
    whole = [m for m in compared_models(analysis) if known(m, SCORE) and known(m, WORK)]
    if len(whole) < 2:
        return "Score, work and parameters of each model, as far as they are known"
    goodness = _goodness(analysis)
    best, *rest = sorted(whole, key=lambda m: (goodness(m), -_work(m)), reverse=True)
    below = [m for m in rest if _work(m) < _work(best) and not _is_alike(m, best)]
    told = _step(analysis, best, below[0]) if below else _lead(analysis, best, rest)
    unseen = [m for m in analysis.pathways if known(m, SCORE) and not known(m, WORK)]
    above = [m.name for m in unseen if goodness(m) > goodness(best)]
    among = "Of those whose FLOPs are counted, " if above or (unseen and not below) else ""
    return f"{among}{told}{_above(analysis, above)}"


def _lead(analysis: StudyAnalysis, best: PathwayResult, rest: Sequence[PathwayResult]) -> str:
    """The model that nothing counted is cheaper than, and those it ties with."""
    goodness = _goodness(analysis)
    scores = [m.name for m in rest if goodness(m) == goodness(best)]
    works = [m.name for m in rest if _is_alike(m, best)]
    doubt = _doubt(analysis, best, rest[0], "lead")
    lead = f", as good as {listed(scores)}," if scores else f"{doubt}," if doubt else ""
    few = f", as few as {listed(works)}" if works else ""
    metric = metric_words(analysis.definition.metric)
    return f"{best.name} has the best {metric}{lead} and takes the fewest FLOPs{few}"


def _step(analysis: StudyAnalysis, best: PathwayResult, second: PathwayResult) -> str:
    """What the best score takes above the best one that is cheaper."""
    metric, goodness = analysis.definition.metric, _goodness(analysis)
    scale = score_scale(metric, 1.0)
    gain = f"{(goodness(best) - goodness(second)) / scale.factor:.2g}"
    unit = (" point" if gain == "1" else " points") if scale.symbol else ""
    less = "" if is_more_better(metric, analysis.runs) else " less"
    times = f"{_work(best) / _work(second):.3g}" if _work(second) else "many"
    return (
        f"{best.name} takes {times} times the FLOPs of {second.name} for {gain}{unit}{less} of "
        f"{metric_words(metric)}{_doubt(analysis, best, second, 'difference')}"
    )


def _above(analysis: StudyAnalysis, names: Sequence[str]) -> str:
    """Models with a better score whose work nobody counted."""
    if not names:
        return ""
    way = "higher" if is_more_better(analysis.definition.metric, analysis.runs) else "lower"
    return f"; {listed(names)} {'scores' if len(names) == 1 else 'score'} {way}"


def _is_alike(left: PathwayResult, right: PathwayResult) -> bool:
    """Whether two take the same work as far as three digits tell."""
    return f"{_work(left):.3g}" == f"{_work(right):.3g}"


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
        SIZE: model.marginal.get(Resource.N_PARAMETERS) or _trained_size(model),
    }[panel]
    return found if found is not None and found.value is not None else None


def _trained_size(model: PathwayResult) -> Estimate | None:
    """Parameters of a model that nobody used yet: of its own row, for a teacher may be larger."""
    return model.stages[-1].totals.get(Resource.N_PARAMETERS) if model.stages else None


def value_of(estimate: Estimate | None) -> float | None:
    """Value of an estimate that may be missing."""
    return None if estimate is None else estimate.value
