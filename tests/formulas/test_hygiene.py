"""Spoiled samples: found, named, mended only where that is certain, never in silence."""

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.formulas.hygiene import CleanTrace, Fault, Limits, clean_power

SPAN_J = 262_143.32885
STEADY = [40.0, 41.0, 42.0, 41.0, 40.0, 41.0]
MANY = [float(i) for i in range(40)]


def cleaned(powers_w: list[float], **known: float) -> CleanTrace:
    times_s = [float(i) for i in range(len(powers_w))]
    return clean_power(times_s, powers_w, limits=Limits(**known))


def faults(found: CleanTrace) -> list[tuple[Fault, int]]:
    return [(finding.fault, finding.index) for finding in found.findings]


def published_powers(shared_dir: Path) -> list[float]:
    path = shared_dir / "published" / "cain2024" / "power_trace_with_counter_wrap.csv"
    return [float(row["CPU Power"]) for row in csv.DictReader(path.read_text().splitlines())]


def test_the_published_sample_of_minus_262_kilowatts_becomes_44_watts(shared_dir: Path) -> None:
    found = cleaned(published_powers(shared_dir), range_j=SPAN_J)
    (finding,) = found.findings
    assert (finding.fault, finding.index) == (Fault.WRAPPED, 34)
    assert finding.raw == pytest.approx(-262_099.3, abs=0.1)
    assert finding.repaired == pytest.approx(44.0, abs=0.05)
    assert found.trace.energy().covered_s == 879.0


def test_without_the_range_that_sample_is_unobserved_on_both_sides(shared_dir: Path) -> None:
    found = cleaned(published_powers(shared_dir))
    energy = found.trace.energy()
    assert faults(found) == [(Fault.NEGATIVE, 34)]
    assert energy.covered_s == 877.0
    assert (
        energy.energy_j
        < cleaned(published_powers(shared_dir), range_j=SPAN_J).trace.energy().energy_j
        < energy.high_j
    )


def test_a_negative_sample_that_no_wrap_explains_is_not_mended() -> None:
    found = cleaned([*STEADY, -5.0, 41.0], range_j=SPAN_J)
    assert faults(found) == [(Fault.NEGATIVE, 6)]


def test_a_wrap_over_two_seconds_is_spread_over_them() -> None:
    found = clean_power(
        [0.0, 2.0, 4.0, 6.0], [40.0, 40.0 - 1000.0 / 2.0, 40.0, 40.0], limits=Limits(range_j=1000.0)
    )
    assert found.findings[0].repaired == 40.0


def test_more_than_the_stated_maximum_is_left_out() -> None:
    found = cleaned([40.0, 5000.0, 40.0], max_w=300.0)
    assert faults(found) == [(Fault.TOO_HIGH, 1)]
    assert (found.trace.energy().covered_s, max(found.trace.powers_w)) == (0.0, 40.0)


def test_a_high_sample_stays_where_no_maximum_was_stated() -> None:
    assert cleaned([40.0, 5000.0, 40.0]).findings == ()


def test_samples_at_one_time_are_averaged_and_named() -> None:
    found = clean_power([0.0, 1.0, 1.0, 2.0], [10.0, 10.0, 30.0, 20.0])
    assert found.trace.powers_w == (10.0, 20.0, 20.0)
    assert faults(found) == [(Fault.TIME_REPEATED, 2)]


def test_a_time_that_falls_is_left_out() -> None:
    times_s = [*MANY[:20], 5.0, *MANY[20:]]
    found = clean_power(times_s, [10.0] * 41)
    assert faults(found) == [(Fault.TIME_FELL, 20)]
    assert found.trace.energy().energy_j == 390.0


def test_what_is_no_number_is_left_out() -> None:
    found = cleaned([*STEADY, math.nan, 41.0])
    assert faults(found) == [(Fault.NOT_A_NUMBER, 6)]
    assert found.trace.energy().covered_s == 5.0


def test_a_gap_is_three_usual_periods_unless_said() -> None:
    times_s = [0.0, 1.0, 2.0, 3.0, 8.0]
    assert clean_power(times_s, [10.0] * 5).trace.energy().covered_s == 3.0
    wide = clean_power(times_s, [10.0] * 5, limits=Limits(max_gap_s=6.0))
    assert wide.trace.energy().covered_s == 8.0


@pytest.mark.parametrize(
    ("powers_w", "message"),
    [
        pytest.param([-1.0, -2.0, 3.0], "2 of 3 samples are spoiled", id="mostly negative"),
        pytest.param([-1.0] * 3 + [1.0] * 40, "the first is sample 0", id="over 5 percent"),
        pytest.param([1.0], "At least 2 sound samples", id="one sample"),
        pytest.param([], "0 of 0 samples", id="nothing"),
    ],
)
def test_a_trace_that_is_mostly_spoiled_is_refused(powers_w: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cleaned(powers_w)


@pytest.mark.parametrize("name", ["range_j", "max_w", "max_gap_s"])
def test_an_impossible_limit_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0.0})


@given(
    powers_w=st.lists(st.floats(min_value=30, max_value=50), min_size=25, max_size=60),
    place=st.integers(min_value=1, max_value=20),
)
def test_a_wrap_anywhere_is_mended_to_what_was_there(powers_w: list[float], place: int) -> None:
    spoiled = [*powers_w[:place], powers_w[place] - SPAN_J, *powers_w[place + 1 :]]
    found = cleaned(spoiled, range_j=SPAN_J)
    assert found.trace.powers_w == pytest.approx(powers_w)
    assert [f.index for f in found.findings] == [place]


@given(
    powers_w=st.lists(st.floats(min_value=30, max_value=50), min_size=25, max_size=60),
    place=st.integers(min_value=0, max_value=24),
)
def test_a_sample_that_is_left_out_never_adds_energy(powers_w: list[float], place: int) -> None:
    spoiled = [*powers_w[:place], -1e6, *powers_w[place + 1 :]]
    whole, left = cleaned(powers_w).trace.energy(), cleaned(spoiled).trace.energy()
    assert 0 <= left.energy_j <= whole.energy_j + 1e-9
    assert left.covered_s <= whole.covered_s
