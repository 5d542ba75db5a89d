import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import (
    IncomparableRunsError,
    NoStudyError,
    RecordFormatError,
    StoreBusyError,
    StoreWriteError,
    UnknownNameError,
)
from breakeven.records import Measurement, Phase, PhaseName, Run, Status, StudyDefinition
from breakeven.store import Store
from breakeven.store.codec import encode_run

MakeRun = Callable[..., Run]
FT = StudyDefinition(name="demo", pathways=())


def phase(duration_s: float) -> Phase:
    measurement = Measurement(started_at="2026-01-02T03:04:05Z", duration_s=duration_s)
    return Phase(name=PhaseName.WORK, measurement=measurement)


def writer_file(store: Store) -> Path:
    (path,) = (store.path / "runs").iterdir()
    return path


def test_a_run_comes_back_as_it_was(store: Store, rich_run: Run) -> None:
    store.append(rich_run)
    assert Store(store.path).runs() == (rich_run,)


def test_a_new_store_is_empty_and_says_what_it_is(store: Store) -> None:
    assert store.runs() == ()
    assert json.loads((store.path / "store.json").read_text()) == {
        "format": "breakeven-store",
        "schema_version": 1,
    }


def test_runs_of_every_writer_come_in_the_order_they_started(
    store: Store, make_run: MakeRun
) -> None:
    other = Store(store.path)
    # The same instants as text would sort differently.
    other.append(make_run("c", started_at="2026-01-01T00:00:00.5Z"))
    store.append(make_run("b", started_at="2026-01-01T00:00:00Z"))
    store.append(make_run("a", started_at="2026-01-01T02:00:00+02:00"))
    assert [run.run_id for run in store.runs()] == ["a", "b", "c"]
    assert len(list((store.path / "runs").iterdir())) == 2


def test_a_reader_sees_what_was_added_since_it_last_looked(store: Store, make_run: MakeRun) -> None:
    reader = Store(store.path)
    seen = []
    for run_id in ("a", "b", "c"):
        store.append(make_run(run_id))
        seen.append(len(reader.runs()))
    assert seen == [1, 2, 3]


def test_a_torn_last_line_is_left_out_until_it_is_whole(store: Store, make_run: MakeRun) -> None:
    store.append(make_run("a"))
    line = encode_run(make_run("b")) + b"\n"
    with writer_file(store).open("ab", buffering=0) as file:
        file.write(line[:20])
        assert [run.run_id for run in store.runs()] == ["a"]
        file.write(line[20:])
    assert [run.run_id for run in store.runs()] == ["a", "b"]


def test_a_line_that_was_taken_back_is_forgotten(store: Store, make_run: MakeRun) -> None:
    store.append(make_run("a"))
    size_bytes = writer_file(store).stat().st_size
    store.append(make_run("b"))
    assert len(store.runs()) == 2
    os.truncate(writer_file(store), size_bytes)
    assert [run.run_id for run in store.runs()] == ["a"]


def test_a_corrupt_line_in_the_middle_is_named_with_file_and_line(
    store: Store, make_run: MakeRun
) -> None:
    for run_id in ("a", "b", "c"):
        store.append(make_run(run_id))
    path = writer_file(store)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"\0" * 10 + b"\n" + lines[2])
    reader = Store(store.path)
    for _ in range(2):  # it stays an error: nothing was skipped by the first look
        with pytest.raises(RecordFormatError, match=rf"{path}, line 2: not a Run"):
            reader.runs()


def test_a_writer_s_file_that_was_removed_is_forgotten(store: Store, make_run: MakeRun) -> None:
    store.append(make_run("a"))
    assert len(store.runs()) == 1
    writer_file(store).unlink()
    assert store.runs() == ()


def test_one_study_can_be_read_alone(store: Store, make_run: MakeRun) -> None:
    store.append(make_run("a", study="demo"))
    store.append(make_run("b", study="other"))
    assert [run.run_id for run in store.runs(study="demo")] == ["a"]


def test_a_run_recorded_twice_counts_once(store: Store, rich_run: Run) -> None:
    store.append(rich_run)
    store.append(rich_run)
    assert store.runs() == (rich_run,)


def test_a_recovered_record_gives_way_to_the_run_s_own(store: Store, make_run: MakeRun) -> None:
    whole = make_run("a", phases=(phase(9.5),))
    recovered = replace(whole, status=Status.INTERRUPTED, phases=(phase(9.0),))
    store.append(whole)
    store.append(recovered)
    assert store.runs() == (whole,)


def test_of_two_interrupted_records_the_longer_counts(store: Store, make_run: MakeRun) -> None:
    short = make_run("a", status=Status.INTERRUPTED, phases=(phase(8.0),))
    long = make_run("a", status=Status.INTERRUPTED, phases=(phase(9.0),))
    for run in (short, long, short):
        store.append(run)
    assert store.runs() == (long,)


def test_two_different_runs_under_one_id_are_refused(store: Store, make_run: MakeRun) -> None:
    store.append(make_run("a", row="ft"))
    store.append(make_run("a", row="ts"))
    for _ in range(2):
        with pytest.raises(IncomparableRunsError, match="run a is recorded twice"):
            store.runs()


def test_the_latest_run_that_ended_well_is_found_by_its_key(
    store: Store, make_run: MakeRun
) -> None:
    store.append(make_run("new", key="k", started_at="2026-01-03T00:00:00Z"))
    store.append(make_run("old", key="k", started_at="2026-01-01T00:00:00Z"))
    failed = make_run("no", key="k", status=Status.FAILED, started_at="2026-01-04T00:00:00Z")
    store.append(failed)
    found = store.find("k")
    assert found is not None
    assert found.run_id == "new"


def test_a_run_without_a_key_is_never_found(store: Store, make_run: MakeRun) -> None:
    store.append(make_run("a", key=""))
    assert store.find("") is None
    assert store.find("absent") is None


def test_a_store_of_a_newer_version_is_refused_in_one_sentence(store: Store) -> None:
    (store.path / "store.json").write_text('{"format":"breakeven-store","schema_version":2}')
    with pytest.raises(RecordFormatError) as caught:
        Store(store.path)
    assert str(caught.value) == (
        f"store {store.path} was written by a newer breakeven (schema 2, this one reads 1); "
        "upgrade breakeven to read it."
    )


def test_a_record_of_a_newer_version_is_refused_with_its_line(
    store: Store, make_run: MakeRun
) -> None:
    store.append(make_run("a"))
    line = encode_run(make_run("b")).replace(b'"schema_version":1', b'"schema_version":2,"new":0')
    with writer_file(store).open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(RecordFormatError, match=r"line 2: record was written by a newer breakeven"):
        store.runs()


@pytest.mark.parametrize("content", ["", "{}", '{"format":"other","schema_version":1}', "[1]"])
def test_a_folder_that_is_something_else_is_refused(store: Store, content: str) -> None:
    (store.path / "store.json").write_text(content)
    with pytest.raises(RecordFormatError, match="does not say that this is a breakeven store"):
        Store(store.path)


def test_a_folder_of_other_things_is_not_made_a_store(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    advice = (
        r"holds thesis.tex and is no store: .* Choose a new or an empty folder, such as .*store"
    )
    with pytest.raises(StoreWriteError, match=advice):
        Store(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_empty_folder_is_made_a_store_and_opened_again(tmp_path: Path) -> None:
    (tmp_path / ".0123456789abcdef.tmp").touch()  # somebody was killed at making it
    Store(tmp_path)
    assert Store(tmp_path).runs() == ()


def test_many_may_make_one_store_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        stores = list(pool.map(lambda _: Store(tmp_path / "store"), range(64)))
    assert all(store.runs() == () for store in stores)


def test_a_folder_that_cannot_be_listed_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> list[str]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(StoreWriteError, match="Permission denied"):
        Store(tmp_path)


def test_an_identity_that_was_formatted_anew_still_counts(store: Store) -> None:
    (store.path / "store.json").write_text(
        '{\r\n  "schema_version": 1,\r\n  "format": "breakeven-store"\r\n}\r\n'
    )
    assert Store(store.path, create=False).runs() == ()


def test_several_may_make_the_same_store_at_once(tmp_path: Path, make_run: MakeRun) -> None:
    def make(i: int) -> None:
        Store(tmp_path / "new").append(make_run(f"r{i}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(8)))
    assert len(Store(tmp_path / "new", create=False).runs()) == 8


def test_a_store_that_vanished_is_an_error_with_its_reason(store: Store, make_run: MakeRun) -> None:
    shutil.rmtree(store.path)
    with pytest.raises(StoreWriteError, match=r"cannot write .*store\.json: No such file"):
        store.append(make_run("a"))


def test_a_missing_store_is_made_only_when_asked(tmp_path: Path) -> None:
    with pytest.raises(RecordFormatError, match=r"no store in .*absent: store.json is missing"):
        Store(tmp_path / "absent", create=False)
    assert not (tmp_path / "absent").exists()


def test_a_store_cannot_be_made_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreWriteError, match="cannot write"):
        Store(tmp_path / "file")


def test_a_store_is_read_without_writing_to_it(store: Store, make_run: MakeRun) -> None:
    store.append(make_run("a"))
    before = sorted(store.path.rglob("*"))
    Store(store.path, create=False).runs()
    assert sorted(store.path.rglob("*")) == before


def test_a_study_comes_back_as_it_was(store: Store) -> None:
    store.save_study(FT)
    assert store.study("demo") == FT
    assert store.study() == FT


def test_saving_a_study_again_replaces_it(store: Store) -> None:
    store.save_study(FT)
    store.save_study(replace(FT, planned_volume=5.0))
    assert store.study("demo").planned_volume == 5.0


def test_a_study_s_name_may_hold_anything(store: Store) -> None:
    odd = replace(FT, name="../ä/..")
    store.save_study(odd)
    assert store.study("../ä/..") == odd
    assert [path.parent.name for path in store.path.rglob("*.json")].count("studies") == 1


def test_an_unknown_study_lists_the_known_ones(store: Store) -> None:
    store.save_study(FT)
    store.save_study(replace(FT, name="other"))
    with pytest.raises(UnknownNameError, match=r"no study named .*Known: demo, other"):
        store.study("dem")


def test_one_of_several_studies_must_be_named(store: Store) -> None:
    store.save_study(FT)
    store.save_study(replace(FT, name="other"))
    with pytest.raises(NoStudyError, match=r"several studies \(demo, other\); choose one"):
        store.study()


def test_a_damaged_study_is_named_with_its_file(store: Store) -> None:
    store.save_study(FT)
    path = store.path / "studies" / "demo.json"
    path.write_text("{")
    with pytest.raises(RecordFormatError, match=rf"{path}: not a StudyDefinition"):
        store.study("demo")


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", ".x", "a b"])
def test_a_run_id_that_is_no_file_name_is_refused(store: Store, run_id: str) -> None:
    with pytest.raises(ValueError, match="run_id must be usable as a file name"):
        store.journal_path(run_id)
    with pytest.raises(ValueError, match="run_id must be usable as a file name"):
        store.scratch(run_id)


def test_journals_are_listed(store: Store) -> None:
    assert store.journals() == ()
    path = store.journal_path("r1")
    path.touch()
    assert store.journals() == (path,)


def test_a_working_folder_that_cannot_be_made_is_an_error(store: Store) -> None:
    (store.path / "scratch").touch()
    with pytest.raises(StoreWriteError, match=r"cannot write .*scratch"):
        store.scratch("r1")


def test_closing_twice_is_fine_and_a_later_append_starts_a_new_file(
    store: Store, make_run: MakeRun
) -> None:
    with store:
        store.append(make_run("a"))
    store.close()
    store.append(make_run("b"))
    assert len(store.runs()) == 2
    assert len(list((store.path / "runs").iterdir())) == 2


def test_a_forked_child_writes_its_own_file(store: Store, make_run: MakeRun) -> None:
    store.append(make_run("parent"))
    if not (pid := os.fork()):
        store.append(make_run("child"))
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    store.append(make_run("parent-2"))
    assert {run.run_id for run in store.runs()} == {"parent", "child", "parent-2"}
    assert len(list((store.path / "runs").iterdir())) == 2


def test_who_wants_to_be_alone_waits_for_other_processes(store: Store) -> None:
    other = Store(store.path)
    other.journal_path("r1")
    with pytest.raises(StoreBusyError, match="in use by another process"), store.alone():
        pass
    other.close()
    with store.alone():
        assert not (store.path / "journal" / "r1.jsonl").exists()


def test_without_locks_runs_are_kept_but_nobody_is_ever_sure_to_be_alone(
    store: Store, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)  # the file system's refusal, not our own code
    store.append(make_run("a"))
    assert len(store.runs()) == 1
    with pytest.raises(StoreBusyError, match=r"without locks \(No locks available"), store.alone():
        pass
    with pytest.raises(StoreWriteError, match="No locks available"):
        store.lease("row")


def test_a_store_can_be_opened_and_imported_without_heavy_packages(tmp_path: Path) -> None:
    program = (
        "import sys; from breakeven.store import Store; Store(sys.argv[1]); "
        "print(sorted({'torch', 'pydantic', 'numpy', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "s"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_store_copied_elsewhere_is_the_same_store(store: Store, rich_run: Run) -> None:
    store.append(rich_run)
    copy = Path(shutil.copytree(store.path, store.path.with_name("copy")))
    assert Store(copy, create=False).runs() == (rich_run,)
