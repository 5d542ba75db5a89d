"""What disturbs work on an NVIDIA card: other people's processes, and limits that slow it down.

Throttling is read from counters of nanoseconds, so nothing between two looks is missed. Processes
are seen at the two looks only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.nvml_driver import NvmlDriver
from breakeven.meters.gpu.nvml_sensors import processes
from breakeven.meters.gpu.processes import OwnProcesses, sees_host_numbers
from breakeven.records import Note, NoteCode

THROTTLED_FRAC = 0.02
"""A card held back for less than this share of a window is not worth a note."""

_S_PER_NS = 1e-9
_HEAT = "Let it cool or raise the fan; compare only windows that were not held back."
_POWER = "That is its power limit at work: compare only runs under the same limit (nvidia-smi -q)."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """One counter of time in which a card was held below the clocks it was asked for.

    Attributes:
        field_id: NVML field value, in nanoseconds.
        words: What held it back.
        advice: What to do.
    """

    field_id: int
    words: str
    advice: str


LIMITS = (
    _Limit(field_id=74, words="its power limit", advice=_POWER),
    _Limit(field_id=75, words="heat", advice=_HEAT),
    _Limit(field_id=77, words="the limits of its board", advice=_POWER),
    _Limit(field_id=79, words="its limit of reliability", advice=_HEAT),
    _Limit(field_id=271, words="the brake of its power supply", advice="Look at the power supply."),
)
"""NVML_FI_DEV_PERF_POLICY_POWER, _THERMAL, _BOARD_LIMIT, _RELIABILITY and
NVML_FI_DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN (nvml.h, "Field Identifiers"). They replace
nvmlDeviceGetViolationStatus, which is deprecated. Low utilisation is counted, too, and disturbs
nobody."""


class NvmlObserver:
    """Judges what disturbed a window on the cards that are measured."""

    name = "nvml"

    def __init__(
        self,
        driver: NvmlDriver,
        uuids: Sequence[str],
        *,
        can_tell_own: Callable[[], bool] = sees_host_numbers,
        own: Callable[[], OwnProcesses] = OwnProcesses,
    ) -> None:
        """Find the cards.

        Args:
            driver: Opened; whoever opened it closes it.
            uuids: Cards to look at.
            can_tell_own: Whether our processes can be told from others'.
            own: Makes what tells them apart, one for each card.

        Raises:
            MeterUnavailableError: If a card does not answer.
        """
        self._driver = driver
        self._tells_own = can_tell_own()
        self._watched = [
            _Watched(uuid=uuid, handle=driver.ask("nvmlDeviceGetHandleByUUID", uuid), own=own())
            for uuid in uuids
        ]

    def look(self) -> Mapping[str, float]:
        """Count other processes and seconds held back, by card; what is not told is absent."""
        return {name: value for card in self._watched for name, value in self._look(card)}

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        """Say who shared the cards, and what held them back for a share that matters."""
        notes: list[Note] = []
        for card in self._watched:
            notes += _shared(card.uuid, before, after)
            for limit in LIMITS:
                name = _held(card.uuid, limit)
                if name not in before or name not in after:
                    continue
                held_s = after[name] - before[name]
                if held_s > THROTTLED_FRAC * duration_s:
                    notes.append(_throttled(card.uuid, limit, held_s / duration_s))
        return notes

    def close(self) -> None:
        """Nothing is held open; the driver belongs to whoever opened it."""

    def _look(self, card: "_Watched") -> Iterator[tuple[str, float]]:
        with suppress(MeterUnavailableError):
            if self._tells_own:
                _, others = card.own.split(processes(self._driver, card.handle))
                yield _others(card.uuid), float(len(others))
        with suppress(MeterUnavailableError):
            held_ns = self._driver.fields(card.handle, [limit.field_id for limit in LIMITS])
            for limit in LIMITS:
                if limit.field_id in held_ns:
                    yield _held(card.uuid, limit), held_ns[limit.field_id] * _S_PER_NS


@dataclass(slots=True, kw_only=True)
class _Watched:
    """One card, and who of its processes is ours."""

    uuid: str
    handle: Any
    own: OwnProcesses = field(default_factory=OwnProcesses)


def _others(uuid: str) -> str:
    return f"{uuid} other processes"


def _held(uuid: str, limit: _Limit) -> str:
    return f"{uuid} held back by {limit.words}, s"


def _shared(uuid: str, before: Mapping[str, float], after: Mapping[str, float]) -> Iterator[Note]:
    name = _others(uuid)
    most = int(max(before.get(name, 0.0), after.get(name, 0.0)))
    if most:
        yield Note(
            code=NoteCode.DEVICE_SHARED,
            message=(
                f"{most} process{'es' if most > 1 else ''} of others computed on {uuid}, at the "
                "start or the end of the window; the joules are those of the whole card."
            ),
            advice="See `nvidia-smi`; measure when nobody else uses the card.",
        )


def _throttled(uuid: str, limit: _Limit, share: float) -> Note:
    return Note(
        code=NoteCode.THROTTLED,
        message=f"{uuid} was held back by {limit.words} for {min(1.0, share):.0%} of the window.",
        advice=limit.advice,
    )
