"""Trace integration: hand-worked sums, published traces, and laws for any trace."""

import csv
import json
import math
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.formulas.trace import PowerIntegrator, PowerTrace

SAMPLES = st.lists(
    st.tuples(st.floats(min_value=0.001, max_value=100), st.floats(min_value=0, max_value=1e4)),
    min_size=2,
    max_size=40,
)


def built(samples: list[tuple[float, float]], *, max_gap_s: float = math.inf) -> PowerTrace:
    times_s = [sum(gap for gap, _ in samples[: i + 1]) for i in range(len(samples))]
    return PowerTrace(times_s, [power for _, power in samples], max_gap_s=max_gap_s)


def test_irregular_samples_are_integrated_by_trapezoids() -> None:
    energy = PowerTrace([0.0, 1.0, 3.0], [10.0, 20.0, 40.0]).energy()
    assert (energy.energy_j, energy.low_j, energy.high_j) == (75.0, 50.0, 100.0)
    assert energy.covered_s == 3.0


def test_a_stretch_inside_is_interpolated() -> None:
    energy = PowerTrace([0.0, 2.0], [0.0, 20.0]).energy(start_s=0.5, end_s=1.5)
    assert energy.energy_j == 10.0
    assert energy.covered_s == 1.0


def test_outside_the_trace_nothing_is_observed_but_the_bound_knows() -> None:
    energy = PowerTrace([0.0, 1.0], [10.0, 10.0]).energy(start_s=-1.0, end_s=4.0)
    assert (energy.energy_j, energy.low_j, energy.high_j) == (10.0, 10.0, 50.0)
    assert energy.covered_s == 1.0


def test_a_stretch_beyond_the_end_observes_nothing() -> None:
    energy = PowerTrace([0.0, 1.0], [10.0, 10.0]).energy(start_s=2.0, end_s=3.0)
    assert (energy.energy_j, energy.covered_s) == (0.0, 0.0)


def test_a_long_gap_is_not_covered() -> None:
    energy = PowerTrace([0.0, 1.0, 5.0], [10.0, 10.0, 10.0], max_gap_s=2.0).energy()
    assert (energy.energy_j, energy.high_j, energy.covered_s) == (10.0, 50.0, 1.0)


@pytest.mark.parametrize(
    ("times_s", "powers_w", "message"),
    [
        pytest.param([0.0], [1.0], "at least 2", id="one sample"),
        pytest.param([0.0, 1.0], [1.0], "one power in W per time", id="shapes differ"),
        pytest.param([0.0, 0.0], [1.0, 1.0], "times must rise", id="time stands still"),
        pytest.param([0.0, 1.0], [1.0, -2.0], "reading 1", id="negative power"),
        pytest.param([math.nan, 1.0], [1.0, 2.0], "reading 0", id="no time"),
    ],
)
def test_impossible_samples_are_refused(
    times_s: list[float], powers_w: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        PowerTrace(times_s, powers_w)


def test_a_negative_stretch_is_refused() -> None:
    with pytest.raises(ValueError, match="lies before"):
        PowerTrace([0.0, 1.0], [1.0, 1.0]).energy(start_s=1.0, end_s=0.0)


@given(SAMPLES, st.floats(min_value=-10, max_value=5000))
def test_two_neighbouring_stretches_add_up(
    samples: list[tuple[float, float]], cut_s: float
) -> None:
    trace = built(samples)
    cut_s = min(max(cut_s, trace.times_s[0]), trace.times_s[-1])
    whole, left, right = trace.energy(), trace.energy(end_s=cut_s), trace.energy(start_s=cut_s)
    assert left.energy_j + right.energy_j == pytest.approx(whole.energy_j, abs=1e-6)
    assert left.covered_s + right.covered_s == pytest.approx(whole.covered_s)


@given(SAMPLES)
def test_the_bounds_hold_the_energy(samples: list[tuple[float, float]]) -> None:
    energy = built(samples).energy()
    assert energy.low_j <= energy.energy_j + 1e-9
    assert energy.energy_j <= energy.high_j + 1e-9


@given(SAMPLES)
def test_sampling_as_time_passes_gives_the_same_energy(
    samples: list[tuple[float, float]],
) -> None:
    trace, running = built(samples, max_gap_s=50.0), PowerIntegrator(max_gap_s=50.0)
    for time_s, power_w in zip(trace.times_s, trace.powers_w, strict=True):
        running.add(power_w, time_s=time_s)
    assert running.energy_j == pytest.approx(trace.energy().energy_j)
    assert running.covered_s == pytest.approx(trace.energy().covered_s)


def test_published_traces_give_the_published_energy_per_example(shared_dir: Path) -> None:
    folder = shared_dir / "published" / "sst2_milestone"
    expected = json.loads((folder / "expected.json").read_text())["published"]
    samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in csv.DictReader((folder / "power_traces.csv").read_text().splitlines()):
        samples[row["config"]].append((float(row["timestamp_s"]), float(row["power_w"])))
    for row in csv.DictReader((folder / "counts.csv").read_text().splitlines()):
        times_s, powers_w = zip(*samples[row["config"]], strict=True)
        per_example_j = PowerTrace(times_s, powers_w).energy().energy_j / int(row["n_examples"])
        assert per_example_j == pytest.approx(expected[row["config"]]["j_per_example"], rel=1e-5)


IDLE_W, BUSY_W = 25.0, 60.0


@given(
    duration_s=st.floats(min_value=3.0, max_value=12.0),
    sampled_at_s=st.floats(min_value=0.0, max_value=1.0),
    falls=st.booleans(),
)
def test_a_phase_that_steps_up_is_given_its_own_power(
    *, duration_s: float, sampled_at_s: float, falls: bool
) -> None:
    inside_w, outside_w = (IDLE_W, BUSY_W) if falls else (BUSY_W, IDLE_W)
    end_s = 5.0 + duration_s
    times_s = [sampled_at_s + i for i in range(24)]
    trace = PowerTrace(times_s, [inside_w if 5 <= t <= end_s else outside_w for t in times_s])
    found = trace.phase_energy(5.0, end_s)
    assert found.energy_j == pytest.approx(inside_w * duration_s)
    assert found.low_j <= inside_w * duration_s + 1e-9
    assert found.high_j >= inside_w * duration_s - 1e-9


def test_a_phase_without_a_sample_inside_is_interpolated() -> None:
    trace = PowerTrace([0.0, 2.0], [0.0, 20.0])
    assert trace.phase_energy(0.5, 1.5) == trace.energy(start_s=0.5, end_s=1.5)


def test_at_the_end_of_a_phase_nothing_is_made_up_for_a_gap_or_beyond_the_trace() -> None:
    trace = PowerTrace([0.0, 1.0, 5.0], [10.0, 10.0, 10.0], max_gap_s=2.0)
    assert trace.phase_energy(0.5, 3.0).energy_j == 5.0
    assert trace.phase_energy(-1.0, 1.0).energy_j == 10.0
