"""Fetching: copy a checkpoint from a folder or a hub; nothing of it is executed or changed."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from breakeven.workloads.manifest import is_deliverable, read_manifest
from breakeven.workloads.models.folder import check_folder, is_local
from breakeven.workloads.models.frameworks import quiet_environment
from breakeven.workloads.models.tokenizer import cannot_load

KEPT = ("*.json", "*.txt", "*.model", "*.safetensors")
"""Configuration, tokenizer and weights; pickled weights, code and other formats stay behind."""

Download = Callable[[str, Sequence[str]], str]
"""From an id and the patterns of the files wanted to the folder they were put in."""


def fetch_folder(source: str, target: Path, *, download: Download | None = None) -> None:
    """Copy what a checkpoint consists of; of a delivered folder every file, once checked.

    Args:
        source: Folder or hub id.
        target: Empty folder.
        download: Asks the hub; the client of `huggingface_hub` by default.

    Raises:
        ModelFolderError: If it cannot be had, or holds no model that we are willing to load.
    """
    folder = Path(source) if is_local(source) else _downloaded(source, download or _from_hub)
    if is_deliverable(folder):
        read_manifest(folder)
        shutil.copytree(folder, target, dirs_exist_ok=True)
        return
    check_folder(folder)
    for pattern in KEPT:
        for path in sorted(folder.glob(pattern)):
            shutil.copyfile(path, target / path.name)  # links too: a cache is made of them


def _downloaded(source: str, download: Download) -> Path:
    try:
        return Path(download(source, KEPT))
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise cannot_load(source, error) from error


def _from_hub(source: str, patterns: Sequence[str]) -> str:
    quiet_environment()
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - only where a hub is asked

    return str(snapshot_download(source, allow_patterns=list(patterns)))
