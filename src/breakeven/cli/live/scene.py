"""Scene: what is known of a running study at one moment, as values.

Events tell what begins and ends; between them the journal of the open run tells what it has cost.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from breakeven.records import Cost, Kind, PhaseName, Resource, Run, Stage
from breakeven.session.underway import underway
from breakeven.study.events import Begun, Event, EventKind, Known, costs_told

NOW_S = 2.0
"""What is in use now is the mean over this long: the journal is written each half second."""

LEAST_S = 0.9
"""Over less than that no rate is told: the journal and the sensors are too coarse."""

LEAST_FRAC = 0.02
"""A row that is not this far tells nothing of its end."""

Costs = Mapping[tuple[Resource, Kind], Cost]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What is in use now: an amount per second, and how the amount is known.

    Attributes:
        value: Watts of energy, CPUs of CPU time.
        kind: As of the costs that it is the change of.
    """

    value: float
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNow:
    """The row that runs.

    Attributes:
        name: With its block.
        stage: What is run.
        phase: Which part is open; None before the first.
        done_frac: How far it is; None where it does not tell.
        took_s: Seconds since it was started.
        left_s: To its end at its pace so far; None where that is unknown.
        rates: What it uses now, by resource; absent where nothing measures it.
        costs: What it has cost so far.
    """

    name: str
    stage: Stage | None
    phase: PhaseName | None = None
    done_frac: float | None = None
    took_s: float = 0.0
    left_s: float | None = None
    rates: Mapping[Resource, Rate] = field(default_factory=dict)
    costs: Costs = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that the live table shows.

    Attributes:
        begun: The study; None before it is planned.
        n_done: Runs made in this sitting.
        n_total: Runs that it had to make.
        row: Which runs now; None between two.
        left: Seconds to the end, and whether it takes at least so long; None where unknown.
        ended: What its ended runs have cost, in earlier sittings too.
        costs: The same with what the open run has cost so far.
        known: What finished runs tell of those left.
        n_left: Runs left.
    """

    begun: Begun | None = None
    n_done: int = 0
    n_total: int = 0
    row: RowNow | None = None
    left: tuple[float, bool] | None = None
    ended: Costs = field(default_factory=dict)
    costs: Costs = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    n_left: int = 0


class Follower:
    """Keeps the scene of a study up to date: `follow` each event, `look` whenever it is drawn.

    Args:
        store: Folder of the store, whose journals are read.
        clock_s: Monotonic.
    """

    def __init__(self, store: Path, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock_s = store, clock_s
        self._scene = Scene()
        self._row: _Row | None = None
        self._left_at_s = clock_s()

    def follow(self, event: Event, *, left: tuple[float, bool] | None) -> None:
        """Take note of an event.

        Args:
            event: What happened.
            left: Seconds to the end of the study by now, and whether it takes at least so long.
        """
        now_s = self._clock_s()
        if event.kind is EventKind.PLANNED:
            spent = _by_key(event.begun.spent if event.begun else ())
            self._scene = Scene(
                begun=event.begun,
                n_total=event.n_left,
                ended=spent,
                costs=spent,
                known=event.known,
            )
        elif event.kind is EventKind.STARTED:
            self._row = _Row(event=event, began_s=now_s)
        elif event.kind is EventKind.PROGRESS and self._row is not None:
            self._row.progressed(event.done, event.total, now_s)
        elif event.kind is EventKind.ENDED:
            self._row = None
            ended = _by_key(costs_told([event.run] if event.run else []))
            costs = _added(self._scene.ended, ended)
            self._scene = replace(self._scene, ended=costs, costs=costs, known=event.known)
        elif event.kind in (EventKind.SAID, EventKind.SKIPPED):
            return
        if event.kind in (EventKind.PLANNED, EventKind.ENDED):  # a step tells nothing of the rest
            self._left_at_s = now_s
            self._scene = replace(self._scene, left=left)
        n_done = max(0, self._scene.n_total - event.n_left)
        self._scene = replace(self._scene, n_left=event.n_left, n_done=n_done)

    def look(self) -> Scene:
        """Say what is known now; the open run's journal is read once."""
        scene, row, now_s = self._scene, self._row, self._clock_s()
        left = _run_down(scene.left, now_s - self._left_at_s)
        if row is None:
            return replace(scene, left=left)
        shown = row.look(underway(self._journal(row.event.run_id)), now_s)
        if shown.left_s is not None and shown.left_s > (left[0] if left else 0.0):
            left = (shown.left_s, scene.n_left > 1)  # no study ends before the row that runs
        return replace(scene, left=left, row=shown, costs=_added(scene.ended, shown.costs))

    def _journal(self, run_id: str) -> Path:
        return self._store / "journal" / f"{run_id}.jsonl"


@dataclass(slots=True, kw_only=True)
class _Row:
    """The row that runs, as far as it was followed."""

    event: Event
    began_s: float
    steps: list[tuple[float, float]] = field(default_factory=list)
    seen: deque[Costs] = field(default_factory=deque)
    period_s: float = 0.0

    def progressed(self, done: float, total: float, now_s: float) -> None:
        """Keep the first step and the latest: the pace is that between them."""
        if total > 0:
            self.steps[1:] = [(min(1.0, done / total), now_s)]

    def look(self, run: Run | None, now_s: float) -> RowNow:
        """Say how the row is by now."""
        if run is not None:
            self.period_s = max(self.period_s, _period_s(run))
            self._see(_by_key(costs_told([run])))
        step = self.steps[-1] if self.steps else None
        return RowNow(
            name=place(self.event),
            stage=self.event.stage,
            phase=run.phases[-1].name if run is not None and run.phases else None,
            done_frac=None if step is None else step[0],
            took_s=now_s - self.began_s,
            left_s=self._left_s(now_s),
            rates=self._rates(),
            costs=self.seen[-1] if self.seen else {},
        )

    def _see(self, costs: Costs) -> None:
        """Keep what was seen lately, and one before."""
        if _seconds(costs) > (_seconds(self.seen[-1]) if self.seen else 0.0):
            self.seen.append(costs)
        span_s = max(NOW_S, 2 * self.period_s)  # two updates of the slowest sensor
        while len(self.seen) > 2 and _seconds(costs) - _seconds(self.seen[1]) >= span_s:
            self.seen.popleft()

    def _left_s(self, now_s: float) -> float | None:
        if len(self.steps) < 2:
            return None
        (first, first_s), (last, last_s) = self.steps
        if last - first < LEAST_FRAC:
            return None
        return max(0.0, (last_s - first_s) * (1.0 - last) / (last - first) - (now_s - last_s))

    def _rates(self) -> dict[Resource, Rate]:
        if len(self.seen) < 2:
            return {}
        first, last = self.seen[0], self.seen[-1]
        rates = {
            Resource.CPU_S: _rate(Resource.CPU_S, first, last, least_s=LEAST_S),
            Resource.ENERGY_J: _rate(
                Resource.ENERGY_J, first, last, least_s=max(LEAST_S, self.period_s)
            ),
        }
        return {resource: rate for resource, rate in rates.items() if rate is not None}


def _run_down(left: tuple[float, bool] | None, passed_s: float) -> tuple[float, bool] | None:
    """Time left by now; None where it was expected to have passed, which tells of no end."""
    return None if left is None or left[0] <= passed_s else (left[0] - passed_s, left[1])


def place(event: Event) -> str:
    """Name a row with its block."""
    return event.row if event.block is None else f"{event.row} block {event.block + 1}"


def cost_of(costs: Costs, resource: Resource) -> Cost | None:
    """A resource as it was measured, or else modelled; None where it is neither."""
    return costs.get((resource, Kind.MEASURED)) or costs.get((resource, Kind.MODELLED))


def _rate(resource: Resource, first: Costs, last: Costs, *, least_s: float) -> Rate | None:
    """Change per second between two looks; none where a sensor was lost or tells less often."""
    before, after = cost_of(first, resource), cost_of(last, resource)
    passed_s = _seconds(last) - _seconds(first)
    if before is None or after is None or before.kind is not after.kind or passed_s < least_s:
        return None
    if after.value < before.value:
        return None
    rate = (after.value - before.value) / passed_s
    return Rate(value=rate, kind=after.kind)


def _period_s(run: Run) -> float:
    """Time between updates of the slowest sensor of energy."""
    costs = [cost for phase in run.phases for cost in phase.measurement.costs]
    return max((c.period_s or 0.0 for c in costs if c.resource is Resource.ENERGY_J), default=0.0)


def _seconds(costs: Costs) -> float:
    cost = cost_of(costs, Resource.DURATION_S)
    return 0.0 if cost is None else cost.value


def _by_key(costs: tuple[Cost, ...]) -> Costs:
    return {(cost.resource, cost.kind): cost for cost in costs}


def _added(first: Costs, second: Costs) -> Costs:
    both = {key: first[key] + second[key] for key in first if key in second}
    return {**first, **second, **both}
