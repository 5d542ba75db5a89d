"""Energy from hwmon: chips on boards and cards that count joules or show watts.

Two meters over the same files. `hwmon` opens on its own and takes parts that are known: GPUs that
no other meter reads, and AMD's socket counters, which `rapl` counts too and which then only check
it. `hwmon-board` opens on request and takes the rest: the ACPI power meter and digital power
supplies, which contain every part (`Scope.SUPPLY`), and rails of which nobody says what they feed.
Such a rail may feed what another meter counts, so whoever asks for it says what it is.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, Self

from breakeven.errors import CounterResetError, MeterUnavailableError, SettingsError
from breakeven.meters.asked.options import Options
from breakeven.meters.board.hwmon_chips import SYSFS, Input, find_inputs
from breakeven.meters.board.hwmon_tally import open_tally
from breakeven.records import Note, NoteCode, Scope
from breakeven.records.protocols import Channel, Reading

COUNTER_POLL_S = 10.0
"""Drivers tell one turn of their 32-bit register between two reads, not two (Linux,
Documentation/ABI/testing/sysfs-driver-intel-i915-hwmon); a turn takes a minute or more."""

FASTEST_POLL_S = 0.2
"""Oftener costs more CPU time than it tells: an input may take milliseconds to read over I2C."""

SLOWEST_POLL_S = 1.0

_OPTIONS = ("check_of", "chip", "part_of", "scope", "sysfs")


class HwmonMeter:
    """Joules of parts whose kind of chip says what it measures."""

    name = "hwmon"

    def __init__(
        self, *, sysfs: Path = SYSFS, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Open every known input.

        Args:
            sysfs: The hwmon class folder.
            clock_s: Monotonic clock.

        Raises:
            MeterUnavailableError: If there is none, or none may be read.
        """
        found = find_inputs(sysfs)
        known = [one for one in found if one.is_known_part]
        if not known:
            _refuse(sysfs, found)
        self._open(known, clock_s)

    def channels(self) -> Sequence[Channel]:
        """One channel per input."""
        return self._channels

    def read(self) -> Reading:
        """Return joules so far per input; one that shows nothing is absent, with the reason.

        Raises:
            MeterUnavailableError: If the meter was closed.
            CounterResetError: If a counter fell.
        """
        if not self._tallies:
            raise MeterUnavailableError(f"{self.name} was closed.", advice="Open it anew.")
        totals: dict[str, float] = {}
        reasons: dict[str, str] = {}
        resets: list[CounterResetError] = []
        for tally in self._tallies:  # all of them, so that each goes on from this reading
            try:
                totals[tally.found.channel] = tally.add(self._clock_s)
            except (OSError, ValueError) as error:
                reasons[tally.found.channel] = str(error)
            except CounterResetError as error:
                resets.append(error)
        if resets:
            raise resets[0]
        sampled = {t.found.channel: t.power for t in self._tallies if not t.found.is_counter}
        return Reading(
            totals=totals,
            covered_s={name: power.covered_s for name, power in sampled.items()},
            slack={name: power.slack_j for name, power in sampled.items()},
            reasons=reasons,
        )

    def close(self) -> None:
        """Close every input; the second time, do nothing."""
        while self._tallies:
            self._tallies.pop().close()

    def _open(self, wanted: Sequence[Input], clock_s: Callable[[], float]) -> None:
        self._clock_s = clock_s
        self.poll_period_s = _poll_period_s(wanted)
        tallies = [open_tally(one, poll_s=self.poll_period_s) for one in wanted]
        self._tallies = [tally for tally in tallies if tally is not None]
        self._channels = [tally.channel for tally in self._tallies]
        refused = [one for one, tally in zip(wanted, tallies, strict=True) if tally is None]
        if not self._tallies:
            raise MeterUnavailableError(_refused(refused), advice=_permission_fix(refused))
        self.notes: Sequence[Note] = [
            Note(
                code=NoteCode.METER_UNAVAILABLE,
                message=f"{self.name}: {_refused([one])}",
                advice=_permission_fix([one]),
            )
            for one in refused
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which sensors of a board somebody wants, and what they are.

    Attributes:
        chip: Beginning of the channels to take ("ina226-1-0040"); empty for chips that are known
            to feed the whole machine.
        scope: How much of the machine a rail sees, of which nobody else says.
        part_of: Channel of another meter that contains the rail.
        check_of: Channel of another meter that counts the same (a BMC's, a plug's).
    """

    chip: str = ""
    scope: Scope | None = None
    part_of: str | None = None
    check_of: str | None = None

    def choose(self, found: Sequence[Input]) -> list[Input]:
        """Take what was asked for, each in its place."""
        return [
            self._placed(one)
            for one in found
            if (one.channel.startswith(self.chip) if self.chip else one.place.is_known)
        ]

    def _placed(self, one: Input) -> Input:
        """Put a rail where somebody says it is; a known chip stays where it is."""
        checking = replace(one, check_of=one.check_of or self.check_of)
        if one.place.is_known:
            return checking
        if self.scope is None and self.part_of is None:
            raise SettingsError(
                f"meter hwmon-board: nobody says what {one.channel} measures; add scope=supply if "
                "it feeds the whole machine, scope=part if no other meter counts what it feeds, or "
                "part_of=CHANNEL if one does"
            )
        place = replace(one.place, scope=self.scope or Scope.PART)
        return replace(checking, place=place, part_of=one.part_of or self.part_of)


class HwmonBoardMeter(HwmonMeter):
    """Joules by sensors of the board: the whole machine's, and rails that somebody names."""

    name = "hwmon-board"

    def __init__(
        self,
        asked: Asked | None = None,
        *,
        sysfs: Path = SYSFS,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open what was asked for.

        Args:
            asked: Which sensors; by default those of the whole machine.
            sysfs: The hwmon class folder.
            clock_s: Monotonic clock.

        Raises:
            SettingsError: If a rail is named, but not what it is.
            MeterUnavailableError: If there is none, or none may be read.
        """
        found = [one for one in find_inputs(sysfs) if not one.is_known_part]
        wanted = (asked or Asked()).choose(found)
        if not wanted:
            _refuse(sysfs, found)
        self._open(wanted, clock_s)

    @classmethod
    def from_options(cls, options: Mapping[str, str], **arguments: Any) -> Self:  # noqa: ANN401
        """Open it as somebody asked: `hwmon-board:chip=ina226-1-0040,scope=supply`.

        Args:
            options: `chip`, `scope` (part, supply or wall), `part_of`, `check_of`, and `sysfs`
                (where the chips' folders are mounted).
            **arguments: What the bank knows.

        Raises:
            SettingsError: If an option is unknown or has an impossible value.
            MeterUnavailableError: As the constructor.
        """
        told = Options(cls.name, options, known=_OPTIONS)
        said = told.choice("scope", ("", *Scope))
        asked = Asked(
            chip=told.text("chip"),
            scope=Scope(said) if said else None,
            part_of=told.text("part_of") or None,
            check_of=told.text("check_of") or None,
        )
        return cls(asked, sysfs=Path(told.text("sysfs", str(SYSFS))), **arguments)


def _refuse(sysfs: Path, others: Sequence[Input]) -> NoReturn:
    if not others:
        raise MeterUnavailableError(
            f"no chip under {sysfs} measures power or energy.",
            advice="Measure at the wall or the power supply; this board has no sensor.",
            is_worth_a_note=False,
        )
    wholes = [one.channel for one in others if one.place.is_known]
    rails = [one.channel for one in others if not one.place.is_known]
    raise MeterUnavailableError(
        "no chip measures a known part; "
        f"of the whole machine: {', '.join(wholes) or 'none'}; "
        f"of rails that nobody tells: {', '.join(rails) or 'none'}.",
        advice=(
            "For the whole machine: --meter hwmon-board. For a rail: "
            f"--meter hwmon-board:chip={others[-1].chip},scope=supply (or part)."
        ),
        is_worth_a_note=False,
    )


def _poll_period_s(inputs: Sequence[Input]) -> float:
    """Look at every update of the fastest power input, within reason; counters can wait."""
    periods_s = [one.period_s for one in inputs if not one.is_counter]
    if not periods_s:
        return COUNTER_POLL_S
    return min(max(min(periods_s), FASTEST_POLL_S), SLOWEST_POLL_S)


def _refused(inputs: Sequence[Input]) -> str:
    return f"{', '.join(one.channel for one in inputs)} cannot be read by this user."


def _permission_fix(inputs: Sequence[Input]) -> str:
    files = " ".join(str(one.path) for one in inputs)
    return f"Until the next boot: sudo chmod a+r {files}"
