"""Prefill and decode from two windows, by hand."""

from dataclasses import replace

import pytest

from breakeven.analysis.sweeps.generation import GenerationCost, generation_costs, per_second
from breakeven.records import Estimate, Phase, PhaseName, Resource, Run, Stage, Status, Volume
from breakeven.testing.tiny import Amount, tiny_cost, tiny_phase, tiny_run


def generated(
    whole: Amount, prefill: Amount, *, n_new: int = 5, run_id: str = "a", n_passes: int = 1
) -> Run:
    """Two batches of two prompts of ten tokens; prefill ran over `n_passes` of them."""
    run = replace(
        tiny_run("G/reference", {Resource.ENERGY_J: whole}, stage=Stage.INFER), run_id=run_id
    )
    alone = tiny_phase(PhaseName.PREFILL, [tiny_cost(Resource.ENERGY_J, prefill)])
    read = Volume(
        n_examples=4 * n_passes,
        n_real_tokens=40 * n_passes,
        n_padded_tokens=40 * n_passes,
        n_batches=2 * n_passes,
        n_new_tokens=4 * n_passes,
    )
    return replace(
        run,
        phases=(*run.phases, replace(alone, output=read)),
        output=Volume(
            n_examples=4, n_real_tokens=56, n_padded_tokens=56, n_batches=2, n_new_tokens=4 * n_new
        ),
    )


def only(*runs: Run) -> GenerationCost:
    (cost,) = generation_costs(runs)
    return cost


def ends(estimate: Estimate | None) -> tuple[float, float, float]:
    assert estimate is not None
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.value, estimate.high


def test_decode_is_the_whole_less_prefill() -> None:
    cost = only(generated(whole=100.0, prefill=20.0))
    assert ends(cost.per_prompt_token) == (0.5, 0.5, 0.5)
    assert ends(cost.prefill) == (10.0, 10.0, 10.0)
    assert ends(cost.step) == (10.0, 10.0, 10.0)
    assert ends(cost.per_new_token) == (5.0, 5.0, 5.0)


def test_prefill_over_more_passes_is_brought_to_one() -> None:
    assert only(generated(100.0, 60.0, n_passes=3)) == only(generated(100.0, 20.0))


def test_decode_holds_the_doubts_of_both_windows() -> None:
    cost = only(generated(whole=(100.0, 8.0), prefill=(20.0, 4.0)))
    assert ends(cost.step) == pytest.approx((8.5, 10.0, 11.5))
    assert cost.per_new_token is not None
    assert "less prefill" in cost.per_new_token.method


def test_runs_of_a_row_scatter() -> None:
    runs = [generated(100.0, 20.0), generated(120.0, 20.0, run_id="b")]
    per_new = only(*runs).per_new_token
    assert per_new is not None
    assert (per_new.n, per_new.run_ids, per_new.level) == (2, ("a", "b"), 0.95)
    assert ends(per_new)[1] == pytest.approx(5.625)


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(generated(100.0, 20.0, n_new=1), id="one new token"),
        pytest.param(generated(20.0, 25.0), id="prefill costs as much as the whole"),
    ],
)
def test_what_cannot_be_told_apart_is_absent(run: Run) -> None:
    cost = only(run)
    assert cost.per_new_token is None
    assert cost.step is None


def test_a_resource_only_one_window_saw_is_left_out() -> None:
    run = generated(100.0, 20.0)
    blind = Phase(name=PhaseName.WORK, measurement=tiny_phase(PhaseName.WORK, []).measurement)
    assert generation_costs([replace(run, phases=(blind, *run.phases[1:]))]) == ()


def test_other_runs_and_unfinished_ones_say_nothing() -> None:
    failed = replace(generated(100.0, 20.0), status=Status.FAILED, error="killed")
    assert generation_costs([tiny_run("ft", {Resource.ENERGY_J: 1.0}), failed]) == ()


def test_no_speed_follows_from_a_time_that_may_be_nothing() -> None:
    time = Estimate(name="t", value=0.5, low=0.0, high=1.0, method="m", n=1, kinds=())
    assert per_second(time, "s") is None
    assert per_second(replace(time, low=0.04), "s") is None
