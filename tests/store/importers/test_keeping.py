"""Attached, never doubled: the same log again, other logs, other machines, ranks."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.store.importers.made_up import MakeLog, MakeRun, cost, stamp

from breakeven.errors import DataFileError, IncomparableRunsError
from breakeven.formulas.alignment import Offset
from breakeven.records import Rank, Resource, Run, Scope
from breakeven.store import Store
from breakeven.store.importers import read_power_log
from breakeven.store.importers.joining import Joined, Joining, join_log
from breakeven.store.importers.keeping import choose_runs, keep

EXACT = Offset(value_s=0.0, low_s=0.0, high_s=0.0)


@pytest.fixture
def store(tmp_path: Path, run_at: MakeRun) -> Store:
    opened = Store(tmp_path / "store")
    for run_id, start_s in (("a", 20.0), ("b", 50.0)):
        opened.append(
            run_at(run_id, (start_s, 10.0), costs=[cost(Resource.ENERGY_J, 400.0)], host="node1")
        )
    return opened


def joined_to(store: Store, path: Path, **fields: object) -> Joined:
    how = Joining(scope=Scope.WALL, imported_at=stamp(900.0), offset=EXACT)
    return join_log(
        read_power_log(path),
        choose_runs(store),
        replace(how, **fields),  # type: ignore[arg-type]
    )


def energy_j(run: Run) -> float:
    (total,) = run.costs(Resource.ENERGY_J)
    return total.value


def test_the_wall_contains_the_package_and_is_not_added_to_it(
    store: Store, wall_log: MakeLog
) -> None:
    keep(store, joined_to(store, wall_log(store.runs())))
    assert [energy_j(run) for run in store.runs()] == pytest.approx([1500.0] * 2, rel=0.05)
    channels = [c.channel for c in store.runs()[0].phases[0].measurement.costs]
    assert channels == ["package-0", "wall"]


def test_stored_lines_do_not_change(store: Store, wall_log: MakeLog) -> None:
    before = store.recorded()
    keep(store, joined_to(store, wall_log(store.runs())))
    assert store.recorded() == before
    assert Store(store.path).runs() != before


def test_the_same_log_twice_replaces_itself(store: Store, wall_log: MakeLog) -> None:
    path = wall_log(store.runs())
    first = keep(store, joined_to(store, path))
    second = keep(store, joined_to(store, path))
    assert (first.is_again, second.is_again) == (False, True)
    assert len(store.attachments()) == 1
    assert len(store.runs()[0].phases[0].measurement.costs) == 2


def test_another_log_with_that_channel_is_refused_or_takes_its_place(
    store: Store, wall_log: MakeLog
) -> None:
    keep(store, joined_to(store, wall_log(store.runs(), span_s=(0.0, 100.0))))
    other = joined_to(store, wall_log(store.runs(), name="other.csv"))
    with pytest.raises(DataFileError, match=r"has a channel 'wall' already, from log wall.csv"):
        keep(store, other)
    assert keep(store, other, is_replacing=True).replaced == ("wall.csv",)
    assert [c.sensor for c in store.runs()[1].phases[0].measurement.costs] == [
        "rapl",
        "log other.csv",
    ]


def test_a_second_plug_must_say_whether_it_adds_or_checks(store: Store, wall_log: MakeLog) -> None:
    runs = store.runs()
    keep(store, joined_to(store, wall_log(runs)))
    second = wall_log(runs, header="time,plug2 (W)", name="second.csv")
    with pytest.raises(DataFileError, match=r"Say --adds.*Say --check-of wall"):
        keep(store, joined_to(store, second))
    keep(store, joined_to(store, second, check_of="wall"))
    assert energy_j(store.runs()[0]) == pytest.approx(1500.0, rel=0.05)
    keep(store, joined_to(store, second), is_adding=True)
    assert energy_j(store.runs()[0]) == pytest.approx(3000.0, rel=0.05)


def test_a_log_of_parts_beside_live_parts_must_say_so_too(store: Store, wall_log: MakeLog) -> None:
    path = wall_log(store.runs(), header="time,gpu (W)")
    with pytest.raises(DataFileError, match=r"has package-0 already.*energy of a part"):
        keep(store, joined_to(store, path, scope=Scope.PART))


def test_runs_of_several_machines_need_the_host(store: Store, run_at: MakeRun) -> None:
    store.append(run_at("c", (80.0, 5.0), host="node2"))
    with pytest.raises(IncomparableRunsError, match=r"2 machines \(node1, node2\).*--host"):
        choose_runs(store)
    assert [run.run_id for run in choose_runs(store, host="node2")] == ["c"]


def test_of_ranks_on_a_node_only_the_first_gets_the_wall(store: Store, run_at: MakeRun) -> None:
    for local in (0, 1):
        rank = Rank(group="g", rank=local, n_ranks=2, local_rank=local, node="n")
        store.append(run_at(f"rank{local}", (80.0, 5.0), host="node1", rank=rank))
    assert "rank1" not in [run.run_id for run in choose_runs(store)]


def test_runs_can_be_chosen_by_study(store: Store, run_at: MakeRun) -> None:
    store.append(run_at("s", (80.0, 5.0), host="node1", study="sst2"))
    assert [run.run_id for run in choose_runs(store, study="sst2")] == ["s"]


def test_a_phase_that_began_at_another_time_is_not_meant(store: Store, wall_log: MakeLog) -> None:
    found = joined_to(store, wall_log(store.runs()))
    strange = tuple(replace(p, started_at=stamp(1.0)) for p in found.attachment.phases)
    store.attach(replace(found.attachment, phases=strange))
    assert energy_j(store.runs()[0]) == 400.0
