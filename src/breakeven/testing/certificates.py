"""Certificates: a made-up one, for examples in docstrings and tests."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from breakeven.analysis.certify import Claim, Evidence, certify
from breakeven.analysis.paired_sums import PairedSums, means
from breakeven.analysis.saving import PairedCosts
from breakeven.analysis.uncertain import Observation
from breakeven.records import Certificate, Item, Kind, Origin, Resource

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
        run_ids=("ft-answers", "int8-answers"),
    )


def paired(n_lost: int, n_gained: int, *, n: int, group_size: int = 1) -> PairedSums:
    """Accuracy of two models that differ on so many examples, the lost ones first."""
    reference, candidate = np.ones(n), np.ones(n)
    candidate[:n_lost] = 0
    reference[n_lost : n_lost + n_gained] = 0
    return means("accuracy", reference, candidate, np.arange(n) // group_size)


def paired_costs(
    reference: Sequence[float],
    candidate: Sequence[float],
    *,
    kind: Kind = Kind.MEASURED,
    resource: Resource = Resource.CPU_S,
    error: float = 0.0,
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
                origins=(Origin.LIVE,),
                run_ids=(f"{name}-{block}",),
            )
            for block, value in enumerate(values)
        }
        for name, values in sides.items()
    }
    return PairedCosts(resource=resource, item=Item.EXAMPLE, **seen)
