"""Moments: points inside runs, one for each that was kept of a run's work.

As runs do, moments without x or y are left out, and so are runs that did not end well: what was
pruned stopped short of what it would have reached.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from breakeven.analysis.curves.curve_axes import AXES, Axis
from breakeven.analysis.curves.points import Point, Points, group_of, metric_on
from breakeven.analysis.runs.sources import Line, energies
from breakeven.analysis.uncertain import once
from breakeven.errors import UnknownNameError
from breakeven.records import Kind, Origin, Status

Progress = Callable[[Line], Sequence[Mapping[str, float]]]
"""From a run to the points that were kept of its work; empty where none were."""

_SPLITS = frozenset({"validation", "train"})
"""What a column of scores begins with."""


def moments(  # noqa: PLR0913 - what is drawn and how far
    found: Sequence[Line],
    x: Axis,
    y: Axis,
    *,
    progress: Progress,
    by: Sequence[str] = (),
    until_s: float | None = None,
) -> Points:
    """Every moment that was kept of the work of finished runs.

    Args:
        found: Lines of one or several stores.
        x: First axis.
        y: Second axis.
        progress: Reads what was kept of a run.
        by: Columns of the tidy table whose values make a group.
        until_s: Only the first so many seconds of each run's work; None for all of it.

    Raises:
        UnknownNameError: If an axis does not grow inside a run.

    Examples:
        >>> from breakeven.analysis.runs.sources import lines, source
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.curves.curve_axes import axis
        >>> store = lines([source("s", example_runs()[1])])
        >>> told = [{"elapsed_s": 1.0, "cpu_s": 0.9}, {"elapsed_s": 2000.0, "cpu_s": 1990.0}]
        >>> made = moments(store[2:3], axis("time"), axis("cpu"), progress=lambda line: told,
        ...                until_s=1800)
        >>> [(point.x, point.y) for point in made.points]
        [(1.0, 0.9)]
    """
    for needed in (x, y):
        if not needed.within and needed.name != "score":
            growing = [known.name for known in AXES.values() if known.within]
            raise UnknownNameError("axis inside a run", needed.name, growing)
    drawn: list[Point] = []
    n_left_out = 0
    for line in {line.run.run_id: line for line in found}.values():
        told = progress(line) if line.run.status is Status.OK else ()
        inside = list(_inside(line, x, y, told=told, by=by, until_s=until_s))
        n_left_out += not inside
        drawn += inside
    return Points(x=x, y=y, points=tuple(drawn), n_left_out=n_left_out, is_inside=True)


def _inside(  # noqa: PLR0913 - as above
    line: Line,
    x: Axis,
    y: Axis,
    *,
    told: Sequence[Mapping[str, float]],
    by: Sequence[str],
    until_s: float | None,
) -> Iterator[Point]:
    at, up = (_column(told, needed, line) for needed in (x, y))
    kinds = once((_kind(x, at), _kind(y, up)))
    scores = once(_metric_of(name) for name in (at, up))
    for moment in told:
        is_early = until_s is None or moment.get("elapsed_s", 0.0) <= until_s
        if is_early and at in moment and up in moment:
            yield Point(
                x=moment[at],
                y=moment[up],
                group=(*group_of(line, by), *filter(None, scores)),
                run_id=line.run.run_id,
                row=line.run.row,
                stage=line.run.stage.value,
                repeat=line.run.repeat,
                kinds=kinds,
                origins=_origins(line) if "energy_j" in f"{at} {up}" else (Origin.LIVE,),
                lower_is_better=_falls(line, up),
            )


def _metric_of(column: str) -> str:
    """Metric and split of a column of scores; empty for any other."""
    split, _, metric = column.partition("_")
    return metric_on(metric, split) if split in _SPLITS else ""


def _falls(line: Line, column: str) -> bool:
    """Whether a column is a loss, or a metric that a score of the run says is to fall."""
    metric = column.partition("_")[2]
    scores = (score for score in line.run.scores if score.metric == metric)
    return metric == "loss" or any(not score.higher_is_better for score in scores)


def _kind(needed: Axis, column: str) -> Kind:
    if column.endswith("_modelled"):
        return Kind.MODELLED
    return Kind.COUNTED if needed.resource is None else Kind.MEASURED


def _origins(line: Line) -> tuple[Origin, ...]:
    """Where the joules of a run were obtained, whichever channel they came from."""
    return once(cost.origin for seen in energies(line.run) for cost in seen.window)


def _column(told: Sequence[Mapping[str, float]], needed: Axis, line: Line) -> str:
    """Column of the progress that an axis stands for in one run."""
    held = {name for moment in told for name in moment}
    names: tuple[str, ...] = needed.within
    if needed.name == "score":
        metric = line.study.metric if line.study is not None else "accuracy"
        names = (f"validation_{metric}", "validation_accuracy")
    return next((name for name in names if name in held), "")
