import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.errors import RecordFormatError, StoreBusyError
from breakeven.records import Run, StudyDefinition
from breakeven.store import Store, gc

MakeRun = Callable[..., Run]


def keep(store: Store, content: str) -> str:
    draft = store.scratch("draft")
    (draft / "weights").write_text(content)
    return store.keep_artifact(draft)


def files(store: Store) -> list[Path]:
    return sorted(store.path.rglob("*"))


def test_only_artefacts_that_no_run_names_are_removed(store: Store, make_run: MakeRun) -> None:
    named, unnamed = keep(store, "named"), keep(store, "nobody's")
    store.append(make_run("a", artifacts={"model": named}))
    report = gc(store)
    assert report.removed == (Path("artifacts") / unnamed,)
    assert report.freed_bytes == len("nobody's")
    assert (store.artifact(named) / "weights").read_text() == "named"
    assert gc(store).removed == ()


def test_a_dry_run_says_the_same_and_removes_nothing(store: Store) -> None:
    keep(store, "nobody's")
    before = files(store)
    would = gc(store, dry_run=True)
    assert files(store) == before
    assert gc(store) == would


def test_left_scratch_folders_and_recorded_journals_go(store: Store, make_run: MakeRun) -> None:
    store.append(make_run("done"))
    store.journal_path("done").touch()
    (store.scratch("done") / "half").write_text("x")
    assert {str(path) for path in gc(store).removed} == {"scratch/done", "journal/done.jsonl"}


@pytest.mark.parametrize("name", ["dead.jsonl", "dead.jsonl.claimed-77"])
def test_what_recover_still_needs_stays(store: Store, name: str) -> None:
    journal = store.journal_path("dead").with_name(name)
    journal.touch()
    (store.scratch("dead") / "half").write_text("x")
    report = gc(store)
    assert (report.removed, report.unrecovered) == ((), (journal,))
    assert (store.path / "scratch" / "dead" / "half").exists()


def test_drafts_of_killed_writers_go_and_everything_else_stays(
    store: Store, make_run: MakeRun
) -> None:
    store.append(make_run("a"))
    store.save_study(StudyDefinition(name="demo", pathways=()))
    before = files(store)
    for folder in (".", "studies", "leases"):
        (store.path / folder).mkdir(exist_ok=True)
        (store.path / folder / ".0123.tmp").touch()
    assert len(gc(store).removed) == 3
    assert files(store) == sorted([*before, store.path / "leases"])


def test_a_store_in_use_by_another_process_is_left_alone(store: Store) -> None:
    unnamed = keep(store, "just kept, not yet recorded")
    program = (
        "import sys; from breakeven.store import Store\n"
        "store = Store(sys.argv[1]); store.scratch('r1'); print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(store.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(StoreBusyError, match="in use by another process"):
            gc(store)
        assert store.artifact(unnamed).is_dir()
        other.kill()
    assert {path.parts[0] for path in gc(store).removed} == {"artifacts", "scratch"}


def test_a_store_that_another_host_works_on_is_left_alone(store: Store) -> None:
    unnamed = keep(store, "theirs")
    holder = {"host": "node9", "boot_id": "another-kernel", "pid": 7, "at": "now"}
    path = store.path / "leases" / "row"
    path.parent.mkdir()
    path.write_text(json.dumps(holder))
    with pytest.raises(StoreBusyError, match="process 7 on node9"):
        gc(store)
    assert store.artifact(unnamed).is_dir()
    long_ago_s = time.time() - 61
    os.utime(path, (long_ago_s, long_ago_s))
    gc(store)
    assert not path.exists()


def test_nothing_is_removed_while_a_run_cannot_be_read(store: Store, make_run: MakeRun) -> None:
    named = keep(store, "named")
    store.append(make_run("a", artifacts={"model": named}))
    (path,) = (store.path / "runs").iterdir()
    path.write_bytes(b"\0\n" + path.read_bytes())
    with pytest.raises(RecordFormatError):
        gc(store)
    assert store.artifact(named).is_dir()
