"""The manifest of a deliverable: what its folder holds, how it is run and where it comes from."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from breakeven.errors import ModelFolderError
from breakeven.records import Item, Kind, Resource, Scalar
from breakeven.workloads.tasks.form import Form

MANIFEST_FILE = "breakeven.json"
CERTIFICATE_FILE = "certificate.json"
PAIRS_FILE = "certificate-pairs.json"

SCHEMA_VERSION = 1
"""History: 1 - first release."""

_UNLISTED = ("README.md", "LICENSE")
"""What people may add; it is never read."""


Bounds = tuple[float, float, float]
"""A cost per item, the least and the most that it can be by its sensors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What the certificate in a folder was worked out from, but for the answers one by one.

    Attributes:
        reference: Row that the delivered one was compared with.
        reference_settings: How that was run.
        models: Content hashes of both models, "reference" and "candidate".
        machine: Fingerprint of the machine that ran both.
        metric: Quality that may drop.
        max_drop: Most that may be lost.
        min_saving: Least factor by which the delivered row must be cheaper.
        level: Of each one-sided bound.
        methods: How "loss" and "saving" were bounded.
        n_examples: Examples that both answered and the choice did not see.
        n_groups: Sources they come from.
        n_lost: Examples only the reference got right; None where an answer is not right or wrong.
        n_gained: Examples only the delivered one got right; None likewise.
        split: Which data those are.
        split_hash: Hash of the task's data.
        resource: What is saved.
        item: What its average is taken over.
        kinds: How it was observed.
        reference_costs: Cost of the reference by block.
        candidate_costs: Cost of the delivered row in the same blocks.
    """

    reference: str
    reference_settings: Mapping[str, Scalar]
    models: Mapping[str, str]
    machine: str
    metric: str
    max_drop: float
    min_saving: float
    level: float
    methods: Mapping[str, str]
    n_examples: int
    n_groups: int
    n_lost: int | None
    n_gained: int | None
    split: str
    split_hash: str
    resource: Resource
    item: Item
    kinds: tuple[Kind, ...]
    reference_costs: Mapping[str, Bounds]
    candidate_costs: Mapping[str, Bounds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Answers that a certificate was worked out from, example by example.

    Attributes:
        groups: Source of each example, as a number.
        reference: What each example adds to the totals of the metric.
        candidate: The same of the delivered row.
    """

    groups: tuple[int, ...]
    reference: tuple[tuple[float, ...], ...]
    candidate: tuple[tuple[float, ...], ...]


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
        measuring: Settings that say what was measured of it: split, examples, batches.
        machine: Fingerprint of the machine that measured it.
        scores: Of the row as it was measured.
        costs: Cost per example in each block, by resource.
        certified: What its certificate rests on; None without one.
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
    measuring: Mapping[str, Scalar] = field(default_factory=dict)
    machine: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    costs: Mapping[Resource, tuple[float, ...]] = field(default_factory=dict)
    certified: Certified | None = None
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


def write_pairs(folder: Path, pairs: Pairs) -> None:
    """Write what the certificate of a folder rests on beside it."""
    (folder / PAIRS_FILE).write_bytes(msgspec.json.encode(pairs))


def read_pairs(folder: Path) -> Pairs:
    """Read what `write_pairs` wrote.

    Raises:
        ModelFolderError: If it is missing or cannot be read.
    """
    path = folder / PAIRS_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Pairs)
    except (OSError, msgspec.MsgspecError) as error:
        raise ModelFolderError(
            f"{path} cannot be read ({error}); export the model again"
        ) from error


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
