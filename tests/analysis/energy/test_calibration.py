"""Calibration: the line, its doubt, its refusals, and what is done with it on request."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.energy.calibration import calibrate, predicted
from breakeven.analysis.energy.calibration_windows import Window, windows_between, windows_of
from breakeven.analysis.runs.calibrated import calibrated, calibrated_note
from breakeven.errors import CalibrationError
from breakeven.formulas.trace import PowerTrace
from breakeven.records import (
    Bounded,
    Calibration,
    Cost,
    Kind,
    Machine,
    Measurement,
    NoteCode,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scope,
    Stage,
    Status,
)

FACTOR, OFFSET_W = 1.3, 30.0


def windows(
    seed: int, n: int = 30, *, soft_noise_w: float = 0.0, wall_noise_w: float = 5.0
) -> list[Window]:
    rng = np.random.default_rng(seed)
    soft_w = rng.uniform(20, 200, n)
    wall_w = OFFSET_W + FACTOR * soft_w + rng.normal(0, wall_noise_w, n)
    seen_w = np.maximum(soft_w + rng.normal(0, soft_noise_w, n), 0.1)
    return [
        Window(reference_j=2 * y, software_j=2 * x, duration_s=2.0)
        for x, y in zip(seen_w.tolist(), wall_w.tolist(), strict=True)
    ]


def test_the_line_agrees_with_scipy() -> None:
    found = calibrate(windows(1))
    x = [w.software_j / w.duration_s for w in windows(1)]
    y = [w.reference_j / w.duration_s for w in windows(1)]
    line = stats.linregress(x, y)
    assert found.factor.value == pytest.approx(line.slope)
    assert found.offset_w.value == pytest.approx(line.intercept)
    half = stats.t.ppf(0.975, found.n_independent - 2) * line.stderr
    assert found.factor.value - found.factor.low >= half * 0.99


def test_a_perfect_line_is_found_exactly() -> None:
    made = [
        Window(reference_j=40 + 1.5 * w, software_j=w, duration_s=1.0)
        for w in (10.0, 60.0, 20.0, 100.0, 80.0, 30.0)
    ]
    found = calibrate(made, reference="wall", channels=["gpu0"])
    assert (found.factor.value, found.offset_w.value) == pytest.approx((1.5, 40.0))
    assert found.share_frac.value == pytest.approx(300 / (6 * 40 + 450))
    assert (found.lowest_w, found.highest_w, found.notes) == (10.0, 100.0, ())


def test_the_published_share_of_a_gpu_in_four_supplies() -> None:
    """71.7 % of the supplies' energy was the GPU (Duerlich et al. 2023, section 4.3)."""
    made = [
        Window(reference_j=x / 0.717, software_j=x, duration_s=1.0)
        for x in (100.0, 150.0, 200.0, 250.0, 300.0)
    ]
    assert calibrate(made).share_frac.value == pytest.approx(0.717)


@pytest.mark.parametrize("soft_noise_w", [0.0, 10.0, 30.0], ids=["exact", "noisy", "very noisy"])
def test_the_interval_of_the_factor_holds_even_where_software_errs(soft_noise_w: float) -> None:
    held = [
        found.factor.low <= FACTOR <= found.factor.high
        for found in (calibrate(windows(s, soft_noise_w=soft_noise_w)) for s in range(150))
    ]
    assert sum(held) / len(held) >= 0.93


def test_least_squares_alone_would_be_too_flat_and_a_note_says_so() -> None:
    found = calibrate(windows(0, soft_noise_w=30.0))
    assert found.factor.value < FACTOR < found.factor.high
    assert [note.code for note in found.notes] == [NoteCode.CALIBRATED]


def test_a_further_window_falls_into_its_predicted_interval() -> None:
    held = []
    for seed in range(150):
        *known, new = windows(seed, 21)
        soft = Bounded(value=new.software_j, low=new.software_j, high=new.software_j)
        found = predicted(calibrate(known), soft, duration_s=new.duration_s)
        held.append(found.low <= new.reference_j <= found.high)
    assert sum(held) / len(held) >= 0.92


def test_the_sensor_s_own_interval_widens_the_prediction() -> None:
    line = calibrate(windows(3))
    exact = predicted(line, Bounded(value=100, low=100, high=100), duration_s=1.0)
    vague = predicted(line, Bounded(value=100, low=90, high=120), duration_s=1.0)
    assert exact.low - vague.low == pytest.approx(10 * line.factor.value)
    assert vague.high - exact.high == pytest.approx(20 * line.factor.value)


def test_windows_that_follow_each_other_count_for_fewer() -> None:
    rng = np.random.default_rng(5)
    drift = np.convolve(rng.normal(0, 2, 64), np.ones(5), mode="valid")
    soft = rng.uniform(20, 200, 60)
    made = [
        Window(reference_j=OFFSET_W + FACTOR * x + d, software_j=x, duration_s=1.0)
        for x, d in zip(soft.tolist(), drift.tolist(), strict=True)
    ]
    found = calibrate(made)
    assert found.n_windows == 60
    assert found.n_independent < 25


@pytest.mark.parametrize(
    ("softs_w", "message"),
    [
        pytest.param([10.0, 20.0], "2 windows hold both", id="too few"),
        pytest.param([50.0] * 8, "it is the same in all of them", id="no variation"),
        pytest.param(
            [50.0, 50.1, 50.2, 50.1, 50.0, 50.2], "cannot be told apart", id="nearly none"
        ),
    ],
)
def test_windows_that_cannot_tell_are_refused_with_advice(
    softs_w: list[float], message: str
) -> None:
    rng = np.random.default_rng(0)
    made = [
        Window(reference_j=40 + 1.5 * w + rng.normal(0, 2), software_j=w, duration_s=1.0)
        for w in softs_w
    ]
    with pytest.raises(CalibrationError, match=message):
        calibrate(made)


def test_a_steady_load_still_tells_the_share() -> None:
    """71.7 %: four supplies against the GPU (Duerlich et al. 2023, section 4.3)."""
    made = [
        Window(reference_j=400.0 + i % 2, software_j=286.8 + (i // 2) % 2, duration_s=1.0)
        for i in range(12)
    ]
    with pytest.raises(CalibrationError, match=r"The share alone is known: software is 0\.71[67]"):
        calibrate(made)


def test_a_line_that_only_drifts_is_refused() -> None:
    made = [
        Window(reference_j=100 + w + 50 * i, software_j=w, duration_s=1.0)
        for i, w in enumerate((10.0, 90.0, 20.0, 80.0, 30.0, 70.0))
    ]
    with pytest.raises(CalibrationError, match=r"drifts|cannot be told apart"):
        calibrate(made)


@given(st.floats(min_value=0.5, max_value=3), st.floats(min_value=0, max_value=200))
def test_any_line_is_recovered_from_exact_windows(factor: float, offset_w: float) -> None:
    made = [
        Window(reference_j=offset_w + factor * w, software_j=w, duration_s=1.0)
        for w in (10.0, 60.0, 20.0, 100.0, 80.0, 30.0)
    ]
    found = calibrate(made)
    assert found.factor.value == pytest.approx(factor, rel=1e-6)
    assert found.offset_w.value == pytest.approx(offset_w, abs=1e-5)


def test_two_logs_are_cut_into_windows_that_both_observed() -> None:
    wall = PowerTrace([0.0, 10.0, 50.0, 60.0], [100.0] * 4, max_gap_s=20.0)
    soft = PowerTrace([0.0, 60.0], [50.0, 50.0])

    def energy(trace: PowerTrace, start_s: float, end_s: float) -> tuple[float, float]:
        seen = trace.energy(start_s=start_s, end_s=end_s)
        return seen.energy_j, seen.covered_s

    found = windows_between(
        lambda a, b: energy(wall, a, b),
        lambda a, b: energy(soft, a, b),
        span_s=(0.0, 60.0),
        window_s=10.0,
    )
    assert [(w.reference_j, w.software_j) for w in found] == [(1000.0, 500.0)] * 2


# Applying it to runs


MACHINE = Machine(
    host="node1",
    host_id="id1",
    system="Linux",
    cpu_model="CPU",
    n_cpus=2,
    memory_bytes=1,
    python="3.11",
    libraries={},
)


def energy(channel: str, value: float, **fields: object) -> Cost:
    made = Cost.exact(Resource.ENERGY_J, value, kind=Kind.MEASURED, sensor="rapl", channel=channel)
    return replace(made, **fields)  # type: ignore[arg-type]  # any field


def run_of(*phases: tuple[Cost, ...], run_id: str = "a") -> Run:
    return Run(
        run_id=run_id,
        stage=Stage.COMMAND,
        status=Status.OK,
        started_at="2026-01-01T00:00:00Z",
        machine=MACHINE,
        phases=tuple(
            Phase(
                name=PhaseName.WORK,
                measurement=Measurement(
                    started_at="2026-01-01T00:00:00Z", duration_s=10.0, costs=costs
                ),
            )
            for costs in phases
        ),
    )


def line(**fields: object) -> Calibration:
    made = calibrate(windows(1), reference="wall", channels=("package-0", "gpu0"))
    return replace(made, **fields)  # type: ignore[arg-type]  # any field


def test_named_channels_become_one_modelled_cost() -> None:
    run = run_of((energy("package-0", 400.0), energy("gpu0", 600.0)))
    (done,) = calibrated([run], line(), name="cal.json")
    (got,) = done.costs(Resource.ENERGY_J)
    assert (got.kind, got.sensor, got.origin) == (
        Kind.MODELLED,
        "calibrated: cal.json",
        Origin.DERIVED,
    )
    assert got.value == pytest.approx(10 * OFFSET_W + FACTOR * 1000, rel=0.05)
    assert got.high - got.low > 2 * 1.9 * line().residual_w * 10
    assert run.costs(Resource.ENERGY_J)[0].kind is Kind.MEASURED


@pytest.mark.parametrize(
    ("reference", "scope"),
    [("PSU1+PSU2", Scope.SUPPLY), ("supply", Scope.SUPPLY), ("kaw", Scope.WALL)],
)
def test_what_was_scaled_reaches_as_far_as_the_reference(reference: str, scope: Scope) -> None:
    run = run_of((energy("package-0", 400.0), energy("gpu0", 600.0)))
    (got,) = calibrated([run], line(reference=reference))[0].costs(Resource.ENERGY_J)
    assert (got.scope, got.not_covered) == (scope, scope.leaves_out)


def test_replayed_energy_stays_replayed() -> None:
    parts = tuple(energy(c, 500.0, origin=Origin.REPLAYED) for c in ("package-0", "gpu0"))
    (done,) = calibrated([run_of(parts)], line())
    assert done.costs(Resource.ENERGY_J)[0].origin is Origin.REPLAYED


def test_a_phase_without_one_of_the_channels_has_no_energy_and_says_so() -> None:
    whole = (energy("package-0", 400.0), energy("gpu0", 600.0))
    (done,) = calibrated([run_of(whole, (energy("gpu0", 600.0),), ())], line(), name="cal.json")
    second = done.phases[1].measurement
    assert second.costs == ()
    assert "cal.json needs package-0" in second.notes[0].message
    assert done.phases[2].measurement.notes == ()


def test_power_outside_the_calibrated_range_is_noted() -> None:
    (done,) = calibrated([run_of((energy("package-0", 1.0), energy("gpu0", 2.0)))], line())
    assert "outside the" in done.phases[0].measurement.notes[0].message


def test_channels_that_no_run_holds_are_refused_with_what_there_is() -> None:
    with pytest.raises(CalibrationError, match="which no run holds; they hold dram"):
        calibrated([run_of((energy("dram", 5.0),))], line())


def test_another_machine_is_refused() -> None:
    run = run_of((energy("package-0", 400.0), energy("gpu0", 600.0)))
    assert calibrated([run], line(host_id="id1"))
    with pytest.raises(CalibrationError, match="made on another machine than node1"):
        calibrated([run], line(host_id="id2"))


def test_the_report_says_once_what_was_scaled() -> None:
    note = calibrated_note(line(), "cal.json")
    assert note.code is NoteCode.CALIBRATED
    assert note.message.startswith("Energy is modelled: package-0 + gpu0 times 1.")
    assert "in 30 windows of cal.json" in note.message


def test_a_store_s_phases_with_both_become_windows() -> None:
    wall = energy("plug", 900.0, scope=Scope.WALL)
    core = energy("core-0", 100.0, part_of="package-0")
    both = (energy("package-0", 200.0), core, energy("gpu0", 500.0), wall)
    found, channels = windows_of([run_of(both, (energy("gpu0", 1.0),), (wall,))])
    assert channels == ("package-0", "gpu0")
    assert found == (Window(reference_j=900.0, software_j=700.0, duration_s=10.0),)
    chosen, _ = windows_of([run_of(both)], channels=["gpu0"])
    assert chosen[0].software_j == 500.0
    assert windows_of([run_of(both)], scope=Scope.SUPPLY)[0] == ()


@pytest.mark.parametrize("blind", ["gpu0", "plug"])
def test_a_phase_that_a_sensor_saw_in_part_is_no_window(blind: str) -> None:
    whole = (energy("gpu0", 500.0), energy("plug", 900.0, scope=Scope.WALL))
    partly = tuple(replace(c, coverage_frac=0.9 if c.channel == blind else 1.0) for c in whole)
    found, _ = windows_of([run_of(whole, partly)])
    assert len(found) == 1


def test_an_interval_that_does_not_hold_its_value_is_refused() -> None:
    with pytest.raises(ValueError, match="must hold its finite value"):
        Bounded(value=1.0, low=2.0, high=3.0)
