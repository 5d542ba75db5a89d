"""A trace alone: as wide as few samples leave it, narrow where there are many."""

import csv
import json
import random
from collections import defaultdict
from pathlib import Path

import pytest

from breakeven.formulas.hygiene import clean_power
from breakeven.formulas.standalone import Standalone, find_ramp, integrate_alone, sensor_update_s
from breakeven.formulas.trace import PowerTrace


def published(shared_dir: Path) -> dict[str, Standalone]:
    samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
    path = shared_dir / "published" / "sst2_milestone" / "power_traces.csv"
    for row in csv.DictReader(path.read_text().splitlines()):
        samples[row["config"]].append((float(row["timestamp_s"]), float(row["power_w"])))
    return {
        name: integrate_alone(clean_power(*zip(*pairs, strict=True)).trace)
        for name, pairs in samples.items()
    }


def width_frac(alone: Standalone) -> float:
    return (alone.energy.high_j - alone.energy.low_j) / alone.energy.energy_j


def test_all_published_traces_give_the_published_energy_per_example(shared_dir: Path) -> None:
    folder = shared_dir / "published" / "sst2_milestone"
    expected = json.loads((folder / "expected.json").read_text())["published"]
    counts = {
        row["config"]: int(row["n_examples"])
        for row in csv.DictReader((folder / "counts.csv").read_text().splitlines())
    }
    got = {name: a.energy.energy_j / counts[name] for name, a in published(shared_dir).items()}
    assert len(got) == 33
    assert got == pytest.approx({n: e["j_per_example"] for n, e in expected.items()}, rel=1e-5)


def test_published_traces_of_four_samples_are_over_ten_times_wider_than_long_ones(
    shared_dir: Path,
) -> None:
    alone = published(shared_dir)
    shortest = [width_frac(a) for a in alone.values() if a.n_samples == 4]
    longest = [width_frac(a) for a in alone.values() if a.n_samples > 50]
    assert (len(shortest), len(longest)) == (3, 5)
    assert min(shortest) > 1.3
    assert max(longest) < 0.1


def test_the_published_sensor_was_read_twice_per_update(shared_dir: Path) -> None:
    update_s = [a.update_s for a in published(shared_dir).values() if a.n_samples > 50]
    assert update_s == pytest.approx([0.1] * 5, rel=0.01)


def test_four_equal_samples_are_open_by_a_period_at_either_end() -> None:
    alone = integrate_alone(PowerTrace([0.0, 0.05, 0.1, 0.15], [40.0] * 4))
    assert (alone.energy.low_j, alone.energy.high_j) == pytest.approx((2.0, 10.0))
    assert alone.has_few_samples
    assert alone.ramp is None


def test_an_old_sensor_widens_by_its_age_where_power_moves() -> None:
    trace = PowerTrace([0.0, 1.0, 2.0], [10.0, 20.0, 10.0])
    young, old = integrate_alone(trace, update_s=0.0), integrate_alone(trace, update_s=2.0)
    assert old.energy.high_j - young.energy.high_j == 20.0
    assert young.energy.low_j == 0.0 == old.energy.low_j


def test_a_constant_sensor_is_taken_to_update_at_every_sample() -> None:
    assert sensor_update_s(PowerTrace([0.0, 1.0, 2.0, 3.0], [5.0] * 4)) == 1.0


@pytest.mark.parametrize("scatter_w", [0.2, 0.3, 0.5])
def test_steady_power_that_repeats_as_it_happens_is_no_slow_sensor(scatter_w: float) -> None:
    rng = random.Random(0)
    powers_w = [float(round(60.2 + rng.gauss(0, scatter_w))) for _ in range(200)]
    assert sensor_update_s(PowerTrace(range(200), powers_w)) == 1.0


def test_work_and_rest_without_noise_are_no_slow_sensor() -> None:
    lengths = [4, 3, 9, 5, 7, 2, 12, 6, 8, 5, 4, 10]
    powers_w = [(25.0, 60.0)[i % 2] for i, n in enumerate(lengths) for _ in range(n)]
    assert sensor_update_s(PowerTrace(range(len(powers_w)), powers_w)) == 1.0


def test_leading_samples_that_climb_to_the_level_are_a_ramp() -> None:
    ramp = find_ramp(PowerTrace(range(10), [40.0, 60.0, 80.0, *[100.0] * 7]))
    assert ramp is not None
    assert (ramp.n_samples, ramp.level_w, ramp.is_settled) == (3, 100.0, True)
    assert ramp.missing_j == 90.0


def test_a_trace_that_ends_climbing_has_no_level_but_its_last() -> None:
    ramp = find_ramp(PowerTrace(range(4), [40.0, 60.0, 80.0, 100.0]))
    assert ramp is not None
    assert (ramp.level_w, ramp.is_settled) == (100.0, False)


def test_a_ramp_raises_only_the_upper_bound() -> None:
    trace = PowerTrace(range(10), [40.0, 60.0, 80.0, *[100.0] * 7])
    alone, whole = integrate_alone(trace, update_s=0.0), trace.energy()
    edges_j = 140.0
    assert alone.energy.high_j == whole.high_j + edges_j + 90.0
    assert alone.energy.low_j == whole.low_j - edges_j


def test_a_fall_at_the_start_is_no_ramp() -> None:
    assert find_ramp(PowerTrace(range(8), [50.0, 40.0, *[100.0] * 6])) is None
    assert find_ramp(PowerTrace(range(8), [120.0, *[100.0] * 7])) is None
