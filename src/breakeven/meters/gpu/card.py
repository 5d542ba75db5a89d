"""A card: what one GPU can be asked for, whoever made it.

Makers' libraries are spoken to in `nvml_*.py` and `amdgpu_*.py`; the meters here see cards only.
"""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from breakeven.errors import MeterUnavailableError
from breakeven.formulas.looks import MIN_UPDATES
from breakeven.meters.watching import Watched, watch_updates
from breakeven.records import Note, NoteCode

SLOWEST_UPDATE_S = 0.1
"""Slowest update of power and energy on V100, A100 and H100 (Yang, Adamek & Armour 2024,
"Part-time power measurements", section 4); what a sensor is taken for that was not watched."""

NOT_COVERED = "CPU, DRAM, fans of the case, power supply loss"


WATCHED: dict[str, Watched] = {}
"""What this process has found by watching real cards: each measured block opens its meters anew,
and must not wait for that again."""


class SensorMissingError(MeterUnavailableError):
    """The card has no such sensor; asking again is useless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One question that a card answers.

    Attributes:
        name: As records call it ("nvml-energy").
        read: Answers in joules, watts, bytes, or as a share; raises `MeterUnavailableError` with
            reason and advice when the card does not answer now.
        resolution: Smallest step of the answer, in its unit.
        period_s: Time between updates.
        relative_error: Share by which it may be off.
        not_covered: What it leaves out.
        is_ours: Whether it sees our own processes only, so that others' runs may read it, too.
    """

    name: str
    read: Callable[[], float]
    resolution: float = 0.0
    period_s: float = SLOWEST_UPDATE_S
    relative_error: float = 0.0
    not_covered: str = NOT_COVERED
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One GPU that we read.

    Attributes:
        uuid: Names its channels.
        model: For people.
        counter: Joules since some zero; None where the card has no such counter.
        power: Watts; None where the card has no such sensor. One of the two is there.
        busy: Share of the time in which it computed.
        memory: Bytes in use.
    """

    uuid: str
    model: str
    counter: Sensor | None = None
    power: Sensor | None = None
    busy: Sensor | None = None
    memory: Sensor | None = None

    def __post_init__(self) -> None:
        if self.counter is None and self.power is None:
            raise ValueError(f"{self.uuid} needs a counter or a power sensor to be measured by")

    @property
    def energy(self) -> Sensor:
        """The counter, else the power sensor."""
        return self.counter or cast("Sensor", self.power)

    @property
    def device(self) -> str:
        """The same for every process of this machine, so that one run at a time owns it."""
        return f"gpu:{self.uuid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """What was found: the cards that work, and a note for each that does not."""

    working: Sequence[Card]
    notes: Sequence[Note] = ()


def watched(
    cards: Sequence[Card],
    *,
    watch_s: float,
    clock_s: Callable[[], float],
    sleep_s: Callable[[float], None],
    known: MutableMapping[str, Watched] | None = None,
) -> Cards:
    """Measure how often each card's energy sensor updates, all side by side.

    A counter that stands still all the while is not used where power can be sampled instead: some
    cards have one that never moves (ROCm/amdsmi issue 22).

    Args:
        cards: What was found.
        watch_s: Longest watch; 0 leaves everything as the makers say.
        clock_s: Monotonic clock.
        sleep_s: Waits.
        known: What earlier watches have shown, by sensor and card; added to.
    """
    known = {} if known is None else known
    new = [card for card in cards if _sensor_of(card) not in known]
    seen = watch_updates(
        [card.energy.read for card in new],
        n_updates=MIN_UPDATES,
        watch_s=watch_s if new else 0.0,
        clock_s=clock_s,
        sleep_s=sleep_s,
    )
    shown = {**known, **dict(zip(map(_sensor_of, new), seen, strict=True))}
    if watch_s:
        known.update(shown)
    found = [_settled(card, shown[_sensor_of(card)]) for card in cards]
    return Cards(
        working=[card for card, _ in found],
        notes=[note for _, note in found if note is not None],
    )


def _sensor_of(card: Card) -> str:
    return f"{card.energy.name} of {card.uuid}"


def _settled(card: Card, seen: Watched) -> tuple[Card, Note | None]:
    period_s = seen.period_s or max(SLOWEST_UPDATE_S, seen.watched_s)
    if card.counter is None:
        return replace(card, power=_paced(card.energy, period_s)), None
    stands_still = seen.watched_s > 0 and not seen.n_updates
    if stands_still and card.power is not None:
        return replace(card, counter=None), _stands_still(card, seen.watched_s)
    return replace(card, counter=_paced(card.counter, period_s)), None


def _paced(sensor: Sensor, period_s: float) -> Sensor:
    """Let a sensor keep a longer period of its own: a running mean changes often, and lags."""
    return replace(sensor, period_s=max(period_s, _own_lag_s(sensor)))


def _own_lag_s(sensor: Sensor) -> float:
    return sensor.period_s if sensor.period_s > SLOWEST_UPDATE_S else 0.0


def _stands_still(card: Card, watched_s: float) -> Note:
    return Note(
        code=NoteCode.METER_UNAVAILABLE,
        message=(
            f"the energy counter of {card.model} ({card.uuid}) stood still for {watched_s:.2g} s, "
            "so its power is sampled and integrated instead."
        ),
        advice="Update the driver or reboot; until then the interval is wider.",
    )
