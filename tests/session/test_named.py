"""Named windows inside a run: they nest, overlap, add up by name and never count twice."""

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.meters import MeterBank
from breakeven.meters.journal import read_journal
from breakeven.records import Measurement, NamedWindow, NoteCode, Resource, Run, Status
from breakeven.records.protocols import Reading
from breakeven.session import Recorder, measure
from breakeven.session.named import MAX_NAMES, NamedWindows
from breakeven.store import Store
from breakeven.store.codec import decode_run
from breakeven.testing import ScriptedMeter


class Counter(ScriptedMeter):
    """Joules that a test moves."""

    def __init__(self) -> None:
        super().__init__([{"gpu0": 0.0}])
        self.total = 0.0

    def read(self) -> Reading:
        return Reading(totals={"gpu0": self.total})


def joules(measurement: Measurement) -> float:
    cost = measurement.total(Resource.ENERGY_J)
    assert cost is not None
    return cost.value


def named(counter: Counter) -> NamedWindows:
    return NamedWindows(MeterBank([counter]), kept=lambda seen: seen)


def by_name(windows: Sequence[NamedWindow]) -> dict[str, tuple[int, float]]:
    return {w.name: (w.n_times, joules(w.measurement)) for w in windows}


def test_windows_of_one_name_add_up() -> None:
    counter = Counter()
    windows = named(counter)
    for used in (3.0, 4.0):
        with windows.window("tokenize"):
            counter.total += used
        counter.total += 100.0
    assert by_name(windows.so_far()) == {"tokenize": (2, 7.0)}


def test_windows_nest_and_overlap() -> None:
    counter = Counter()
    windows = named(counter)
    outer, inner = windows.window("outer"), windows.window("inner")
    with outer:
        counter.total += 1.0
        inner.__enter__()
        counter.total += 2.0
    counter.total += 4.0
    assert by_name(windows.so_far()) == {"outer": (1, 3.0), "inner": (1, 6.0)}
    inner.__exit__(None, None, None)
    counter.total += 8.0
    assert by_name(windows.so_far()) == {"outer": (1, 3.0), "inner": (1, 6.0)}


def test_one_name_from_several_threads_counts_once() -> None:
    counter = Counter()
    windows = named(counter)
    everyone_in, may_leave = threading.Barrier(4), threading.Barrier(4)

    def work() -> None:
        with windows.window("batch"):
            everyone_in.wait()
            may_leave.wait()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    everyone_in.wait()
    counter.total += 5.0
    may_leave.wait()
    for thread in threads:
        thread.join()
    assert by_name(windows.so_far()) == {"batch": (3, 5.0)}


def test_device_work_is_waited_for_and_an_exception_loses_nothing() -> None:
    counter, events = Counter(), list[str]()
    windows = named(counter)

    def work() -> None:
        with windows.window("batch", synchronize=lambda: events.append("sync")):
            events.append("work")
            counter.total += 1.0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert events == ["sync", "work", "sync"]
    assert by_name(windows.so_far()) == {"batch": (1, 1.0)}


def test_a_name_per_batch_is_told_and_does_not_fill_the_record() -> None:
    windows = named(Counter())
    for number in range(MAX_NAMES + 3):
        with windows.window(f"batch {number}"):
            pass
    assert len(windows.so_far()) == MAX_NAMES
    assert [note.code for note in windows.notes()] == [NoteCode.PARTIAL_COVERAGE]
    with windows.window("batch 0"):
        pass
    assert windows.so_far()[0].n_times == 2


def test_a_window_needs_a_name() -> None:
    with pytest.raises(ValueError, match="needs a name"), named(Counter()).window(""):
        pass
    with pytest.raises(ValueError, match="opened at least once"):
        NamedWindow(name="a", n_times=0, measurement=Measurement(started_at="", duration_s=0.0))


def test_windows_are_stored_with_the_run(store: Store) -> None:
    counter = Counter()
    with measure("train", store=store, meters=MeterBank([counter])) as run:
        with run.window("tokenize"):
            counter.total += 2.0
        counter.total += 5.0
    (stored,) = store.runs()
    assert by_name(stored.windows) == {"tokenize": (1, 2.0)}
    assert joules(stored.phases[0].measurement) == 7.0


def test_an_open_window_is_in_the_journal(store: Store, skeleton: Run) -> None:
    counter = Counter()
    recorder = Recorder(store, skeleton, bank=MeterBank([counter]), journal_period_s=3600.0)
    with recorder, recorder.window("tokenize"):
        counter.total += 2.0
        recorder._tick()
        lines = read_journal(store.journal_path(skeleton.run_id))
    assert lines is not None
    journaled = decode_run(lines[1])
    assert by_name(journaled.windows) == {"tokenize": (1, 2.0)}
    assert journaled.status is Status.INTERRUPTED


@given(
    steps=st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 9)), max_size=30)
)
def test_no_window_has_more_than_the_time_it_was_open(
    steps: Sequence[tuple[str, bool, int]],
) -> None:
    """Open or close one of three names, then use some: each name gets what was used while open."""
    counter = Counter()
    windows = named(counter)
    open_now: dict[str, list[AbstractContextManager[None]]] = {name: [] for name in "abc"}
    expected = dict.fromkeys("abc", 0)
    for name, opens, used in steps:
        if opens:
            manager = windows.window(name)
            manager.__enter__()
            open_now[name].append(manager)
        elif open_now[name]:
            open_now[name].pop().__exit__(None, None, None)
        counter.total += used
        for other in expected:
            expected[other] += used if open_now[other] else 0
    seen = {window.name: joules(window.measurement) for window in windows.so_far()}
    assert seen == {name: expected[name] for name in seen}
