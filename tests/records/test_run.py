from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.records import (
    Cost,
    Item,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scope,
    Stage,
    Status,
    Volume,
)

START = "2026-01-01T00:00:00Z"


def amount(value: float, resource: Resource = Resource.CPU_S, kind: Kind = Kind.MEASURED) -> Cost:
    return Cost.exact(resource, value, kind=kind, sensor="test")


def phase(name: PhaseName, *costs: Cost) -> Phase:
    measurement = Measurement(started_at=START, duration_s=1.0, costs=costs)
    return Phase(name=name, measurement=measurement)


def run(*phases: Phase, counts: Sequence[Cost] = ()) -> Run:
    return Run(
        run_id="r1",
        stage=Stage.INFER,
        status=Status.OK,
        started_at=START,
        phases=phases,
        counts=tuple(counts),
    )


def values(costs: Sequence[Cost]) -> dict[Kind, float]:
    return {cost.kind: cost.value for cost in costs}


def test_costs_add_up_over_all_phases() -> None:
    ran = run(phase(PhaseName.LOAD, amount(2.0)), phase(PhaseName.WORK, amount(5.0)))
    assert values(ran.costs(Resource.CPU_S)) == {Kind.MEASURED: 7.0}


def test_costs_of_chosen_phases_leave_out_the_others() -> None:
    ran = run(
        phase(PhaseName.WARMUP, amount(2.0)),
        phase(PhaseName.WORK, amount(5.0)),
        phase(PhaseName.WORK, amount(1.0)),
    )
    assert values(ran.costs(Resource.CPU_S, phases={PhaseName.WORK})) == {Kind.MEASURED: 6.0}


def test_kinds_stay_apart() -> None:
    modelled = amount(100.0, Resource.ENERGY_J, Kind.MODELLED)
    ran = run(phase(PhaseName.WORK, amount(5.0, Resource.ENERGY_J), modelled))
    assert values(ran.costs(Resource.ENERGY_J)) == {Kind.MEASURED: 5.0, Kind.MODELLED: 100.0}


def test_counts_belong_to_the_work_phase() -> None:
    ran = run(phase(PhaseName.LOAD), counts=[amount(3.0, Resource.FLOPS, Kind.COUNTED)] * 2)
    (total,) = ran.costs(Resource.FLOPS)
    assert (total.kind, total.value) == (Kind.COUNTED, 6.0)
    assert ran.costs(Resource.FLOPS, phases={PhaseName.LOAD}) == ()


def test_what_nobody_saw_is_empty_and_not_zero() -> None:
    assert run(phase(PhaseName.WORK, amount(5.0))).costs(Resource.ENERGY_J) == ()


def test_a_total_names_the_phases_that_nobody_observed() -> None:
    ran = run(phase(PhaseName.IMPORT), phase(PhaseName.LOAD), phase(PhaseName.WORK, amount(5.0)))
    (total,) = ran.costs(Resource.CPU_S)
    assert total.not_covered == "import phase; load phase"


def test_a_total_over_observed_phases_leaves_nothing_out() -> None:
    ran = run(phase(PhaseName.IMPORT), phase(PhaseName.WORK, amount(5.0)))
    (total,) = ran.costs(Resource.CPU_S, phases={PhaseName.WORK})
    assert total.not_covered == ""


def test_measurements_of_a_repeated_phase_come_in_order() -> None:
    first, second = phase(PhaseName.WORK, amount(1.0)), phase(PhaseName.WORK, amount(2.0))
    ran = run(first, phase(PhaseName.LOAD), second)
    assert ran.measurements(PhaseName.WORK) == (first.measurement, second.measurement)


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=6))
def test_a_total_does_not_depend_on_how_work_was_cut_into_windows(parts: list[int]) -> None:
    cut = run(*(phase(PhaseName.WORK, amount(float(n))) for n in parts))
    (total,) = cut.costs(Resource.CPU_S)
    assert total.value == float(sum(parts))


def test_a_volume_counts_each_sort_of_item() -> None:
    volume = Volume(n_examples=2, n_real_tokens=30, n_padded_tokens=64, n_batches=1)
    assert [volume.count(item) for item in Item] == [2, 30, 64]


def test_a_volume_cannot_be_negative() -> None:
    with pytest.raises(ValueError, match="expected numbers >= 0"):
        Volume(n_examples=-1)


def test_a_phase_that_was_seen_by_less_than_the_others_is_named() -> None:
    plug = replace(amount(5.0, Resource.ENERGY_J), channel="plug", scope=Scope.WALL)
    gpu = replace(amount(2.0, Resource.ENERGY_J), channel="gpu0")
    (total,) = run(phase(PhaseName.LOAD, gpu), phase(PhaseName.WORK, gpu, plug)).costs(
        Resource.ENERGY_J
    )
    assert (total.value, total.not_covered) == (7.0, "load phase beyond its parts")


def test_volumes_add_up() -> None:
    one = Volume(n_examples=1, n_real_tokens=2, n_padded_tokens=3, n_batches=4, n_steps=5)
    other = Volume(n_examples=10, n_new_tokens=6)
    assert one + other == Volume(
        n_examples=11,
        n_real_tokens=2,
        n_padded_tokens=3,
        n_batches=4,
        n_steps=5,
        n_new_tokens=6,
    )


def test_a_count_that_is_inside_another_number_or_checks_one_is_in_no_sum() -> None:
    ranks = replace(amount(6.0), channel="ranks", check_of="process_tree")
    rank = replace(amount(3.0), channel="rank 0", part_of="ranks")
    ran = replace(run(phase(PhaseName.WORK, amount(6.1))), counts=(rank, ranks))
    assert [cost.value for cost in ran.costs(Resource.CPU_S)] == [6.1]
