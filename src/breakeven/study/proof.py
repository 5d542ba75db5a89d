"""Proof: that a certificate is of exactly the row that is delivered, and what checks it again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.analysis.certificates.certify import Claim, Evidence, certify
from breakeven.analysis.certificates.certify_runs import Measured, evidence_of
from breakeven.analysis.certificates.saving import PairedCosts
from breakeven.analysis.runs.select import ROLE, SEARCHING
from breakeven.analysis.scoring.paired_sums import PairedSums
from breakeven.analysis.uncertain import Observation
from breakeven.errors import CertificateError
from breakeven.records import Certificate, Run, Scalar
from breakeven.store import Store, StoredAnswers
from breakeven.study.ledger import MODEL
from breakeven.workloads.deliver import serving_settings
from breakeven.workloads.deployed import read_certificate
from breakeven.workloads.manifest import Certified, Manifest, Pairs, read_manifest, read_pairs


def certified_by(store: Store, certificate: Certificate, delivered: Run) -> tuple[Certified, Pairs]:
    """Check that a certificate is of one row as it was measured, and gather what shows it again.

    Args:
        store: Holds the runs.
        certificate: What is to be delivered beside the model.
        delivered: Latest run of the row whose model and settings are delivered.

    Raises:
        CertificateError: If it is of another row, model, machine or settings, or the runs of the
            store do not show it.
    """
    runs = {run.run_id: run for run in store.runs(study=delivered.study)}
    _refuse_gone(certificate, runs)
    used = [runs[run_id] for run_id in certificate.run_ids]
    reference = [run for run in used if run.row == certificate.reference]
    candidate = [run for run in used if run.row == certificate.candidate]
    _refuse_other(certificate, delivered, candidate, runs)
    if not (reference and candidate):
        raise CertificateError(
            "the certificate names no run of its reference or of its candidate; certify again"
        )
    evidence = evidence_of(
        Measured(
            reference=reference,
            candidate=candidate,
            selection=[r for r in runs.values() if r.settings.resolved.get(ROLE) == SEARCHING],
        ),
        StoredAnswers(store, study=delivered.study).kept,
        metric=certificate.metric,
        resource=certificate.resource,
        item=certificate.item,
    )
    _refuse_unlike(certify(_claim(certificate), evidence), certificate)
    facts = store.study(delivered.study).facts
    return (
        _certified(certificate, evidence, (reference[0], candidate[0]), runs, facts=facts),
        _pairs(evidence.answers),
    )


def check_again(folder: Path | str) -> Certificate:
    """Work the certificate of a delivered folder out again, from what lies in that folder.

    Args:
        folder: With a certificate.

    Returns:
        The certificate, shown by the folder's own evidence.

    Raises:
        ModelFolderError: If it is no deliverable, or a file was changed.
        CertificateError: If it has none, or its evidence does not show it.
    """
    path = Path(folder)
    manifest, certificate = read_manifest(path), read_certificate(path)
    if certificate is None or manifest.certified is None:
        raise CertificateError(f"{path} was delivered without a certificate; certify its row first")
    found = _evidence(certificate, manifest, read_pairs(path))
    _refuse_unlike(certify(_claim(certificate), found), certificate)
    return certificate


def _refuse_gone(certificate: Certificate, known: Iterable[str]) -> None:
    gone = sorted(set(certificate.run_ids).difference(known))
    if gone or not certificate.run_ids:
        raise CertificateError(
            f"the certificate rests on {gone[0] if gone else 'no run'}, which this store does not "
            "hold for the study; deliver from the store that certified it"
        )


def _refuse_other(
    certificate: Certificate,
    delivered: Run,
    candidate: Sequence[Run],
    runs: Mapping[str, Run],
) -> None:
    if certificate.candidate != delivered.row:
        raise CertificateError(
            f"the certificate is of {certificate.candidate}, and {delivered.row} is delivered; "
            "deliver that row, or leave the certificate out"
        )
    wanted = _identity(delivered, runs)
    for run in candidate:
        differing = [name for name, value in _identity(run, runs).items() if value != wanted[name]]
        if differing:
            raise CertificateError(
                f"the certificate rests on {run.run_id} of {run.row}, whose {differing[0]} is not "
                "that of what is delivered; certify again"
            )


def _identity(run: Run, runs: Mapping[str, Run]) -> dict[str, object]:
    return {
        "settings": serving_settings(run.settings.resolved),
        "model": _model_of(run, runs),
        "machine": _machine_of(run),
    }


def _model_of(run: Run, runs: Mapping[str, Run]) -> str:
    parents = (runs[parent] for parent in run.parents if parent in runs)
    return next((own.artifacts[MODEL] for own in parents if MODEL in own.artifacts), "")


def _machine_of(run: Run) -> str:
    return "" if run.machine is None else run.machine.fingerprint


def _claim(certificate: Certificate) -> Claim:
    return Claim(
        reference=certificate.reference,
        candidate=certificate.candidate,
        max_drop=certificate.max_drop,
        min_saving=certificate.min_saving,
        level=certificate.level,
    )


def _refuse_unlike(found: Certificate, told: Certificate) -> None:
    if told.hindrances:  # refused whatever its bounds show
        found = replace(found, granted=False)
    if _told(found) != _told(told):
        raise CertificateError(
            f"the runs show another verdict than the certificate: {found.reason} Certify again"
        )


def _told(found: Certificate) -> tuple[Any, ...]:
    """Verdict and numbers, to as many digits as survive other sums of the same numbers."""
    numbers = (found.loss.value, found.loss.high, found.saving.value, found.saving.low)
    counts = (found.granted, found.n_examples, found.n_groups, found.n_lost, found.n_gained)
    return (*counts, *(f"{number or 0.0:.9g}" for number in numbers))


def _certified(
    certificate: Certificate,
    evidence: Evidence,
    sides: tuple[Run, Run],
    runs: Mapping[str, Run],
    *,
    facts: Mapping[str, Scalar],
) -> Certified:
    reference, candidate = sides
    costs = evidence.costs
    return Certified(
        reference=certificate.reference,
        reference_settings=serving_settings(reference.settings.resolved),
        models={"reference": _model_of(reference, runs), "candidate": _model_of(candidate, runs)},
        machine=_machine_of(candidate),
        metric=certificate.metric,
        max_drop=certificate.max_drop,
        min_saving=certificate.min_saving,
        level=certificate.level,
        methods={"loss": certificate.loss.method, "saving": certificate.saving.method},
        n_examples=certificate.n_examples,
        n_groups=certificate.n_groups,
        n_lost=certificate.n_lost,
        n_gained=certificate.n_gained,
        split=certificate.split,
        split_hash=str(facts.get("content_hash", "")),
        resource=costs.resource,
        item=costs.item,
        kinds=costs.kinds,
        reference_costs={str(b): _bounds(costs.reference[b]) for b in costs.blocks},
        candidate_costs={str(b): _bounds(costs.candidate[b]) for b in costs.blocks},
    )


def _bounds(seen: Observation) -> tuple[float, float, float]:
    return seen.value, seen.low, seen.high


def _pairs(answers: PairedSums) -> Pairs:
    return Pairs(
        groups=answers.groups.tolist(),
        reference=answers.reference.tolist(),
        candidate=answers.candidate.tolist(),
    )


def _evidence(certificate: Certificate, manifest: Manifest, pairs: Pairs) -> Evidence:
    told = manifest.certified
    assert told is not None
    answers = PairedSums(
        metric=told.metric,
        reference=np.array(pairs.reference, dtype=float),
        candidate=np.array(pairs.candidate, dtype=float),
        groups=np.array(pairs.groups, dtype=np.intp),
    )
    costs = PairedCosts(
        resource=told.resource,
        item=told.item,
        reference=_observed(told.reference_costs, certificate),
        candidate=_observed(told.candidate_costs, certificate),
    )
    return Evidence(answers=answers, costs=costs, split=told.split)


def _observed(
    costs: Mapping[str, tuple[float, float, float]], certificate: Certificate
) -> dict[int, Observation]:
    return {
        int(block): Observation(
            value=value,
            low=low,
            high=high,
            kinds=certificate.saving.kinds,
            origins=certificate.saving.origins,
            run_ids=(),
        )
        for block, (value, low, high) in costs.items()
    }
