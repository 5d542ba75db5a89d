"""A search against a whole grid: what counts as found and as spent, and a made-up grid."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.search import (
    MAJORITY,
    Outcome,
    front_of,
    grid_at,
    of_examples,
    results,
    search,
    told,
    weak_of,
)
from benchmarks.search_file import write_grid
from benchmarks.search_made_up import made_up_grid
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.replay import Grid, Recording
from breakeven.analysis.search.standing import Searched, Standing


def standing(name: str, cost: float, quality: float, *, left: str = "") -> Standing:
    return Standing(
        cell=Cell(route=name),
        costs=np.array([cost]),
        answers=np.array([quality]),
        front=1.0,
        round=1,
        left=left,
    )


def searched(*found: Standing) -> Searched:
    return Searched(
        reference=found[0],
        standing=found,
        sources=np.arange(1),
        skipped={},
        failed={},
        rounds=(),
        foretold=None,
        spent=1.0,
        n_cells=len(found),
    )


def test_the_best_guess_is_the_front_of_those_that_stayed() -> None:
    found = searched(
        standing("dear", 9.0, 0.9),
        standing("beaten", 9.5, 0.8),
        standing("cheap", 1.0, 0.7),
        standing("gone", 0.5, 0.9, left="too slow"),
    )
    assert front_of(found) == {"dear", "cheap"}


def test_the_median_seed_is_held_against_the_limits() -> None:
    shares = [(0.999, 0.05), (0.98, 0.2), (0.995, 0.09)]
    outcomes = [
        Outcome(
            hypervolume_frac=found,
            best_guess_frac=found,
            spent_frac=spent,
            spent_of_visible_frac=2 * spent,
            n_measured=1,
            n_returned=1,
        )
        for found, spent in shares
    ]
    missed, guessed, spent, of_visible = results(outcomes)
    assert missed.value == guessed.value == pytest.approx(0.005)
    assert spent.value == pytest.approx(0.09)
    assert of_visible.value == pytest.approx(0.18)
    assert missed.is_within
    assert spent.is_within


def test_the_made_up_grid_has_over_300_configurations_and_a_weak_baseline() -> None:
    grid = made_up_grid(n_blocks=2)
    weak = weak_of(grid)
    assert len(grid.recordings) > 300
    assert weak.mean(grid.blocks) == max(r.mean(grid.blocks) for r in grid.recordings)
    assert {name for r in grid.recordings for name in r.needs} <= grid.openings.keys()
    assert min(float(r.correct.mean()) for r in grid.recordings) > MAJORITY


def test_a_grid_without_a_weak_baseline_is_refused() -> None:
    only = Recording(cell=Cell(route="FT"), blocks={0: 1.0}, correct=np.ones(2))
    with pytest.raises(SystemExit, match="padding=max_length"):
        weak_of(Grid(recordings=[only]))


def test_a_grid_comes_back_from_its_file(tmp_path: Path) -> None:
    grid = made_up_grid(n_blocks=2)
    write_grid(grid, tmp_path / "grid.jsonl")
    again = grid_at(tmp_path / "grid.jsonl")
    assert [r.cell for r in again.recordings] == [r.cell for r in grid.recordings]
    assert again.cost(again.blocks) == grid.cost(grid.blocks)
    np.testing.assert_array_equal(again.recordings[7].correct, grid.recordings[7].correct)


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.jsonl").write_text('{"version": 0}\n')
    with pytest.raises(SystemExit, match="version 2"):
        grid_at(tmp_path / "old.jsonl")


def test_examples_can_be_parted_too() -> None:
    grid = made_up_grid(n_blocks=2)
    even, odd = (of_examples(grid, first) for first in (0, 1))
    assert even.n_examples + odd.n_examples == grid.n_examples
    whole = np.concatenate([even.recordings[3].correct, odd.recordings[3].correct])
    assert whole.sum() == grid.recordings[3].correct.sum()


@pytest.mark.slow
def test_a_search_finds_nearly_all_of_a_made_up_grid() -> None:
    grid = made_up_grid()
    found = search(grid, weak_of(grid), seed=0)
    assert found.hypervolume_frac >= found.best_guess_frac > 0.97
    assert found.spent_frac < 0.5
    assert "301 configurations" in told(grid, [found])
