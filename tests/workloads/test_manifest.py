"""A delivered folder is what it was when it was delivered, or says which file is not."""

import json
from pathlib import Path

import pytest

from breakeven.errors import ModelFolderError
from breakeven.workloads.manifest import (
    Manifest,
    hash_files,
    is_deliverable,
    read_manifest,
    write_manifest,
)
from breakeven.workloads.tasks.form import Form

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""SHA-256 of "abc" (FIPS 180-2, appendix B.1)."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "config.json").write_text("abc", encoding="utf-8")
    (tmp_path / "parts/graph.bin").write_bytes(b"\0\1")
    written = Manifest(
        form=Form.CLASSIFICATION,
        labels=("no", "yes"),
        settings={"batch_size": 8},
        files=hash_files(tmp_path),
    )
    write_manifest(tmp_path, written)
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(ModelFolderError) as caught:
        read_manifest(folder)
    return str(caught.value)


def test_a_manifest_is_read_as_it_was_written(folder: Path) -> None:
    found = read_manifest(folder)
    assert is_deliverable(folder)
    assert (found.form, found.labels) == (Form.CLASSIFICATION, ("no", "yes"))
    assert found.files["config.json"] == ABC
    assert set(found.files) == {"config.json", "parts/graph.bin"}


def test_a_changed_file_is_named(folder: Path) -> None:
    (folder / "parts/graph.bin").write_bytes(b"\0\2")
    assert "parts/graph.bin is not the file that was delivered" in refusal(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "config.json").unlink()
    assert "config.json is missing; copy the folder again" in refusal(folder)


def test_a_file_that_was_slipped_in_is_named(folder: Path) -> None:
    (folder / "linear.json").write_text("{}", encoding="utf-8")
    assert "linear.json is not listed in breakeven.json" in refusal(folder)


def test_people_may_add_a_readme_and_hidden_files(folder: Path) -> None:
    (folder / "README.md").write_text("ours", encoding="utf-8")
    (folder / ".gitattributes").write_text("*", encoding="utf-8")
    assert read_manifest(folder).labels == ("no", "yes")


def test_a_folder_without_a_manifest_says_how_to_write_one(tmp_path: Path) -> None:
    assert not is_deliverable(tmp_path)
    assert "breakeven export STORE --pathway NAME --out FOLDER" in refusal(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"labels": []}', '{"form": "dance"}'])
def test_a_damaged_manifest_is_refused(folder: Path, text: str) -> None:
    (folder / "breakeven.json").write_text(text, encoding="utf-8")
    assert "breakeven.json cannot be read" in refusal(folder)


def test_a_later_layout_is_refused(folder: Path) -> None:
    path = folder / "breakeven.json"
    later = {**json.loads(path.read_bytes()), "schema_version": 2}
    path.write_text(json.dumps(later), encoding="utf-8")
    assert "has schema_version 2, and this version of breakeven reads 1" in refusal(folder)
