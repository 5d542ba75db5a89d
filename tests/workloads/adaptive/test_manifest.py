import json
import os
from pathlib import Path

import pytest

from breakeven.errors import ModelFolderError
from breakeven.workloads.adaptive.manifest import (
    Manifest,
    is_adaptive,
    read_manifest,
    take_member,
)


def manifest() -> Manifest:
    return Manifest(
        method="early-exit",
        threshold=0.75,
        validation={"n_lost": 3, "is_bounded": True},
        exits=(2, 4),
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    manifest().write(tmp_path)
    assert is_adaptive(tmp_path)
    assert read_manifest(tmp_path) == manifest()


def test_other_folders_are_not_adaptive(tmp_path: Path) -> None:
    assert not is_adaptive(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting property name"),
        ("{}", "'schema_version'"),
        ('{"schema_version": 2}', "schema_version is 2"),
        ('{"schema_version": 1}', "'method'"),
        (
            '{"schema_version": 1, "method": "m", "threshold": "high", "exits": []}',
            "could not convert string to float",
        ),
    ],
)
def test_anything_else_is_refused_with_its_reason(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "adapt.json").write_text(text)
    with pytest.raises(ModelFolderError, match=f"cannot be read .*{reason}.*make the model again"):
        read_manifest(tmp_path)


def test_a_member_is_taken_with_all_its_folders(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "weights").write_bytes(b"12")
    take_member(source, tmp_path / "a")
    assert (tmp_path / "a" / "inner" / "weights").read_bytes() == b"12"


def test_hashes_of_members_that_were_once_written_are_not_read(tmp_path: Path) -> None:
    manifest().write(tmp_path)
    path = tmp_path / "adapt.json"
    assert "members" not in json.loads(path.read_text())
    path.write_text(json.dumps({**json.loads(path.read_text()), "members": {"encoder": "ab"}}))
    assert read_manifest(tmp_path) == manifest()


def test_where_links_are_refused_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: str, target: str) -> None:
        raise OSError(f"{source} and {target} are on different file systems")

    monkeypatch.setattr(os, "link", refuse)
    source = tmp_path / "source"
    source.mkdir()
    (source / "weights").write_bytes(b"12")
    take_member(source, tmp_path / "taken")
    assert (tmp_path / "taken" / "weights").stat().st_nlink == 1
