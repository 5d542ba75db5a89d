import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import StoreWriteError, UnknownNameError
from breakeven.store import Store
from breakeven.store.artifacts import hash_folder, size_bytes

NAMES = st.text("abc", min_size=1, max_size=3)
FOLDERS = st.dictionaries(NAMES, st.binary(max_size=8), max_size=4)


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folder.mkdir(exist_ok=True, parents=True)
    return folder


def test_a_folder_moves_to_the_shelf_under_its_hash(store: Store) -> None:
    draft = fill(store.scratch("r1") / "model", {"a.txt": b"A", "sub/b.txt": b"B"})
    content_hash = store.keep_artifact(draft)
    kept = store.artifact(content_hash)
    assert not draft.exists()
    assert (kept / "a.txt").read_bytes() == b"A"
    assert (kept / "sub" / "b.txt").read_bytes() == b"B"
    assert hash_folder(kept) == content_hash


def test_equal_content_is_kept_once(store: Store) -> None:
    hashes = {
        store.keep_artifact(fill(store.scratch(run_id), {"a": b"A"})) for run_id in ("r1", "r2")
    }
    assert len(hashes) == 1
    assert len(list((store.path / "artifacts").iterdir())) == 1
    assert list((store.path / "scratch").iterdir()) == []


def test_many_may_keep_the_same_content_at_once(store: Store) -> None:
    drafts = [fill(store.scratch(f"r{i}"), {"a": b"A" * 10_000}) for i in range(16)]
    with ThreadPoolExecutor(8) as pool:
        hashes = set(pool.map(store.keep_artifact, drafts))
    assert [p.name for p in (store.path / "artifacts").iterdir()] == list(hashes)
    assert (store.artifact(hashes.pop()) / "a").stat().st_size == 10_000


@given(FOLDERS, FOLDERS)
def test_hashes_are_equal_exactly_when_names_and_bytes_are(
    tmp_path_factory: pytest.TempPathFactory, left: dict[str, bytes], right: dict[str, bytes]
) -> None:
    root = tmp_path_factory.mktemp("folders")
    hashes = [hash_folder(fill(root / n, files)) for n, files in (("l", left), ("r", right))]
    assert (hashes[0] == hashes[1]) == (left == right)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"ab": b"", "c": b""}, id="a name split elsewhere"),
        pytest.param({"a/bc": b""}, id="a folder instead of a longer name"),
        pytest.param({"abc": b"\0"}, id="a zero byte"),
    ],
)
def test_similar_folders_have_different_hashes(tmp_path: Path, other: dict[str, bytes]) -> None:
    left, right = fill(tmp_path / "l", {"abc": b""}), fill(tmp_path / "r", other)
    assert hash_folder(left) != hash_folder(right)


def test_times_and_modes_do_not_change_the_hash(tmp_path: Path) -> None:
    folder = fill(tmp_path / "l", {"a": b"A"})
    before = hash_folder(folder)
    (folder / "a").chmod(0o600)
    os.utime(folder / "a", (0, 0))
    assert hash_folder(folder) == before


def test_a_link_is_refused_and_nothing_moves(store: Store) -> None:
    draft = fill(store.scratch("r1"), {"a": b"A"})
    (draft / "link").symlink_to("/etc/hostname")
    with pytest.raises(StoreWriteError, match="link is a link or a special file"):
        store.keep_artifact(draft)
    assert (draft / "a").exists()


@pytest.mark.parametrize("name", ["", "..", "../store.json", "ab" * 32, "AB" * 32])
def test_an_unknown_artefact_is_refused(store: Store, name: str) -> None:
    with pytest.raises(UnknownNameError, match="no artefact named"):
        store.artifact(name)


def test_a_move_that_fails_is_an_error_with_its_reason(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    draft = fill(store.scratch("r1"), {"a": b"A"})
    monkeypatch.setattr(Path, "rename", refuse)  # the kernel's refusal, not our own code
    with pytest.raises(StoreWriteError, match="no space left to write"):
        store.keep_artifact(draft)
    assert (draft / "a").exists()


def test_sizes_add_up_over_all_files(tmp_path: Path) -> None:
    folder = fill(tmp_path / "l", {"a": b"A" * 10, "sub/b": b"B" * 5})
    assert size_bytes(folder) == 15
    assert size_bytes(folder / "a") == 10
