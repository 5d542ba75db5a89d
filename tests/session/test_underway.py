"""What a run that goes on has cost so far, as its journal tells."""

from pathlib import Path

import pytest

from breakeven.meters.journal import Journal
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Stage,
    Status,
)
from breakeven.session.underway import underway
from breakeven.store.codec import encode_run

AT = "2026-01-01T00:00:00+00:00"


def state(cpu_s: float) -> Run:
    cost = Cost.exact(Resource.CPU_S, cpu_s, kind=Kind.MEASURED, sensor="s")
    measurement = Measurement(started_at=AT, duration_s=1.0, costs=(cost,))
    return Run(
        run_id="r",
        stage=Stage.FINETUNE,
        status=Status.INTERRUPTED,
        started_at=AT,
        phases=(Phase(name=PhaseName.WORK, measurement=measurement),),
    )


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "r.jsonl", owner=b"{}", state=encode_run(state(0.0)))


def test_the_latest_state_counts(journal: Journal) -> None:
    for cpu_s in (1.0, 2.0):
        journal.write(encode_run(state(cpu_s)))

    assert underway(journal.path) == state(2.0)


def test_a_line_that_is_half_written_does_not_count(journal: Journal) -> None:
    journal.write(encode_run(state(1.0)))
    with journal.path.open("ab") as file:
        file.write(encode_run(state(2.0))[:40])

    assert underway(journal.path) == state(1.0)


def test_a_state_longer_than_what_is_read_first_is_found(journal: Journal) -> None:
    journal.write(encode_run(state(1.0)))

    assert underway(journal.path, tail_bytes=10) == state(1.0)


def test_no_journal_and_none_that_can_be_read_tell_nothing(tmp_path: Path) -> None:
    assert underway(tmp_path / "none.jsonl") is None
    (tmp_path / "owner.jsonl").write_bytes(b"{}\n")
    assert underway(tmp_path / "owner.jsonl") is None
    (tmp_path / "other.jsonl").write_bytes(b"{}\nno state\n")
    assert underway(tmp_path / "other.jsonl") is None
