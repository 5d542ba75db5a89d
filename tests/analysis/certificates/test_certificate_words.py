"""What a verdict says: never more than its bounds do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.certificates.certificate_words import (
    certificate_sentences,
    loss_words,
    margin_words,
    more_words,
    reason_words,
)
from breakeven.records import Certificate, Resource
from breakeven.testing.certificates import CLAIM, example_certificate, paired, paired_costs


def of_metric(metric: str, *, high: float = 0.0123) -> Certificate:
    """The same verdict in another metric, whose answers are not right or wrong."""
    found = example_certificate()
    loss = replace(found.loss, value=0.001, high=high)
    return replace(found, metric=metric, loss=loss, n_lost=None, n_gained=None)


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("accuracy", "1.23 points of accuracy"),
        ("entity_f1", "1.23 points of entity F1"),
        ("mcc", "0.0123 of MCC"),
    ],
)
def test_a_loss_is_in_the_unit_people_read(metric: str, words: str) -> None:
    assert loss_words(of_metric(metric), 0.0123, up=True) == words


@pytest.mark.parametrize(("margin", "words"), [(0.01, "1 point"), (0.005, "0.5 points")])
def test_a_margin_is_written_as_it_was_asked(margin: float, words: str) -> None:
    assert margin_words(example_certificate(), margin) == words


@given(st.floats(1e-5, 0.5))
def test_an_upper_bound_is_never_rounded_down(high: float) -> None:
    found = replace(example_certificate(), max_drop=0.5)
    assert float(loss_words(found, high, up=True).split()[0]) >= 100 * high - 1e-5


@given(st.floats(0.0, 0.00999999))
def test_a_bound_below_the_margin_never_reads_as_the_margin(high: float) -> None:
    said = float(loss_words(example_certificate(), high, up=True).split()[0])
    assert said < 1 or high > 0.01 - 2e-8


@given(st.integers(0, 30), st.integers(0, 30))
def test_only_what_is_granted_reads_as_granted(lost: int, gained: int) -> None:
    found = example_certificate(answers=paired(lost, gained, n=1000))
    assert found.loss.high is not None
    assert found.reason.startswith("Granted: ") == (found.loss.high < CLAIM.max_drop)
    assert found.reason.startswith(("Granted: ", "Not shown: "))
    assert found.reason == reason_words(found)


def test_each_thing_that_was_not_shown_is_named() -> None:
    costs = paired_costs((4.0, 4.4, 4.2), (4.1, 4.2, 4.2))
    found = example_certificate(answers=paired(9, 6, n=1000), costs=costs)
    assert found.reason == (
        "Not shown: FT took 1.01 times as much CPU time, at least 0.947, where more than 1 was "
        "asked; and int8 loses 0.3 points and at most 1.05 points of accuracy, and 1 point may be "
        "lost; about 1,300 more examples would show it if that is the true loss."
    )


def test_one_block_is_said_to_be_one() -> None:
    found = example_certificate(costs=paired_costs((4.0,), (2.0,)))
    assert found.reason.startswith("Not shown: one block tells nothing of how costs scatter")


def test_how_many_more_would_do_has_two_digits() -> None:
    found = example_certificate(answers=paired(14, 10, n=1000))
    assert more_words(found) == (
        "About 3,200 more examples would show the margin in 80 % of cases if the loss is what was "
        "seen; if int8 loses nothing in truth, about 650."
    )
    lost = example_certificate(answers=paired(30, 10, n=1000))
    assert more_words(lost) == (
        "No number of examples would show the margin if the loss is what was seen; if int8 loses "
        "nothing in truth, about 1,500 more would."
    )


def test_sources_are_counted_where_they_are_fewer_than_examples() -> None:
    found = example_certificate(answers=paired(4, 2, n=1000, group_size=4))
    assert "On 1,000 test examples from 250 sources that" in certificate_sentences(found)[1]


def test_right_answers_are_told_apart_by_who_alone_gave_them() -> None:
    found = example_certificate(answers=paired(8, 14, n=1000))
    assert certificate_sentences(found)[1] == (
        "On 1,000 test examples that its choice did not see, FT alone is right on 8 and int8 alone "
        "on 14: a gain of 0.6 points of accuracy, a loss of at most 0.22 points."
    )


def test_examples_left_out_are_counted_with_those_kept() -> None:
    found = replace(example_certificate(), n_left_out=20)
    assert certificate_sentences(found)[1].startswith("On 1,000 of 1,020 test examples that its")


def test_metrics_without_right_and_wrong_have_no_counts() -> None:
    sentences = certificate_sentences(of_metric("entity_f1", high=0.004))
    assert sentences[1] == (
        "On 1,000 test examples that its choice did not see, int8 had a loss of 0.1 points "
        "of entity F1, at most 0.4 points."
    )


def test_peaks_have_no_item() -> None:
    costs = paired_costs((4.0,) * 5, (2.0,) * 5, resource=Resource.PEAK_MEMORY_BYTES)
    found = example_certificate(costs=costs)
    assert "at least 2 times less peak memory than FT" in found.reason
