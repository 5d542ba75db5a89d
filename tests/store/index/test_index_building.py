"""The index follows the files: what is new is added, what changed is read again."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from breakeven.errors import IncomparableRunsError, RecordFormatError, StoreBusyError
from breakeven.records import Note, NoteCode, Resource, Run, Status, Trial, Volume
from breakeven.store import Store
from breakeven.store.index import NO_BLOCK, Flag, open_index, update_index
from breakeven.store.index.building import LEASE

MakeRun = Callable[..., Run]


def ids(store: Store) -> list[str]:
    index = open_index(store)
    return sorted(i.decode() for i in index.ids[~index.superseded].tolist())


def append(store: Store, *runs: Run) -> None:
    """Add runs as a process of its own would, in a file of its own."""
    with Store(store.path) as other:
        for run in runs:
            other.append(run)


@pytest.fixture
def filled(store: Store, make_run: MakeRun) -> Store:
    append(store, *(make_run(f"a{n}") for n in range(5)))
    append(store, *(make_run(f"b{n}") for n in range(4)))
    update_index(store, segment_runs=3)
    return store


def file_of(store: Store, run_id: str) -> Path:
    own = (p for p in store.path.glob("runs/*.jsonl") if f'"{run_id}"' in p.read_text())
    return next(own)


def test_segments_are_full_but_the_last_and_may_hold_two_files(filled: Store) -> None:
    manifest = open_index(filled).manifest
    assert [segment.n_runs for segment in manifest.segments] == [3, 3, 3]
    assert sorted(len(segment.parts) for segment in manifest.segments) == [1, 1, 2]
    assert ids(filled) == [f"a{n}" for n in range(5)] + [f"b{n}" for n in range(4)]


def test_a_fresh_index_is_left_as_it_is(filled: Store) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in filled.path.glob("index/*")}
    assert update_index(filled, segment_runs=3).n_read == 0
    assert before == {p.name: p.stat().st_mtime_ns for p in filled.path.glob("index/*")}


def test_new_runs_are_read_and_full_segments_kept(filled: Store, make_run: MakeRun) -> None:
    with file_of(filled, "a1").open("ab") as file:
        file.write(
            file_of(filled, "b1")
            .read_bytes()
            .splitlines(keepends=True)[0]
            .replace(b'"b0"', b'"a5"')
        )
    append(filled, make_run("c0"))
    report = update_index(filled, segment_runs=3)
    assert (report.n_runs, report.n_read) == (11, 2)
    assert {"a5", "c0"} <= {*ids(filled)}


def test_a_segment_that_is_not_full_is_read_again_with_what_is_new(
    filled: Store, make_run: MakeRun
) -> None:
    append(filled, make_run("c0"))
    update_index(filled, segment_runs=3)
    append(filled, make_run("d0"))
    report = update_index(filled, segment_runs=3)
    assert (report.n_runs, report.n_read) == (11, 2)
    assert [s.n_runs for s in open_index(filled).manifest.segments] == [3, 3, 3, 2]


def test_a_torn_last_line_waits_for_its_end(filled: Store, make_run: MakeRun) -> None:
    path = file_of(filled, "a1")
    line = path.read_bytes().splitlines(keepends=True)[0].replace(b'"a0"', b'"a5"')
    with path.open("ab") as file:
        file.write(line[:50])
    assert update_index(filled, segment_runs=3).n_runs == 9
    with path.open("ab") as file:
        file.write(line[50:])
    assert update_index(filled, segment_runs=3).n_runs == 10
    assert "a5" in ids(filled)


def test_a_file_that_shrank_is_read_anew(filled: Store) -> None:
    path = file_of(filled, "a1")
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    update_index(filled, segment_runs=3)
    assert ids(filled) == ["a0", "a1"] + [f"b{n}" for n in range(4)]


def test_a_file_whose_end_changed_while_it_grew_is_read_anew(filled: Store) -> None:
    path = file_of(filled, "a1")
    lines = path.read_bytes().splitlines(keepends=True)
    changed = lines[-1].replace(b'"a4"', b'"z4"')
    path.write_bytes(b"".join([*lines[:-1], changed, lines[-1].replace(b'"a4"', b'"a5"')]))
    update_index(filled, segment_runs=3)
    assert {"z4", "a5"} <= {*ids(filled)}
    assert "a4" not in ids(filled)


def test_a_file_of_the_same_size_that_was_touched_is_read_anew(filled: Store) -> None:
    path = file_of(filled, "a1")
    path.write_bytes(path.read_bytes().replace(b'"a0"', b'"y0"'))
    os.utime(path, ns=(1, 1))
    update_index(filled, segment_runs=3)
    assert "y0" in ids(filled)
    assert "a0" not in ids(filled)


def test_a_file_that_is_gone_takes_its_runs_along(filled: Store) -> None:
    file_of(filled, "a1").unlink()
    update_index(filled, segment_runs=3)
    assert ids(filled) == [f"b{n}" for n in range(4)]


def test_what_earlier_builds_left_is_cleared_away(filled: Store, make_run: MakeRun) -> None:
    left = [filled.path / "index" / name for name in ("0.npz", f".{'0' * 16}.tmp")]
    for path in left:
        path.write_bytes(b"left behind")
    append(filled, make_run("c0"))
    update_index(filled, segment_runs=3)
    assert not any(path.exists() for path in left)


def test_records_are_read_by_their_places(filled: Store) -> None:
    index = open_index(filled)
    places = [7, 0, 4]
    found = [run.run_id.encode() for run in index.records(places)]
    assert found == [index.ids[place] for place in places]


def test_a_line_that_moved_is_refused_and_not_mistaken(filled: Store) -> None:
    index = open_index(filled)
    path = file_of(filled, "a1")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(reversed(lines)))
    with pytest.raises(RecordFormatError, match="was changed where the index has run"):
        index.records(range(index.n_runs))


def test_columns_hold_what_the_record_says(store: Store, rich_run: Run, make_run: MakeRun) -> None:
    append(store, rich_run, make_run("plain"))
    update_index(store)
    index = open_index(store)

    def texts(name: str) -> Sequence[str]:
        return [index.texts[code] for code in index.column(name)]

    assert texts("row") == ["ft", ""]
    assert texts("status") == ["failed", "ok"]
    assert texts("model") == ["random", ""]
    assert texts("time_form") == ["+00:00", "Z 20"]
    assert index.column("block").tolist() == [2, NO_BLOCK]
    assert index.column("n_real_tokens").tolist() == [30_000, 0]
    assert index.parents.tolist() == [b"0194f3c2a1b24d00"]
    assert [index.texts[code] for code in index.score_column("metric")] == ["accuracy", "loss"]
    assert index.score_values[0].tolist() == [0.61, 1.25]
    flops = index.amounts(Resource.FLOPS)
    assert flops.work[:, 0].tolist() == [1.5e15] * 3
    assert np.isnan(flops.whole[:, 1]).all()
    assert np.isnan(index.amounts(Resource.PRICE_EUR).whole).all()


def test_runs_that_columns_do_not_tell_whole_are_flagged(store: Store, make_run: MakeRun) -> None:
    note = Note(code=NoteCode.ANSWERS_BY_BATCH, message="m", advice="a")
    append(
        store,
        make_run("a", trial=Trial(row="ft", number=0, metric="accuracy")),
        make_run("b", continues="a"),
        make_run("c", notes=(note,)),
    )
    update_index(store)
    flags = open_index(store).column("flags").tolist()
    assert flags == [Flag.TRIAL, Flag.CONTINUES, Flag.ANSWERS_BY_BATCH]


def test_of_two_records_of_one_run_the_complete_one_counts(store: Store, make_run: MakeRun) -> None:
    append(store, make_run("a", status=Status.INTERRUPTED))
    append(store, make_run("a"))
    update_index(store)
    index = open_index(store)
    statuses = [index.texts[code] for code in index.column("status")[~index.superseded]]
    assert statuses == ["ok"]


def test_two_different_runs_of_one_id_are_refused_as_without_an_index(
    store: Store, make_run: MakeRun
) -> None:
    append(store, make_run("a"))
    append(store, make_run("a", row="other"))
    update_index(store)
    with pytest.raises(IncomparableRunsError, match="recorded twice"):
        _ = open_index(store).superseded


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"status":"ok"', b'"status":"well"'),
        (b'"repeat":0', b'"repeat":0,"unknown":1'),
        (b'"n_examples":3', b'"n_examples":-3'),
        (b'"schema_version":1', b'"schema_version":2'),
        (b"}", b"]"),
    ],
)
def test_a_line_that_is_no_run_is_refused_as_without_an_index(
    store: Store, make_run: MakeRun, old: bytes, new: bytes
) -> None:
    append(store, make_run("a"), make_run("b", output=Volume(n_examples=3)))
    path = file_of(store, "b")
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second.replace(old, new))
    with pytest.raises(RecordFormatError) as plain:
        Store(store.path).runs()
    with pytest.raises(RecordFormatError) as indexed:
        update_index(store)
    assert str(indexed.value) == str(plain.value)
    assert f"{path}, line 2: " in str(indexed.value)
    assert not [*store.path.glob("index/*.npz")]


def test_only_one_process_builds_at_a_time(filled: Store) -> None:
    with Store(filled.path) as other, other.lease(LEASE), pytest.raises(StoreBusyError):
        update_index(filled, is_anew=True)


def test_a_store_without_an_index_says_how_to_build_one(store: Store) -> None:
    with pytest.raises(RecordFormatError, match="has no index; build it: breakeven store index"):
        open_index(store)


def test_a_store_without_runs_has_an_empty_index(store: Store) -> None:
    assert update_index(store).n_runs == 0
    index = open_index(store)
    assert (index.n_runs, len(index.ids), index.texts) == (0, 0, ("",))
    assert index.amounts(Resource.CPU_S).whole.shape == (3, 0)
    assert index.column("block").shape == index.score_column("metric").shape == (0,)
    assert index.score_values.shape == (3, 0)


@pytest.mark.parametrize("what", ["column", "score_column"])
def test_a_column_that_is_not_there_is_named(filled: Store, what: str) -> None:
    with pytest.raises(ValueError, match="'colour'"):
        getattr(open_index(filled), what)("colour")


def test_ids_and_times_keep_their_order(store: Store, make_run: MakeRun) -> None:
    runs = [make_run("ä" * n, started_at=f"2026-01-02T03:04:0{n}.5+02:00") for n in (1, 2)]
    append(store, *runs, replace(runs[0], run_id="x", started_at="1969-12-31T23:59:59Z"))
    update_index(store)
    index = open_index(store)
    assert [i.decode() for i in index.ids.tolist()] == ["ä", "ää", "x"]
    started = index.column("started_us")
    assert started[1] - started[0] == 1_000_000
    assert started[2] == -1_000_000
