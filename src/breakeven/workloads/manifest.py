"""The manifest of a deliverable: what its folder holds, how it is run and where it comes from."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from breakeven.errors import ModelFolderError
from breakeven.records import Scalar
from breakeven.workloads.tasks.form import Form

MANIFEST_FILE = "breakeven.json"
CERTIFICATE_FILE = "certificate.json"

SCHEMA_VERSION = 1
"""History: 1 - first release."""

_UNLISTED = ("README.md", "LICENSE")
"""What people may add; it is never read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What `breakeven.load` must know of a folder.

    Attributes:
        form: What is asked.
        labels: Names of the classes or tags, in the order of their indices; empty for others.
        settings: How it is run, of `catalogue.INFERENCE`.
        device: Where it is run.
        files: SHA-256 of every file of the folder but this one, by path below it.
        runs: Identity of the runs it comes from, by what they did ("model", "inference").
        task: Facts of the task's data, flat.
        versions: Of the libraries that ran it when it was measured.
        schema_version: Layout of this record; see `SCHEMA_VERSION`.
    """

    form: Form
    labels: tuple[str, ...] = ()
    settings: Mapping[str, Scalar] = field(default_factory=dict)
    device: str = "auto"
    files: Mapping[str, str] = field(default_factory=dict)
    runs: Mapping[str, str] = field(default_factory=dict)
    task: Mapping[str, Scalar] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION


def is_deliverable(folder: Path) -> bool:
    """Whether `write_manifest` wrote here."""
    return (folder / MANIFEST_FILE).is_file()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it into its folder, as indented JSON."""
    text = msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=2)
    (folder / MANIFEST_FILE).write_bytes(text + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder, and check every file of it against the manifest.

    Raises:
        ModelFolderError: If it has none that this version reads, or a file was changed, taken away
            or added.
    """
    path = folder / MANIFEST_FILE
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise ModelFolderError(
            f"{folder} is no deliverable (it has no {MANIFEST_FILE}); write one with `breakeven "
            "export STORE --pathway NAME --out FOLDER`"
        ) from error
    except msgspec.MsgspecError as error:
        raise ModelFolderError(
            f"{path} cannot be read ({error}); export the model again"
        ) from error
    if manifest.schema_version != SCHEMA_VERSION:
        raise ModelFolderError(
            f"{path} has schema_version {manifest.schema_version}, and this version of breakeven "
            f"reads {SCHEMA_VERSION}; use the version that wrote it, or export the model again"
        )
    _check_files(folder, manifest.files)
    return manifest


def hash_files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder but its manifest, by path."""
    return {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in _files(folder)
        if path != folder / MANIFEST_FILE
    }


def _check_files(folder: Path, wanted: Mapping[str, str]) -> None:
    found = hash_files(folder)
    differing = sorted(n for n in wanted.keys() | found.keys() if wanted.get(n) != found.get(n))
    wrong = [name for name in differing if name in wanted or name not in _UNLISTED]
    if not wrong:
        return
    name = wrong[0]
    if name not in found:
        what = "is missing"
    elif name not in wanted:
        what = f"is not listed in {MANIFEST_FILE}"
    else:
        what = "is not the file that was delivered (its SHA-256 differs)"
    raise ModelFolderError(f"{folder / name} {what}; copy the folder again, or export it again")


def _files(folder: Path) -> Iterator[Path]:
    return (
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
