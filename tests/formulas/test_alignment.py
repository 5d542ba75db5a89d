"""Clock offsets: found where the log shows them, refused where it does not."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from breakeven.formulas.alignment import Activity, Offset, estimate_offset
from breakeven.formulas.trace import PowerTrace

IDLE_W, WORK_W = 60.0, 80.0


def activities(rng: np.random.Generator, n: int) -> list[Activity]:
    found, now_s = list[Activity](), 1000.0
    for _ in range(n):
        now_s += rng.uniform(5, 30)
        found.append(Activity(start_s=now_s, duration_s=rng.uniform(10, 40), level=1.0))
        now_s += found[-1].duration_s
    return found


def evenly(n: int) -> list[Activity]:
    return [Activity(start_s=1000.0 + 30 * i, duration_s=15.0, level=1.0) for i in range(n)]


def log_of(  # noqa: PLR0913 - what a made-up log is made of
    done: Sequence[Activity],
    *,
    offset_s: float,
    rng: np.random.Generator,
    noise_w: float = 3.0,
    period_s: float = 1.0,
    work_w: float = WORK_W,
    span_s: tuple[float, float] = (850.0, 1500.0),
) -> PowerTrace:
    times_s = np.arange(*span_s, period_s) + rng.uniform(0, period_s)
    powers_w = np.full(len(times_s), IDLE_W)
    for a in done:
        since_s = times_s - offset_s - a.start_s
        powers_w += work_w * a.level * ((since_s >= 0) & (since_s < a.duration_s))
    powers_w += rng.normal(0, noise_w, len(times_s))
    return PowerTrace(times_s.tolist(), np.maximum(powers_w, 0).tolist(), max_gap_s=3 * period_s)


def energies(trace: PowerTrace) -> Callable[[float, float], tuple[float, float]]:
    def energy_j(start_s: float, end_s: float) -> tuple[float, float]:
        seen = trace.energy(start_s=start_s, end_s=end_s)
        return seen.energy_j, seen.covered_s

    return energy_j


def estimated(done: Sequence[Activity], trace: PowerTrace, search_s: float = 100.0) -> Offset:
    return estimate_offset(
        done,
        energies(trace),
        log_s=(trace.times_s[0], trace.times_s[-1]),
        period_s=trace.period_s,
        search_s=search_s,
    )


@pytest.mark.parametrize(
    ("noise_w", "period_s", "n"),
    [(3.0, 1.0, 3), (20.0, 1.0, 3), (3.0, 5.0, 8)],
    ids=["clear", "noisy", "coarse"],
)
def test_the_interval_holds_the_true_offset(noise_w: float, period_s: float, n: int) -> None:
    n_held = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        done, true_s = activities(rng, n), rng.uniform(-60, 60)
        trace = log_of(done, offset_s=true_s, rng=rng, noise_w=noise_w, period_s=period_s)
        found = estimated(done, trace)
        n_held += found.low_s <= true_s <= found.high_s
        assert found.is_estimated
        assert found.high_s - found.low_s < 4 * period_s
    assert n_held >= 19


def test_levels_of_the_phases_help_to_tell_evenly_spaced_runs_apart() -> None:
    rng = np.random.default_rng(0)
    done = [
        Activity(start_s=a.start_s, duration_s=a.duration_s, level=1.0 + i)
        for i, a in enumerate(evenly(3))
    ]
    found = estimated(done, log_of(done, offset_s=-12.5, rng=rng))
    assert found.value_s == pytest.approx(-12.5, abs=0.6)


@pytest.mark.parametrize("seed", range(10))
def test_a_flat_log_is_refused(seed: int) -> None:
    rng = np.random.default_rng(seed)
    done = activities(rng, 3)
    with pytest.raises(ValueError, match="hardly follows the 3 stretches"):
        estimated(done, log_of(done, offset_s=0.0, rng=rng, work_w=0.0))


def test_too_few_samples_are_refused_as_such_however_well_they_fit() -> None:
    done = [
        Activity(start_s=1001.0, duration_s=3.0, level=1.0),
        Activity(start_s=1006.0, duration_s=1.0, level=1.0),
    ]
    powers_w = [25.0, 25.0, 60.0, 61.0, 60.0, 26.0, 24.0, 25.0, 58.0, 27.0]
    trace = PowerTrace([999.0 + i for i in range(10)], powers_w)
    with pytest.raises(ValueError, match=r"explain 68% .* independent samples.* more phases or"):
        estimated(done, trace, search_s=1.0)


def test_one_stretch_alone_is_refused() -> None:
    rng = np.random.default_rng(0)
    done = activities(rng, 1)
    with pytest.raises(ValueError, match="one stretch of work alone"):
        estimated(done, log_of(done, offset_s=0.0, rng=rng))


def test_runs_that_repeat_as_evenly_as_the_log_are_refused_with_the_offsets_that_fit() -> None:
    """The log sees one more of the same runs than is stored: the first or the last is another's."""
    rng = np.random.default_rng(0)
    trace = log_of(evenly(20), offset_s=0.0, rng=rng, span_s=(985.0, 1600.0))
    with pytest.raises(ValueError, match=r"several offsets fit equally well \(0\.\d s, 30"):
        estimated(evenly(19), trace)


def test_an_offset_at_the_end_of_the_search_is_refused() -> None:
    rng = np.random.default_rng(0)
    done = activities(rng, 3)
    with pytest.raises(ValueError, match="end of the search"):
        estimated(done, log_of(done, offset_s=20.4, rng=rng, noise_w=0.5), search_s=20.0)


def test_a_log_of_another_day_covers_nothing() -> None:
    rng = np.random.default_rng(0)
    trace = log_of([], offset_s=0.0, rng=rng, span_s=(90_000.0, 90_400.0))
    with pytest.raises(ValueError, match="covers none of the time"):
        estimated(activities(rng, 3), trace)


def test_a_log_with_a_handful_of_samples_is_refused() -> None:
    rng = np.random.default_rng(0)
    done = activities(rng, 3)
    with pytest.raises(ValueError, match="only 3 samples near"):
        estimated(done, log_of(done, offset_s=0.0, rng=rng, period_s=120.0))


def test_a_long_search_takes_coarser_steps_and_still_finds_it() -> None:
    rng = np.random.default_rng(3)
    done = activities(rng, 4)
    trace = log_of(done, offset_s=400.0, rng=rng, span_s=(200.0, 2400.0))
    assert estimated(done, trace, search_s=1500.0).value_s == pytest.approx(400.0, abs=1.0)
