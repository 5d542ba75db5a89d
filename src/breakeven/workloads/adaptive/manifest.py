"""The manifest of an adaptive model: `adapt.json`, beside the folders of its members."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from breakeven.errors import ModelFolderError

FILE = "adapt.json"

SCHEMA_VERSION = 1
"""History: 1 - first release; `members`, which files written before it hold, is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an adaptive model is made of and how it decides.

    Attributes:
        method: Registered name of the method that reads the rest.
        threshold: An early answer stands from this confidence on.
        validation: What the threshold did on the examples it was chosen on.
        exits: Layers after which an encoder may stop, counted from 1.
        schema_version: Layout of the file.
    """

    method: str
    threshold: float
    validation: Mapping[str, float | int | bool] = field(default_factory=dict)
    exits: tuple[int, ...] = ()
    schema_version: int = SCHEMA_VERSION

    def write(self, folder: Path) -> None:
        """Write the file."""
        text = json.dumps(asdict(self), indent=2, sort_keys=True)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


def is_adaptive(folder: Path) -> bool:
    """Whether a folder holds an adaptive model."""
    return (folder / FILE).is_file()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest; members are not opened.

    Raises:
        ModelFolderError: If it is no manifest, or one of a later version.
    """
    path = folder / FILE
    try:
        return _checked(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFolderError(
            f"{path} cannot be read ({error}); expected version {SCHEMA_VERSION}, make the model "
            "again with a row of stage adapt"
        ) from error


def _checked(content: Mapping[str, Any]) -> Manifest:
    if content["schema_version"] != SCHEMA_VERSION:
        raise ValueError(f"schema_version is {content['schema_version']}")
    return Manifest(
        **{
            **{name: value for name, value in content.items() if name != "members"},
            "method": str(content["method"]),
            "threshold": float(content["threshold"]),
            "exits": tuple(content["exits"]),
        }
    )


def take_member(source: Path, target: Path) -> None:
    """Copy a model's folder as a member.

    Files are linked where the file system allows it, as both sides are never changed. The hash of
    the whole artefact, which members are part of, says whether they were.
    """
    shutil.copytree(source, target, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)
    return target
