"""The grid and the baselines on SST-2: they hold what their pages and benchmarks rest on."""

from itertools import product
from pathlib import Path

import pytest

from benchmarks.inference import BASE, CHOSEN, STRONG, WANTED, WEAK
from breakeven.study import load_study
from breakeven.study.spec import AA, REFERENCE

STUDIES = Path(__file__).resolve().parents[2] / "studies"
GRID, BASELINES = STUDIES / "sst2_grid.yaml", STUDIES / "sst2_baselines.yaml"


def test_the_grid_holds_at_least_300_configurations_in_halves_of_two_blocks() -> None:
    study = load_study(GRID)
    assert sum(c.role != AA for c in study.configurations) >= 300
    assert study.n_blocks >= 4


def test_every_route_of_the_grid_is_run_at_every_length_and_way_to_batch() -> None:
    study = load_study(GRID)
    ways = set(product((16, 24, 32, 48, 128), ((1, True), (8, True), (32, True), (32, False))))
    for pathway in study.pathways:
        told = [
            c.settings.resolved
            for c in study.configurations
            if c.pathway == pathway.name and c.settings.resolved["padding"] == "longest"
        ]
        assert {(s["max_length"], (s["batch_size"], s["sorted"])) for s in told} == ways


def test_every_row_of_the_grid_answers_the_whole_development_set() -> None:
    told = [c.settings.resolved for c in load_study(GRID).configurations]
    assert {(s["n_batches"], s["min_window_s"], s["n_examples"]) for s in told} == {(0, 0.0, 0)}


@pytest.mark.parametrize("path", [GRID, BASELINES])
def test_the_weak_baseline_is_a_first_script(path: Path) -> None:
    weak = [c for c in load_study(path).configurations if c.label == WEAK]
    (settings,) = [c.settings.resolved for c in weak]
    told = {name: settings[name] for name in ("attention", "padding", "sorted", "max_length")}
    expected = {"attention": "eager", "padding": "max_length", "sorted": False, "max_length": 128}
    assert told == expected


def test_the_strong_baseline_is_fused_and_sorted() -> None:
    strong = [c for c in load_study(BASELINES).configurations if c.label == STRONG]
    (settings,) = [c.settings.resolved for c in strong]
    assert (settings["attention"], settings["sorted"]) == ("sdpa", True)


def test_each_rival_of_the_baselines_is_one_row_chosen_beforehand() -> None:
    rows = [c for c in load_study(BASELINES).configurations if c.pathway != BASE]
    assert {c.label for c in rows if c.role != REFERENCE} == {CHOSEN}
    assert {c.pathway for c in rows} == set(WANTED)


def test_batch_sizes_are_tried_before_the_baselines_are_run() -> None:
    rows = load_study(BASELINES, profile="batches").configurations
    sizes = {c.settings.resolved["batch_size"] for c in rows if c.pathway == BASE}
    assert sizes == {1, 4, 8, 16, 32, 64}
