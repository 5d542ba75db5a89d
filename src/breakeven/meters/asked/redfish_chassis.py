"""One chassis of a server: which sensor tells its power, and what that is worth.

ENERGY STAR for computer servers asks for 5 % or 10 W per supply, whichever is more, sampled every
10 s and averaged over up to 30 s (Program Requirements 2.0, section 5). The intervals are that
wide, and windows below five minutes are marked as short.
"""

from collections.abc import Iterable, Mapping, Sequence

from breakeven.errors import MeterUnavailableError
from breakeven.meters.asked.answers import JsonClient, NoAnswer
from breakeven.meters.asked.known import Answer
from breakeven.meters.asked.options import Address
from breakeven.meters.asked.redfish_pages import (
    CHASSIS,
    SUPPLIES,
    Sensor,
    chassis_pages,
    sensors,
    text,
)
from breakeven.records import Resource, Scope
from breakeven.records.protocols import Channel

AVERAGED_S = 30.0
"""What it shows may be an average over this long (ENERGY STAR for computer servers)."""

ERROR_FRAC, ERROR_W = 0.05, 10.0
"""Share of the power, or watts per supply, by which it may be off (the same)."""

_NOT_COVERED = {
    SUPPLIES: "other chassis: storage, switches, cooling of the room",
    CHASSIS: "the power supplies' own loss, unless the controller counts it in; other chassis",
}


class Chassis:
    """One chassis that tells its power."""

    def __init__(self, client: JsonClient, *, wanted: str = "", source: str = "auto") -> None:
        """Find the chassis and its best sensor.

        Args:
            client: Knows the address, and who asks.
            wanted: Its `Id`; empty where only one chassis tells its power.
            source: "supplies", "chassis", or "auto" for the supplies where all tell theirs.

        Raises:
            MeterUnavailableError: If none tells its power, or several do and none was named.
            NoAnswer: If the controller does not answer.
        """
        self._client = client
        self.channels: Mapping[str, Channel] = {}
        refused = list[str]()
        able = [
            (page, *found)
            for page in chassis_pages(client, wanted)
            if (found := _best(sensors(client, page), source, refused)) is not None
        ]
        if len(able) != 1:
            names = [text(page, "Id") for page, _, _ in able]
            raise _not_one(client.address, names, refused)
        self._page, self._sensor, self._first = able[0]

    def ask(self) -> Answer:
        """Ask for the power, and for the energy where there is a counter.

        Raises:
            NoAnswer: If a supply or the reading is missing this time: a part is not the whole.
        """
        answer = self._sensor.ask()
        if answer is None:
            raise NoAnswer(f"{self._sensor.words} is not complete")
        return answer

    def abort(self) -> None:
        """Wake a question that is under way."""
        self._client.abort()

    def close(self) -> None:
        """Log out and hang up."""
        self._client.close()

    def describe(self, label: str, *, period_s: float, check_of: str = "") -> str:
        """Describe what was found; return the channel's name.

        Args:
            label: Name of the channel; from the chassis where empty.
            period_s: Time between two questions.
            check_of: Channel of another meter that counts the same; empty for none.
        """
        name = label or f"chassis-{text(self._page, 'Id') or 'unnamed'}"
        channels = {
            "power": self._channel(
                name,
                f"{self._sensor.words} integrated, asked every {period_s:g} s",
                relative_error=self._error_frac(),
                check_of=check_of or None,
            )
        }
        if self._first.counter_j is not None:
            channels["counter"] = self._channel(
                f"{name}-counter",
                "EnvironmentMetrics.EnergykWh counter",
                resolution=self._first.counter_step_j,
                relative_error=ERROR_FRAC,
                check_of=name,
            )
        self.channels = channels
        return name

    def _channel(
        self,
        name: str,
        sensor: str,
        *,
        relative_error: float,
        resolution: float = 0.0,
        check_of: str | None = None,
    ) -> Channel:
        return Channel(
            name=name,
            resource=Resource.ENERGY_J,
            sensor=f"redfish {sensor}",
            resolution=resolution,
            period_s=AVERAGED_S,
            not_covered=_NOT_COVERED[self._sensor.source],
            relative_error=relative_error,
            device=f"chassis:{self._identity()}",
            check_of=check_of,
            scope=Scope.SUPPLY,
        )

    def _identity(self) -> str:
        """Tell the chassis from every other one, whoever asks."""
        serial = text(self._page, "UUID") or text(self._page, "SerialNumber")
        return serial or f"{self._client.address.text}/{text(self._page, 'Id')}"

    def _error_frac(self) -> float:
        power_w = self._first.power_w or 0.0
        floor_w = ERROR_W * self._sensor.count()
        return 1.0 if power_w <= floor_w else max(ERROR_FRAC, floor_w / power_w)


def _best(able: Iterable[Sensor], source: str, refused: list[str]) -> tuple[Sensor, Answer] | None:
    """Return the first sensor that tells everything now, and what it tells.

    A page that is named and not there, not for this user or broken is passed over; why goes into
    `refused`.
    """
    for sensor in able:
        if source not in ("auto", sensor.source):
            continue
        try:
            answer = sensor.ask()
        except NoAnswer as error:
            if error.status is None:
                raise
            refused.append(str(error))
            continue
        if answer is not None:
            return sensor, answer
    return None


def _not_one(
    address: Address, names: Sequence[str], refused: Sequence[str]
) -> MeterUnavailableError:
    if not names:
        why = f" ({'; '.join(dict.fromkeys(refused))})" if refused else ""
        return MeterUnavailableError(
            f"no chassis at {address.text} tells its power{why}.",
            advice="Let the user read sensors, update the controller, or measure at the wall: "
            "--meter shelly:url=...",
        )
    return MeterUnavailableError(
        f"{len(names)} chassis at {address.text} tell their power, and one may contain another.",
        advice=f"Name one: chassis={names[0]}; there are {', '.join(names)}.",
    )
