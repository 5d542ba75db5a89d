"""Certify: whether a candidate saves enough and loses too little, both shown at once.

An intersection-union test (Berger 1982, Technometrics 24): the claim holds when the lower bound of
the saving is above what was asked and the upper bound of the loss is below what may be lost. Each
is tested at the full level, and the two together still err in at most 1 - level of cases. Both must
rest on blocks and examples that the choice of the candidate did not see.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from breakeven.analysis.certificates.certificate_words import reason_words
from breakeven.analysis.certificates.clustering import NEARLY_ALONE, Clusters
from breakeven.analysis.certificates.loss_bound import LossBound, loss_bound
from breakeven.analysis.certificates.sample_size import needed, resolution
from breakeven.analysis.certificates.saving import PairedCosts, is_certifiable, saving_of
from breakeven.analysis.scoring.paired_sums import METRICS, PairedSums
from breakeven.analysis.uncertain import LEVEL, once
from breakeven.analysis.words import counted
from breakeven.errors import CertificateError
from breakeven.records import Certificate, Estimate, Kind, Note, NoteCode

FEW_SOURCES = 10
"""Below so many sources in which anything differs the t quantile exceeds the normal by a tenth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is to be shown.

    Attributes:
        reference: What quality and cost are compared with, by name.
        candidate: What is to be certified, by name.
        max_drop: Most of the metric that may be lost, above 0: 0.01 of accuracy is a point.
        min_saving: Factor by which the candidate must be cheaper, above 0.
        level: Of each one-sided bound.
    """

    reference: str
    candidate: str
    max_drop: float
    min_saving: float = 1.0
    level: float = LEVEL

    def __post_init__(self) -> None:
        """Refuse what no data could show."""
        if not (min(self.max_drop, self.min_saving) > 0 and 0.5 < self.level < 1):
            raise ValueError(
                "a claim needs max_drop > 0, min_saving > 0 and 0.5 < level < 1, got "
                f"{self.max_drop}, {self.min_saving} and {self.level}"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What was measured of both, apart from what the choice of the candidate saw.

    Attributes:
        answers: Of both to the same examples.
        costs: Of both in the same blocks.
        split: Which data the answers are to.
        n_left_out: Examples not among `answers` because the choice saw them or their source.
        is_fresh: Whether it was said what chose the candidate, so that no answer is one it saw.
        rests_on: See `Certificate`.
        run_ids: Runs that answered.
        notes: Doubts about it.
    """

    answers: PairedSums
    costs: PairedCosts
    split: str = ""
    n_left_out: int = 0
    is_fresh: bool = False
    rests_on: Mapping[str, str] = field(default_factory=dict)
    run_ids: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def certify(claim: Claim, evidence: Evidence) -> Certificate:
    """Judge one claim, fixed before the evidence was seen.

    Args:
        claim: What is to be shown; for several see `several_claims`.
        evidence: What was measured.

    Raises:
        CertificateError: If the evidence could not show it whatever came out: no blocks in
            common, all examples of one source, or answers of which the metric has no value.

    Examples:
        >>> from breakeven.testing.certificates import paired, paired_costs
        >>> evidence = Evidence(
        ...     answers=paired(0, 0, n=1000), costs=paired_costs((4.0, 4.4, 4.2), (2.0, 2.1, 2.05)))
        >>> found = certify(Claim(reference="FT", candidate="int8", max_drop=0.01), evidence)
        >>> found.granted, round(found.loss.high, 4), round(found.saving.low, 2)
        (True, 0.003, 1.97)
    """
    _refuse_too_little(evidence)
    answers = evidence.answers
    bound = loss_bound(answers, level=claim.level)
    _refuse_no_number(answers.metric, bound)
    saving = saving_of(evidence.costs, level=claim.level)
    found = Certificate(
        granted=_is_shown(claim, bound, saving),
        reason="",
        reference=claim.reference,
        candidate=claim.candidate,
        metric=answers.metric,
        max_drop=claim.max_drop,
        min_saving=claim.min_saving,
        level=claim.level,
        resource=evidence.costs.resource,
        item=evidence.costs.item,
        loss=_loss_estimate(claim, evidence, bound),
        saving=saving,
        smallest_margin=max(bound.high, 0.0),
        resolution=resolution(bound, n_examples=answers.n_examples, level=claim.level),
        n_examples=answers.n_examples,
        n_groups=answers.n_groups,
        design_effect=bound.design_effect,
        n_lost=answers.n_lost,
        n_gained=answers.n_gained,
        n_more=_n_more(claim, answers, bound, loss=bound.value),
        n_more_if_equal=_n_more(claim, answers, bound, loss=0.0) or 0,
        n_left_out=evidence.n_left_out,
        is_fresh=evidence.is_fresh,
        rests_on=evidence.rests_on,
        split=evidence.split,
        run_ids=once((*evidence.run_ids, *saving.run_ids)),
        notes=once((*evidence.notes, *_few_sources(answers, bound), *saving.notes)),
    )
    return replace(found, reason=reason_words(found))


def _is_shown(claim: Claim, bound: LossBound, saving: Estimate) -> bool:
    is_cheaper = saving.low is not None and saving.low > claim.min_saving
    is_seen = is_certifiable(saving.kinds, saving.origins)
    return is_cheaper and is_seen and bound.high < claim.max_drop


def _refuse_too_little(evidence: Evidence) -> None:
    answers = evidence.answers
    if answers.metric not in METRICS:
        raise CertificateError(
            f"a loss of {answers.metric} cannot be bounded; certify one of {', '.join(METRICS)}"
        )
    if not evidence.costs.blocks:
        raise CertificateError(
            "reference and candidate have no block in common, so their costs cannot be compared; "
            "run both in the same blocks"
        )
    if answers.n_groups < 2:
        raise CertificateError(
            f"all {counted(answers.n_examples, 'example')} come from one source, which tells "
            "nothing about others; certify on data from several"
        )


def _refuse_no_number(metric: str, bound: LossBound) -> None:
    if not (math.isfinite(bound.value) and math.isfinite(bound.high)):
        raise CertificateError(
            f"{metric} has no value on these answers, or none without one of their sources: a "
            "model answers a constant, or not a number; look at its answers"
        )


def _n_more(claim: Claim, answers: PairedSums, bound: LossBound, *, loss: float) -> int | None:
    if bound.high < claim.max_drop:
        return 0
    total = needed(bound, margin=claim.max_drop, loss=loss, level=claim.level)
    return None if total is None else max(1, total - answers.n_examples)


def _loss_estimate(claim: Claim, evidence: Evidence, bound: LossBound) -> Estimate:
    return Estimate(
        name=f"loss of {evidence.answers.metric}",
        value=bound.value,
        high=bound.high,
        level=claim.level,
        method=bound.method,
        n=evidence.answers.n_examples,
        kinds=(Kind.COUNTED,),
        run_ids=evidence.run_ids,
    )


def _few_sources(answers: PairedSums, bound: LossBound) -> tuple[Note, ...]:
    if Clusters(pair=answers).worst <= NEARLY_ALONE or not 0 < bound.n_telling < FEW_SOURCES:
        return ()
    return (
        Note(
            code=NoteCode.FEW_SOURCES,
            message="the sources in which the two differ tell as much as "
            f"{bound.n_telling:.1f} of the size that weighs most; how examples of one err together "
            "is hardly known.",
            advice="Certify on examples from more sources of like size.",
        ),
    )
