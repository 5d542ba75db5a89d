import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.costs.payback import break_even, probability_cheaper
from breakeven.analysis.results import BreakEven, Verdict
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Item, Note, NoteCode, Resource

SIZES = st.floats(min_value=1e-3, max_value=1e6)
OPPOSITE = {
    Verdict.FINITE: Verdict.UP_TO,
    Verdict.UP_TO: Verdict.FINITE,
    Verdict.ALWAYS: Verdict.NEVER,
    Verdict.NEVER: Verdict.ALWAYS,
    Verdict.NOT_SHOWN: Verdict.NOT_SHOWN,
}


def scattered(value: float, se: float, df: float = 5) -> Uncertain:
    return Uncertain(value=value, low=value, high=value, variance=se**2, curvature=se**4 / df)


def compared(extra: Uncertain, saved: Uncertain, notes: tuple[Note, ...] = ()) -> Comparison:
    return Comparison(
        candidate="TS",
        incumbent="FT",
        resource=Resource.ENERGY_J,
        item=Item.EXAMPLE,
        extra=extra,
        saved=saved,
        notes=notes,
    )


def found(extra: Uncertain, saved: Uncertain, planned: float = 1000.0) -> BreakEven:
    return break_even(compared(extra, saved), planned_volume=planned)


@st.composite
def differences(draw: st.DrawFn) -> Uncertain:
    value = draw(SIZES) * draw(st.sampled_from([-1.0, 1.0]))
    cv = draw(st.floats(min_value=0, max_value=2))
    return scattered(value, cv * abs(value))


@pytest.mark.parametrize(
    ("extra", "saved", "verdict", "value"),
    [
        pytest.param(9.0, 3.0, Verdict.FINITE, 3.0, id="pays back after three"),
        pytest.param(-9.0, 3.0, Verdict.ALWAYS, 0.0, id="cheaper from the start"),
        pytest.param(0.0, 3.0, Verdict.ALWAYS, 0.0, id="same start, cheaper in use"),
        pytest.param(-9.0, 0.0, Verdict.ALWAYS, 0.0, id="cheaper start, same in use"),
        pytest.param(0.0, 0.0, Verdict.ALWAYS, 0.0, id="identical"),
        pytest.param(9.0, 0.0, Verdict.NEVER, None, id="saves nothing per item"),
        pytest.param(9.0, -3.0, Verdict.NEVER, None, id="dearer in both"),
        pytest.param(0.0, -3.0, Verdict.NEVER, None, id="same start, dearer in use"),
        pytest.param(-9.0, -3.0, Verdict.UP_TO, 3.0, id="cheaper up to three"),
    ],
)
def test_verdicts_by_hand(
    extra: float, saved: float, verdict: Verdict, value: float | None
) -> None:
    answer = found(Uncertain.exact(extra), Uncertain.exact(saved))
    assert (answer.verdict, answer.estimate.value) == (verdict, value)
    assert answer.estimate.low == answer.estimate.high == value


def test_finite_with_scatter_has_fiellers_ends() -> None:
    answer = found(Uncertain.exact(9.0), scattered(3.0, 0.5))
    assert answer.estimate.low == pytest.approx(9 / (3 + 2.5706 * 0.5), rel=1e-4)
    assert answer.estimate.high == pytest.approx(9 / (3 - 2.5706 * 0.5), rel=1e-4)
    assert (answer.estimate.level, answer.estimate.method) == (0.95, "Fieller's set")


def test_resolution_of_a_single_development_run_widens_the_numerator() -> None:
    sharp = found(Uncertain.exact(9.0), scattered(3.0, 0.5)).estimate
    blunt_extra = Uncertain(value=9.0, low=6.0, high=12.0, variance=3.0)
    blunt = found(blunt_extra, scattered(3.0, 0.5)).estimate
    assert blunt.low is not None
    assert sharp.low is not None
    assert blunt.low < sharp.low


def test_saving_that_cannot_be_told_from_nothing_has_no_upper_end() -> None:
    answer = found(Uncertain.exact(9.0), scattered(1.0, 0.5))
    assert answer.verdict is Verdict.NOT_SHOWN
    assert answer.estimate.value == 9.0
    assert answer.estimate.high == math.inf
    assert answer.estimate.low == pytest.approx(9 / (1 + 2.5706 * 0.5), rel=1e-4)
    assert answer.sentence == (
        "Not shown whether TS ever costs less energy than FT: the saving per example "
        "(-285 mJ to 2.29 J) cannot be told from 0; if it does, not before 3.94 examples."
    )


def test_loss_that_cannot_be_told_from_nothing_has_no_point_value() -> None:
    answer = found(Uncertain.exact(9.0), scattered(-0.1, 0.5))
    assert answer.verdict is Verdict.NOT_SHOWN
    assert answer.estimate.value is None


def test_cheaper_start_with_unclear_use_is_cheaper_for_a_while() -> None:
    answer = found(Uncertain.exact(-9.0), scattered(-0.1, 0.5))
    assert answer.verdict is Verdict.NOT_SHOWN
    assert answer.sentence.startswith("TS costs less energy than FT for at least 6.5")


def test_nothing_clear_leaves_every_volume_open() -> None:
    answer = found(scattered(0.5, 1.0), scattered(0.3, 0.5))
    assert (answer.estimate.low, answer.estimate.high) == (0.0, math.inf)
    assert answer.sentence.endswith("cannot be told from 0.")


def test_unclear_start_with_clear_saving_says_when_at_the_latest() -> None:
    answer = found(scattered(-0.5, 1.0), scattered(3.0, 0.2))
    assert answer.verdict is Verdict.ALWAYS
    assert answer.estimate.high is not None
    assert answer.estimate.high > 0
    assert "at the latest" in answer.sentence


@pytest.mark.parametrize(
    ("extra", "saved", "sentence"),
    [
        (9.0, 3.0, "TS has cost less energy than FT from 3 examples on."),
        (-9.0, 3.0, "TS costs less energy than FT from the first example on."),
        (0.0, 0.0, "TS and FT take the same energy at every volume."),
        (
            9.0,
            -3.0,
            (
                "TS never costs less energy than FT: it takes 9 J more to develop and 3 J more "
                "per example."
            ),
        ),
        (
            9.0,
            0.0,
            (
                "TS never costs less energy than FT: it takes 9 J more to develop and saves "
                "nothing per example."
            ),
        ),
        (
            0.0,
            -3.0,
            (
                "TS never costs less energy than FT: it takes 3 J more per example and saves "
                "nothing in development."
            ),
        ),
        (
            -9.0,
            -3.0,
            "TS has cost less energy than FT only up to 3 examples: each example takes 3 J more.",
        ),
    ],
)
def test_sentences(extra: float, saved: float, sentence: str) -> None:
    assert found(Uncertain.exact(extra), Uncertain.exact(saved)).sentence == sentence


@pytest.mark.parametrize(
    ("saved", "words"),
    [
        (scattered(3.0, 0.5), "(2.1 to 5.25, 95% interval over inference runs)"),
        (Uncertain(value=3.0, low=2.0, high=4.0), "(2.25 to 4.5, by the resolution)"),
        (scattered(3.0, 1e-6), "from 3 examples on."),
    ],
    ids=["scatter", "resolution", "narrower than the digits"],
)
def test_sentence_says_where_the_interval_comes_from(saved: Uncertain, words: str) -> None:
    assert words in found(Uncertain.exact(9.0), saved).sentence


@pytest.mark.parametrize(
    ("extra", "saved", "volume", "expected"),
    [
        pytest.param(Uncertain.exact(9.0), Uncertain.exact(3.0), 4.0, 1.0, id="surely before"),
        pytest.param(Uncertain.exact(9.0), Uncertain.exact(3.0), 2.0, 0.0, id="surely not"),
        pytest.param(Uncertain.exact(9.0), Uncertain.exact(3.0), 3.0, 0.5, id="just at it"),
        pytest.param(Uncertain.exact(9.0), scattered(3.0, 0.5), 3.0, 0.5, id="centred"),
        # t = (3 * 4 - 9) / (0.5 * 4) = 1.5 with 5 degrees of freedom
        pytest.param(Uncertain.exact(9.0), scattered(3.0, 0.5), 4.0, 0.903, id="t of 1.5"),
        pytest.param(
            Uncertain.exact(9.0),
            Uncertain(value=3, low=2, high=4, variance=1 / 3),
            10.0,
            1.0,
            id="beyond the worst case",
        ),
        # z = 3 / (4 / sqrt(3)) = 1.299
        pytest.param(
            Uncertain.exact(9.0),
            Uncertain(value=3, low=2, high=4, variance=1 / 3),
            4.0,
            0.903,
            id="within the worst case",
        ),
    ],
)
def test_probability_of_being_cheaper(
    extra: Uncertain, saved: Uncertain, volume: float, expected: float
) -> None:
    assert probability_cheaper(extra, saved, volume=volume) == pytest.approx(expected, abs=5e-4)


def test_notes_of_the_comparison_travel_with_the_estimate() -> None:
    note = Note(code=NoteCode.MIXED_KINDS, message="m", advice="a")
    comparison = compared(Uncertain.exact(9.0), Uncertain.exact(3.0), notes=(note,))
    assert break_even(comparison, planned_volume=1.0).estimate.notes == (note,)


@given(differences(), differences())
def test_two_pathways_the_other_way_round_give_the_opposite_verdict(
    extra: Uncertain, saved: Uncertain
) -> None:
    there = found(extra, saved)
    back = found(extra.scaled(-1.0), saved.scaled(-1.0))
    assert back.verdict is OPPOSITE[there.verdict]
    total = (there.probability_before_planned or 0) + (back.probability_before_planned or 0)
    assert total == pytest.approx(1.0)


@given(SIZES, SIZES)
def test_totals_meet_at_the_break_even_point(extra: float, saved: float) -> None:
    volume = found(Uncertain.exact(extra), Uncertain.exact(saved)).estimate.value
    assert volume is not None
    assert extra - volume * saved == pytest.approx(0.0, abs=1e-9 * extra)


@given(differences(), differences())
def test_a_finite_answer_lies_within_its_interval(extra: Uncertain, saved: Uncertain) -> None:
    answer = found(extra, saved)
    low, value, high = answer.estimate.low, answer.estimate.value, answer.estimate.high
    is_bounded = answer.verdict in {Verdict.FINITE, Verdict.UP_TO}
    assert not is_bounded or (low or 0) <= (value or 0) * (1 + 1e-9) <= (high or 0) * (1 + 1e-6)
    assert (high == math.inf) == (answer.verdict is Verdict.NOT_SHOWN)


@given(differences(), differences(), st.floats(min_value=1, max_value=1e6))
def test_more_use_never_makes_a_saving_less_likely(
    extra: Uncertain, saved: Uncertain, volume: float
) -> None:
    paying = Uncertain.exact(abs(extra.value))
    saving = saved if saved.value > 0 else saved.scaled(-1.0)
    sooner = probability_cheaper(paying, saving, volume=volume)
    assert probability_cheaper(paying, saving, volume=volume * 2) >= sooner - 1e-12


def test_equal_use_leaves_only_doubt_about_development_to_tell() -> None:
    unclear = found(scattered(1.0, 5.0), Uncertain.exact(0.0))
    assert unclear.verdict is Verdict.NOT_SHOWN
    assert unclear.sentence == (
        "Not shown whether TS costs less energy than FT: both take the same per example, and "
        "what sets their development apart cannot be told from 0."
    )


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_numbers_whose_product_underflows_still_have_a_break_even(sign: float) -> None:
    answer = found(Uncertain.exact(sign * 1e-200), Uncertain.exact(sign * 1e-203))

    assert answer.verdict is (Verdict.FINITE if sign > 0 else Verdict.UP_TO)
    assert answer.estimate.value == pytest.approx(1000.0)
    assert "1,000 examples" in answer.sentence


def test_a_number_in_both_halves_widens_what_is_known_of_the_lead() -> None:
    extra, saved = scattered(9.0, 0.5), scattered(3.0, 0.5)
    apart = probability_cheaper(extra, saved, volume=4.0)
    together = probability_cheaper(extra, saved, volume=4.0, covariance=-0.25)

    assert 0.5 < together < apart


def test_never_says_from_where_on_when_development_is_not_told_apart() -> None:
    """0.1 +- 0.5 more to develop, 3 more an item: ahead at most up to (2.5706 / 2 - 0.1) / 3."""
    answer = found(scattered(0.1, 0.5), Uncertain.exact(-3.0))

    assert answer.verdict is Verdict.NEVER
    assert answer.estimate.value is None
    assert answer.estimate.high == pytest.approx((2.5706 * 0.5 - 0.1) / 3, rel=1e-3)
    assert "never costs less energy than FT (from 0.395 examples on): it takes" in answer.sentence
