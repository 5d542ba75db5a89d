"""Hindrances: why a certificate must not be used, whatever its bounds show.

A limit that was broken, or blocks in which the baseline's own twin seems to save as much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from breakeven.analysis.certificates.certificate_words import factor_down
from breakeven.analysis.certificates.saving import PairedCosts, saving_of
from breakeven.analysis.runs.select import by_block
from breakeven.analysis.search.rules import over_limit
from breakeven.analysis.uncertain import Observation
from breakeven.errors import CertificateError
from breakeven.records import Certificate, Item, Run
from breakeven.study.optimize.live import reached
from breakeven.study.optimize.wanted import Wanted


def refuse_nothing(costs: PairedCosts) -> None:
    """Refuse costs of 0, of which no ratio can be taken: the sensor's step is larger than they are.

    Args:
        costs: Of both, in the blocks of the certificate.

    Raises:
        CertificateError: If one is not above 0.
    """
    blocks = [
        b for b in costs.blocks if min(costs.reference[b].value, costs.candidate[b].value) <= 0
    ]
    if blocks:
        raise CertificateError(
            f"{costs.resource} was seen as 0 in block {blocks[0]}, less than its sensor can tell; "
            "measure longer rows (inference.min_window_s) or another cost"
        )


def hindered(found: Certificate, *reasons: str) -> Certificate:
    """Refuse a certificate that must not be used, whatever its bounds show.

    Args:
        found: By its bounds.
        reasons: Why not, in words; empty ones say nothing.

    Examples:
        >>> from breakeven.testing.certificates import example_certificate
        >>> found = hindered(example_certificate(), "", "energy_j is 3, above the limit of 2")
        >>> found.granted, found.reason
        (False, 'Refused: energy_j is 3, above the limit of 2.')
    """
    told = tuple(reason for reason in reasons if reason)
    if not told:
        return found
    reason = f"Refused: {'; and '.join(told)}."
    if not found.granted:
        reason = f"{found.reason} {reason}"
    return replace(found, granted=False, hindrances=told, reason=reason)


def hidden(found: Certificate, noise: float) -> str:
    """Why a saving that was shown is none: the baseline's twin may seem to save as much.

    Args:
        found: By its bounds.
        noise: See `twin_ratio`.
    """
    least = found.saving.low or 0.0
    if not found.granted or noise <= found.min_saving or least > noise:
        return ""
    return (
        f"baseline and its twin may differ by a factor of {noise:.2f}, and the choice is shown to "
        f"be {factor_down(least)} times cheaper only; quieten the machine and certify again"
    )


def twin_ratio(wanted: Wanted, one: Sequence[Run], twin: Sequence[Run]) -> float:
    """By how much the costs of baseline and twin may differ in these blocks; 0 without a twin.

    Args:
        wanted: Cost, level and the saving asked for.
        one: Runs of the baseline.
        twin: Of its twin, in the same blocks.
    """
    sides = [by_block(runs, wanted.cost, item=Item.EXAMPLE) for runs in (one, twin)]
    lows = [
        saving_of(costs, level=wanted.level).low
        for reference, candidate in (sides, sides[::-1])
        if (costs := paired(wanted, reference, candidate)).blocks
    ]
    return max((1 / low for low in lows if low), default=0.0)


def unsteady(wanted: Wanted, noise: float) -> str:
    """Why blocks hardly tell a saving of as much as is asked; empty where they do.

    Args:
        wanted: The saving asked for.
        noise: See `twin_ratio`.
    """
    if noise <= wanted.min_saving:
        return ""
    return (
        f"baseline and its twin cost the same to within {noise - 1:.0%} only, so blocks hardly "
        f"tell a saving of {wanted.min_saving - 1:.0%}; quieten the machine or measure more blocks"
    )


def paired(
    wanted: Wanted, reference: Mapping[int, Observation], candidate: Mapping[int, Observation]
) -> PairedCosts:
    """Put the costs per example of two rows beside each other, by block."""
    return PairedCosts(
        resource=wanted.cost, item=Item.EXAMPLE, reference=reference, candidate=candidate
    )


def over(wanted: Wanted, runs: Sequence[Run]) -> str:
    """Limit that runs broke, or that nobody could judge, in words; empty where all are kept."""
    seen = reached(runs)
    unseen = [str(resource) for resource in wanted.limits if resource not in seen]
    if unseen:
        return (
            f"{', '.join(unseen)} has a limit and was not seen; a 99th percentile needs 100 batches"
        )
    return over_limit(wanted.limits, seen)
