import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.appendlog import AppendLog, blocks, read_lines
from breakeven.errors import StoreWriteError

Write = Callable[[int, bytes], int]


def lines(path: Path) -> list[bytes]:
    return [line for _, line in read_lines(path)]


def full_after(n_bytes: int) -> Write:
    """A disk with room for so many bytes more, then ENOSPC."""
    left = [n_bytes]

    def write(fd: int, data: bytes) -> int:
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = os.write(fd, data[: left[0]])
        left[0] -= written
        return written

    return write


def slowly(fd: int, data: bytes) -> int:
    return os.write(fd, data[:3])


def test_lines_come_back_in_order_and_numbered(tmp_path: Path) -> None:
    with AppendLog(tmp_path / "folder" / "log.jsonl") as log:
        log.append(b"one")
        log.append(b"")
        log.append(b"three")
    assert list(read_lines(log.path)) == [(1, b"one"), (2, b""), (3, b"three")]


def test_a_line_is_readable_as_soon_as_append_returns(tmp_path: Path) -> None:
    with AppendLog(tmp_path / "log.jsonl") as log:
        log.append(b"one")
        assert lines(log.path) == [b"one"]


@pytest.mark.parametrize(("durable", "expected"), [(True, ["write", "sync"]), (False, ["write"])])
def test_a_durable_line_is_on_disk_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, durable: bool, expected: list[str]
) -> None:
    seen: list[str] = []

    def write(fd: int, data: bytes) -> int:
        seen.append("write")
        return os.write(fd, data)

    with AppendLog(tmp_path / "log.jsonl", write=write, durable=durable) as log:
        monkeypatch.setattr("breakeven.appendlog.os.fsync", lambda _: seen.append("sync"))
        log.append(b"one")
        assert seen == expected


def test_a_second_opening_goes_on_at_the_end(tmp_path: Path) -> None:
    for line in (b"one", b"two"):
        with AppendLog(tmp_path / "log.jsonl", durable=False) as log:
            log.append(line)
    assert lines(log.path) == [b"one", b"two"]


def test_a_line_break_inside_a_record_is_refused(tmp_path: Path) -> None:
    with AppendLog(tmp_path / "log.jsonl") as log, pytest.raises(ValueError, match="one line"):
        log.append(b"one\ntwo")


def test_a_closed_log_refuses_to_append(tmp_path: Path) -> None:
    log = AppendLog(tmp_path / "log.jsonl")
    log.close()
    log.close()
    with pytest.raises(ValueError, match="is closed; open it again"):
        log.append(b"one")


def test_readers_leave_out_a_torn_last_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"one\ntwo\nthr")
    assert lines(path) == [b"one", b"two"]


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (b"one\ntw", b"one\n"),
        (b"tw", b""),
        (b"one\n", b"one\n"),
        (b"one\n" + b"\0" * 200_000, b"one\n"),
        (b"x" * 70_000 + b"\n" + b"y" * 70_000, b"x" * 70_000 + b"\n"),
    ],
)
def test_the_next_writer_cuts_a_torn_tail_off(tmp_path: Path, found: bytes, kept: bytes) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(found)
    AppendLog(path).close()
    assert path.read_bytes() == kept


def test_a_write_in_pieces_is_put_together(tmp_path: Path) -> None:
    with AppendLog(tmp_path / "log.jsonl", write=slowly) as log:
        log.append(b"a longer line")
    assert lines(log.path) == [b"a longer line"]


@given(st.lists(st.binary(max_size=20).filter(lambda b: b"\n" not in b)), st.integers(0, 60))
def test_a_full_disk_takes_whole_lines_or_nothing(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[bytes], room_bytes: int
) -> None:
    log = AppendLog(
        tmp_path_factory.mktemp("log") / "log", write=full_after(room_bytes), durable=False
    )
    with suppress(StoreWriteError):
        for line in wanted:
            log.append(line)
    log.close()
    room = [sum(len(line) + 1 for line in wanted[: i + 1]) for i in range(len(wanted))]
    assert lines(log.path) == [
        line for line, end in zip(wanted, room, strict=True) if end <= room_bytes
    ]


def test_a_full_disk_is_said_in_one_sentence_with_what_to_do(tmp_path: Path) -> None:
    with (
        AppendLog(tmp_path / "log.jsonl", write=full_after(2)) as log,
        pytest.raises(StoreWriteError, match=r"no space left to write .*Free some space") as caught,
    ):
        log.append(b"one")
    assert caught.value.is_disk_full
    assert log.path.read_bytes() == b""


def test_a_write_that_writes_nothing_does_not_hang(tmp_path: Path) -> None:
    with (
        AppendLog(tmp_path / "log.jsonl", write=lambda fd, data: 0) as log,
        pytest.raises(StoreWriteError, match="the system wrote nothing"),
    ):
        log.append(b"one")


def test_a_signal_between_two_pieces_leaves_no_torn_line(tmp_path: Path) -> None:
    pieces = iter([3, 0, 100])

    def write(fd: int, data: bytes) -> int:
        if not (piece := next(pieces)):
            raise KeyboardInterrupt
        return os.write(fd, data[:piece])

    with AppendLog(tmp_path / "log.jsonl", write=write) as log:
        with pytest.raises(KeyboardInterrupt):
            log.append(b"interrupted")
        assert log.path.read_bytes() == b""
        log.append(b"next")
    assert lines(log.path) == [b"next"]


def test_a_part_that_cannot_be_taken_back_now_is_taken_back_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, size: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    log = AppendLog(tmp_path / "log.jsonl", write=full_after(2))
    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", refuse)  # the kernel's refusal, not our own code
        with pytest.raises(StoreWriteError, match="no space left"):
            log.append(b"one")
    assert log.path.read_bytes() == b"on"
    assert lines(log.path) == []
    log._write = os.write
    log.append(b"two")
    log.close()
    assert lines(log.path) == [b"two"]


def test_a_folder_that_cannot_be_made_is_an_error_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreWriteError, match=r"cannot write .*File exists"):
        AppendLog(tmp_path / "file" / "log.jsonl")


def test_a_log_that_cannot_be_opened_leaks_no_descriptor(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(StoreWriteError, match="Is a directory"):
        AppendLog(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_file_is_for_everybody_to_read(tmp_path: Path) -> None:
    AppendLog(tmp_path / "log.jsonl").close()
    assert stat.S_IMODE((tmp_path / "log.jsonl").stat().st_mode) & 0o444


def test_threads_share_one_log_without_mixing_lines(tmp_path: Path) -> None:
    with AppendLog(tmp_path / "log.jsonl", write=slowly, durable=False) as log:
        wanted = [b"%d" % (i % 10) * 20 for i in range(200)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(log.append, wanted))
    assert sorted(lines(log.path)) == sorted(wanted)


_WRITER = """
import itertools, sys
from pathlib import Path
from breakeven.appendlog import AppendLog
log = AppendLog(Path(sys.argv[1]), durable=False)
for i in itertools.count():
    log.append(str(i).encode() * 500)
    print(i, flush=True)
"""


@pytest.mark.parametrize("n_lines", [1, 40, 300])
def test_a_kill_in_the_middle_of_writing_loses_no_acknowledged_line(
    tmp_path: Path, n_lines: int
) -> None:
    path = tmp_path / "log.jsonl"
    command = [sys.executable, "-c", _WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline() for _ in range(n_lines)]
        child.send_signal(signal.SIGKILL)
        acknowledged += child.stdout.read().splitlines()
    found = lines(path)
    assert found == [str(i).encode() * 500 for i in range(len(found))]
    assert len(found) >= len(acknowledged)


def test_several_lines_are_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    with AppendLog(tmp_path / "log.jsonl") as log:
        monkeypatch.setattr("breakeven.appendlog.os.fsync", syncs.append)
        log.append(b"one", b"two", b"three")
    assert lines(log.path) == [b"one", b"two", b"three"]
    assert len(syncs) == 1


def test_of_several_lines_that_do_not_fit_none_is_left(tmp_path: Path) -> None:
    log = AppendLog(tmp_path / "log.jsonl", write=full_after(6))
    with pytest.raises(StoreWriteError, match="no space left"):
        log.append(b"one", b"two", b"three")
    assert log.path.read_bytes() == b""
    log.close()


@given(st.lists(st.binary(max_size=40_000), max_size=12))
def test_blocks_hold_every_line_in_order(wanted: list[bytes]) -> None:
    assert [line for block in blocks(wanted) for line in block] == wanted
    assert all(len(block) == 1 or sum(map(len, block)) <= 65_536 for block in blocks(wanted))
