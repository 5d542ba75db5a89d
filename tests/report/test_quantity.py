import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.records import Estimate, Item, Kind, Resource
from breakeven.report.quantity import (
    WORDS,
    common_scale,
    decimals,
    ends,
    format_estimate,
    format_items,
    format_probability,
    format_ratio,
    format_score,
    format_share,
    format_volume,
)


def estimate(
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    level: float | None = 0.95,
) -> Estimate:
    return Estimate(
        name="x",
        value=value,
        low=low,
        high=high,
        level=level,
        method="",
        n=1,
        kinds=(Kind.MEASURED,),
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u2013", "-").replace("\u00d7", "x")


@pytest.mark.parametrize(
    ("given_", "resource", "expected"),
    [
        pytest.param(
            estimate(0.0032148, 0.0031, 0.00333), Resource.CPU_S, "3.21 ms (3.10-3.33)", id="ms"
        ),
        pytest.param(
            estimate(1497.3, 1400, 1600), Resource.CPU_S, "25.0 min (23.3-26.7)", id="minutes"
        ),
        pytest.param(
            estimate(507960.0), Resource.ENERGY_J, "141 Wh", id="no interval: three digits"
        ),
        pytest.param(estimate(2.48e16), Resource.FLOPS, "24.8 PFLOP", id="FLOPs with a prefix"),
        pytest.param(
            estimate(90868376.0), Resource.PEAK_MEMORY_BYTES, "86.7 MiB", id="memory in MiB"
        ),
        pytest.param(estimate(1.2e6), Resource.N_PARAMETERS, "1.20 million", id="a count in words"),
        pytest.param(estimate(0.0), Resource.DURATION_S, "0 s", id="zero has no decimals"),
        pytest.param(estimate(0.0025), Resource.CARBON_KGCO2E, "2.50 g CO2e", id="carbon in grams"),
        pytest.param(
            estimate(0.00012), Resource.PRICE_USD, "120 millionths of a USD", id="price unscaled"
        ),
        pytest.param(None, Resource.ENERGY_J, "not measured", id="absent is never 0"),
        pytest.param(estimate(None), Resource.ENERGY_J, "not measured", id="no value is never 0"),
        pytest.param(
            estimate(5.0, 4.0, math.inf), Resource.CPU_S, "5.0 s (at least 4.0 s)", id="open end"
        ),
        pytest.param(
            estimate(70.0, 69.99, 70.01, level=None),
            Resource.CPU_S,
            "70.0 s",
            id="a narrow bound without level is not shown",
        ),
        pytest.param(
            estimate(70.0, 60.0, 80.0, level=None),
            Resource.CPU_S,
            "70 s (60-80)",
            id="a wide bound without level is shown",
        ),
        pytest.param(
            estimate(0.1, 0.1 - 1e-16, 0.1), Resource.CPU_S, "100 ms", id="rounding is no interval"
        ),
    ],
)
def test_an_estimate_reads_as(given_: Estimate | None, resource: Resource, expected: str) -> None:
    assert plain(format_estimate(given_, resource)) == expected


def test_the_interval_can_be_left_out_but_still_sets_the_digits() -> None:
    assert plain(format_estimate(estimate(4.1234, 3.6, 4.6), Resource.CPU_S, interval=False)) == (
        "4.1 s"
    )


def test_unresolved_joules_are_no_bare_zero() -> None:
    unresolved = estimate(0.0, 0.0, 36e3)
    text = format_estimate(unresolved, Resource.ENERGY_J, interval=False)
    assert plain(text) == "below 10 Wh"
    assert "36" in format_estimate(unresolved, Resource.ENERGY_J)


def test_a_share_keeps_two_digits_however_wide_its_interval() -> None:
    assert plain(format_share(estimate(0.873, 0.0, 0.943))) == "87 % (0-94)"


def test_a_column_unit_takes_the_place_of_the_own_unit() -> None:
    scale = common_scale([90.0, 110.0, 400.0], Resource.CPU_S)

    assert plain(format_estimate(estimate(400.0), Resource.CPU_S, scale=scale)) == "6.67 min"


def test_a_column_without_values_has_no_unit() -> None:
    assert common_scale([], Resource.CPU_S) is None


def test_a_column_falls_back_to_the_unit_of_its_smallest_value() -> None:
    scale = common_scale([3.0, 124.0, 187.0], Resource.CPU_S)

    assert scale is not None
    assert scale.symbol == "s"


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (estimate(2.13e6, 1.7e6, 3.1e6), "2.1 million (1.7-3.1)"),
        (estimate(6699.0, 6487.0, 6925.0), "6,700 (6,490-6,920)"),
        (estimate(8.87, 8.8699, 8.8701), "8.87"),
        (estimate(2.5e6, 0.8e6, math.inf), "2.5 million (at least 0.8 million)"),
        (estimate(None), "none"),
    ],
)
def test_a_volume_reads_as(given_: Estimate, expected: str) -> None:
    assert plain(format_volume(given_)) == expected


def test_a_volume_keeps_the_digits_of_its_sentence_when_asked() -> None:
    wide = Estimate(
        name="examples", value=636e6, low=422e6, high=1.28e9, method="", n=3, kinds=(Kind.MEASURED,)
    )

    assert plain(format_volume(wide, min_digits=3)) == "636 million (422-1,280)"


@pytest.mark.parametrize(
    ("value", "metric", "expected"),
    [
        (0.8731, "accuracy", "87.3 %"),
        (87.3, "f1", "87.3"),
        (31.2, "perplexity", "31.2"),
        (0.5, "brier", "0.500"),
    ],
)
def test_a_score_reads_as(value: float, metric: str, expected: str) -> None:
    assert plain(format_score(estimate(value), metric)) == expected


def test_a_missing_score_says_so() -> None:
    assert format_score(None, "accuracy") == "not measured"


def test_a_ratio_carries_the_multiplication_sign() -> None:
    assert plain(format_ratio(estimate(0.4213, 0.38, 0.46))) == "0.42 x (0.38-0.46)"
    assert format_ratio(None) == "not measured"


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (estimate(0.34, 0.0011, 120.0), "0.3 x (0.001-120)"),
        (estimate(5.2, 0.2, 121.0), "5 x (0.2-120)"),
        (estimate(0.34, 0.0, math.inf), "0.3 x (no bound)"),
        (estimate(0.3, -12.0, 12.6), "0 x (-12 to 13)"),
        (estimate(-0.3, -12.6, 12.0), "0 x (-13 to 12)"),
        (estimate(0.54, -0.0085, 0.84), "0.5 x (-0.009 to 0.8)"),
    ],
)
def test_a_ratio_known_badly_is_not_0_unless_it_may_be(given_: Estimate, expected: str) -> None:
    assert plain(format_ratio(given_)) == expected


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.973, "97 %"),
        (1.0, "> 99 %"),
        (0.0, "< 1 %"),
        (None, "not computable"),
    ],
)
def test_a_probability_is_never_certain(probability: float | None, expected: str) -> None:
    assert plain(format_probability(probability)) == expected


def test_items_are_named() -> None:
    assert format_items(1e6, Item.EXAMPLE) == "1 million examples"
    assert format_items(1, Item.REAL_TOKEN) == "1 real token"


@given(st.sampled_from(list(Resource)), st.floats(min_value=1e-9, max_value=1e18))
def test_no_number_has_more_than_a_dozen_characters(resource: Resource, value: float) -> None:
    text = format_estimate(estimate(value, value * 0.9, value * 1.1), resource, interval=False)

    assert len(text.split("\u00a0")[0].replace(",", "").strip("0.")) <= 22
    assert WORDS[resource].title


@given(
    st.floats(min_value=1e-6, max_value=1e9),
    st.floats(min_value=1e-5, max_value=0.99),
)
def test_digits_are_at_most_four_and_follow_the_interval(value: float, share: float) -> None:
    places = decimals(value, half_width=value * share)

    assert places <= 3 - math.floor(math.log10(value))
    assert 10.0**-places <= value * share * 10 or places == 3 - math.floor(math.log10(value))


def test_digits_that_are_asked_for_are_kept_however_wide_the_interval() -> None:
    wide = estimate(0.0362, 0.0, 0.09)
    assert plain(format_estimate(wide, Resource.CPU_S)) == "40 ms (0-90)"
    assert plain(format_estimate(wide, Resource.CPU_S, min_digits=3)) == "36.2 ms (0.0-90.0)"
    sure = estimate(0.036214, 0.036211, 0.036217)
    assert plain(format_estimate(sure, Resource.CPU_S, min_digits=2)) == plain(
        format_estimate(sure, Resource.CPU_S)
    )


def test_an_infinite_half_width_falls_back_to_three_digits() -> None:
    assert decimals(3.21, half_width=math.inf) == 2


def test_an_interval_needs_both_ends() -> None:
    assert ends(estimate(1.0, 0.5)) == (None, None)
    assert ends(replace(estimate(1.0), high=2.0)) == (None, None)


def test_a_badly_known_score_keeps_the_digits_that_a_bar_asks_for() -> None:
    found = format_score(estimate(0.25, low=0.05, high=0.72), "entity_f1")
    assert plain(found) == "25 % (5-72)"


def test_an_interval_from_0_to_infinity_says_that_nothing_bounds_it() -> None:
    assert format_volume(estimate(1.2e6, 0.0, math.inf)) == "1.2\u00a0million (no bound)"


def test_no_price_of_one_item_has_zeros_to_count() -> None:
    told = [
        plain(format_estimate(estimate(price), Resource.PRICE_EUR)) for price in (1.1e-8, 4e-6, 2.0)
    ]

    assert told == ["11.0 billionths of a EUR", "4.00 millionths of a EUR", "2.00 EUR"]
