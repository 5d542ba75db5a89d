"""Budgets: what more spending buys here: on the way through a training, of data, size and trials.

Schwartz et al. 2020 ask for such curves beside every result; each needs runs of its own, so what a
study lacks is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.best_of import BestCurve, best_curve, trial_sets
from breakeven.analysis.curves.curve_axes import AXES
from breakeven.analysis.curves.curve_set import CurveSet, curve_set
from breakeven.analysis.curves.fits import Axes
from breakeven.analysis.curves.moments import moments
from breakeven.analysis.curves.points import Points, run_points
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.sources import Line
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.tables.tidy_fields import headline_score
from breakeven.analysis.words import amount_words, counted
from breakeven.records import Resource
from breakeven.report.growth import Fitted, fitted, named, told_apart_by, training_lines
from breakeven.report.lookup import headline
from breakeven.report.quantity import between, score_scale

_SPENT = {Resource.CPU_S: "cpu", Resource.DURATION_S: "time", Resource.ENERGY_J: "energy"}
"""Axis inside a run of each cost; CPU time for those that do not grow there."""
DATA, SIZE = "labelled examples", "parameters"
_OF_DATA = ("model", "n_layers")
_OF_SIZE = ("model", "n_labelled_examples")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Every curve of quality against a budget that a study has runs for.

    Attributes:
        training: Score on held-out examples on the way through each training.
        data: Score against labelled examples, where one model learnt from several numbers of them.
        size: Score against parameters, where several sizes learnt from the same number of examples.
        trials: Expected best score of each search against what its trials cost.
    """

    training: CurveSet | None
    data: CurveSet | None
    size: CurveSet | None
    trials: tuple[BestCurve, ...]


def budgets(analysis: StudyAnalysis) -> Budgets:
    """Find what a study can say of its budgets."""
    found = training_lines(analysis)
    return Budgets(
        training=_training(analysis, found),
        data=_over(found, "data", by=_OF_DATA, metric=analysis.definition.metric),
        size=_over(found, "parameters", by=_OF_SIZE, metric=analysis.definition.metric),
        trials=_trials(analysis, found),
    )


def _training(analysis: StudyAnalysis, found: Sequence[Line]) -> CurveSet | None:
    """Judgements of models in training against what each had taken until then."""
    followed = [line for line in found if line.run.run_id in analysis.progress]
    spent = AXES[_SPENT.get(headline(analysis), "cpu")]
    points = moments(
        followed,
        spent,
        AXES["score"],
        progress=lambda line: analysis.progress.get(line.run.run_id, ()),
        by=told_apart_by(found),
    )
    return _drawable(points)


def _over(found: Sequence[Line], x: str, *, by: Sequence[str], metric: str) -> CurveSet | None:
    """Scores of trainings against one axis, in groups of whose rows that axis sets some apart."""
    fixed = [line for line in found if line.run.trial is None and _has(line, metric)]
    points = run_points(fixed, AXES[x], AXES["score"], by=by)
    kept = {
        group
        for group, own in points.groups().items()
        if min(len({p.x for p in own}), len({p.row for p in own})) > 1
    }
    left = [point for point in points.points if point.group in kept]
    return _drawable(replace(points, points=tuple(left), n_left_out=0))


def _has(line: Line, metric: str) -> bool:
    score = headline_score(line)
    return score is not None and score.metric == metric


def _drawable(points: Points) -> CurveSet | None:
    made = curve_set(named(points), axes=Axes(is_y_log=False))
    return made if made.points.points else None


def _trials(analysis: StudyAnalysis, found: Sequence[Line]) -> tuple[BestCurve, ...]:
    """Against the headline cost; against the number of trials where they do not say it."""
    sets = trial_sets(found)
    curves = [best_curve(own, resource=headline(analysis)) for own in sets]
    if not any(curve.points for curve in curves):
        curves = [best_curve(own) for own in sets]
    return tuple(curve for curve in curves if curve.points)


def training_words(found: CurveSet, metric: str) -> str:
    """The best that was seen in training, and what it had taken by then."""
    falls = any(point.lower_is_better for point in found.points.points)
    best = (min if falls else max)(found.points.points, key=lambda point: point.y)
    resource = found.points.x.resource or Resource.CPU_S
    spent = amount_words(resource, best.x)
    return (
        f"The best {metric_words(metric)} seen in training is {score_text(best.y, metric)}, "
        f"after {spent} of {best.row}"
    )


def gains(found: CurveSet, metric: str, what: str) -> tuple[str, ...]:
    """What ten times as much gives in each group, those in which that is shown first."""
    lines = sorted(fitted(found), key=lambda each: not each.line.is_slope_shown)
    return tuple(_gain(each, found, metric, what) for each in lines)


def gain_words(found: CurveSet, metric: str, what: str) -> str:
    """The first of them."""
    called = metric_words(metric)
    too_few = f"{called[:1].upper()}{called[1:]} against {what}: too few runs for a line"
    return next(iter(gains(found, metric, what)), too_few)


def _gain(each: Fitted, found: CurveSet, metric: str, what: str) -> str:
    slope, scale, called = each.line.slope, score_scale(metric, 1.0), metric_words(metric)
    value, low, high = (_short(end / scale.factor) for end in (slope.value, slope.low, slope.high))
    unit = " points" if scale.symbol else ""
    group = f" ({each.group.name})" if len(found.groups) > 1 else ""
    if not each.line.is_slope_shown:
        ends = between(low, high)
        return f"What ten times the {what} gives is not shown: {ends}{unit} of {called}{group}"
    return f"Ten times the {what} gives {value}{unit} ({between(low, high)}) of {called}{group}"


def _short(value: float) -> str:
    """Two digits, never a power of ten."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"


def trials_words(curves: Sequence[BestCurve]) -> str:
    """What a search of so many trials is expected to reach, and what half of it would."""
    curve = max(curves, key=lambda each: len(each.points))
    n, metric = len(curve.points), curve.trials.metric
    half = curve.points[max(0, n // 2 - 1)]
    half_text, whole_text = (
        score_text(point.best.value or 0.0, metric) for point in (half, curve.points[-1])
    )
    return (
        f"Expected best {metric_words(metric)} of {curve.name}: {half_text} after "
        f"{counted(half.n, 'trial')}, {whole_text} after all {n}"
    )


def score_text(value: float, metric: str) -> str:
    """A score in the unit that its metric is read in."""
    scale = score_scale(metric, value)
    return f"{value / scale.factor:.3g} {scale.symbol}".rstrip()
