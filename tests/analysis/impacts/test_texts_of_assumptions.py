"""Assumptions and amounts as people type them: read, or refused with what to write."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.impacts import Dated
from breakeven.analysis.impacts.amounts import (
    DOLLARS,
    ENERGY_UNITS,
    HOURS,
    KG_PER_LB,
    read_amount,
    read_draw,
)
from breakeven.analysis.impacts.texts import (
    INTENSITY_UNITS,
    read_chip_hour_price,
    read_electricity_price,
    read_grid,
    read_intensity,
    read_location,
    read_market,
    read_overhead,
    read_renewable,
    read_utilisation,
)
from breakeven.errors import UnknownNameError

SIZES = st.floats(min_value=1e-6, max_value=1e9)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.58", r'PUE 1\.58 has no year and no source; write "1\.5,2024,who published it"'),
        ("1.58,2018", r"PUE 1\.58 has no source"),
        ("1.58,2018, ", r"PUE 1\.58 has no source"),
        ("1.58,Uptime,2018", r"has the year 'Uptime'"),
        ("1.58,18,Uptime", r"has the year '18'"),
        ("1.58,1890,Uptime", r"has the year 1890"),
        ("x,2018,Uptime", r"PUE x is no number"),
        ("-1.58,2018,Uptime", r"is no number of at least 0"),
        ("nan,2018,Uptime", r"is no number"),
        ("1.58 kg,2018,Uptime", r"unit 'kg' of '1\.58 kg' is not known; give no unit"),
        ("0.9,2018,Uptime", r"at least 1, got 0\.9"),
        ("1.58,0.5-2,2018,Uptime", r"at least 1, got 0\.5"),
        ("1.58,1.6-1.7,2018,Uptime", r"range 1\.6 to 1\.7; the value must lie inside it"),
        ("1.58+,2018,Uptime", r"is no number"),
        ("", r"'' has no year and no source"),
    ],
)
def test_a_pue_without_year_source_or_sense_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_overhead(text)


def test_a_source_may_hold_commas() -> None:
    assert read_overhead("1.58,2018,Ascierto, Uptime Institute").source == (
        "Ascierto, Uptime Institute"
    )


def test_a_range_alone_has_its_middle_as_value_and_says_so() -> None:
    found = read_overhead("1.2-1.6,2024,a survey")
    assert (found.low, found.high) == (1.2, 1.6)
    assert found.value == pytest.approx(1.4)
    assert found.source == "a survey; middle of its range"


@pytest.mark.parametrize(
    ("text", "kg_per_kwh"),
    [
        ("0.381 kg/kWh,2023,x", 0.381),
        ("381 g/kWh,2023,x", 0.381),
        ("381 gCO2e/kWh,2023,x", 0.381),
        ("0.381 t/MWh,2023,x", 0.381),
        ("0.954 lb/kWh,2018,x", 0.954 * KG_PER_LB),
        ("0.954 lbs/kWh,2018,x", 0.954 * KG_PER_LB),
        ("DE=381 g/kWh,2023,x", 0.381),
    ],
)
def test_units_of_carbon_are_converted_exactly(text: str, kg_per_kwh: float) -> None:
    assert read_location(text).value == pytest.approx(kg_per_kwh, rel=1e-12)


@given(SIZES, st.sampled_from(sorted(INTENSITY_UNITS)))
def test_units_of_carbon_come_back(size: float, unit: str) -> None:
    found = read_intensity(f"{size!r} {unit},2024,x")
    assert found.value / INTENSITY_UNITS[unit] == pytest.approx(size, rel=1e-12)


@given(SIZES, st.sampled_from(sorted(ENERGY_UNITS)))
def test_units_of_energy_come_back(size: float, unit: str) -> None:
    found = read_amount(f"{size!r}{unit}", "energy_j", ENERGY_UNITS)
    assert found.value is not None
    assert found.value / ENERGY_UNITS[unit] == pytest.approx(size, rel=1e-12)


@pytest.mark.parametrize("text", ["0.381,2023,x", "0.381 kg,2023,x", "0.4 kg/J,2023,x"])
def test_carbon_without_a_known_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="give kg/kWh or g/kWh or lb/kWh or t/MWh"):
        read_location(text)


def test_the_factor_of_a_contract_has_another_name() -> None:
    found = read_market("0 kg/kWh,0-0.1,2024,a supplier")
    assert (found.name, found.title) == ("market_kgco2e_per_kwh", "market-based factor")
    assert (found.low, found.high) == (0, 0.1)


def test_shares_are_fractions_or_percent_and_at_most_one() -> None:
    assert read_renewable("50%,2019,x").value == read_utilisation("0.5,2019,x").value == 0.5
    with pytest.raises(ValueError, match=r"must be at most 1 \(100%\), got 50"):
        read_renewable("50,2019,x")
    with pytest.raises(ValueError, match="must be at most 1"):
        read_utilisation("0.5,0.4-1.2,2019,x")


def test_prices_keep_their_currency() -> None:
    found = read_electricity_price("90 EUR/MWh,80-100,2024,x")
    assert found.name == "price_eur_per_kwh"
    assert found.value == pytest.approx(0.09)
    assert found.low == pytest.approx(0.08)
    assert read_chip_hour_price("1.14 USD,2019,x").unit == "USD/chip-hour"
    with pytest.raises(ValueError, match="give EUR/kWh or USD/kWh"):
        read_electricity_price("0.3 SEK/kWh,2024,x")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("141.1", "'141.1' has no unit; give J or kJ or MJ or Wh or kWh or MWh"),
        ("141.1 mWh", "unit 'mWh' of '141.1 mWh' is not known"),
        ("141.1 cal", "unit 'cal'"),
        ("nan Wh", "is no number of at least 0; write 1.5 J"),
        ("-3Wh", "is no number of at least 0"),
        ("", "'' is no number"),
    ],
)
def test_energy_that_cannot_be_read_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_amount(text, "energy_j", ENERGY_UNITS)


def test_units_may_be_typed_in_any_case_but_for_the_m_of_milli_and_mega() -> None:
    assert read_amount("3 KWH", "energy_j", ENERGY_UNITS).value == 3 * 3.6e6
    with pytest.raises(ValueError, match="unit 'mwh'"):
        read_amount("3 mwh", "energy_j", ENERGY_UNITS)


def test_a_rounded_number_is_known_to_half_its_last_digit() -> None:
    found = read_amount("79", "duration_s", HOURS, is_rounded=True)
    assert (found.low, found.value, found.high) == (78.5 * 3600, 79 * 3600, 79.5 * 3600)
    finer = read_amount("79.20", "duration_s", HOURS, is_rounded=True)
    assert finer.high == pytest.approx(79.205 * 3600)
    assert read_amount("1e3", "duration_s", HOURS, is_rounded=True).low == 500 * 3600


def test_a_plus_says_at_least() -> None:
    found = read_amount("60000+", "price_usd", DOLLARS)
    assert (found.low, found.high) == (60000, math.inf)


@pytest.mark.parametrize(
    ("text", "part", "total_w"),
    [("gpu=250x8", "gpu", 2000), ("cpu = 95 W", "cpu", 95), ("1415.78", "all", 1415.78)],
)
def test_draws_are_read(text: str, part: str, total_w: float) -> None:
    found = read_draw(text)
    assert (found.part, found.total_w) == (part, total_w)


def test_a_rounded_draw_has_ends_for_all_its_devices() -> None:
    assert read_draw("gpu=250x8", is_rounded=True).ends_w == (1996, 2004)


@pytest.mark.parametrize("text", ["5x", "gpu", "gpu=-5", "=5", "250 kW", ""])
def test_draws_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no draw in watts; write gpu=250x8"):
        read_draw(text)


def test_an_unknown_grid_lists_the_nearest() -> None:
    with pytest.raises(
        UnknownNameError, match=r"no grid named 'Germny'\. Did you mean 'Germany'\?"
    ):
        read_grid("Germny")


@pytest.mark.parametrize("ends", [(None, 2.0), (1.0, None), (2.0, 3.0)])
def test_half_a_range_or_a_value_outside_it_is_refused(
    ends: tuple[float | None, float | None],
) -> None:
    with pytest.raises(ValueError, match="the value must lie inside it"):
        Dated(name="x", title="x", value=1.5, year=2024, source="y", low=ends[0], high=ends[1])
