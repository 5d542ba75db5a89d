"""Growth: what is drawn of cost against tokens, time and size, and the words for it.

Energy where some run here has it, otherwise the cost that takes its place, under its own name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.curves.curve_axes import AXES, Axis, field_named
from breakeven.analysis.curves.curve_set import CurveSet, GroupCurve, curve_set
from breakeven.analysis.curves.fits import Axes, Line
from breakeven.analysis.curves.moments import moments
from breakeven.analysis.curves.points import Points, run_points
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.measured import SEEN
from breakeven.analysis.runs.select import NOT_DEVELOPMENT
from breakeven.analysis.runs.sources import Line as RunLine
from breakeven.analysis.runs.sources import lines, source
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import counted, listed, resource_words, stage_words
from breakeven.records import Kind, Resource, Stage, Status
from breakeven.report.kinds import signs
from breakeven.report.lookup import headline
from breakeven.report.quantity import between

HALF_HOUR_S = 1800.0
"""Wang et al. 2023, figure 5, follow each training for so long."""

_NO_TRAINING = NOT_DEVELOPMENT | {Stage.FETCH, Stage.EXPORT, Stage.ADAPT, Stage.EVALUATE}
"""Reading a corpus to set scales or thresholds is no training on it."""

SAME_PLACE = 1.1
"""Most over least work up to which runs say nothing of how cost grows with it."""

_TOLD_APART = ("model", "n_layers", "cpu_model", "accelerators", "n_cpus")
"""Columns that tell models and machines apart, as far as they differ here."""
_WORK = ("tokens", "real-tokens", "examples")
"""What growth is drawn against: the first that some run counted."""
_COUNTS = {"n_cpus": "CPU", "n_labelled_examples": "example"}
WORK_WORDS = {"tokens": "tokens", "real-tokens": "tokens, padding left out", "examples": "examples"}
_INSTEAD = {Resource.CPU_S: "cpu", Resource.DURATION_S: "time", Resource.FLOPS: "flops"}


def training_lines(analysis: StudyAnalysis) -> tuple[RunLine, ...]:
    """Runs that train a model, once for each modality that saw their energy."""
    definition = analysis.definition
    trained = [run for run in analysis.runs if run.stage not in _NO_TRAINING]
    return lines([source(definition.name, trained, [definition])])


def told_apart_by(found: Sequence[RunLine]) -> tuple[str, ...]:
    """Columns in which models and machines of these runs differ."""
    done = [
        line
        for line in found
        if line.run.status is Status.OK and line.run.stage is not Stage.STATED
    ]
    return tuple(
        name for name in _TOLD_APART if len({field_named(name).read(line) for line in done}) > 1
    )


def named(points: Points) -> Points:
    """The same with names of groups that read easily, without what all groups share.

    How energy was seen stays even where all was seen alike.
    """
    groups = list(points.groups())
    width = max(map(len, groups), default=0)
    told = {i for i in range(width) if len({group[i : i + 1] for group in groups}) > 1}
    if points.y.resource is Resource.ENERGY_J and not points.is_inside:
        told.add(width - 1)
    return replace(
        points,
        points=tuple(
            replace(
                point,
                group=tuple(_group_words(text) for i, text in enumerate(point.group) if i in told),
            )
            for point in points.points
        ),
    )


def _group_words(text: str) -> str:
    name, _, value = text.partition(" ")
    if name == "n_layers":
        return "all layers" if value in {"unknown", "0"} else counted(int(value), "layer")
    if name in _COUNTS:
        return counted(int(value), _COUNTS[name]) if value.isdigit() else text
    return {"model unknown": "no model named", "accelerators unknown": "no accelerator"}.get(
        text, text
    )


def cost_axis(analysis: StudyAnalysis, found: Sequence[RunLine]) -> Axis:
    """Energy where some run has it; else the headline cost, or CPU time."""
    kinds = SEEN if analysis.is_measured_only else frozenset(Kind)
    if any(line.seen is not None and line.seen.kind in kinds for line in found):
        return AXES["energy"]
    return AXES[_INSTEAD.get(headline(analysis), "cpu")]


def against_work(analysis: StudyAnalysis) -> CurveSet | None:
    """Cost of each training against the tokens it saw; None where no run has both."""
    found = training_lines(analysis)
    y, by = cost_axis(analysis, found), told_apart_by(found)
    for name in _WORK:
        points = run_points(found, AXES[name], y, by=by)
        if points.points:
            return curve_set(named(points))
    return None


def against_time(analysis: StudyAnalysis) -> CurveSet | None:
    """Cost within the first half hour of each training; None where no run kept notes of it."""
    found = training_lines(analysis)
    y = cost_axis(analysis, found)
    y = AXES["cpu"] if y is AXES["time"] else y
    followed = [line for line in found if line.run.run_id in analysis.progress]
    points = moments(
        followed,
        AXES["time"],
        y,
        progress=lambda line: analysis.progress.get(line.run.run_id, ()),
        by=told_apart_by(found),
        until_s=HALF_HOUR_S,
    )
    if not points.points:
        return None
    plain = curve_set(named(points), axes=Axes(is_x_log=False, is_y_log=False))
    return plain if plain.points.points else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A group with its line.

    Attributes:
        group: Name and points.
        line: The line.
    """

    group: GroupCurve
    line: Line


def fitted(found: CurveSet) -> tuple[Fitted, ...]:
    """Groups that have a line, those whose slope is shown first, then those with most points."""
    with_line = [Fitted(group=g, line=g.line) for g in found.groups if g.line is not None]
    return tuple(sorted(with_line, key=lambda each: (not each.line.is_slope_shown, -each.line.n)))


def cost_words(found: CurveSet) -> str:
    """What grows, in a sentence, and how it came about where nobody measured or counted it."""
    resource = found.points.y.resource
    name = found.points.y.name if resource is None else resource_words(resource)
    kinds = once(kind for group in found.groups for kind in group.kinds)
    origins = once(origin for group in found.groups for origin in group.origins)
    told = [b.name for b in signs(kinds, origins) if b.name not in {"measured", "counted"}]
    sign = " and ".join(told)
    return f"{name} ({sign})" if sign else name


def power_words(found: CurveSet) -> str:
    """The power law of the group with most points, or that there is none."""
    cost, work = cost_words(found), WORK_WORDS[found.points.x.name]
    lines = fitted(found)
    if not lines or _is_at_one_place(lines[0].line):
        return f"{_capital(cost)} against {work}: too few runs, or too much alike, for a line"
    first = lines[0]
    slope = first.line.slope
    if not first.line.is_slope_shown:
        ends = between(f"{slope.low:.1f}", f"{slope.high:.1f}")
        return f"How {cost} grows with {work} is not shown: to the power {ends}{_for(first, found)}"
    return f"{_capital(cost)} grows with {work} to the power {power_of(first)}{_for(first, found)}"


def _is_at_one_place(line: Line) -> bool:
    least, most = line.x_range
    return not line.is_slope_shown and most <= SAME_PLACE * least


def power_of(each: Fitted) -> str:
    """Exponent with its interval and the share of the variance that the line explains."""
    slope = each.line.slope
    told = f"{slope.value:.2f} ({between(f'{slope.low:.2f}', f'{slope.high:.2f}')})"
    explains = "" if each.line.r_squared is None else f", R2 {each.line.r_squared:.3g}"
    held = ", held by a single run" if each.line.rests_on_one else ""
    return f"{told}{explains}{held}"


def rate_words(found: CurveSet) -> str:
    """What a second took on average in the group with most moments."""
    lines = fitted(found)
    minutes = f"the first {HALF_HOUR_S / 60:.0f} minutes"
    cost = _capital(cost_words(found))
    if not lines:
        return f"{cost} within {minutes} of each training"
    rate = f"{rate_of(lines[0], found)}{_for(lines[0], found)}"
    return f"{cost} within {minutes} of training: {rate}"


def rate_of(each: Fitted, found: CurveSet) -> str:
    """Slope against time in words: watts, busy processors, or units a second."""
    slope, resource = each.line.slope.value, found.points.y.resource
    if resource is Resource.ENERGY_J:
        return f"{slope:.3g} W"
    if resource is Resource.CPU_S:
        return f"{slope:.2f} processors busy"
    return f"{slope:.3g} a second"


def _for(each: Fitted, found: CurveSet) -> str:
    """Group of a line and its stages, where there are several."""
    parts = [each.group.name] if len(found.groups) > 1 else []
    parts += [several] if (several := several_stages(each)) else []
    return f" ({', '.join(parts)})" if parts else ""


def several_stages(each: Fitted) -> str:
    """Stages that one line puts together; empty for a single one."""
    stages = once(point.stage for point in each.group.points)
    return listed([stage_words(Stage(stage)) for stage in stages]) if len(stages) > 1 else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
