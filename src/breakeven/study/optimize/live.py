"""Live: a bench that runs the rows of a search on this machine, as inference rows of its study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from breakeven.analysis.runs import select
from breakeven.analysis.runs.remedies import reason
from breakeven.analysis.scoring.paired_sums import Places
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.uncertain import once
from breakeven.errors import SearchStoppedError
from breakeven.records import Item, Kind, Origin, Resource, Run, Scalar, Settings, Status
from breakeven.records.engine import Engine
from breakeven.store import Store, StoredAnswers
from breakeven.study.events import OnEvent, Outcome
from breakeven.study.optimize.adapted import decides_nothing
from breakeven.study.optimize.answered import scores_of, sources_of
from breakeven.study.optimize.charging import charges, needed_by
from breakeven.study.optimize.sittings import Sitting, in_sitting, sitting_of
from breakeven.study.optimize.space import passed_to
from breakeven.study.runner import execute
from breakeven.study.services import Services
from breakeven.study.spec import Configuration, Study

SEARCH = "search"
"""Role of rows that a search measures; reports compare none of them with the reference."""

_SHORT: Mapping[str, Scalar] = {"min_window_s": 0.0, "n_batches": 0, "warmup": 1, "idle_s": 0.0}
"""A search measures short rows: one batch of warm-up (before it every batch once, where a graph
prepares for each shape) and one pass over few examples."""


@dataclass(slots=True, kw_only=True)
class LiveBench:
    """Implements `breakeven.analysis.search.bench.Bench` in a store.

    Checkpoints stay loaded from round to round, until `close`.

    Attributes:
        study: With every route; its configurations are replaced round by round.
        baseline: Pathway whose own making is no part of what a search spends.
        store: Folder of the store.
        engine: Resolves settings.
        resource: What is searched.
        n_selection: Examples of the validation split.
        on_event: Told what happens.
        failed: Why cells could not be run.
        kinds: Kinds of the costs that were seen.
        origins: Origins of the same.
    """

    study: Study
    baseline: str
    store: Path
    engine: Engine
    resource: Resource
    n_selection: int
    on_event: OnEvent
    failed: dict[str, str] = field(default_factory=dict)
    kinds: tuple[Kind, ...] = ()
    origins: tuple[Origin, ...] = ()
    _n_rounds: int = 0
    _runs: dict[str, tuple[Run, ...]] = field(default_factory=dict)
    _answered: dict[str, int] = field(default_factory=dict)
    _charged: dict[str, float] = field(default_factory=dict)
    _services: Services = field(init=False)

    def __post_init__(self) -> None:
        """Keep as much loaded as the study lets."""
        self._services = Services(limit=self.study.max_workers)

    @property
    def spent(self) -> float:
        """What this search's rows consumed, and what they needed; see `charges`."""
        return sum(self._charged.values())

    def close(self) -> None:
        """End what is loaded."""
        self._services.close()

    def cost(self, cells: Sequence[Cell], *, n_examples: int, n_blocks: int) -> Sequence[Floats]:
        """Run a round; see `Bench.cost`."""
        self._n_rounds += 1
        rows = {cell.name: self._row(cell, n_examples=n_examples) for cell in cells}
        outcome, sitting = self._run(tuple(rows.values()), n_blocks=n_blocks)
        found = []
        for cell in cells:
            runs = in_sitting(outcome.runs, rows[cell.name], sitting)
            seen = select.by_block(runs, self.resource, item=Item.EXAMPLE)
            self.kinds = once((*self.kinds, *(k for o in seen.values() for k in o.kinds)))
            self.origins = once((*self.origins, *(x for o in seen.values() for x in o.origins)))
            is_whole = len(seen) == n_blocks and all(o.value > 0 for o in seen.values())
            if is_whole:
                self._runs[cell.name] = runs
                self._answered[cell.name] = n_examples
            else:
                self.failed[cell.name] = self._tells_nothing(
                    rows[cell.name], outcome.runs
                ) or reason_of(outcome, rows[cell.name], self.study, self.resource)
            values = [seen[block].value for block in sorted(seen)] if is_whole else []
            found.append(np.array(values, dtype=float))
        return found

    def answers(self, cells: Sequence[Cell], *, n_examples: int) -> Sequence[Floats]:
        """Answers of the latest round; see `Bench.answers`."""
        short = [cell for cell in cells if self._answered.get(cell.name, 0) < n_examples]
        if short:
            self.cost(short, n_examples=n_examples, n_blocks=1)
        with Store(self.store) as store:
            stored = StoredAnswers(store, study=self.study.name)
            metric = self.study.question.metric
            return [scores_of(self._runs[cell.name][0], stored, metric) for cell in cells]

    def sources(self, *, n_examples: int) -> Places:
        """Sources of the examples that a row of so many answered; see `Bench.sources`."""
        name = next(name for name, n in self._answered.items() if n == n_examples)
        with Store(self.store) as store:
            stored = StoredAnswers(store, study=self.study.name)
            return sources_of(self._runs[name][0], stored)

    def seen(self, cells: Sequence[Cell]) -> Sequence[Mapping[Resource, float]]:
        """Waiting times and peaks of the latest round; see `Bench.seen`."""
        return [reached(self._runs.get(cell.name, ())) for cell in cells]

    def _run(self, rows: tuple[Configuration, ...], *, n_blocks: int) -> tuple[Outcome, Sitting]:
        """Make what rows run on, then run those together of which that could be made."""
        with Store(self.store) as store:
            runs = store.runs(study=self.study.name)
        made = Outcome(runs=runs, failed=(), skipped=(), stopped=None)
        if not all(is_made(self.study, row, runs) for row in rows):
            made = self._execute(making(self.study, rows))
            runs = made.runs
        can_run = [
            row
            for row in rows
            if is_made(self.study, row, runs) and not self._tells_nothing(row, runs)
        ]
        sitting = sitting_of(runs, can_run or rows, n_blocks=n_blocks)
        if can_run:
            ran = self._execute(part_of(self.study, sitting))
            made = replace(
                ran, failed=(*made.failed, *ran.failed), skipped=(*made.skipped, *ran.skipped)
            )
        self._charged |= charges(made.runs, self.study, rows, self.resource, baseline=self.baseline)
        return made, sitting

    def _tells_nothing(self, row: Configuration, runs: Sequence[Run]) -> str:
        """Why a row need not be measured although it could be; empty where it must."""
        return "" if row.pathway == self.baseline else decides_nothing(self.study, row, runs)

    def _execute(self, study: Study) -> Outcome:
        outcome = execute(study, self.store, on_event=self.on_event, services=self._services)
        if outcome.stopped:
            raise SearchStoppedError(f"the search ended early: {outcome.stopped}")
        return outcome

    def _row(self, cell: Cell, *, n_examples: int) -> Configuration:
        told = cell.name.removeprefix(cell.route).removeprefix("/") or "as the reference"
        passed = {
            **passed_to(self.study, cell),
            **_SHORT,
            "split": "validation",
            "n_examples": n_examples,
            "choice_seed": self.study.seed,
        }
        return Configuration(
            pathway=cell.route,
            label=f"r{self._n_rounds},{told}",
            role=SEARCH,
            settings=Settings(passed=passed, resolved=self.engine.resolve_inference(passed)),
        )


def making(study: Study, rows: Sequence[Configuration]) -> Study:
    """A study of nothing but the development rows that these inference rows need."""
    needed = needed_by(study, rows)
    return replace(
        study,
        configurations=(),
        rows=tuple(row for row in study.rows if row.name in needed),
    )


def part_of(study: Study, sitting: Sitting) -> Study:
    """A study of the inference rows of a sitting alone, and of the development rows they need."""
    return replace(
        making(study, sitting.rows),
        configurations=sitting.rows,
        n_blocks=sitting.n_blocks,
        first_block=sitting.first_block,
    )


def is_made(study: Study, row: Configuration, runs: Sequence[Run]) -> bool:
    """Whether everything that an inference row needs has been made."""
    made = {run.result_of for run in runs if run.status is Status.OK}
    return needed_by(study, [row]) <= made


def reached(runs: Sequence[Run]) -> dict[Resource, float]:
    """Largest waiting times and peaks of some runs."""
    limited = (Resource.LATENCY_P50_S, Resource.LATENCY_P99_S, Resource.PEAK_MEMORY_BYTES)
    found: dict[Resource, float] = {}
    for resource in limited:
        seen = [o.value for run in runs if (o := select.observe(run, resource)) is not None]
        if seen:
            found[resource] = max(seen)
    return found


def reason_of(outcome: Outcome, row: Configuration, study: Study, resource: Resource) -> str:
    """Why a row gave no cost, in a sentence of whatever failed first."""
    needed = needed_by(study, [row])
    failed = (r for r in outcome.runs if r.status is Status.FAILED and r.error)
    mine = {*needed, row.row, f"{row.pathway}/serve"}
    for run in failed:
        if run.row in mine:
            return f"{run.row}: {reason(run)}"
    skipped = (text for text in outcome.skipped if text.startswith(f"{row.row}: "))
    return next(skipped, f"nothing here measured {resource} of {row.row}")
