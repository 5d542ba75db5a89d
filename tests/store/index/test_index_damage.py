"""A damaged index is noticed, whatever byte of it changed, and never answers."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.errors import RecordFormatError
from breakeven.records import Resource, Run
from breakeven.store import Store
from breakeven.store.index import RunIndex, open_index, update_index
from breakeven.store.index.columns import NUMBERS, SCORE_NUMBERS, SCORE_TEXTS, TEXTS
from breakeven.store.index.manifest import NAME

MakeRun = Callable[..., Run]


@pytest.fixture
def filled(store: Store, rich_run: Run, make_run: MakeRun) -> Store:
    with Store(store.path) as other:
        for run in (rich_run, make_run("a"), make_run("b", parents=("a",))):
            other.append(run)
    update_index(store)
    return store


def everything(index: RunIndex) -> object:
    """Every number and text that the index can be asked for."""
    return (
        [index.ids.tobytes(), index.parents.tobytes(), index.texts],
        [index.column(name).tobytes() for name in (*TEXTS, *NUMBERS)],
        [index.score_column(name).tobytes() for name in (*SCORE_TEXTS, *SCORE_NUMBERS)],
        index.score_values.tobytes(),
        [
            (found.whole.tobytes(), found.work.tobytes(), found.whole_bits.tobytes())
            for found in map(index.amounts, Resource)
        ],
    )


def told(store: Store) -> object:
    """What it says, or that it is damaged."""
    try:
        return everything(open_index(store))
    except RecordFormatError as error:
        assert "damaged" in str(error) or "changed" in str(error) or "version" in str(error)  # noqa: PT017
        return None


def spoil(path: Path, at: int, bit: int) -> bytes:
    content = path.read_bytes()
    path.write_bytes(content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :])
    return content


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_no_changed_bit_changes_an_answer(filled: Store, suffix: str) -> None:
    rng = random.Random(4)
    wanted = told(filled)
    (path,) = filled.path.glob(f"index/*{suffix}")
    n_noticed = 0
    for _ in range(400):
        content = spoil(path, rng.randrange(path.stat().st_size), rng.randrange(8))
        found = told(filled)
        assert found in (wanted, None)
        n_noticed += found is None
        path.write_bytes(content)
    assert n_noticed > 200


@pytest.mark.parametrize("length", [0, 10, -1])
def test_a_cut_segment_is_built_anew(filled: Store, length: int) -> None:
    wanted = told(filled)
    (path,) = filled.path.glob("index/*.npz")
    path.write_bytes(path.read_bytes()[:length])
    assert "is missing or was changed" in update_index(filled).damage
    assert told(filled) == wanted


def test_a_missing_segment_is_built_anew(filled: Store) -> None:
    wanted = told(filled)
    (path,) = filled.path.glob("index/*.npz")
    path.unlink()
    assert update_index(filled).n_read == 3
    assert told(filled) == wanted


def test_a_changed_manifest_is_built_anew(filled: Store) -> None:
    wanted = told(filled)
    path = filled.path / "index" / NAME
    path.write_bytes(path.read_bytes().replace(b'"n_runs":3', b'"n_runs":2'))
    assert "was changed after it was written" in update_index(filled).damage
    assert told(filled) == wanted


def test_an_index_of_another_version_is_built_anew(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breakeven.store.index.manifest.VERSION", 2)
    assert "has version 1, this one reads 2" in update_index(filled).damage


def test_a_folder_in_place_of_the_manifest_is_told(filled: Store) -> None:
    path = filled.path / "index" / NAME
    path.unlink()
    path.mkdir()
    with pytest.raises(RecordFormatError, match="cannot be read"):
        open_index(filled)
