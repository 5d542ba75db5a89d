"""Copying a checkpoint: what is kept, what stays behind, and what a hub may answer."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from breakeven.errors import ModelFolderError
from breakeven.workloads.models.fetching import KEPT, fetch_folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An empty folder, as a stage gets it."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A checkpoint as a hub's cache holds it: links, and files nobody asked for."""
    blobs, folder = tmp_path / "blobs", tmp_path / "snapshot"
    blobs.mkdir()
    folder.mkdir()
    header = b'{"weight":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}'
    contents = {
        "config.json": b'{"model_type": "bert"}',
        "tokenizer.json": b"{}",
        "model.safetensors": len(header).to_bytes(8, "little") + header + bytes(8),
        "pytorch_model.bin": b"pickled",
        "modeling_own.py": b"raise SystemExit",
    }
    for name, content in contents.items():
        (blobs / name).write_bytes(content)
        (folder / name).symlink_to(blobs / name)
    return folder


def test_code_and_pickles_stay_behind_and_links_become_files(snapshot: Path, target: Path) -> None:
    fetch_folder(str(snapshot), target)
    assert {p.name for p in target.iterdir()} == {
        "config.json",
        "tokenizer.json",
        "model.safetensors",
    }
    assert not any(path.is_symlink() for path in target.iterdir())


def test_a_hub_is_asked_for_these_files_alone(snapshot: Path, target: Path) -> None:
    asked = []

    def download(source: str, patterns: Sequence[str]) -> str:
        asked.append((source, patterns))
        return str(snapshot)

    fetch_folder("somebody/model", target, download=download)
    assert asked == [("somebody/model", KEPT)]
    assert (target / "model.safetensors").is_file()


def test_a_hub_that_cannot_be_reached_is_an_error_with_advice(target: Path) -> None:
    def download(source: str, patterns: Sequence[str]) -> str:
        raise OSError("no route to host")

    with pytest.raises(ModelFolderError, match=r"no route to host\); give the path of a local"):
        fetch_folder("somebody/model", target, download=download)


def test_the_hubs_own_client_obeys_the_offline_switch(
    target: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ModelFolderError, match="cannot load model 'somebody/model'"):
        fetch_folder("somebody/model", target)


def test_what_we_would_not_load_is_not_kept(tmp_path: Path, target: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ModelFolderError, match="tokenizer"):
        fetch_folder(str(tmp_path), target)
