"""Points of curves: what is drawn, what is left out, and groups that are never mixed."""

from dataclasses import replace

import pytest
from tests.analysis.curves.curve_runs import held, joules, trained

from breakeven.analysis.curves.curve_axes import axis, field_named
from breakeven.analysis.curves.points import Points, run_points
from breakeven.analysis.runs.sources import lines
from breakeven.errors import UnknownNameError
from breakeven.records import (
    Cost,
    Kind,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Status,
    Trial,
    Volume,
)
from breakeven.testing.tiny import tiny_score


def energy_against_tokens(*runs: Run, by: tuple[str, ...] = ()) -> Points:
    return run_points(lines([held(*runs)]), axis("tokens"), axis("energy"), by=by)


def test_joules_of_two_modalities_and_kinds_are_groups_of_their_own() -> None:
    measured = trained("a", joules(5.0, "package-0"), joules(3.0, "gpu0"), n_tokens=10)
    guessed = trained("b", joules(7.0, "package-0", Kind.MODELLED), n_tokens=20)
    found = energy_against_tokens(measured, guessed, by=("stage",))
    assert [(p.group, p.y) for p in found.points] == [
        (("finetune", "GPU"), 3.0),
        (("finetune", "CPU and DRAM"), 5.0),
        (("finetune", "CPU and DRAM (modelled)"), 7.0),
    ]
    assert found.points[2].kinds == (Kind.COUNTED, Kind.MODELLED)


def test_replayed_joules_never_pass_for_live_ones() -> None:
    played = replace(joules(5.0, "package-0"), origin=Origin.REPLAYED)
    found = energy_against_tokens(trained("a", played, n_tokens=10))
    assert Origin.REPLAYED in found.points[0].origins


def test_without_energy_on_an_axis_a_run_is_one_point() -> None:
    run = trained("a", joules(5.0, "package-0"), joules(3.0, "gpu0"), n_tokens=10)
    count = Cost.exact(Resource.FLOPS, 8.0, kind=Kind.COUNTED, sensor="kaplan-2020")
    found = run_points(
        lines([held(replace(run, counts=(count,)))]), axis("tokens"), axis("flops"), by=["set_lr"]
    )
    assert [(p.x, p.y, p.group) for p in found.points] == [(10.0, 8.0, ("set_lr 1e-05",))]


def test_what_lacks_x_or_y_or_its_end_is_left_out_and_counted() -> None:
    spent = joules(5.0, "package-0")
    found = energy_against_tokens(
        trained("a", spent, n_tokens=10),
        trained("no tokens", spent, n_tokens=0),
        trained("no joules", n_tokens=10),
        trained("killed", spent, status=Status.INTERRUPTED, n_tokens=10),
    )
    assert ([p.run_id for p in found.points], found.n_left_out) == (["a"], 3)


def test_missing_values_of_a_group_have_a_name() -> None:
    found = energy_against_tokens(trained("a", joules(1.0, "gpu0"), n_tokens=10), by=("machine",))
    assert found.points[0].group == ("machine unknown", "GPU")


def test_numbers_and_settings_that_make_a_group_bear_their_name() -> None:
    line = trained("a", joules(1.0, "gpu0"), n_tokens=10)
    found = energy_against_tokens(line, by=("stage", "n_padded_tokens", "set_lr"))
    assert found.points[0].group == ("finetune", "n_padded_tokens 10", "set_lr 1e-05", "GPU")


@pytest.mark.parametrize(
    ("column", "kinds"),
    [
        ("process_cpu_s", (Kind.MODELLED,)),
        ("mean_cpus", (Kind.MODELLED,)),
        ("n_steps", (Kind.COUNTED,)),
        ("score_high", (Kind.MEASURED,)),
        ("set_lr", ()),
    ],
)
def test_a_column_is_of_the_kind_of_what_it_shows(column: str, kinds: tuple[Kind, ...]) -> None:
    run = trained(
        "a", Cost.exact(Resource.CPU_S, 2.0, kind=Kind.MODELLED, sensor="made-up"), n_tokens=10
    )
    spent = Cost.exact(Resource.DURATION_S, 1.0, kind=Kind.MEASURED, sensor="clock")
    phase = replace(run.phases[0].measurement, costs=(*run.phases[0].measurement.costs, spent))
    run = replace(
        run,
        phases=(Phase(name=PhaseName.WORK, measurement=phase),),
        output=Volume(n_padded_tokens=10, n_steps=3),
        scores=(replace(tiny_score(831), kind=Kind.MEASURED),),
    )
    (line,) = lines([held(run)])
    found = run_points([line], axis(column), axis(column))
    assert found.points[0].kinds == kinds


def test_a_column_of_joules_is_drawn_by_modality_like_the_axis() -> None:
    run = trained("a", joules(5.0, "package-0"), joules(3.0, "gpu0"), n_tokens=10)
    found = run_points(lines([held(run)]), axis("tokens"), axis("process_energy_j"))
    assert {p.group: p.y for p in found.points} == {("GPU",): 3.0, ("CPU and DRAM",): 5.0}


def test_scores_losses_and_trials_are_axes_too() -> None:
    loss = Score(metric="loss", value=0.4, split="validation", n_examples=5, higher_is_better=False)
    run = replace(
        trained("a", n_tokens=10),
        scores=(loss, tiny_score(831)),
        trial=Trial(row="ft", number=4, metric="accuracy"),
    )
    (line,) = lines([held(run)])
    scored = run_points([line], axis("trials"), axis("score"))
    lost = run_points([line], axis("trials"), axis("loss"))
    assert run_points([line], axis("trials"), axis("training-loss")).n_left_out == 1
    assert (scored.points[0].x, scored.points[0].y, lost.points[0].y) == (5.0, 0.831, 0.4)
    assert scored.points[0].kinds == (Kind.COUNTED,)


def test_an_axis_may_be_any_column_and_an_unknown_one_is_an_error() -> None:
    assert axis("peak_memory_bytes").column == "peak_memory_bytes"
    assert field_named("set_lr").name == "set_lr"
    with pytest.raises(UnknownNameError, match="tokens"):
        axis("token")


def test_scores_in_two_metrics_or_on_two_splits_are_groups_of_their_own() -> None:
    """Validation scores of training and test scores of use are of different examples."""
    test = tiny_score(831)
    validation = replace(test, split="validation", value=0.9, n_correct=None)
    loss = replace(validation, metric="loss", value=0.4, higher_is_better=False)
    runs = [
        replace(trained(name, n_tokens=n), scores=scores)
        for name, n, scores in (
            ("trained", 10, (loss, validation)),
            ("used", 20, (test,)),
            ("only lost", 30, (loss,)),
        )
    ]
    found = run_points(lines([held(*runs)]), axis("tokens"), axis("score"), by=("stage",))
    assert [(p.group[1], p.y, p.lower_is_better) for p in found.points] == [
        ("accuracy (validation)", 0.9, False),
        ("accuracy (test)", 0.831, False),
        ("loss (validation)", 0.4, True),
    ]
    lost = run_points(lines([held(*runs)]), axis("score"), axis("loss"))
    assert [p.group for p in lost.points] == [
        ("accuracy (validation)", "loss (validation)"),
        ("loss (validation)",),
    ]
