"""Recovery: once, whoever else recovers, and never from the living."""

import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import msgspec
import pytest

from breakeven.errors import StoreWriteError
from breakeven.meters.journal import Journal, read_journal
from breakeven.records import Measurement, Phase, PhaseName, Run, Status
from breakeven.session import recover
from breakeven.session.owner import Owner, is_dead, this_owner
from breakeven.store import Store
from breakeven.store.codec import encode_run

HERE = this_owner()
DEAD = replace(HERE, started_ticks=HERE.started_ticks + 1)


def leave_journal(store: Store, run: Run, owner: Owner = DEAD) -> Path:
    path = store.journal_path(run.run_id)
    Journal(path, owner=msgspec.json.encode(asdict(owner)), state=encode_run(run)).close()
    return path


@pytest.fixture
def killed(skeleton: Run) -> Run:
    measurement = Measurement(started_at=skeleton.started_at, duration_s=3.0)
    phase = Phase(name=PhaseName.WORK, measurement=measurement)
    return replace(skeleton, phases=(phase,), status=Status.INTERRUPTED, error="died")


def test_a_dead_run_s_journal_becomes_an_interrupted_run(store: Store, killed: Run) -> None:
    leave_journal(store, killed)
    assert recover(store) == (killed,)
    assert store.runs() == (killed,)
    assert not any((store.path / "journal").iterdir())


def test_recovering_twice_records_once(store: Store, killed: Run) -> None:
    leave_journal(store, killed)
    recover(store)
    assert recover(store) == ()
    assert len(store.runs()) == 1


def test_an_empty_store_has_nothing_to_recover(store: Store) -> None:
    assert recover(store) == ()


def test_a_run_that_was_recorded_before_it_died_is_not_recorded_again(
    store: Store, killed: Run
) -> None:
    recorded = replace(killed, status=Status.OK, error=None)
    store.append(recorded)
    leave_journal(store, killed)
    assert recover(store) == ()
    assert store.runs() == (recorded,)
    assert not any((store.path / "journal").iterdir())


@pytest.mark.parametrize(
    "owner",
    [
        pytest.param(HERE, id="this very process"),
        pytest.param(replace(DEAD, host="another-node"), id="another host"),
        pytest.param(replace(DEAD, pid_space="pid:[1]"), id="another container"),
    ],
)
def test_what_may_be_alive_is_left_alone(store: Store, killed: Run, owner: Owner) -> None:
    path = leave_journal(store, killed, owner)
    assert recover(store) == ()
    assert path.exists()


def test_after_a_reboot_everybody_is_dead(store: Store, killed: Run) -> None:
    leave_journal(store, killed, replace(HERE, boot_id="an earlier boot"))
    assert recover(store) == (killed,)


@pytest.mark.parametrize("line", [b"not json", b'{"host": 3}', encode_run.__name__.encode()])
def test_a_journal_without_an_owner_is_left_and_told(
    store: Store, killed: Run, line: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = store.journal_path("odd")
    Journal(path, owner=line, state=encode_run(killed)).close()
    assert recover(store) == ()
    assert path.exists()
    assert "names no owner" in caplog.text


def test_a_journal_that_another_version_wrote_is_left_and_told(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    path = store.journal_path("odd")
    Journal(path, owner=msgspec.json.encode(asdict(DEAD)), state=b'{"schema_version":99}').close()
    assert recover(store) == ()
    assert "is left alone" in caplog.text
    assert len(list((store.path / "journal").iterdir())) == 1


def test_a_torn_journal_is_left(store: Store) -> None:
    store.journal_path("torn").write_bytes(b"half a li")
    assert recover(store) == ()


@pytest.mark.parametrize(
    ("mark", "is_recovered"),
    [
        pytest.param(f"{HERE.boot_id[:8]}_{HERE.pid}_{HERE.started_ticks}", False, id="alive"),
        pytest.param(f"{HERE.boot_id[:8]}_{HERE.pid}_1", True, id="died while recovering"),
        pytest.param("00000000_1_1", True, id="before a reboot"),
    ],
)
def test_a_claim_is_taken_over_only_from_the_dead(
    store: Store, killed: Run, mark: str, *, is_recovered: bool
) -> None:
    path = leave_journal(store, killed)
    path.rename(path.with_name(f"{path.name}.claimed-{mark}"))
    assert bool(recover(store)) is is_recovered


def test_a_journal_that_another_recoverer_takes_first_is_its_own(
    store: Store, killed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_journal(store, killed)

    def too_late(self: Path, target: Path) -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "rename", too_late)
    assert recover(store) == ()


@pytest.mark.parametrize("is_record_kept", [True, False])
def test_a_full_disk_keeps_the_journal_unless_the_record_is_safe(
    tmp_path: Path, killed: Run, *, is_record_kept: bool
) -> None:
    class Full(Store):
        def append(self, run: Run) -> None:
            raise StoreWriteError("full", is_disk_full=True, is_record_kept=is_record_kept)

    store = Full(tmp_path / "full")
    leave_journal(store, killed)
    with pytest.raises(StoreWriteError):
        recover(store)
    assert bool(store.journals()) is not is_record_kept


@pytest.mark.slow
def test_two_recoverers_at_once_record_each_run_once(store: Store, killed: Run) -> None:
    for number in range(40):
        leave_journal(store, replace(killed, run_id=f"run-{number}"))
    script = (
        "import sys; from breakeven.session import recover; from breakeven.store import Store\n"
        "input(); print(len(recover(Store(sys.argv[1]))))"
    )
    argv = [sys.executable, "-c", script, str(store.path)]
    workers = [
        subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)
    ]
    counts = [int(worker.communicate(b"\n")[0]) for worker in _started(workers)]
    assert sum(counts) == 40
    lines = [p.read_bytes().count(b"\n") for p in (store.path / "runs").iterdir()]
    assert sum(lines) == 40


def test_a_journal_that_another_took_meanwhile_is_left_to_it(
    store: Store, killed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one takes it after the folder was listed and before it is read."""
    leave_journal(store, killed)

    def taken(path: Path) -> tuple[bytes, bytes] | None:
        path.unlink()
        return read_journal(path)

    monkeypatch.setattr(sys.modules["breakeven.session.recover"], "read_journal", taken)
    assert recover(store) == ()


def _started(workers: list["subprocess.Popen[bytes]"]) -> list["subprocess.Popen[bytes]"]:
    """Let every worker pass its `input()` before the first is waited for."""
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(b"\n")
        worker.stdin.flush()
    return workers


def test_without_proc_a_number_that_answers_counts_as_alive(tmp_path: Path) -> None:
    here = replace(HERE, started_ticks=0)
    gone = replace(here, pid=2**22 + 1)
    init = replace(here, pid=1)
    assert not is_dead(here, observer=here, proc=tmp_path)
    assert not is_dead(init, observer=here, proc=tmp_path)
    assert is_dead(gone, observer=here, proc=tmp_path)


def test_an_owner_can_be_told_without_proc(tmp_path: Path) -> None:
    owner = this_owner(proc=tmp_path)
    assert (owner.boot_id, owner.pid_space, owner.started_ticks) == ("", "", 0)
