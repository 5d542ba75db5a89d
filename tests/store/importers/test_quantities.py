import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.store.importers.quantities import (
    TO_SI,
    Quantity,
    parse_header,
    parse_unit,
    resolution_of,
)


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("power_w", "power", "W"),
        ("PSU1 (W)", "PSU1", "W"),
        ("wall [kWh]", "wall", "kWh"),
        ("total_kwh", "total", "kWh"),
        ("Energy (watt-hours)", "Energy", "Wh"),
        ("gpu_mW", "gpu", "mW"),
        ("W", "W", "W"),
        ("meter J", "meter", "J"),
        ("Total Watts", "Total", "W"),
    ],
)
def test_a_unit_is_read_from_the_header(header: str, name: str, unit: str) -> None:
    assert parse_header(header) == Quantity(name=name, unit=unit)


@pytest.mark.parametrize("header", ["CPU Power", "power", "load (%)", "", "12"])
def test_a_header_without_a_unit_is_no_quantity(header: str) -> None:
    assert parse_header(header) is None


def test_watts_are_power_and_watt_hours_a_running_total() -> None:
    assert Quantity(name="a", unit="kW").is_power
    assert not Quantity(name="a", unit="Wh").is_power


@pytest.mark.parametrize(
    ("text", "message"),
    [("MW", "megawatts"), ("wats", "Did you mean W"), ("furlong", "Known: mW, W, kW, J")],
)
def test_an_unknown_unit_names_the_closest(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_unit(text)


@given(st.sampled_from(sorted(TO_SI)), st.floats(min_value=1e-3, max_value=1e3))
def test_units_there_and_back_are_the_same(unit: str, value: float) -> None:
    assert value * TO_SI[unit] / TO_SI[parse_unit(unit)] == pytest.approx(value)


@pytest.mark.parametrize(
    ("texts", "resolution"),
    [(["12"], 1.0), (["1.30", "2"], 0.01), (["1,5"], 0.1), (["2e3"], 1000.0), ([], 1.0)],
)
def test_the_last_printed_digit_is_the_resolution(texts: list[str], resolution: float) -> None:
    assert resolution_of(texts) == pytest.approx(resolution)
