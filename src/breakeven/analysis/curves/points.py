"""Points: runs as x and y of a curve, sorted into groups.

A point without x or y is left out and counted, never drawn at 0. Joules of different modalities
and kinds never share a group, nor do scores in different metrics or on different splits.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from breakeven.analysis.curves.curve_axes import LOSSES, Axis, field_named
from breakeven.analysis.runs.select import observe
from breakeven.analysis.runs.sources import Line
from breakeven.analysis.tables.tidy import SETTING
from breakeven.analysis.tables.tidy_fields import Value, headline_score
from breakeven.analysis.uncertain import once
from breakeven.records import Kind, Origin, Resource, Score, Status

_SCORES = frozenset({"score", "score_low", "score_high"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One run, or one moment of it.

    Attributes:
        x: On the first axis.
        y: On the second.
        group: Values of what points are grouped by, each with its name unless it is a word.
        run_id: Of the run.
        row: Its row.
        stage: Part of the life-cycle, which marks the point.
        repeat: Of the row.
        kinds: How x and y came about, each once.
        origins: Where they were obtained, each once.
        lower_is_better: Whether y is a loss or another score that is to fall.
    """

    x: float
    y: float
    group: tuple[str, ...]
    run_id: str
    row: str
    stage: str
    repeat: int
    kinds: tuple[Kind, ...] = ()
    origins: tuple[Origin, ...] = (Origin.LIVE,)
    lower_is_better: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What is drawn.

    Attributes:
        x: First axis.
        y: Second axis.
        points: In the order of the runs.
        n_left_out: Runs that lacked x or y, or did not end well.
        is_inside: Whether points are moments of runs, which follow each other, and not runs.
    """

    x: Axis
    y: Axis
    points: tuple[Point, ...]
    n_left_out: int
    is_inside: bool = False

    def groups(self) -> Mapping[tuple[str, ...], tuple[Point, ...]]:
        """Points by group, in order of appearance."""
        found: defaultdict[tuple[str, ...], list[Point]] = defaultdict(list)
        for point in self.points:
            found[point.group].append(point)
        return {group: tuple(points) for group, points in found.items()}


def run_points(found: Sequence[Line], x: Axis, y: Axis, *, by: Sequence[str] = ()) -> Points:
    """One point per finished run.

    Args:
        found: Lines of one or several stores.
        x: First axis.
        y: Second axis.
        by: Columns of the tidy table whose values make a group.

    Examples:
        >>> from breakeven.analysis.runs.sources import lines, source
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.curves.curve_axes import axis
        >>> store = lines([source("s", example_runs()[1])])
        >>> made = run_points(store, axis("flops"), axis("cpu"), by=["stage"])
        >>> sorted(group for group, in made.groups())
        ['distil', 'finetune', 'infer', 'pretrain']
    """
    kept = _once_each(found, x, y)
    drawn = [point for line in kept if (point := _point(line, x, y, by)) is not None]
    return Points(x=x, y=y, points=tuple(drawn), n_left_out=len(kept) - len(drawn))


def _once_each(found: Sequence[Line], x: Axis, y: Axis) -> tuple[Line, ...]:
    """Lines that count once: by every modality where energy is drawn, else one per run."""
    if Resource.ENERGY_J in (x.resource, y.resource):
        return tuple(found)
    return tuple({line.run.run_id: line for line in reversed(found)}.values())[::-1]


def _point(line: Line, x: Axis, y: Axis, by: Collection[str]) -> Point | None:
    at, up = _value(line, x), _value(line, y)
    if line.run.status is not Status.OK or at is None or up is None:
        return None
    return Point(
        x=at,
        y=up,
        group=(*group_of(line, by), *_modality(line, x, y), *_metrics(line, x, y)),
        run_id=line.run.run_id,
        row=line.run.row,
        stage=line.run.stage.value,
        repeat=line.run.repeat,
        kinds=once(kind for needed in (x, y) for kind in _known(line, needed)[0]),
        origins=once(origin for needed in (x, y) for origin in _known(line, needed)[1]),
        lower_is_better=(score := _score(line, y)) is not None and not score.higher_is_better,
    )


def _value(line: Line, needed: Axis) -> float | None:
    if needed.column in LOSSES:
        score = _score(line, needed)
        return None if score is None else score.value
    if needed.column == "n_trials":
        trial = line.run.trial
        return None if trial is None else trial.number + 1.0
    value = field_named(needed.column).read(line)
    return float(value) if isinstance(value, int | float) else None


def group_of(line: Line, by: Collection[str]) -> tuple[str, ...]:
    """Values of a run in the columns of the tidy table that points are grouped by."""
    return tuple(_text(name, field_named(name).read(line)) for name in by)


def _text(name: str, value: Value) -> str:
    """Value by which a point is grouped; one that does not say of what it is bears its name."""
    if value is None:
        return f"{name} unknown"
    if isinstance(value, str) and not name.startswith(SETTING):
        return value
    return f"{name} {value}"


def _modality(line: Line, x: Axis, y: Axis) -> tuple[str, ...]:
    """Modality and, where it is not measured, kind of the energy that is drawn."""
    if Resource.ENERGY_J not in (x.resource, y.resource) or line.seen is None:
        return ()
    kind = line.seen.kind
    mark = "" if kind is Kind.MEASURED else f" ({kind})"
    return (f"{line.seen.modality}{mark}",)


def metric_on(metric: str, split: str) -> str:
    """A metric and the split that it was taken on, in one word of a group.

    Examples:
        >>> metric_on("accuracy", "test")
        'accuracy (test)'
    """
    return f"{metric} ({split})"


def _metrics(line: Line, x: Axis, y: Axis) -> tuple[str, ...]:
    """Metric and split of the scores that are drawn."""
    scores = (_score(line, needed) for needed in (x, y))
    return once(metric_on(score.metric, score.split) for score in scores if score is not None)


def _known(line: Line, needed: Axis) -> tuple[tuple[Kind, ...], tuple[Origin, ...]]:
    """How the value on an axis came about, and where it was obtained."""
    if needed.resource is Resource.ENERGY_J and line.seen is not None:
        return (line.seen.kind,), once(cost.origin for cost in line.seen.whole)
    if needed.resource is not None:
        seen = observe(line.run, needed.resource)
        return (seen.kinds, seen.origins) if seen is not None else ((), ())
    if needed.column.startswith(SETTING):  # chosen, so neither measured nor counted
        return (), ()
    score = _score(line, needed)
    if score is None:
        return (Kind.COUNTED,), (Origin.LIVE,)
    return (score.kind,), (score.origin,)


def _score(line: Line, needed: Axis) -> Score | None:
    """The score that an axis shows, or an end of its interval."""
    if needed.column in LOSSES:
        return next((s for s in line.run.scores if s.metric == needed.column), None)
    return headline_score(line) if needed.column in _SCORES else None
