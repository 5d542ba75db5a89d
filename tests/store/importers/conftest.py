"""Runs on a made-up clock, and logs of a made-up wall meter that saw them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from tests.store.importers.made_up import EPOCH_S, IDLE_W, WORK_W, MakeLog, MakeRun, stamp

from breakeven.records import (
    Cost,
    Machine,
    Measurement,
    Phase,
    PhaseName,
    Rank,
    Run,
    Stage,
    Status,
)


@pytest.fixture
def run_at() -> MakeRun:
    """Make a run whose phases begin at given seconds and last given seconds."""

    def make(
        run_id: str,
        *windows: tuple[float, float],
        costs: Sequence[Cost] = (),
        host: str = "",
        rank: Rank | None = None,
        study: str = "",
    ) -> Run:
        phases = tuple(
            Phase(
                name=PhaseName.WORK,
                measurement=Measurement(
                    started_at=stamp(start_s), duration_s=duration_s, costs=tuple(costs)
                ),
            )
            for start_s, duration_s in windows
        )
        machine = Machine(
            host=host,
            host_id=f"id of {host}",
            system="Linux",
            cpu_model="CPU",
            n_cpus=2,
            memory_bytes=1,
            python="3.11",
            libraries={},
        )
        return Run(
            run_id=run_id,
            row=f"row of {run_id}",
            stage=Stage.COMMAND,
            status=Status.OK,
            started_at=stamp(windows[0][0]),
            phases=phases,
            machine=machine if host else None,
            rank=rank,
            study=study,
        )

    return make


@pytest.fixture
def wall_log(tmp_path: Path) -> MakeLog:
    """Write what a wall meter shows: 50 W idle, 150 W while one of the runs works."""

    def make(
        runs: Sequence[Run],
        *,
        offset_s: float = 0.0,
        header: str = "time,wall (W)",
        span_s: tuple[float, float] = (0.0, 120.0),
        name: str = "wall.csv",
    ) -> Path:
        busy = [
            (datetime.fromisoformat(m.started_at).timestamp() - EPOCH_S, m.duration_s)
            for run in runs
            for m in run.measurements(PhaseName.WORK)
        ]
        lines = [header]
        for tenth in range(int(span_s[0] * 10), int(span_s[1] * 10), 5):
            now_s = tenth / 10
            is_busy = any(start_s <= now_s < start_s + d for start_s, d in busy)
            lines.append(f"{stamp(now_s + offset_s)},{WORK_W if is_busy else IDLE_W:.1f}")
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return path

    return make
