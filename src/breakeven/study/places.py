"""Places: paths in a study file are relative to that file, and count by content, not by name."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

from breakeven.records import Scalar
from breakeven.records.engine import Engine


def located(engine: Engine, settings: Mapping[str, Scalar], *, folder: Path) -> dict[str, Scalar]:
    """Return settings in which every path that exists beside the study file is absolute.

    Anything else stays as given: an id on a hub, or a path of the working directory.

    Args:
        engine: Knows which settings may be paths.
        settings: As written.
        folder: Of the study file.
    """
    here = {name: folder / text for name, text in engine.paths(settings).items()}
    return {**settings, **{k: str(p.resolve()) for k, p in here.items() if p.exists()}}


def contents(engine: Engine, settings: Mapping[str, Scalar]) -> dict[str, str]:
    """Hash what each path in located settings leads to; names that lead nowhere are left out."""
    paths = {name: Path(text) for name, text in engine.paths(settings).items()}
    return {name: _hash(path) for name, path in paths.items() if path.exists()}


def name_only(value: str | Path) -> str:
    """Return the name of an absolute path, anything else as given: records tell no folder.

    Examples:
        >>> name_only("/data/models/tiny"), name_only("google-bert/bert-base-uncased")
        ('tiny', 'google-bert/bert-base-uncased')
    """
    path = Path(value)
    return path.name if path.is_absolute() else str(value)


def told(settings: Mapping[str, Scalar], found: Collection[str]) -> dict[str, Scalar]:
    """Return settings as records tell them: what lies here by its name alone.

    Args:
        settings: As written.
        found: Names of those that lead to a file or folder.
    """
    return {k: Path(str(v)).name if k in found else v for k, v in settings.items()}


def _hash(path: Path) -> str:
    """SHA-256 over names and bytes; links are followed, as model caches are made of them."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for each in files:
        digest.update(each.relative_to(path).as_posix().encode() + b"\0")
        with each.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
