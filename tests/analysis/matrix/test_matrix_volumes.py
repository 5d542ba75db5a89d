"""Sets of volumes of many pairs at once, against the scalar sets one by one."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from breakeven.analysis.costs.fieller import bounds_set, fieller_set
from breakeven.analysis.costs.payback import decide, probability_cheaper
from breakeven.analysis.matrix.amounts import Amounts
from breakeven.analysis.matrix.breakevens import VERDICTS, decisions, probabilities_cheaper
from breakeven.analysis.matrix.volumes import volume_sets
from breakeven.analysis.uncertain import Uncertain

VALUES = st.one_of(
    st.just(0.0), st.floats(min_value=-1e6, max_value=1e6).filter(lambda x: abs(x) > 1e-6)
)


@st.composite
def doubtful(draw: st.DrawFn) -> Uncertain:
    value = draw(VALUES)
    half, df = draw(st.sampled_from([0.0, 0.3, 50.0])), draw(st.sampled_from([0.0, 1.0, 5.0]))
    variance = draw(st.sampled_from([0.0, 0.25, 900.0])) if df else half**2 / 3
    curvature = variance**2 / df if df else 0.0
    return Uncertain(
        value=value, low=value - half, high=value + half, variance=variance, curvature=curvature
    )


def exact(value: float) -> Uncertain:
    return Uncertain.exact(value)


def loose(value: float, variance: float) -> Uncertain:
    return Uncertain(
        value=value, low=value, high=value, variance=variance, curvature=variance**2 / 5
    )


@given(doubtful(), doubtful())
@example(exact(9.0), loose(3.0, 0.25))
@example(exact(9.0), loose(1.0, 0.25))
@example(exact(0.0), exact(0.0))
@example(exact(5.0), exact(0.0))
@example(exact(-5.0), exact(0.0))
@example(loose(-9.0, 1.0), loose(-3.0, 0.1))
@example(loose(9.0, 1.0), loose(0.0, 0.1))
def test_sets_verdicts_and_chances_are_the_scalar_ones(extra: Uncertain, saved: Uncertain) -> None:
    many = Amounts.of([extra]), Amounts.of([saved])
    found = volume_sets(*many)
    is_scattered = extra.has_scatter or saved.has_scatter
    wanted = fieller_set(extra, saved) if is_scattered else bounds_set(extra, saved)
    assert bool(found.is_empty[0]) == (not wanted.spans)
    assert bool(found.is_clear[0]) == wanted.is_denominator_clear
    if wanted.spans:
        assert found.low[0] == pytest.approx(wanted.low, rel=1e-9, abs=1e-12)
        assert found.high[0] == pytest.approx(wanted.high, rel=1e-9, abs=1e-12)
    assert VERDICTS[decisions(*many, found)[0]] is decide(extra, saved, volumes=wanted)
    chance = probability_cheaper(extra, saved, volume=7.0)
    assert probabilities_cheaper(*many, volume=7.0)[0] == pytest.approx(chance, abs=1e-12)


def test_a_saving_that_is_not_clear_has_no_upper_end() -> None:
    """Fieller 1954, the unbounded case: 9 spent, 1 +- 0.5 saved on five degrees of freedom."""
    found = volume_sets(Amounts.of([exact(9.0)]), Amounts.of([loose(1.0, 0.25)]))
    assert math.isinf(found.high[0])
    assert not found.is_clear[0]
