"""Strubell et al. 2019: equation 1 and Table 3, as printed.

kWh = 1.58 x hours x watts / 1000, pounds = 0.954 x kWh. Hours and watts are printed rounded, so a
published product lies in the interval of the rounding, not on the point.
"""

import pytest

from breakeven.analysis.impacts import (
    Draw,
    carbon,
    grid_intensity,
    overhead,
    stated,
    strubell,
    with_overhead,
)
from breakeven.analysis.impacts.amounts import HOURS, KG_PER_LB, read_amount, read_draw
from breakeven.errors import UnitMismatchError
from breakeven.records import Estimate, Kind
from breakeven.units import J_PER_KWH

PUE = overhead(1.58, year=2018, source="Ascierto 2018, in Strubell et al. 2019")
US = grid_intensity(0.954 * KG_PER_LB, place="US", year=2018, source="US EPA, ibid.")

TABLE_3 = [
    pytest.param("1415.78", "12", 27, 26, id="Transformer base"),
    pytest.param("1515.43", "84", 201, 192, id="Transformer big"),
    pytest.param("517.66", "336", 275, 262, id="ELMo"),
    pytest.param("12041.51", "79", 1507, 1438, id="BERT base on 64 V100"),
    pytest.param("1515.43", "274120", 656347, 626155, id="NAS"),
]
POINTS = [row for row in TABLE_3 if row.id != "BERT base on 64 V100"]


def energy(watts: str, hours: str) -> Estimate:
    duration = read_amount(hours, "duration_s", HOURS, is_rounded=True)
    return strubell(duration, [read_draw(watts, is_rounded=True)])


@pytest.mark.parametrize(("watts", "hours", "kwh", "lb"), POINTS)
def test_the_printed_kwh_and_pounds_come_out(watts: str, hours: str, kwh: int, lb: int) -> None:
    it = energy(watts, hours)
    assert round((with_overhead(it, PUE).value or 0) / J_PER_KWH) == kwh
    assert round((carbon(it, US, overhead=PUE).value or 0) / KG_PER_LB) == lb


@pytest.mark.parametrize(("watts", "hours", "kwh", "lb"), TABLE_3)
def test_the_rounding_of_hours_and_watts_holds_what_is_printed(
    watts: str, hours: str, kwh: int, lb: int
) -> None:
    found = with_overhead(energy(watts, hours), PUE)
    gross = carbon(energy(watts, hours), US, overhead=PUE)
    assert found.low is not None
    assert found.high is not None
    assert found.low / J_PER_KWH - 0.5 <= kwh <= found.high / J_PER_KWH + 0.5
    assert gross.low is not None
    assert gross.high is not None
    assert gross.low / KG_PER_LB - 0.5 <= lb <= gross.high / KG_PER_LB + 0.5


def test_bert_ran_79_2_hours_and_is_printed_as_79() -> None:
    """79 h give 1503 kWh; 79.2 h, which the paper's text names, give the printed 1507."""
    assert round((with_overhead(energy("12041.51", "79"), PUE).value or 0) / J_PER_KWH) == 1503
    assert round((with_overhead(energy("12041.51", "79.2"), PUE).value or 0) / J_PER_KWH) == 1507


def test_the_draw_of_a_device_counts_as_often_as_there_are_devices() -> None:
    parts = [
        Draw(part="gpu", power_w=250, n_devices=8),
        Draw(part="cpu", power_w=95),
        Draw(part="memory", power_w=12),
    ]
    found = strubell(stated("duration_s", 3600.0), parts)
    assert found.value == pytest.approx(2107 * 3600)
    assert found.method == "assumed time x gpu 8 x 250 W + cpu 95 W + memory 12 W"


def test_time_times_a_constant_is_modelled_even_where_the_time_was_measured() -> None:
    duration = Estimate(
        name="duration_s", value=10.0, low=9.0, high=11.0, method="", n=3, kinds=(Kind.MEASURED,)
    )
    found = strubell(duration, [Draw(part="all", power_w=100)])
    assert found.kinds == (Kind.MODELLED, Kind.ASSUMED)
    assert (found.low, found.value, found.high) == (900.0, 1000.0, 1100.0)


def test_energy_is_no_time() -> None:
    with pytest.raises(UnitMismatchError, match="needs duration_s, got 'energy_j'"):
        strubell(stated("energy_j", 1.0), [Draw(part="all", power_w=1)])


def test_no_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one part"):
        strubell(stated("duration_s", 1.0), [])


@pytest.mark.parametrize(
    ("power_w", "n", "words"),
    [(-1.0, 1, "at least 0 W, got -1"), (float("nan"), 1, "got nan"), (1.0, 0, "0 devices")],
)
def test_an_impossible_draw_is_refused(power_w: float, n: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Draw(part="gpu", power_w=power_w, n_devices=n)
