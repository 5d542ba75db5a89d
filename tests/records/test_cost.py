import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import UnitMismatchError
from breakeven.records import AverageCost, Cost, Item, Kind, Origin, Resource

AMOUNTS = st.floats(min_value=0, max_value=1e15)
ADDITIVE = st.sampled_from([r for r in Resource if r.is_additive])


@st.composite
def costs(draw: st.DrawFn, resource: Resource = Resource.ENERGY_J) -> Cost:
    low, value, high = sorted(draw(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS)))
    return Cost(
        resource=resource,
        value=value,
        low=low,
        high=high,
        kind=Kind.MEASURED,
        channel=draw(st.sampled_from(["package-0", "gpu0"])),
        sensor="rapl",
    )


def cost(value: float, *, low: float | None = None, high: float | None = None) -> Cost:
    return Cost(
        resource=Resource.ENERGY_J,
        value=value,
        low=value if low is None else low,
        high=value if high is None else high,
        kind=Kind.MEASURED,
        channel="package-0",
        sensor="rapl",
    )


def exact(resource: Resource, value: float, kind: Kind = Kind.MEASURED) -> Cost:
    return Cost.exact(resource, value, kind=kind, sensor="test")


def test_totals_and_their_intervals_add_end_to_end() -> None:
    total = cost(5.0, low=4.0, high=7.0) + cost(10.0, low=9.0, high=10.5)
    assert (total.low, total.value, total.high) == (13.0, 15.0, 17.5)


def test_a_total_cannot_be_added_to_an_average() -> None:
    average = cost(10.0).per(Item.EXAMPLE, 5)
    with pytest.raises(UnitMismatchError, match=r"cannot add AverageCost to Cost \(energy_j\)"):
        cost(10.0) + average  # type: ignore[operator]  # the refusal is what is tested
    with pytest.raises(UnitMismatchError, match=r"cannot add Cost to AverageCost \(energy_j\)"):
        average + cost(10.0)  # type: ignore[operator]  # the same


def test_a_bare_number_cannot_be_added() -> None:
    with pytest.raises(UnitMismatchError, match="cannot add float to Cost"):
        cost(10.0) + 3.0  # type: ignore[operator]  # the refusal is what is tested


def test_joules_cannot_be_added_to_another_resource() -> None:
    with pytest.raises(UnitMismatchError, match="cannot add price_eur to energy_j"):
        exact(Resource.ENERGY_J, 3600.0) + exact(Resource.PRICE_EUR, 1.0)


def test_there_is_no_resource_in_watt_hours() -> None:
    with pytest.raises(ValueError, match="energy_wh"):
        Resource("energy_wh")


def test_power_is_no_resource_so_there_are_no_watts_per_token() -> None:
    # Dürlich et al. 2023 print "0.607 µW" where µWh per token is meant (RX-01).
    assert not [r for r in Resource if r.value.endswith(("_w", "_wh", "_kwh", "_h"))]
    per_token = exact(Resource.ENERGY_J, 12.0).per(Item.REAL_TOKEN, 4)
    assert (per_token.value, per_token.resource) == (3.0, Resource.ENERGY_J)


def test_every_cost_measure_of_the_papers_has_a_resource() -> None:
    # Dürlich et al. 2023, section 3.3: time, memory, energy, CO2e, parameters, FLOPs, data.
    named = {"duration_s", "peak_memory_bytes", "energy_j", "carbon_kgco2e", "n_parameters"}
    named |= {"flops", "n_labelled_examples", "n_unlabelled_examples"}
    assert named <= {resource.value for resource in Resource}


def test_a_modelled_number_cannot_be_added_to_a_measured_one() -> None:
    modelled = exact(Resource.ENERGY_J, 1.0, Kind.MODELLED)
    with pytest.raises(UnitMismatchError, match="cannot add a modelled number to a measured one"):
        exact(Resource.ENERGY_J, 1.0) + modelled


def test_averages_over_different_items_cannot_be_added() -> None:
    per_example = cost(10.0).per(Item.EXAMPLE, 5)
    per_token = cost(10.0).per(Item.REAL_TOKEN, 500)
    with pytest.raises(UnitMismatchError, match="average per real_token to one per example"):
        per_example + per_token


def test_averages_over_the_same_item_add() -> None:
    both = cost(10.0).per(Item.EXAMPLE, 5) + cost(1.0, low=0.5).per(Item.EXAMPLE, 1)
    assert (both.low, both.value, both.high) == (2.5, 3.0, 3.0)


def test_averages_of_different_origins_are_derived() -> None:
    live = cost(10.0).per(Item.EXAMPLE, 5)
    stated = Cost.exact(
        Resource.ENERGY_J, 1.0, kind=Kind.MEASURED, sensor="paper", origin=Origin.STATED
    ).per(Item.EXAMPLE, 1)
    assert (live + stated).origin is Origin.DERIVED
    assert (live + live).origin is Origin.LIVE


@pytest.mark.parametrize("other", list(Origin))
def test_a_sum_that_is_replayed_in_part_is_replayed(other: Origin) -> None:
    played, rest = (
        Cost.exact(Resource.ENERGY_J, 1.0, kind=Kind.MEASURED, sensor="x", origin=origin)
        for origin in (Origin.REPLAYED, other)
    )
    assert (played + rest).origin is (rest + played).origin is Origin.REPLAYED


@pytest.mark.parametrize(
    "resource",
    [Resource.PEAK_MEMORY_BYTES, Resource.PEAK_DEVICE_MEMORY_BYTES, Resource.N_PARAMETERS],
)
def test_of_two_peaks_or_sizes_the_larger_counts(resource: Resource) -> None:
    assert (exact(resource, 3.0) + exact(resource, 5.0)).value == 5.0


def test_a_peak_has_no_average_per_item() -> None:
    with pytest.raises(UnitMismatchError, match="peak_memory_bytes per example means nothing"):
        exact(Resource.PEAK_MEMORY_BYTES, 5.0).per(Item.EXAMPLE, 10)


def test_a_sum_says_which_parts_differ() -> None:
    left = cost(1.0)
    right = Cost(
        resource=Resource.ENERGY_J,
        value=1.0,
        low=1.0,
        high=1.0,
        kind=Kind.MEASURED,
        channel="gpu0",
        sensor="nvml-energy",
        origin=Origin.REPLAYED,
        coverage_frac=0.5,
        not_covered="fans; PSU loss",
    )
    total = left + right
    assert (total.channel, total.sensor, total.origin) == ("all", "several", Origin.REPLAYED)
    assert (total.coverage_frac, total.not_covered) == (0.5, "fans; PSU loss")
    assert (total + right).not_covered == "fans; PSU loss"


def test_a_sum_of_equal_parts_keeps_their_names() -> None:
    total = cost(1.0) + cost(2.0)
    assert (total.channel, total.sensor, total.origin) == ("package-0", "rapl", Origin.LIVE)


@given(costs(), costs())
def test_addition_is_commutative(a: Cost, b: Cost) -> None:
    assert (a + b).value == (b + a).value
    assert (a + b).low <= (a + b).value <= (a + b).high


@given(costs(), costs(), costs())
def test_addition_is_associative(a: Cost, b: Cost, c: Cost) -> None:
    assert ((a + b) + c).value == pytest.approx((a + (b + c)).value, rel=1e-12)


@given(costs(), st.integers(min_value=1, max_value=10**9))
def test_per_and_times_undo_each_other(total: Cost, n_items: int) -> None:
    back = total.per(Item.EXAMPLE, n_items).times(n_items)
    assert (back.resource, back.kind, back.origin) == (total.resource, total.kind, total.origin)
    assert (back.low, back.value, back.high) == pytest.approx(
        (total.low, total.value, total.high), rel=1e-12, abs=1e-300
    )


@given(ADDITIVE, st.sampled_from(Kind), st.sampled_from(Item))
def test_an_average_remembers_resource_kind_and_item(
    resource: Resource, kind: Kind, item: Item
) -> None:
    average = exact(resource, 8.0, kind).per(item, 4)
    assert (average.resource, average.kind, average.item) == (resource, kind, item)
    assert average.value == 2.0


@pytest.mark.parametrize("n_items", [0, -1, math.nan, math.inf])
def test_nothing_can_be_averaged_over_no_items(n_items: float) -> None:
    with pytest.raises(ValueError, match="n_items must be above 0 and finite"):
        cost(1.0).per(Item.EXAMPLE, n_items)


def test_after_no_items_nothing_was_spent() -> None:
    assert cost(3.0).per(Item.EXAMPLE, 2).times(0).value == 0.0


@pytest.mark.parametrize(
    ("low", "value", "high"), [(2.0, 1.0, 3.0), (0.0, 4.0, 3.0), (-1.0, 1.0, 2.0)]
)
def test_an_interval_out_of_order_is_refused(low: float, value: float, high: float) -> None:
    with pytest.raises(ValueError, match="must satisfy 0 <= low <= value <= high"):
        cost(value, low=low, high=high)
    with pytest.raises(ValueError, match="must satisfy 0 <= low <= value <= high"):
        AverageCost(
            resource=Resource.CPU_S,
            item=Item.EXAMPLE,
            value=value,
            low=low,
            high=high,
            kind=Kind.MEASURED,
        )


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="energy_j on package-0 must be finite"):
        cost(bad)
    with pytest.raises(ValueError, match=r"coverage_frac must be in 0\.\.1"):
        Cost(
            resource=Resource.CPU_S,
            value=1.0,
            low=1.0,
            high=1.0,
            kind=Kind.MEASURED,
            channel="all",
            sensor="proc",
            coverage_frac=bad,
        )


def test_a_channel_cannot_be_part_of_itself() -> None:
    with pytest.raises(ValueError, match="cannot be part of itself"):
        Cost(
            resource=Resource.ENERGY_J,
            value=1.0,
            low=1.0,
            high=1.0,
            kind=Kind.MEASURED,
            channel="package-0",
            sensor="rapl",
            part_of="package-0",
        )
