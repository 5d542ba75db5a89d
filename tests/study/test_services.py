"""Services: loaded before the first block; reloaded, and said so, where there is no room."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    NoteCode,
    Phase,
    PhaseName,
    Resource,
    Run,
    Stage,
    Status,
)
from breakeven.study.services import OpenService, Services, available_bytes


@dataclass
class FakeHandle:
    pathway: str
    stopped: list[str]

    def stop(self) -> None:
        self.stopped.append(self.pathway)


@dataclass
class Opener:
    opened: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    def __call__(self, pathway: str) -> OpenService:
        self.opened.append(pathway)
        peak = Cost.exact(Resource.PEAK_MEMORY_BYTES, 100.0, kind=Kind.MEASURED, sensor="proc")
        at = "2026-01-01T00:00:00+00:00"
        measurement = Measurement(started_at=at, duration_s=1.0, costs=(peak,))
        run = Run(
            run_id=pathway,
            stage=Stage.SERVE,
            status=Status.OK,
            started_at=at,
            phases=(Phase(name=PhaseName.LOAD, measurement=measurement),),
        )
        return OpenService(handle=cast("Any", FakeHandle(pathway, self.stopped)), serve=run)


def test_with_room_all_are_loaded_once_and_none_says_it_was_reloaded() -> None:
    opener = Opener()
    services = Services(open_one=opener, free_bytes=lambda: None)
    services.load(["a", "b"])
    assert opener.opened == ["a", "b"]
    assert [services.get(name)[1] for name in "abab"] == [(), (), (), ()]
    assert opener.opened == ["a", "b"]
    services.close()
    assert opener.stopped == ["a", "b"]


def test_with_a_limit_the_one_used_longest_ago_gives_way() -> None:
    opener = Opener()
    services = Services(open_one=opener, limit=2, free_bytes=lambda: None)
    services.load(["a", "b", "c"])
    assert opener.opened == ["a", "b"]
    services.get("a")
    assert services.get("c")[1] == ()
    assert opener.stopped == ["b"]
    (note,) = services.get("b")[1]
    assert note.code is NoteCode.RELOADED
    assert opener.stopped == ["b", "a"]


def test_where_none_is_kept_each_row_gets_a_fresh_process_and_no_note() -> None:
    opener = Opener()
    services = Services(open_one=opener, limit=0, free_bytes=lambda: None)
    services.load(["a", "b"])
    assert opener.opened == []
    assert [services.get(name)[1] for name in "aab"] == [(), (), ()]
    assert opener.opened == ["a", "a", "b"]
    assert opener.stopped == ["a", "a"]


def test_little_free_memory_is_a_limit() -> None:
    opener = Opener()
    services = Services(open_one=opener, free_bytes=lambda: 149)
    services.load(["a", "b"])
    assert opener.opened == ["a"]
    services.get("b")
    assert opener.stopped == ["a"]


def test_a_dropped_checkpoint_is_loaded_again() -> None:
    opener = Opener()
    services = Services(open_one=opener, free_bytes=lambda: 151)
    services.load(["a"])
    services.drop("a")
    services.drop("a")
    (note,) = services.get("a")[1]
    assert "151" not in note.message
    assert opener.opened == ["a", "a"]


def test_free_memory_is_read_from_the_system(tmp_path: Path) -> None:
    path = tmp_path / "meminfo"
    assert available_bytes(path) is None
    path.write_text("MemTotal: 9 kB\n")
    assert available_bytes(path) is None
    path.write_text("MemTotal: 9 kB\nMemAvailable:   4 kB\n")
    assert available_bytes(path) == 4096
