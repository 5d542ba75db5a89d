"""Moments: finished runs followed while they worked, and what is never drawn together."""

from dataclasses import replace

import pytest
from tests.analysis.curves.curve_runs import held, joules, trained

from breakeven.analysis.curves.curve_axes import axis
from breakeven.analysis.curves.moments import moments
from breakeven.analysis.curves.points import Points
from breakeven.analysis.curves.reach import reached
from breakeven.analysis.runs.sources import Line, lines
from breakeven.errors import UnknownNameError
from breakeven.records import (
    Kind,
    Origin,
    Status,
)
from breakeven.testing.tiny import tiny_score

TOLD = (
    {"elapsed_s": 1.0, "n_steps": 5.0, "energy_j": 20.0},
    {"elapsed_s": 2.0, "n_steps": 10.0, "energy_j": 42.0, "validation_f1": 0.6},
    {"elapsed_s": 3.0, "n_steps": 15.0, "energy_j": 60.0, "validation_f1": 0.7},
)


def inside(x: str, y: str, *, until_s: float | None = None) -> Points:
    found = lines([held(trained("a"), trained("bare"), metric="f1")])

    def progress(line: Line) -> tuple[dict[str, float], ...]:
        return TOLD if line.run.run_id == "a" else ()

    return moments(found, axis(x), axis(y), progress=progress, until_s=until_s)


def test_a_run_is_followed_while_it_worked_up_to_a_moment() -> None:
    found = inside("time", "energy", until_s=2.0)
    assert [(p.x, p.y) for p in found.points] == [(1.0, 20.0), (2.0, 42.0)]
    assert found.n_left_out == 1


def test_scores_inside_a_run_are_those_of_the_studys_metric() -> None:
    assert [(p.x, p.y) for p in inside("steps", "score").points] == [(10.0, 0.6), (15.0, 0.7)]


def test_modelled_joules_inside_a_run_are_marked() -> None:
    (line,) = lines([held(trained("a"))])
    told = [{"elapsed_s": 1.0, "energy_j_modelled": 3.0}]
    found = moments([line], axis("time"), axis("energy"), progress=lambda _: told)
    assert found.points[0].kinds == (Kind.MEASURED, Kind.MODELLED)


def test_replayed_joules_inside_a_run_are_marked() -> None:
    (line,) = lines([held(trained("a", replace(joules(3.0), origin=Origin.REPLAYED)))])
    told = [{"n_steps": 1.0, "energy_j": 3.0}, {"n_steps": 2.0, "energy_j": 5.0}]
    found = moments([line], axis("steps"), axis("energy"), progress=lambda _: told)
    assert (found.points[0].kinds, found.points[0].origins) == (
        (Kind.COUNTED, Kind.MEASURED),
        (Origin.REPLAYED,),
    )
    assert found.is_inside


def test_what_does_not_grow_inside_a_run_is_no_axis_of_it() -> None:
    with pytest.raises(UnknownNameError, match="axis inside a run"):
        inside("parameters", "energy")


def test_a_pruned_run_is_left_out_and_no_series_that_did_not_reach() -> None:
    runs = (trained("a"), trained("b", status=Status.PRUNED))
    found = moments(
        lines([held(*runs, metric="f1")]),
        axis("steps"),
        axis("score"),
        progress=lambda line: TOLD if line.run.run_id == "a" else TOLD[:2],
    )
    assert ({p.run_id for p in found.points}, found.n_left_out) == ({"a"}, 1)
    (asked,) = reached(found, 0.7)
    assert (asked.n, asked.n_reached) == (1, 1)
    assert asked.at is not None


def test_scores_inside_a_run_bear_their_metric_and_split() -> None:
    told = [{"n_steps": 5.0, "validation_f1": 0.6, "validation_loss": 0.4, "train_loss": 0.3}]
    score = replace(tiny_score(831), metric="f1", higher_is_better=False)
    found = lines([held(replace(trained("a"), scores=(score,)), metric="f1")])

    def drawn(y: str) -> Points:
        return moments(found, axis("steps"), axis(y), progress=lambda _: told)

    assert [(p.group, p.lower_is_better) for p in drawn("score").points] == [
        (("f1 (validation)",), True)
    ]
    assert [p.group for p in drawn("loss").points] == [("loss (validation)",)]
    assert [(p.group, p.lower_is_better) for p in drawn("training-loss").points] == [
        (("loss (train)",), True)
    ]
