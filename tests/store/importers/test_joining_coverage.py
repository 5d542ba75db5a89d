"""Simulated meters: the interval of the joules holds the truth, clocks unknown."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.store.importers.made_up import MakeRun, stamp

from breakeven.records import Scope
from breakeven.store.importers import read_power_log
from breakeven.store.importers.joining import Joining, join_log

STEP_S = 0.05


def energy_until(spans: list[tuple[float, float]], end_s: float) -> NDArray[np.float64]:
    """Joules since 0 s at every step: 60 W idle, 150 W at work, both moving by some watts."""
    times_s = np.arange(0, end_s, STEP_S)
    powers_w = 60 + 3 * np.sin(times_s / 3)
    for start_s, duration_s in spans:
        powers_w += ((times_s >= start_s) & (times_s < start_s + duration_s)) * (
            90 + 10 * np.sin(times_s)
        )
    return np.concatenate([[0.0], np.cumsum(powers_w * STEP_S)])


@pytest.mark.parametrize("seed", range(8))
def test_a_meter_of_one_second_means_with_another_clock(
    seed: int, run_at: MakeRun, tmp_path: Path
) -> None:
    rng = np.random.default_rng(seed)
    spans, now_s = list[tuple[float, float]](), 20.0
    for _ in range(3):
        now_s += rng.uniform(5, 20)
        spans.append((now_s, rng.uniform(8, 40)))
        now_s += spans[-1][1]
    runs = [run_at(f"r{i}", span) for i, span in enumerate(spans)]
    totals_j = energy_until(spans, now_s + 30)
    grid_s = np.arange(len(totals_j)) * STEP_S

    def at(time_s: float) -> float:
        return float(np.interp(time_s, grid_s, totals_j))

    offset_s = rng.uniform(-20, 20)
    rows = [f"{stamp(t + offset_s)},{at(t) - at(t - 1):.1f}" for t in np.arange(1.3, now_s + 29)]
    path = tmp_path / "wall.csv"
    path.write_text("time,wall (W)\n" + "\n".join(rows))
    how = Joining(scope=Scope.WALL, imported_at=stamp(0))
    costs = [p.costs[0] for p in join_log(read_power_log(path), runs, how).attachment.phases]
    truth = [at(start_s + duration_s) - at(start_s) for start_s, duration_s in spans]
    assert [c.low <= true <= c.high for c, true in zip(costs, truth, strict=True)] == [True] * 3
    assert max((c.high - c.low) / c.value for c in costs) < 0.35
