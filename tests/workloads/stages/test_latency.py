import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.records import Kind, Resource
from breakeven.workloads.stages.latency import batch_latency

P50, P99 = Resource.LATENCY_P50_S, Resource.LATENCY_P99_S


def test_the_median_and_the_99th_percentile_are_durations_that_occurred() -> None:
    median, tail = batch_latency([i / 1000 for i in range(1, 101)])

    assert (median.resource, median.value) == (P50, 0.05)
    assert (tail.resource, tail.value) == (P99, 0.099)
    assert median.kind is Kind.MEASURED
    assert (median.sensor, median.channel) == ("monotonic clock", "batch")


def test_below_100_batches_there_is_no_99th_percentile() -> None:
    assert [cost.resource for cost in batch_latency([0.001] * 99)] == [P50]


def test_without_batches_there_is_no_latency() -> None:
    assert batch_latency([]) == []


@given(st.lists(st.floats(min_value=1e-6, max_value=1e3), min_size=100, max_size=300))
def test_at_most_one_batch_in_a_hundred_took_longer_than_the_tail(durations_s: list[float]) -> None:
    tail_s = batch_latency(durations_s)[1].value

    assert sum(d > tail_s for d in durations_s) <= len(durations_s) / 100


def test_latency_is_neither_added_nor_shared_out() -> None:
    quick, slow = batch_latency([0.001])[0], batch_latency([0.003])[0]

    assert (quick + slow).value == pytest.approx(0.003)
    assert not P50.is_additive
    assert not P99.is_additive
