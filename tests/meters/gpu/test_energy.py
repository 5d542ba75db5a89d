"""Counters of cards, whatever they do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.meters import MeterBank
from breakeven.meters.gpu import Card, GpuMeter, Sensor
from breakeven.records import NoteCode, Resource
from breakeven.testing import SteppingClock

RESET = -1
amounts = st.lists(st.integers(1, 10**6) | st.just(RESET), min_size=1, max_size=20)


class Register:
    """A counter that rises by what it is told, or begins at 0 again."""

    def __init__(self) -> None:
        self.energy_j = 5e6

    def move(self, amount: int) -> None:
        self.energy_j = 0.0 if amount == RESET else self.energy_j + amount


@given(amounts=amounts)
def test_every_window_has_its_exact_joules_or_a_note_of_a_reset(amounts: list[int]) -> None:
    register, clock = Register(), SteppingClock()
    sensor = Sensor(name="energy", read=lambda: register.energy_j)
    card = Card(uuid="GPU-a", model="A card", counter=sensor)
    bank = MeterBank([GpuMeter("gpu", [card], release=lambda: None)], clock_s=clock)
    for amount in amounts:
        was_at_0 = register.energy_j == 0
        with bank.window() as window:
            clock.advance(10.0)
            register.move(amount)
        total = window.measurement.total(Resource.ENERGY_J)
        if amount == RESET and not was_at_0:
            assert total is None
            assert [n.code for n in window.measurement.notes] == [NoteCode.COUNTER_RESET]
        else:
            assert total is not None
            assert total.value == pytest.approx(max(0, amount))
