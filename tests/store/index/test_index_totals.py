"""Totals of a decoded line are those of the record, to the last bit."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.analysis.runs.select import observe
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scope,
    Stage,
    Status,
)
from breakeven.store.codec import encode_run, strict_run_decoder
from breakeven.store.index.totals import (
    KINDS,
    ORIGINS,
    RESOURCES,
    ImpossibleCostError,
    Sums,
    totals,
)

AT = "2026-01-01T00:00:00Z"
CHANNELS = ("package-0", "core", "gpu0", "plug")


@st.composite
def costs(draw: st.DrawFn) -> Cost:
    """A cost on one of a few channels, which may contain or check each other."""
    low, more, most = (draw(st.floats(min_value=0, max_value=1e9)) for _ in range(3))
    name = draw(st.sampled_from(CHANNELS))
    others = st.none() | st.sampled_from([other for other in CHANNELS if other != name])
    return Cost(
        resource=draw(st.sampled_from([Resource.ENERGY_J, Resource.PEAK_MEMORY_BYTES])),
        value=low + more,
        low=low,
        high=low + more + most,
        kind=draw(st.sampled_from(Kind)),
        channel=name,
        sensor="made up",
        origin=draw(st.sampled_from([Origin.LIVE, Origin.REPLAYED, Origin.STATED])),
        coverage_frac=draw(st.sampled_from([0.1, 0.6, 1.0])),
        part_of=draw(others),
        check_of=draw(others),
        scope=draw(st.sampled_from(Scope)),
    )


PHASES = st.builds(
    lambda name, found: Phase(
        name=name, measurement=Measurement(started_at=AT, duration_s=1.0, costs=tuple(found))
    ),
    st.sampled_from([PhaseName.LOAD, PhaseName.WORK, PhaseName.IDLE]),
    st.lists(costs(), max_size=5),
)


def decoded(run: Run) -> tuple[Sums, Sums]:
    line = strict_run_decoder().decode(encode_run(run))
    return totals(line.phases or (), line.counts or ())


def assert_observed(sums: Sums, run: Run, phases: frozenset[PhaseName]) -> None:
    for place, resource in enumerate(RESOURCES):
        wanted = observe(run, resource, phases=phases)
        if wanted is None:
            assert place not in sums
            continue
        value, low, high, bits = sums[place]
        assert (value, low, high) == (wanted.value, wanted.low, wanted.high)
        assert {k for i, k in enumerate(KINDS) if bits >> i & 1} == {*wanted.kinds}
        entered = {o for i, o in enumerate(ORIGINS) if bits >> (len(KINDS) + i) & 1}
        assert entered == {*wanted.origins}


@given(st.lists(PHASES, max_size=4), st.lists(costs(), max_size=3))
@settings(max_examples=200)
def test_any_run_totals_as_its_record(phases: Sequence[Phase], counts: Sequence[Cost]) -> None:
    run = Run(
        run_id="r",
        stage=Stage.INFER,
        status=Status.OK,
        started_at=AT,
        phases=tuple(phases),
        counts=tuple(counts),
    )
    whole, work = decoded(run)
    assert_observed(whole, run, frozenset(PhaseName))
    assert_observed(work, run, frozenset({PhaseName.WORK}))


def test_a_cost_below_its_low_end_is_refused() -> None:
    run = Run(
        run_id="r",
        stage=Stage.INFER,
        status=Status.OK,
        started_at=AT,
        counts=(Cost.exact(Resource.FLOPS, 2.0, kind=Kind.COUNTED, sensor="made up"),),
    )
    text = encode_run(run).replace(b'"low":2.0', b'"low":3.0')
    line = strict_run_decoder().decode(text)
    with pytest.raises(ImpossibleCostError, match=r"3\.0, 2\.0, 2\.0"):
        totals((), line.counts)
