"""Gross energy beside energy above idle, over the work of a study."""

from dataclasses import replace

from breakeven.analysis.energy.above_idle import energy_above_idle
from breakeven.records import (
    Cost,
    IdleReading,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Stage,
    Status,
)

IDLE = IdleReading(
    channel="package-0",
    sensor="rapl",
    power_w=3.0,
    low_w=2.0,
    high_w=4.0,
    duration_s=60.0,
    measured_at="2026-01-02T00:00:00Z",
)


def joules(value: float, channel: str, *, sensor: str = "rapl") -> Cost:
    return Cost.exact(Resource.ENERGY_J, value, kind=Kind.MEASURED, sensor=sensor, channel=channel)


def worked(*costs: Cost, duration_s: float = 10.0, idle: tuple[IdleReading, ...] = (IDLE,)) -> Run:
    window = Measurement(started_at="", duration_s=duration_s, costs=costs)
    phases = [Phase(name=name, measurement=window) for name in (PhaseName.LOAD, PhaseName.WORK)]
    return Run(
        run_id="r",
        stage=Stage.INFER,
        status=Status.OK,
        started_at="",
        phases=tuple(phases),
        idle=idle,
    )


def test_idle_draw_is_taken_off_window_by_window_in_the_work_only() -> None:
    # 100 J in 10 s and 50 J in 5 s at 3 W idle: 70 J and 35 J above it.
    runs = [worked(joules(100.0, "package-0")), worked(joules(50.0, "package-0"), duration_s=5.0)]
    (found,) = energy_above_idle(runs)
    assert (found.gross.value, found.net.value, found.n_windows) == (150.0, 105.0, 2)
    assert (found.net.low, found.net.high) == (90.0, 120.0)
    assert found.readings == (IDLE,)


def test_channels_without_a_known_idle_draw_are_left_out_of_both() -> None:
    strangers = [joules(9.0, "gpu0"), joules(9.0, "package-0", sensor="perf_event")]
    assert energy_above_idle([worked(*strangers)]) == ()
    assert energy_above_idle([worked(joules(9.0, "package-0"), idle=())]) == ()


def test_each_channel_has_its_own_reading() -> None:
    gpu = replace(IDLE, channel="gpu0", sensor="nvml", power_w=4.0)
    run = worked(joules(100.0, "package-0"), joules(80.0, "gpu0", sensor="nvml"), idle=(IDLE, gpu))
    assert [(f.channel, f.net.value) for f in energy_above_idle([run])] == [
        ("gpu0", 40.0),
        ("package-0", 70.0),
    ]
