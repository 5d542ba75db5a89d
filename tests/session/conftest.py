"""A store, and banks whose meters are scripted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from breakeven.records import Run, Stage, Status
from breakeven.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def skeleton() -> Run:
    return Run(
        run_id="run-1",
        stage=Stage.FINETUNE,
        status=Status.INTERRUPTED,
        row="ft",
        started_at="2024-05-01T12:00:00.000+00:00",
    )
