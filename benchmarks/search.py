"""How much of a whole grid a search finds, and for what part of the grid's cost.

`python -m benchmarks search GRID`: the store of a finished grid, such as studies/sst2_grid.yaml
makes. The search sees every other block and is charged what measuring would have cost; what it
returns is judged by the other blocks, which it never saw. Without one, a made-up grid shows
that all of it works; its numbers mean nothing.
"""

import argparse
import math
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.result import Result
from benchmarks.search_file import read_grid, write_grid
from benchmarks.search_made_up import made_up_grid
from breakeven.analysis.fronts.hypervolume import Plane
from breakeven.analysis.fronts.pareto import nondominated
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.search.recordings import grid_of
from breakeven.analysis.search.replay import Grid, Recording, ReplayBench
from breakeven.analysis.search.rounds import search_cells
from breakeven.analysis.search.rules import Rules
from breakeven.analysis.search.standing import Searched
from breakeven.store import Store, StoredAnswers
from breakeven.store.kept import StoredShapes

MOST_MISSED = 0.01
MOST_SPENT = 0.10
"""Issue 6: at least 99 % of the hypervolume at 10 % or less of the cost, median of 5 seeds."""

MAJORITY = 444 / 872
"""Share of the more frequent label of SST-2's development set: quality must exceed it."""

MAX_DROP = 0.01
"""Points a user may lose, as a share; sets what the search holds for indifferent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One search on the grid.

    Attributes:
        hypervolume_frac: Of what the whole grid reaches, by the blocks the search never saw.
        best_guess_frac: The same of those alone that nothing else returned beats by what it saw.
        spent_frac: Of what the whole grid costs, all blocks.
        spent_of_visible_frac: Of what the grid costs in the visible blocks alone.
        n_measured: Configurations it measured.
        n_returned: Configurations it returned: those with a share in the front.
    """

    hypervolume_frac: float
    best_guess_frac: float
    spent_frac: float
    spent_of_visible_frac: float
    n_measured: int
    n_returned: int


def run(passed: Sequence[str] = ()) -> list[Result]:
    """Search with every seed and compare with the whole grid.

    Args:
        passed: Options of the command line.
    """
    asked = parser().parse_args(passed)
    grid = grid_at(asked.grid, asked.study) if asked.grid else made_up_grid()
    if asked.write:
        write_grid(grid, asked.write)
    weak = weak_of(grid)
    outcomes = [search(grid, weak, seed=seed) for seed in range(asked.seeds)]
    print(told(grid, outcomes), file=sys.stderr)
    halved = [search(grid, weak, seed=seed, halved=True) for seed in range(asked.seeds)]
    print(halved_told(halved), file=sys.stderr)
    return results(outcomes)


def parser() -> argparse.ArgumentParser:
    """Options of this benchmark."""
    made = argparse.ArgumentParser(prog="python -m benchmarks search", description=__doc__)
    made.add_argument(
        "grid", nargs="?", type=Path, help="store of a finished grid, or a file made by --write"
    )
    made.add_argument("--write", type=Path, help="keep the grid as one small file")
    made.add_argument("--study", help="name of the grid's study, where the store holds several")
    made.add_argument("--seeds", type=int, default=5, help="searches")
    return made


def grid_at(path: Path, study: str | None = None) -> Grid:
    """Read a grid from a file or the store of its study."""
    if path.is_file():
        return read_grid(path)
    store = Store(path, create=False)
    definition = store.study(study)
    found = study_runs(definition, store.runs(study=definition.name))
    shapes = StoredShapes(store)
    return grid_of(found, StoredAnswers(store), depths=lambda model: (shapes(model) or ("", 0))[1])


def weak_of(grid: Grid) -> Recording:
    """The weak baseline: padded to the full length whatever the texts are."""
    padded = [r for r in grid.recordings if r.cell.settings.get("padding") == "max_length"]
    if not padded:
        raise SystemExit("the grid holds no row with padding=max_length; add the weak baseline")
    return max(padded, key=lambda recording: int(recording.cell.settings.get("max_length", 0)))


def search(grid: Grid, weak: Recording, *, seed: int, halved: bool = False) -> Outcome:
    """Search the visible half once and judge what comes out by the other.

    Args:
        grid: Everything measured.
        weak: Its cost on the half that is the truth is the reference point.
        seed: Of everything random.
        halved: Whether examples are parted as well: the search sees the even ones, and the odd ones
            judge.
    """
    visible, truth = grid.halves()
    shown, judging = (of_examples(grid, first) for first in (0, 1)) if halved else (grid, grid)
    bench = ReplayBench(shown, blocks=visible, rng=np.random.default_rng(seed))
    searched = search_cells(
        [recording.cell for recording in grid.recordings],
        bench,
        reference=grid.recordings[0].cell,
        rules=Rules(max_drop=MAX_DROP, seed=seed),
    )
    returned = {found.cell.name for found in searched.stayed}
    reached = _Truth(
        grid=judging, plane=Plane(cost=weak.mean(truth), quality=MAJORITY), blocks=truth
    )
    return Outcome(
        hypervolume_frac=reached.share(returned),
        best_guess_frac=reached.share(front_of(searched)),
        spent_frac=searched.spent / shown.cost(grid.blocks),
        spent_of_visible_frac=searched.spent / shown.cost(visible),
        n_measured=len(searched.standing),
        n_returned=len(returned),
    )


def of_examples(grid: Grid, first: int) -> Grid:
    """The same grid with every other example alone."""
    recordings = [replace(each, correct=each.correct[first::2]) for each in grid.recordings]
    return replace(grid, recordings=recordings)


def front_of(searched: Searched) -> set[str]:
    """Of those that stayed, what nothing that stayed beats by what the search saw."""
    stayed = searched.stayed
    costs = [float(np.mean(found.costs)) for found in stayed]
    quality = [float(np.mean(found.answers)) for found in stayed]
    kept = zip(stayed, nondominated(costs, quality), strict=True)
    return {found.cell.name for found, is_on_front in kept if is_on_front}


def results(outcomes: Sequence[Outcome]) -> list[Result]:
    """Hypervolume missed and cost spent, each with its limit.

    What a search returns is what stayed in it; what its best guess alone misses is told beside it,
    without a limit. Of the grid's cost both readings are given: what all repeats cost, half of
    which serve as truth here, and what the visible half costs; that one has no limit, for a user
    who runs every configuration runs all repeats.
    """
    return [
        _result(
            "search, hypervolume missed",
            [1 - outcome.hypervolume_frac for outcome in outcomes],
            limit=MOST_MISSED,
        ),
        _result(
            "search, hypervolume its best guess misses",
            [1 - outcome.best_guess_frac for outcome in outcomes],
            limit=math.inf,
        ),
        _result(
            "search, share of the grid's cost",
            [outcome.spent_frac for outcome in outcomes],
            limit=MOST_SPENT,
        ),
        _result(
            "search, share of the visible blocks' cost",
            [outcome.spent_of_visible_frac for outcome in outcomes],
            limit=math.inf,
        ),
    ]


def told(grid: Grid, outcomes: Sequence[Outcome]) -> str:
    """Say what the grid is and what each search did."""
    visible, truth = grid.halves()
    lines = [
        (
            f"{len(grid.recordings)} configurations on {grid.n_examples} examples; visible blocks "
            f"{visible}, truth {truth}; all of it costs {grid.cost(grid.blocks):.0f}, "
            f"{sum(grid.openings.values()):.0f} of it to make and load"
        )
    ]
    lines += [
        f"seed {seed}: {100 * outcome.hypervolume_frac:.2f} % of the hypervolume "
        f"({100 * outcome.best_guess_frac:.2f} % by its best guess alone) at "
        f"{100 * outcome.spent_frac:.1f} % of the cost "
        f"({100 * outcome.spent_of_visible_frac:.1f} % of the visible blocks'); "
        f"measured {outcome.n_measured}, "
        f"returned {outcome.n_returned}"
        for seed, outcome in enumerate(outcomes)
    ]
    return "\n".join(lines)


def halved_told(outcomes: Sequence[Outcome]) -> str:
    """Say what is left where examples are parted too, as a median."""
    found = median(outcome.hypervolume_frac for outcome in outcomes)
    guess = median(outcome.best_guess_frac for outcome in outcomes)
    return (
        f"examples parted as well, the search on the even ones, judged by the odd ones: "
        f"{100 * found:.2f} % of the hypervolume ({100 * guess:.2f} % by its best guess alone)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Truth:
    """The half of the grid that a search never saw."""

    grid: Grid
    plane: Plane
    blocks: Sequence[int]

    def share(self, names: Collection[str]) -> float:
        """Hypervolume of some configurations over that of all."""
        everything = self.grid.recordings
        chosen = [recording for recording in everything if recording.cell.name in names]
        return self._reached(chosen) / self._reached(everything)

    def _reached(self, recordings: Sequence[Recording]) -> float:
        return self.plane.hypervolume(
            [recording.mean(self.blocks) for recording in recordings],
            [float(recording.correct.mean()) for recording in recordings],
        )


def _result(name: str, values: Sequence[float], *, limit: float) -> Result:
    return Result(
        name=name,
        value=median(values),
        unit="share",
        limit=limit,
        detail=f"median of {len(values)} seeds ({min(values):.4f} to {max(values):.4f})",
    )
