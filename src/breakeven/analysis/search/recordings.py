"""Recordings: a stored study as the grid that a search can be replayed on."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

import numpy as np

from breakeven.analysis.runs.select import StudyRuns, development_rows, observe
from breakeven.analysis.scoring.answers import Answers
from breakeven.analysis.search.cell import FP32, Cell, Runtime, cell_on
from breakeven.analysis.search.replay import Grid, Recording
from breakeven.analysis.sweeps import cells as swept
from breakeven.errors import BreakevenError
from breakeven.records import PathwayDefinition, PhaseName, Resource, Run, Stage, Status

Depths = Callable[[str], int | None]
"""From the content hash of a model to its layers; None where unknown."""

MODEL = "model"
ALL_PHASES = frozenset(PhaseName)


class NoGridError(BreakevenError):
    """A study's runs cannot be replayed."""


def grid_of(found: StudyRuns, answers: Answers, *, depths: Depths = lambda _: None) -> Grid:
    """Gather what a search may ask of a study: its headline cost, block by block, and answers.

    What every pathway needs, such as the fine-tuned model, was there before anyone searched and
    costs nothing here. Configurations that could not be run are left out; the first recording is
    the reference of the first pathway.

    Args:
        found: The study's runs.
        answers: Which test examples each run got right.
        depths: Layers of each model, which help to foretell costs.

    Raises:
        NoGridError: If configurations do not share examples with known answers and blocks.

    Examples:
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.factorial import factorial_runs
        >>> found = study_runs(*factorial_runs(n_blocks=2))
        >>> told = {
        ...     run.run_id: {i: i < score.n_correct for i in range(score.n_examples)}
        ...     for run in found.runs for score in run.scores
        ... }
        >>> grid = grid_of(found, told.get)
        >>> len(grid.recordings), grid.blocks, grid.n_examples
        (120, (0, 1), 872)
    """
    reading = _Reading(found=found, answers=answers, depths=depths)
    recordings = [
        recording
        for pathway in found.definition.pathways
        for recording in reading.recordings(pathway)
    ]
    if not recordings:
        raise NoGridError(
            f"study {found.definition.name!r} holds no configuration with costs in blocks and "
            "known answers; run it first, and keep its predictions"
        )
    grid = Grid(recordings=recordings, openings=reading.openings())
    if not grid.blocks or len({len(r.correct) for r in recordings}) > 1:
        raise NoGridError(
            f"the configurations of study {found.definition.name!r} share no block or answered "
            "other examples; run the study to its end"
        )
    return grid


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """The study and what is known beside its records."""

    found: StudyRuns
    answers: Answers
    depths: Depths

    def recordings(self, pathway: PathwayDefinition) -> Iterator[Recording]:
        """Each configuration of a pathway whose answers are known."""
        needs = sorted(set(self._needs(pathway)) - self._needed_by_all)
        runtime = self._runtime(pathway)
        for cell in self._cells[pathway.name]:
            right = self.answers(cell.scored.run_id) if cell.scored else None
            costs = cell.blocks.get(self._resource, {})
            if right is None or not costs:
                continue
            yield Recording(
                cell=self._cell(pathway.name, runtime, cell),
                blocks={block: seen.value for block, seen in costs.items() if block >= 0},
                correct=np.array([float(right[index]) for index in sorted(right)]),
                warmup=fmean(self._spent(run, {PhaseName.WARMUP}) for run in cell.runs),
                needs=needs,
                seen={
                    resource: {block: seen.value for block, seen in blocks.items() if block >= 0}
                    for resource, blocks in cell.blocks.items()
                    if not resource.is_additive
                },
            )

    def _cell(self, name: str, runtime: Runtime, cell: swept.Cell) -> Cell:
        settings = {key: cell.settings[key] for key in self._varied if key in cell.settings}
        return cell_on(name, settings, runtime)

    def openings(self) -> dict[str, float]:
        """Cost of every row of development, and of loading each pathway once."""
        costs: dict[str, float] = {}
        for pathway in self.found.definition.pathways:
            for row in development_rows(self.found, pathway):
                runs = [run for run in self.found.by_row[row] if run.status is Status.OK]
                costs[row] = sum(self._spent(run, ALL_PHASES) for run in runs)
            if serving := self.found.serving(pathway.name):
                costs[_loading(pathway)] = fmean(self._spent(run, ALL_PHASES) for run in serving)
        return costs

    @property
    def _resource(self) -> Resource:
        return self.found.definition.headline

    @cached_property
    def _cells(self) -> Mapping[str, Sequence[swept.Cell]]:
        return {
            pathway.name: sorted(
                swept.distinct(swept.cells_of(self.found, pathway.name, order=str)),
                key=lambda cell: cell.role != swept.REFERENCE,
            )
            for pathway in self.found.definition.pathways
        }

    @cached_property
    def _varied(self) -> Sequence[str]:
        """Settings in which configurations of one pathway differ."""
        varied: set[str] = set()
        for cells in self._cells.values():
            for cell in cells[1:]:
                varied |= cell.differences(cells[0])
        return sorted(varied)

    @cached_property
    def _needed_by_all(self) -> set[str]:
        each = [set(self._needs(pathway)) for pathway in self.found.definition.pathways]
        return set.intersection(*each) if len(each) > 1 else set()

    def _needs(self, pathway: PathwayDefinition) -> list[str]:
        rows = list(development_rows(self.found, pathway))
        return [*rows, _loading(pathway)] if self.found.serving(pathway.name) else rows

    def _runtime(self, pathway: PathwayDefinition) -> Runtime:
        run = next((r for r in self.found.by_row.get(pathway.row or "", ())), None)
        if run is None:
            return Runtime()
        settings = run.settings.resolved
        depth = self.depths(run.artifacts.get(MODEL, "")) or 0
        if run.stage is not Stage.EXPORT:
            return Runtime(depth=depth, answers_as=run.result_of)
        precision = str(settings["precision"])
        return Runtime(
            backend=str(settings["backend"]),
            precision=precision,
            depth=depth,
            answers_as=str(settings["start"]) if precision == FP32 else run.result_of,
        )

    def _spent(self, run: Run, phases: Collection[PhaseName]) -> float:
        seen = observe(run, self._resource, phases=phases)
        return 0.0 if seen is None else seen.value


def _loading(pathway: PathwayDefinition) -> str:
    return f"{pathway.name}/{Stage.SERVE}"
