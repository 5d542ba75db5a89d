"""Certificates: a made-up one and a search that ends in it, for examples and tests."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from breakeven.analysis.certificates.certify import Claim, Evidence, certify
from breakeven.analysis.certificates.saving import PairedCosts
from breakeven.analysis.scoring.paired_sums import PairedSums, means
from breakeven.analysis.uncertain import Observation
from breakeven.records import (
    Certificate,
    Estimate,
    Forecast,
    FrontPoint,
    Item,
    Kind,
    Optimum,
    Origin,
    Resource,
)

CLAIM = Claim(reference="FT", candidate="int8", max_drop=0.01)


def example_certificate(
    claim: Claim = CLAIM,
    *,
    answers: PairedSums | None = None,
    costs: PairedCosts | None = None,
) -> Certificate:
    """A thousand answers that agree, and half the CPU time, unless told otherwise."""
    evidence = example_evidence()
    found = replace(evidence, answers=answers or evidence.answers, costs=costs or evidence.costs)
    return certify(claim, found)


def example_evidence(n_lost: int = 0, n_gained: int = 0, *, n: int = 1000) -> Evidence:
    """So many answers, lost and gained, and half the CPU time."""
    return Evidence(
        answers=paired(n_lost, n_gained, n=n),
        costs=paired_costs((4.0, 4.4, 4.2), (2.0, 2.1, 2.05)),
        split="test",
        is_fresh=True,
        run_ids=("ft-answers", "int8-answers"),
    )


def example_optimum(certificate: Certificate | None = None) -> Optimum:
    """A search of four configurations, of which one could not be run, with its certificate."""
    reference = _point("FT", 1.0, loss=0.0, front=0.02, power=1.0)
    chosen = _point("int8/batch_size=64", 2.06, loss=-0.001, front=0.97, power=0.99)
    return Optimum(
        study="toy",
        metric="accuracy",
        resource=Resource.CPU_S,
        item=Item.EXAMPLE,
        max_drop=CLAIM.max_drop,
        pathway="int8",
        settings={"batch_size": 64},
        reference=reference,
        chosen=chosen,
        is_expected=True,
        front=(chosen, _point("int8", 1.9, loss=0.002, front=0.4, power=0.7), reference),
        certificate=certificate or example_certificate(),
        spent=_estimate("cpu_s of the search", 120.0),
        repaid=_estimate("examples at break-even", 58000.0, low=55000.0, high=61000.0),
        repaid_sentence="int8/batch_size=64 has cost less CPU time than FT from 58,000 examples "
        "on (55,000 to 61,000, 95% interval over blocks; the search ran once).",
        n_cells=4,
        n_measured=3,
        n_rounds=2,
        n_skipped=0,
        failed={"fp16": "ft-fp16: fp16 is 14 times slower than fp32 on this device"},
        forecast=Forecast(terms=("length", "precision"), n=3, error_frac=0.11),
        doubts=("left out: ft-fp16: fp16 is 14 times slower than fp32 on this device",),
    )


def _point(name: str, factor: float, *, loss: float, front: float, power: float) -> FrontPoint:
    return FrontPoint(
        name=name,
        cost=_estimate("cpu_s per example", 0.004 / factor),
        factor=_estimate("cheaper", factor, low=factor - 0.1, high=factor + 0.1),
        quality=0.9 - loss,
        loss=_estimate("loss", loss, low=loss - 0.004, high=loss + 0.004, kind=Kind.COUNTED),
        front=front,
        power=power,
    )


def _estimate(
    name: str,
    value: float,
    *,
    low: float | None = None,
    high: float | None = None,
    kind: Kind = Kind.MEASURED,
) -> Estimate:
    return Estimate(
        name=name,
        value=value,
        low=low,
        high=high,
        level=None if low is None else 0.95,
        method="made up",
        n=3,
        kinds=(kind,),
    )


def paired(n_lost: int, n_gained: int, *, n: int, group_size: int = 1) -> PairedSums:
    """Accuracy of two models that differ on so many examples, the lost ones first."""
    reference, candidate = np.ones(n), np.ones(n)
    candidate[:n_lost] = 0
    reference[n_lost : n_lost + n_gained] = 0
    return means("accuracy", reference, candidate, np.arange(n) // group_size)


def paired_costs(  # noqa: PLR0913 - what costs were and where they are from
    reference: Sequence[float],
    candidate: Sequence[float],
    *,
    kind: Kind = Kind.MEASURED,
    resource: Resource = Resource.CPU_S,
    error: float = 0.0,
    origin: Origin = Origin.LIVE,
) -> PairedCosts:
    """Costs per example by block, each known but for so much either way."""
    sides = {"reference": reference, "candidate": candidate}
    seen = {
        name: {
            block: Observation(
                value=value,
                low=value - error,
                high=value + error,
                kinds=(kind,),
                origins=(origin,),
                run_ids=(f"{name}-{block}",),
            )
            for block, value in enumerate(values)
        }
        for name, values in sides.items()
    }
    return PairedCosts(resource=resource, item=Item.EXAMPLE, **seen)
