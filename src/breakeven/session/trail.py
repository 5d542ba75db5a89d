"""Trail: how the cost and the work of a run grew while it ran, in some two hundred points.

The journal's state is made twice a second anyway, and a point is a few sums over it. One more
reading is made where the stage reports a judgement, so that its cost is known at that step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.records import Kind, Measurement, PhaseName, Resource, Run, Score, Volume
from breakeven.store.kept import progress_text

MAX_POINTS = 200
"""At this many, every second point without a judgement goes and points come half as often."""

MIN_POINTS = 3
"""With fewer there is no curve to draw."""

_RESOURCES = (Resource.CPU_S, Resource.ENERGY_J)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What the work of a run had taken and done at one moment.

    Attributes:
        amounts: By column of the file, unit suffix included; what nobody saw is absent.
        is_judged: Whether the stage reported a score at that moment.
    """

    amounts: Mapping[str, float]
    is_judged: bool = False


@dataclass(slots=True, kw_only=True)
class Trail:
    """The points of one run, in order.

    Attributes:
        max_points: Size at which the trail is thinned.
        points: What is kept so far.
        has_progress: Whether the stage reported steps, output or scores: without any there is
            nothing that cost could be held against.
    """

    max_points: int = MAX_POINTS
    points: list[Point] = field(default_factory=list)
    has_progress: bool = False
    _step: tuple[float, float] | None = None
    _pending: dict[str, float] = field(default_factory=dict)
    _n_offered: int = 0
    _stride: int = 1

    def at_step(self, done: float, total: float) -> None:
        """Note how far the stage is."""
        self._step = done, total
        self.has_progress = True

    def learning(self, loss: float) -> None:
        """Note the training loss lately; the next point shows it."""
        self._pending["train_loss"] = loss

    def judged(self, run: Run, step: float, scores: Sequence[Score]) -> None:
        """Add a point with scores of the state that the model is in.

        Args:
            run: Its state at this moment.
            step: Steps done.
            scores: Named in the file by split and metric ("validation_loss").
        """
        total = self._step[1] if self._step else step
        self.at_step(step, max(total, step))
        self._pending |= {f"{score.split}_{score.metric}": score.value for score in scores}
        self._keep(run, is_judged=True)

    def add(self, run: Run) -> None:
        """Add a point unless it comes too soon; called with the state that is journaled."""
        self._n_offered += 1
        if (self._n_offered - 1) % self._stride == 0:
            self._keep(run)

    def close(self, run: Run) -> None:
        """Add the end of the run."""
        self.has_progress |= run.output.n_examples > 0
        self._keep(run)

    def to_csv(self) -> str | None:
        """One row per point, empty where nothing was seen; None when there is no curve."""
        if not self.has_progress or len(self.points) < MIN_POINTS:
            return None
        return progress_text([point.amounts for point in self.points])

    def _keep(self, run: Run, *, is_judged: bool = False) -> None:
        amounts = _amounts(run, self._step)
        last = self.points[-1].amounts if self.points else {"elapsed_s": 0.0}
        if not is_judged and amounts["elapsed_s"] == last["elapsed_s"]:
            return  # the work has not begun, or is over
        self.points.append(Point(amounts={**amounts, **self._pending}, is_judged=is_judged))
        self._pending = {}
        if len(self.points) > self.max_points:
            self._stride *= 2
            judged = sum(p.is_judged for p in self.points)
            is_crowded = 2 * judged > self.max_points
            self.points = [
                p
                for i, p in enumerate(self.points)
                if i % 2 == 0 or (p.is_judged and not is_crowded)
            ]


def _amounts(run: Run, step: tuple[float, float] | None) -> dict[str, float]:
    work = run.measurements(PhaseName.WORK)
    amounts = {"elapsed_s": sum(seen.duration_s for seen in work)}
    if step is not None:
        amounts["n_steps"] = step[0]
    counts = {name: getattr(run.output, name) for name in Volume.__slots__}
    amounts |= {name: float(count) for name, count in counts.items() if count}
    for resource in _RESOURCES:
        for kind in (Kind.MEASURED, Kind.MODELLED):
            totals = [seen.total(resource, kind) for seen in work]
            if totals and all(total is not None for total in totals):
                suffix = "" if kind is Kind.MEASURED else f"_{kind}"
                amounts[f"{resource}{suffix}"] = sum(t.value for t in totals if t is not None)
    for seen in work:
        for name, value in _channels(seen):
            amounts[name] = amounts.get(name, 0.0) + value
    return amounts


def _channels(seen: Measurement) -> list[tuple[str, float]]:
    """Energy of each channel apart, whatever contains or checks it."""
    return [
        (f"{Resource.ENERGY_J}:{cost.channel}", cost.value)
        for cost in seen.costs
        if cost.resource is Resource.ENERGY_J
    ]
