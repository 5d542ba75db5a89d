"""Several claims: certificates asked for more than one candidate, which luck would find.

Of 20 candidates that all lose too much, tested one by one at 5 %, one is granted in 64 % of cases.
Either their order is fixed before the evidence is seen, or each is tested more strictly.
"""

from collections.abc import Sequence
from dataclasses import replace

from breakeven.analysis.certificates.certify import Claim, Evidence, certify
from breakeven.records import Certificate

Asked = tuple[Claim, Evidence]


def certify_in_order(asked: Sequence[Asked]) -> tuple[Certificate, ...]:
    """Judge claims in an order fixed beforehand, each at the full level, until one is not shown.

    Those after it are not granted, whatever their evidence (a fixed sequence: Maurer, Hothorn and
    Lehmacher 1995). The chance that any is granted falsely stays below 1 - level.

    Args:
        asked: In the order that was fixed before the evidence was seen.

    Raises:
        CertificateError: If evidence could not show its claim whatever came out.

    Examples:
        >>> from breakeven.testing.certificates import CLAIM, example_evidence
        >>> good, bad = example_evidence(), example_evidence(n_lost=20)
        >>> [c.granted for c in certify_in_order([(CLAIM, good), (CLAIM, bad), (CLAIM, good)])]
        [True, False, False]
    """
    found: list[Certificate] = []
    stopped_at = ""
    for claim, evidence in asked:
        certificate = certify(claim, evidence)
        if stopped_at and certificate.granted:
            certificate = _withheld(
                certificate,
                f"{stopped_at} comes before {claim.candidate} in the order that was fixed, and "
                "was not shown",
            )
        if not certificate.granted and not stopped_at:
            stopped_at = claim.candidate
        found.append(certificate)
    return tuple(found)


def certify_any(asked: Sequence[Asked]) -> tuple[Certificate, ...]:
    """Judge claims without an order, by Holm's method (1979, Scandinavian Journal of Statistics 6).

    With k claims left, those shown at the level 1 - (1 - level) / k are granted; then the next. The
    chance that any is granted falsely stays below 1 - level, however many there are.

    Args:
        asked: All that may be granted, of one level.

    Returns:
        In the order asked, each at the level it was judged at.

    Raises:
        CertificateError: If evidence could not show its claim whatever came out.

    Examples:
        >>> from breakeven.testing.certificates import CLAIM, example_evidence
        >>> good, bad = example_evidence(), example_evidence(n_lost=20)
        >>> found = certify_any([(CLAIM, bad), (CLAIM, good)])
        >>> [(c.granted, round(c.level, 4)) for c in found]
        [(False, 0.95), (True, 0.975)]
    """
    found: dict[int, Certificate] = {}
    left = list(range(len(asked)))
    while left:
        judged = {place: _judged(asked[place], of=len(left)) for place in left}
        granted = {place: one for place, one in judged.items() if one.granted}
        found |= granted or judged
        left = [place for place in left if place not in granted] if granted else []
    return tuple(found[place] for place in range(len(asked)))


def _judged(asked: Asked, *, of: int) -> Certificate:
    claim, evidence = asked
    return certify(replace(claim, level=1 - (1 - claim.level) / of), evidence)


def _withheld(certificate: Certificate, why: str) -> Certificate:
    return replace(certificate, granted=False, reason=f"Not shown: {why}.")
