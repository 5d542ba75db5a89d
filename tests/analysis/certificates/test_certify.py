"""Certificates: both bounds at once, what is refused, and what more data would do."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.certificates.certificate_words import certificate_sentences
from breakeven.analysis.certificates.certify import Claim, certify
from breakeven.analysis.certificates.saving import is_certifiable
from breakeven.analysis.certificates.several_claims import certify_any, certify_in_order
from breakeven.analysis.scoring.paired_sums import PairedSums, means
from breakeven.errors import CertificateError
from breakeven.records import Kind, NoteCode, Origin, Resource
from breakeven.testing.certificates import (
    CLAIM,
    example_certificate,
    example_evidence,
    paired,
    paired_costs,
)


def constant(metric: str, sums: list[float]) -> PairedSums:
    """Every example adds the same to the totals of both."""
    sides = np.tile(sums, (5, 1))
    return PairedSums(metric=metric, reference=sides, candidate=sides, groups=np.arange(5))


def test_both_bounds_grant_together() -> None:
    found = example_certificate()
    assert found.granted
    assert (found.n_more, found.n_more_if_equal) == (0, 0)
    assert found.run_ids[:3] == ("ft-answers", "int8-answers", "reference-0")


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        pytest.param(replace(CLAIM, max_drop=0.0029), "bound the loss at 0.3 points", id="quality"),
        pytest.param(replace(CLAIM, min_saving=1.97), "more than 1.97 was asked", id="saving"),
    ],
)
def test_one_bound_alone_grants_nothing(claim: Claim, why: str) -> None:
    found = example_certificate(claim)
    assert not found.granted
    assert why in found.reason


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_smallest_margin_is_where_the_verdict_turns(lost: int, gained: int) -> None:
    answers = paired(lost, gained, n=1000)
    margin = example_certificate(answers=answers).smallest_margin + 1e-9
    assert example_certificate(replace(CLAIM, max_drop=margin), answers=answers).granted
    if margin > 1e-6:
        below = replace(CLAIM, max_drop=margin * 0.999)
        assert not example_certificate(below, answers=answers).granted


@pytest.mark.parametrize("kind", [Kind.MODELLED, Kind.ASSUMED])
def test_modelled_energy_certifies_no_saving(kind: Kind) -> None:
    costs = paired_costs((4.0,) * 5, (2.0,) * 5, kind=kind, resource=Resource.ENERGY_J)
    found = example_certificate(costs=costs)
    assert not found.granted
    assert f"the energy is {kind}" in found.reason
    assert found.reason.endswith("certify a saving in time or CPU time.")


def test_printed_costs_certify_no_saving() -> None:
    costs = paired_costs((4.0,) * 5, (2.0,) * 5, origin=Origin.PUBLISHED)
    found = example_certificate(costs=costs)
    assert not found.granted
    assert "the CPU time is published, and only what was measured in these" in found.reason
    assert "(measured, published)" in certificate_sentences(found)[2]


def test_only_what_is_known_to_be_fresh_is_called_so() -> None:
    evidence = replace(example_evidence(), is_fresh=False)
    assert "choice" not in certificate_sentences(certify(CLAIM, evidence))[1]


def test_kinds_must_be_one_and_real() -> None:
    assert is_certifiable([Kind.COUNTED])
    assert not is_certifiable([])
    assert not is_certifiable([Kind.MEASURED, Kind.ASSUMED])


def test_a_loss_beyond_the_margin_is_shown_by_no_number_of_examples() -> None:
    found = example_certificate(answers=paired(30, 10, n=1000))
    assert found.n_more is None
    assert found.n_more_if_equal == 2474 - 1000
    assert "no number of examples like these" in found.reason


def test_more_examples_would_do_where_the_loss_is_small() -> None:
    found = example_certificate(answers=paired(14, 10, n=1000))
    assert found.n_lost == 14
    assert found.n_more == 4122 - 1000
    assert "about 3,200 more examples would show it" in found.reason


def test_a_test_that_could_not_show_it_says_so() -> None:
    found = example_certificate(answers=paired(0, 0, n=200))
    assert "200 examples are too few" in found.reason
    assert found.n_more_if_equal == 299 - 200


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        pytest.param(
            replace(example_evidence(), costs=paired_costs((), ())), "no block in common", id="cost"
        ),
        pytest.param(
            replace(example_evidence(), answers=paired(0, 0, n=50, group_size=50)),
            "all 50 examples come from one source",
            id="sources",
        ),
        pytest.param(
            replace(
                example_evidence(),
                answers=means("spearman", np.ones(5), np.ones(5), np.arange(5)),
            ),
            "a loss of spearman cannot be bounded; certify one of accuracy",
            id="metric",
        ),
        pytest.param(
            replace(example_evidence(), answers=constant("answer_f1", [math.nan, 1.0])),
            "answer_f1 has no value on these answers",
            id="not a number",
        ),
    ],
)
def test_evidence_that_can_show_nothing_is_an_error(evidence: object, why: str) -> None:
    with pytest.raises(CertificateError, match=why):
        certify(CLAIM, evidence)  # type: ignore[arg-type]  # parametrized


def test_few_sources_are_told() -> None:
    answers = paired(4, 3, n=2000, group_size=5)
    found = example_certificate(answers=answers)
    assert [n.code for n in found.notes] == [NoteCode.FEW_SOURCES, NoteCode.FEW_REPEATS]


def test_one_large_source_among_singles_is_told() -> None:
    pair = paired(20, 3, n=5000)
    groups = np.where(np.arange(5000) >= 4900, 4900, np.arange(5000))
    found = example_certificate(answers=replace(pair, groups=groups))
    assert NoteCode.FEW_SOURCES in [note.code for note in found.notes]


@pytest.mark.parametrize("wrong", [{"max_drop": 0.0}, {"min_saving": -1.0}, {"level": 0.4}])
def test_an_impossible_claim_is_refused(wrong: dict[str, float]) -> None:
    told = {"max_drop": 0.01, **wrong}
    with pytest.raises(ValueError, match="a claim needs max_drop > 0"):
        Claim(reference="FT", candidate="int8", **told)


def test_what_follows_one_that_was_not_shown_is_withheld() -> None:
    good, bad = example_evidence(), example_evidence(20)
    named = replace(CLAIM, candidate="bf16")
    found = certify_in_order([(CLAIM, bad), (named, good)])
    assert [one.granted for one in found] == [False, False]
    assert found[1].reason == (
        "Not shown: int8 comes before bf16 in the order that was fixed, and was not shown."
    )


def test_without_an_order_each_of_three_is_tested_at_a_third() -> None:
    # 4 lost of 1,000: below 1 point at 95 %, not at 97.5 %
    close, bad = example_evidence(4), example_evidence(20)
    asked = [(CLAIM, bad), (CLAIM, close), (CLAIM, bad)]
    assert certify(CLAIM, close).granted
    assert not any(one.granted for one in certify_any(asked))


def test_one_that_is_granted_leaves_its_share_to_the_others() -> None:
    close, good = example_evidence(4), example_evidence()
    found = certify_any([(CLAIM, close), (CLAIM, good)])
    assert [one.granted for one in found] == [True, True]
    assert [round(one.level, 3) for one in found] == [0.95, 0.975]
