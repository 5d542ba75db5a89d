"""What logs add lies beside the runs: merged, kept by gc, redacted, never doubled."""

from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import IncomparableRunsError, RecordFormatError
from breakeven.records import (
    AttachedPhase,
    Attachment,
    Cost,
    Kind,
    Measurement,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scope,
    Stage,
    Status,
)
from breakeven.store import Store, gc, merge, redact
from breakeven.store.attachments import join, without

AT = "2026-01-02T03:04:05Z"
HASH = "a" * 64


def energy(channel: str, value: float, **fields: object) -> Cost:
    made = Cost.exact(Resource.ENERGY_J, value, kind=Kind.MEASURED, sensor="log", channel=channel)
    return replace(made, **fields)  # type: ignore[arg-type]  # any field


def run_of(run_id: str) -> Run:
    seen = Measurement(started_at=AT, duration_s=2.0, costs=(energy("package-0", 10.0),))
    return Run(
        run_id=run_id,
        stage=Stage.COMMAND,
        status=Status.OK,
        started_at=AT,
        phases=(Phase(name=PhaseName.WORK, measurement=seen),),
    )


def added(run_id: str, value: float = 100.0, channel: str = "wall") -> AttachedPhase:
    wall = energy(channel, value, scope=Scope.WALL, origin=Origin.LOGGED)
    return AttachedPhase(run_id=run_id, index=0, started_at=AT, costs=(wall,))


def attachment(
    *phases: AttachedPhase, content_hash: str = HASH, source: str = "wall.csv"
) -> Attachment:
    return Attachment(
        content_hash=content_hash,
        source=source,
        imported_at=AT,
        offset_s=1.0,
        offset_low_s=0.5,
        offset_high_s=1.5,
        is_offset_estimated=True,
        phases=phases,
    )


def store_of(path: Path, *run_ids: str) -> Store:
    opened = Store(path)
    for run_id in run_ids:
        opened.append(run_of(run_id))
    return opened


def total_j(store: Store, run_id: str) -> float:
    (run,) = (r for r in store.runs() if r.run_id == run_id)
    return run.costs(Resource.ENERGY_J)[0].value


def test_an_attachment_survives_a_new_process(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", "a", "b")
    store.attach(attachment(added("a")))
    again = Store(tmp_path / "s", create=False)
    assert again.attachments() == (attachment(added("a")),)
    assert (total_j(again, "a"), total_j(again, "b")) == (100.0, 10.0)
    assert (again.attachments()[0].channels, again.attachments()[0].run_ids) == (("wall",), ("a",))


def test_reading_again_sees_what_was_attached_since(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", "a")
    assert total_j(store, "a") == 10.0
    store.attach(attachment(added("a", 100.0)))
    assert total_j(store, "a") == 100.0
    store.append(run_of("b"))
    assert [r.run_id for r in store.runs()] == ["a", "b"]
    Store(tmp_path / "s").attach(attachment(added("a", 200.0)))
    assert total_j(store, "a") == 200.0


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", "a")
    folder = tmp_path / "s" / "attachments"
    folder.mkdir()
    (folder / f"{HASH}.json").write_text("{}")
    with pytest.raises(RecordFormatError, match=f"{HASH}.json: not a Attachment"):
        store.runs()


def test_an_offset_outside_its_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="low <= value <= high"):
        replace(attachment(), offset_s=9.0)


def test_merge_brings_attachments_once_and_runs_as_they_were_written(tmp_path: Path) -> None:
    source, target = store_of(tmp_path / "s", "a"), Store(tmp_path / "t")
    source.attach(attachment(added("a")))
    first, second = merge(source, target), merge(source, target)
    assert (first.n_attachments, second.n_attachments, second.n_runs) == (1, 0, 0)
    assert total_j(target, "a") == 100.0
    assert target.recorded() == source.recorded()


def test_merge_joins_what_two_stores_know_of_one_log(tmp_path: Path) -> None:
    source, target = store_of(tmp_path / "s", "a"), store_of(tmp_path / "t", "b")
    source.attach(attachment(added("a")))
    target.attach(attachment(added("b")))
    merge(source, target)
    (found,) = target.attachments()
    assert sorted(found.run_ids) == ["a", "b"]


def test_merge_refuses_one_phase_in_two_ways(tmp_path: Path) -> None:
    source, target = store_of(tmp_path / "s", "a"), store_of(tmp_path / "t", "a")
    source.attach(attachment(added("a", 100.0)))
    target.attach(attachment(added("a", 120.0)))
    with pytest.raises(IncomparableRunsError, match="joined to run a in two ways"):
        merge(source, target)


def test_merge_refuses_one_channel_from_two_logs(tmp_path: Path) -> None:
    source, target = store_of(tmp_path / "s", "a"), store_of(tmp_path / "t", "a")
    source.attach(attachment(added("a"), content_hash="b" * 64, source="other.csv"))
    target.attach(attachment(added("a")))
    with pytest.raises(IncomparableRunsError, match=r"imported from wall\.csv here and from other"):
        merge(source, target)
    assert len(target.attachments()) == 1


def test_gc_keeps_attachments_and_takes_drafts(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", "a")
    store.attach(attachment(added("a")))
    draft = tmp_path / "s" / "attachments" / ".half.tmp"
    draft.write_text("{")
    assert [path.name for path in gc(store).removed] == [".half.tmp"]
    assert total_j(store, "a") == 100.0


def test_redact_cleans_the_log_s_name_and_keeps_its_joules(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", "a")
    store.attach(attachment(added("a"), source="wall-of-acme.csv"))
    redact(store, tmp_path / "copy", words=["acme"])
    copy = Store(tmp_path / "copy", create=False)
    assert copy.attachments()[0].source == "wall-of-name-1.csv"
    assert total_j(copy, "a") == 100.0
    assert copy.recorded()[0].phases == store.recorded()[0].phases


def test_joining_two_halves_keeps_the_order() -> None:
    whole = join(attachment(added("a")), attachment(added("a"), added("b")))
    assert whole.run_ids == ("a", "b")


def test_taking_a_channel_away_leaves_other_runs_alone() -> None:
    both = attachment(added("a"), added("b"))
    assert without(both, run_ids=["a"], channels=["wall"]).run_ids == ("b",)
    assert without(both, run_ids=["a"], channels=["psu"]) == both
