"""Cards, and watching how often their sensors update."""

import pytest

from breakeven.meters.gpu.card import Card, Cards, Sensor, watched
from breakeven.meters.watching import Watched
from breakeven.testing import RecordedPower, SteppingClock


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


def recorded(clock: SteppingClock, *, updates_s: tuple[float, ...] = (0.1,)) -> RecordedPower:
    return RecordedPower(
        times_s=[0.0, 60.0], powers_w=[60.0, 200.0], clock_s=clock, updates_s=updates_s
    )


def counter(power: RecordedPower) -> Sensor:
    return Sensor(name="energy", read=lambda: power.energy_mj() / 1e3)


def gauge(power: RecordedPower, *, period_s: float = 0.1) -> Sensor:
    return Sensor(name="power", read=lambda: power.power_mw() / 1e3, period_s=period_s)


def watch(card: Card, clock: SteppingClock, *, watch_s: float = 1.0) -> Cards:
    return watched([card], watch_s=watch_s, clock_s=clock, sleep_s=clock.advance)


def test_a_card_needs_something_to_be_measured_by() -> None:
    with pytest.raises(ValueError, match="needs a counter or a power sensor"):
        Card(uuid="GPU-a", model="A card")


@pytest.mark.parametrize("period_s", [0.02, 0.1])
def test_the_counters_update_period_is_measured(period_s: float, clock: SteppingClock) -> None:
    card = Card(
        uuid="GPU-a", model="A card", counter=counter(recorded(clock, updates_s=(period_s,)))
    )
    (found,) = watch(card, clock).working
    assert found.energy.period_s == pytest.approx(period_s, abs=0.003)


def test_the_power_sensors_is_where_there_is_no_counter(clock: SteppingClock) -> None:
    card = Card(uuid="GPU-a", model="A card", power=gauge(recorded(clock, updates_s=(0.05,))))
    (found,) = watch(card, clock).working
    assert found.energy.period_s == pytest.approx(0.05, abs=0.003)


def test_a_running_mean_keeps_its_lag_however_often_it_moves(clock: SteppingClock) -> None:
    card = Card(uuid="GPU-a", model="A card", power=gauge(recorded(clock), period_s=1.0))
    (found,) = watch(card, clock).working
    assert found.energy.period_s == 1.0


def test_cards_are_watched_side_by_side(clock: SteppingClock) -> None:
    cards = [
        Card(uuid=f"GPU-{n}", model="A card", counter=counter(recorded(clock))) for n in range(8)
    ]
    watched(cards, watch_s=1.0, clock_s=clock, sleep_s=clock.advance)
    assert clock.now_s < 0.5


def test_a_process_waits_once_for_each_sensor(clock: SteppingClock) -> None:
    known: dict[str, Watched] = {}
    first = Card(uuid="GPU-a", model="A card", counter=counter(recorded(clock)))
    second = Card(uuid="GPU-b", model="A card", counter=counter(recorded(clock)))
    waited_s = []
    for cards in ([first], [first], [first, second]):
        began_s = clock.now_s
        found = watched(
            cards, watch_s=1.0, clock_s=clock, sleep_s=clock.advance, known=known
        ).working
        waited_s.append(clock.now_s - began_s)
        assert all(card.energy.period_s == pytest.approx(0.1, abs=0.003) for card in found)
    assert waited_s[1] == 0.0
    assert min(waited_s[0], waited_s[2]) > 0.3


def test_what_was_not_watched_is_not_remembered(clock: SteppingClock) -> None:
    known: dict[str, Watched] = {}
    card = Card(uuid="GPU-a", model="A card", counter=counter(recorded(clock)))
    watched([card], watch_s=0.0, clock_s=clock, sleep_s=clock.advance, known=known)
    assert known == {}


def test_without_a_watch_a_sensor_is_as_slow_as_the_slowest_known(clock: SteppingClock) -> None:
    card = Card(uuid="GPU-a", model="A card", counter=counter(recorded(clock)))
    found = watch(card, clock, watch_s=0.0)
    assert found.working[0].energy.period_s == 0.1
    assert found.notes == []


def test_a_counter_that_stands_still_gives_way_to_power_and_says_so(clock: SteppingClock) -> None:
    stuck = Sensor(name="energy", read=lambda: 124.8)
    card = Card(uuid="GPU-a", model="MI100", counter=stuck, power=gauge(recorded(clock)))
    found = watch(card, clock)
    assert found.working[0].energy.name == "power"
    (note,) = found.notes
    assert "MI100 (GPU-a) stood still for 1 s" in note.message


def test_a_counter_that_stands_still_is_all_there_is_without_power(clock: SteppingClock) -> None:
    card = Card(uuid="GPU-a", model="A card", counter=Sensor(name="energy", read=lambda: 124.8))
    found = watch(card, clock)
    assert found.working[0].energy.name == "energy"
    assert found.working[0].energy.period_s == pytest.approx(1.0, abs=0.01)
