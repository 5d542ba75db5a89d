"""Claims: the runs that count a device at one moment are a line of ancestors."""

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.meters.claims import Claimant, Claims, this_claimant
from breakeven.meters.locks import LockFolder, file_name
from breakeven.records import Cost, Kind, Measurement, NoteCode, Rank, Resource
from breakeven.records.protocols import Channel


def joules(name: str, device: str) -> Channel:
    return Channel(
        name=name, resource=Resource.ENERGY_J, sensor="script", resolution=0.0, device=device
    )


GPU, CPU = joules("gpu0", "gpu:1"), joules("package-0", "rapl:package-0")
OWN = Channel(name="process_tree", resource=Resource.CPU_S, sensor="proc", resolution=0.0)


def owns(claims: Claims, channel: Channel = GPU) -> bool:
    return channel.name not in claims.owners


def rank(number: int) -> Rank:
    return Rank(group="launch", rank=number, n_ranks=4, local_rank=number, node="n")


def test_who_comes_second_has_no_number_and_is_told_whose_it_is(tmp_path: Path) -> None:
    first = Claims([GPU, OWN], this_claimant(["a"], name="train"), folder=tmp_path)
    second = Claims([GPU, OWN], this_claimant(["b"]), folder=tmp_path)
    assert (owns(first), owns(second), owns(second, OWN)) == (True, False, True)
    (note,) = second.notes
    assert note.code is NoteCode.COUNTED_ELSEWHERE
    assert note.message == (
        f"gpu0: counted by train (a, pid {os.getpid()}), and so absent here, not zero."
    )
    first.release()
    assert owns(Claims([GPU], this_claimant(["c"]), folder=tmp_path))


def test_machines_that_share_a_folder_own_each_their_own(tmp_path: Path) -> None:
    found = []
    for name in ("here", "there"):
        (tmp_path / name).write_text(f"{name}-boot\n")
        claimant = this_claimant([name])
        claims = Claims([CPU], claimant, folder=tmp_path / "locks", boot_id=tmp_path / name)
        found.append(claims)
    assert [owns(claims, CPU) for claims in found] == [True, True]
    assert [claims.overlaps() for claims in found] == [(), ()]


def test_what_is_in_a_channel_that_another_run_counts_is_left_out_too(tmp_path: Path) -> None:
    core = replace(joules("core-0", "rapl:core-0"), part_of="package-0")
    check = replace(joules("cores", "hwmon:cores"), check_of="core-0")
    first = Claims([CPU], this_claimant(["a"]), folder=tmp_path)
    second = Claims([check, core, CPU, OWN], this_claimant(["b"]), folder=tmp_path)
    assert set(second.owners) == {"package-0", "core-0", "cores"}
    assert first.owners == {}


def test_what_another_run_counts_is_left_out_of_a_measurement(tmp_path: Path) -> None:
    first = Claims([GPU], this_claimant(["a"]), folder=tmp_path)
    second = Claims([GPU, OWN], this_claimant(["b"]), folder=tmp_path)
    costs = tuple(
        Cost.exact(c.resource, 5.0, kind=Kind.MEASURED, sensor="s", channel=c.name)
        for c in (GPU, OWN)
    )
    seen = Measurement(started_at="2024-05-01T12:00:00+00:00", duration_s=1.0, costs=costs)
    assert [cost.channel for cost in second.kept(seen).costs] == ["process_tree"]
    assert first.kept(seen) is seen


def test_an_inner_run_reads_what_its_outer_run_owns(tmp_path: Path) -> None:
    outer = Claims([GPU], this_claimant(["a"]), folder=tmp_path)
    inner = Claims([GPU], this_claimant(["a", "b"]), folder=tmp_path)
    innermost = Claims([GPU], this_claimant(["a", "b", "c"]), folder=tmp_path)
    assert owns(outer)
    assert owns(inner)
    assert owns(innermost)
    assert inner.notes == innermost.overlaps() == inner.overlaps() == outer.overlaps() == ()


def test_two_inner_runs_at_once_do_not_both_count(tmp_path: Path) -> None:
    outer = Claims([GPU], this_claimant(["a"]), folder=tmp_path)
    assert owns(outer)
    first = Claims([GPU], this_claimant(["a", "b"]), folder=tmp_path)
    assert not owns(Claims([GPU], this_claimant(["a", "c"]), folder=tmp_path))
    first.release()
    assert owns(Claims([GPU], this_claimant(["a", "d"]), folder=tmp_path))


def test_an_inner_run_does_not_count_what_a_stranger_has(tmp_path: Path) -> None:
    stranger = Claims([GPU], this_claimant(["x"]), folder=tmp_path)
    outer = Claims([GPU], this_claimant(["a"]), folder=tmp_path)
    inner = Claims([GPU], this_claimant(["a", "b"]), folder=tmp_path)
    assert (owns(stranger), owns(outer), owns(inner)) == (True, False, False)


def test_an_inner_run_keeps_strangers_out_where_the_outer_reads_nothing(tmp_path: Path) -> None:
    outer = Claims([OWN], this_claimant(["a"]), folder=tmp_path)
    inner = Claims([GPU], this_claimant(["a", "b"]), folder=tmp_path)
    assert owns(outer)
    assert owns(inner)
    assert not owns(Claims([GPU], this_claimant(["x"]), folder=tmp_path))


def test_four_ranks_count_a_package_once_and_their_own_gpus(tmp_path: Path) -> None:
    ranks = [
        Claims(
            [CPU, joules(f"gpu{n}", f"gpu:{n}")],
            this_claimant([f"r{n}"], name="train", rank=rank(n)),
            folder=tmp_path,
        )
        for n in range(4)
    ]
    assert [owns(claims, CPU) for claims in ranks] == [True, False, False, False]
    assert all(owns(claims, joules(f"gpu{n}", "")) for n, claims in enumerate(ranks))
    (note,) = ranks[3].notes
    assert note.code is NoteCode.COUNTED_BY_RANK
    assert f"train (r0, pid {os.getpid()}, rank 0)" in note.message
    assert [claims.overlaps() for claims in ranks] == [(), (), (), ()]


def test_both_of_two_parallel_runs_learn_of_each_other(tmp_path: Path) -> None:
    first = Claims([GPU], this_claimant(["a"], name="one"), folder=tmp_path)
    second = Claims([CPU], this_claimant(["b"], name="two"), folder=tmp_path)
    third = Claims([], this_claimant(["c"], name="three"), folder=tmp_path)
    third.release()
    told = [claims.overlaps() for claims in (third, second, first)]
    assert [note.code for (note,) in told] == [NoteCode.RUNS_OVERLAPPED] * 3
    assert [
        [name for name in ("one", "two", "three") if f"{name} (" in note.message]
        for (note,) in told
    ] == [["one", "two"], ["one", "three"], ["two", "three"]]
    first.release()
    first.release()
    second.release()
    assert first.overlaps() == told[2]
    assert Claims([GPU], this_claimant(["d"]), folder=tmp_path).overlaps() == ()


def test_a_crowd_is_counted_rather_than_listed(tmp_path: Path) -> None:
    crowd = [Claims([], this_claimant([f"{n}"]), folder=tmp_path) for n in range(6)]
    (note,) = crowd[0].overlaps()
    assert " and 2 more. " in note.message


def test_without_a_folder_the_run_goes_on_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    claims = Claims([GPU, CPU, OWN], this_claimant(["a"]), folder=tmp_path / "file")
    assert owns(claims)
    (note,) = claims.notes
    assert note.code is NoteCode.LOCKS_UNAVAILABLE
    assert "counts gpu0, package-0 as well" in note.message
    assert claims.overlaps() == ()
    assert Claims([OWN], this_claimant(["a"]), folder=tmp_path / "file").notes == ()


def test_a_device_that_cannot_be_locked_gives_back_the_others(tmp_path: Path) -> None:
    (tmp_path / file_name("device.:rapl:package-0\n")).mkdir()
    nowhere = tmp_path / "none"
    claims = Claims([GPU, CPU], this_claimant(["a"]), folder=tmp_path, boot_id=nowhere)
    assert [note.code for note in claims.notes] == [NoteCode.LOCKS_UNAVAILABLE]
    assert owns(Claims([GPU], this_claimant(["b"]), folder=tmp_path, boot_id=nowhere))


def test_the_environment_names_the_folder(tmp_path: Path) -> None:
    there = {"BREAKEVEN_LOCKS": str(tmp_path)}
    assert owns(Claims([GPU], this_claimant(["a"]), environ=there))
    assert not owns(Claims([GPU], this_claimant(["b"]), folder=tmp_path)) or not list(
        tmp_path.iterdir()
    )


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="nothing yet"),
        pytest.param(b"nonsense", id="nonsense"),
        pytest.param(b'{"path":[]}', id="no run"),
        pytest.param(b'{"path":["z"],"pid":1,"started_ticks":1,"pid_space":"%s"}', id="a dead one"),
    ],
)
def test_a_holder_that_does_not_say_who_it_is_still_holds(tmp_path: Path, line: bytes) -> None:
    here = this_claimant(["a"]).pid_space.encode()
    text = line % here if b"%s" in line else line
    with LockFolder(tmp_path) as folder:
        assert folder.take("device.:gpu:1\n", text) is not None
        assert folder.take("present.:z", text) is not None
        nowhere = tmp_path / "none"
        claims = Claims([GPU], this_claimant(["a"]), folder=tmp_path, boot_id=nowhere)
    assert not owns(claims)
    assert "counted by another run" in claims.notes[0].message
    assert claims.overlaps() == ()


def test_what_a_stranger_calls_itself_is_cut_and_cleaned() -> None:
    odd = Claimant(path=("z" * 99,), name="\x1b[31m" + "n" * 99, pid=7)
    assert str(odd) == f"[31m{'n' * 56} ({'z' * 60}, pid 7)"
    assert str(replace(odd, name="\x1b", path=("z",))) == "a run (z, pid 7)"


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(
    lambda letters: [f"{letter}{depth}" for depth, letter in enumerate(letters)]
)


@settings(max_examples=60)
@given(paths=st.lists(PATHS, min_size=2, max_size=6, unique_by=tuple))
def test_whoever_counts_a_device_together_is_one_line(paths: Sequence[Sequence[str]]) -> None:
    with TemporaryDirectory() as folder:
        claims = [Claims([GPU], this_claimant(path), folder=Path(folder)) for path in paths]
        owners = [path for path, one in zip(paths, claims, strict=True) if owns(one)]
        for one in claims:
            one.release()
    assert owners
    for left, right in combinations(owners, 2):
        shorter = min(len(left), len(right))
        assert left[:shorter] == right[:shorter]


@pytest.mark.parametrize("is_same", [True, False])
def test_runs_of_one_process_are_told_that_they_count_it_both(
    tmp_path: Path, *, is_same: bool
) -> None:
    other = this_claimant(["b"])
    first = Claims([OWN], this_claimant(["a"]), folder=tmp_path)
    second = Claims([OWN], other if is_same else replace(other, pid=1), folder=tmp_path)
    for claims in (first, second):
        (note,) = claims.overlaps()
        assert ("of these runs are the same process's; never add them" in note.message) == is_same
