"""Delivery: from a row that a store measured to a folder that carries its model off."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from breakeven.errors import UnknownNameError
from breakeven.records import Run, Scalar, Stage, Status, StudyDefinition
from breakeven.store import Store
from breakeven.study.ledger import MODEL
from breakeven.workloads.deliver import deliver, serving_settings
from breakeven.workloads.manifest import Manifest
from breakeven.workloads.tasks.form import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredModel:
    """A model as one row measured it.

    Attributes:
        definition: Of the study.
        inference: The latest run of the row.
        model: The run that made the model.
        device: Where it was loaded.
    """

    definition: StudyDefinition
    inference: Run
    model: Run
    device: str


def find_measured(store: Store, row: str, *, study: str | None = None) -> MeasuredModel:
    """Find what an inference row measured.

    Args:
        store: Holds the study.
        row: Its name, such as "FT/reference" or "FT/max_length=32".
        study: Its name; None where the store holds one.

    Raises:
        UnknownNameError: If there is no such study or measured row, or its model was not kept.
    """
    definitions = {own.name: own for own in store.studies()}
    name = next(iter(definitions)) if study is None and len(definitions) == 1 else study or ""
    if name not in definitions:
        raise UnknownNameError("study", name, definitions)
    runs = {run.run_id: run for run in store.runs(study=name)}
    rows = {run.row: run for run in runs.values() if _is_measured(run)}
    if row not in rows:
        raise UnknownNameError("measured row", row, rows)
    inference = rows[row]
    parents = [runs[parent] for parent in inference.parents if parent in runs]
    model = next((own for own in parents if MODEL in own.artifacts), None)
    if model is None:
        raise UnknownNameError("kept model of the row", inference.row, ())
    devices = [own.settings.resolved["device"] for own in parents if own.stage is Stage.SERVE]
    return MeasuredModel(
        definition=definitions[name],
        inference=inference,
        model=model,
        device=str(devices[0]) if devices else "auto",
    )


def deliver_measured(
    store: Store, measured: MeasuredModel, out: Path, *, certificate: bytes | None = None
) -> Manifest:
    """Write the folder of a measured model.

    Args:
        store: Holds its artefact.
        measured: What to deliver.
        out: New folder.
        certificate: Its certificate, as JSON.

    Raises:
        UnknownNameError: If the store no longer holds the artefact.
        StoreWriteError: If the folder holds something, or cannot be written.
        SettingsError: If its form cannot be delivered.
        ModelFolderError: If the artefact does not tell its labels.
    """
    run, machine = measured.inference, measured.inference.machine
    manifest = Manifest(
        form=_form(measured.definition.facts),
        settings=serving_settings(run.settings.resolved),
        device=measured.device,
        runs={MODEL: measured.model.run_id, "inference": run.run_id},
        task={"study": measured.definition.name, "row": run.row, **measured.definition.facts},
        versions={} if machine is None else {"python": machine.python, **machine.libraries},
    )
    source = store.artifact(measured.model.artifacts[MODEL])
    return deliver(source, out, manifest, certificate=certificate)


def _is_measured(run: Run) -> bool:
    return run.stage is Stage.INFER and run.status is Status.OK and not run.joined


def _form(facts: Mapping[str, Scalar]) -> Form:
    """The task's form; stores that are older than forms hold classifications."""
    return Form(str(facts.get("form", Form.CLASSIFICATION)))
