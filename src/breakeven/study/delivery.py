"""Delivery: from a row that a store measured to a folder that carries its model off."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from breakeven.analysis.runs.select import ROLE, SEARCHING, by_block
from breakeven.errors import UnknownNameError
from breakeven.records import (
    Certificate,
    Item,
    Resource,
    Run,
    Scalar,
    Stage,
    Status,
    StudyDefinition,
)
from breakeven.store import Store
from breakeven.store.codec import encode_indented
from breakeven.study.ledger import MODEL
from breakeven.study.proof import certified_by
from breakeven.study.spec import AA
from breakeven.workloads.deliver import deliver, measuring_settings, serving_settings
from breakeven.workloads.manifest import Manifest
from breakeven.workloads.tasks.form import Form

N_NAMED = 8
"""Rows that are all named where none has the name asked for."""


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
        known = [name for name, run in rows.items() if _is_deployable(run, runs)]
        raise UnknownNameError("measured row", row, known, most=N_NAMED)
    inference = rows[row]
    parents = _parents(inference, runs)
    model = next((own for own in parents if MODEL in own.artifacts), None)
    if model is None:
        raise UnknownNameError("kept model of the row", inference.row, ())
    served = [own.settings.resolved for own in parents if own.stage is Stage.SERVE]
    devices = [resolved["device"] for resolved in served if "device" in resolved]
    return MeasuredModel(
        definition=definitions[name],
        inference=inference,
        model=model,
        device=str(devices[0]) if devices else "auto",
    )


def _parents(run: Run, runs: Mapping[str, Run]) -> list[Run]:
    return [runs[parent] for parent in run.parents if parent in runs]


def _is_deployable(run: Run, runs: Mapping[str, Run]) -> bool:
    """Whether a row was measured to be used; a search's, on few examples, and twins were not."""
    is_trial = run.settings.resolved.get(ROLE) in (SEARCHING, AA)
    return not is_trial and any(MODEL in own.artifacts for own in _parents(run, runs))


def deliver_measured(
    store: Store, measured: MeasuredModel, out: Path, *, certificate: Certificate | None = None
) -> Manifest:
    """Write the folder of a measured model.

    Args:
        store: Holds its artefact.
        measured: What to deliver.
        out: New folder.
        certificate: Of exactly this row; by default what a search of its study found, where it is.

    Raises:
        UnknownNameError: If the store no longer holds the artefact.
        StoreWriteError: If the folder holds something, or cannot be written.
        SettingsError: If its form cannot be delivered.
        ModelFolderError: If the artefact does not tell its labels.
        CertificateError: If the certificate is of another row, model, machine or settings, or the
            runs do not show it.
    """
    proof = certificate or _found_by_search(store, measured)
    certified, pairs = (None, None)
    if proof is not None:
        certified, pairs = certified_by(store, proof, measured.inference)
    run, machine = measured.inference, measured.inference.machine
    manifest = Manifest(
        form=_form(measured.definition.facts),
        settings=serving_settings(run.settings.resolved),
        device=measured.device,
        runs={MODEL: measured.model.run_id, "inference": run.run_id},
        task={"study": measured.definition.name, "row": run.row, **measured.definition.facts},
        versions={} if machine is None else {"python": machine.python, **machine.libraries},
        measuring=measuring_settings(run.settings.resolved),
        machine="" if machine is None else machine.fingerprint,
        scores={score.metric: score.value for score in run.scores},
        costs=_costs(store, measured),
        certified=certified,
    )
    source = store.artifact(measured.model.artifacts[MODEL])
    laid = None if proof is None or pairs is None else (encode_indented(proof), pairs)
    return deliver(source, out, manifest, proof=laid)


def _found_by_search(store: Store, measured: MeasuredModel) -> Certificate | None:
    """The certificate that a search of the study ended in, where it is of this row."""
    found = store.optimum(measured.definition.name)
    proof = None if found is None else found.certificate
    return proof if proof is not None and proof.candidate == measured.inference.row else None


def _costs(store: Store, measured: MeasuredModel) -> dict[Resource, tuple[float, ...]]:
    """Cost per example in each block of the row, where it was measured or counted."""
    name, row = measured.definition.name, measured.inference.row
    runs = [run for run in store.runs(study=name) if run.row == row and _is_measured(run)]
    seen = {r: by_block(runs, r, item=Item.EXAMPLE) for r in (Resource.CPU_S, Resource.DURATION_S)}
    return {r: tuple(o.value for _, o in sorted(b.items())) for r, b in seen.items() if b}


def _is_measured(run: Run) -> bool:
    return run.stage is Stage.INFER and run.status is Status.OK and not run.joined


def _form(facts: Mapping[str, Scalar]) -> Form:
    """The task's form; stores that are older than forms hold classifications."""
    return Form(str(facts.get("form", Form.CLASSIFICATION)))
