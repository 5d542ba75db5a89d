"""Delivering: a model with everything that running it takes, as one folder that can be carried off.

The folder is that of the artefact, its manifest and, where there is one, its certificate. Nothing
in it is pickled and no code is.
"""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from breakeven.errors import SettingsError, StoreWriteError
from breakeven.records import Scalar
from breakeven.records.settings import MEASURED_ON
from breakeven.workloads.inference_options import INFERENCE
from breakeven.workloads.manifest import (
    CERTIFICATE_FILE,
    PAIRS_FILE,
    Manifest,
    Pairs,
    hash_files,
    write_manifest,
    write_pairs,
)
from breakeven.workloads.models.folder import CONFIG_FILE, read_labels
from breakeven.workloads.models.linear import is_linear, linear_labels
from breakeven.workloads.tasks.form import RUNNING, Form

_OF_MEASURING = (
    *MEASURED_ON,
    *("show_tokenizing", "seed", "tokenize", "prompt_tokens", "new_tokens"),
)
"""Settings of a row that say what is measured, and not how the model is run."""

_NAMED = (Form.CLASSIFICATION, Form.TOKEN_CLASSIFICATION)


def deliver(
    source: Path, out: Path, manifest: Manifest, *, proof: tuple[bytes, Pairs] | None = None
) -> Manifest:
    """Copy a model to a new folder and write beside it what it is and how it is run.

    Args:
        source: Folder of the model or graph, as a store keeps it.
        out: Folder that is not there yet, or empty.
        manifest: Labels and files are filled in.
        proof: Certificate of its quality and saving, as JSON, and the answers it rests on.

    Returns:
        The manifest as written.

    Raises:
        StoreWriteError: If the folder holds something, or cannot be written.
        SettingsError: If its form cannot be delivered.
        ModelFolderError: If the source does not tell its labels.
    """
    _check_form(manifest.form)
    labels = labels_of(source) if manifest.form in _NAMED else ()
    if out.is_dir() and any(out.iterdir()):
        raise StoreWriteError(f"{out} is not empty; choose a new folder with --out")
    try:
        _copy(source, out)
        _lay_beside(out, proof)
        whole = replace(manifest, labels=labels, files=hash_files(out))
        write_manifest(out, whole)
    except OSError as error:
        raise StoreWriteError(
            f"{out} cannot be written ({error.strerror}); choose another folder with --out"
        ) from error
    return whole


def _copy(source: Path, out: Path) -> None:
    """Copy what files hold, not who may read them: some are written for their owner alone."""
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")):
        target = out / path.relative_to(source)
        if path.is_dir():
            target.mkdir()
        else:
            shutil.copyfile(path, target)


def _lay_beside(out: Path, proof: tuple[bytes, Pairs] | None) -> None:
    """Put the proof of this delivery beside the model, and none that came with the artefact."""
    for name in (CERTIFICATE_FILE, PAIRS_FILE):
        (out / name).unlink(missing_ok=True)
    if proof is not None:
        certificate, pairs = proof
        (out / CERTIFICATE_FILE).write_bytes(certificate)
        write_pairs(out, pairs)


def measuring_settings(settings: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Keep of a measured row's settings those that say what was measured of the model."""
    return {
        name: settings.get(name, option.default)
        for name, option in INFERENCE.items()
        if name in _OF_MEASURING
    }


def serving_settings(settings: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Keep of a measured row's settings those that a deployed model is run by."""
    return {
        name: settings.get(name, option.default)
        for name, option in INFERENCE.items()
        if name not in _OF_MEASURING
    }


def labels_of(folder: Path) -> tuple[str, ...]:
    """Names of the classes or tags that a model folder answers by.

    Raises:
        ModelFolderError: If its configuration cannot be read.
    """
    if is_linear(folder):
        return linear_labels(folder)
    members = sorted(path for path in folder.iterdir() if path.is_dir())
    if not (folder / CONFIG_FILE).is_file() and members:
        return labels_of(members[0])  # of an adaptive model; all answer alike
    return read_labels(folder)


def _check_form(form: Form) -> None:
    if form in RUNNING:
        known = ", ".join(own for own in Form if own not in RUNNING)
        raise SettingsError(
            f"a model of form {form} cannot be delivered as a folder; use its artefact with "
            f"transformers. Forms that can be: {known}"
        )
