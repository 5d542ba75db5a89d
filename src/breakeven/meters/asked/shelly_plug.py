"""One outlet of a Shelly device: which device it is, what it shows, and how fast its counter moves.

Source: Shelly technical documentation, gen2/ComponentsAndServices/Switch and PM1 (Status) and
gen2/General/Authentication: `apower` is the active power in watts, `aenergy.total` a counter in
watt-hours, written with three decimals (3.6 J); `aenergy.by_minute` and `minute_ts` show that the
device also keeps its account by the minute. How often `total` moves is not written anywhere, so it
is watched for a moment when the meter opens: a counter that moves at least every other second is
differenced and the integrated power checks it; otherwise the power is integrated and the counter,
taken to move once a minute, is the check. The channel's sensor says which.

The maker's error is not in the interval (the device does not tell it); a calibration finds it.
"""

import time
from collections.abc import Callable, Mapping

from breakeven.errors import MeterUnavailableError
from breakeven.meters.asked.answers import JsonClient, NoAnswer, inside, number, step
from breakeven.meters.asked.known import Answer
from breakeven.records import Resource, Scope
from breakeven.records.protocols import Channel

WATCH_S, WATCH_STEP_S = 2.5, 0.25
"""How long the counter is watched at the opening, and how often."""

BY_MINUTE_S = 60.0
"""How rarely a counter moves that did not while it was watched; the account is kept by minute."""

AUTO, POWER, COUNTER = "auto", "power", "counter"

_J_PER_WH = 3600.0
_COMPONENTS = ("Switch", "PM1")
_NOT_COVERED = (
    "what is fed from elsewhere, and the error of the plug itself; all that hangs on the plug is in"
)


class Plug:
    """One metered outlet."""

    def __init__(
        self,
        client: JsonClient,
        *,
        switch: int,
        clock_s: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Find out which device and which component it is.

        Args:
            client: Knows the address.
            switch: Number of the outlet, from 0.
            clock_s: Monotonic clock.
            pause: Sleeps between two looks at the counter.

        Raises:
            MeterUnavailableError: If the device is of another kind or measures nothing.
            NoAnswer: If it does not answer.
        """
        self._client, self._switch = client, switch
        self._clock_s, self._pause = clock_s, pause
        self.channels: Mapping[str, Channel] = {}
        self._device = self._identify()
        self._component, self._first = self._find()

    def ask(self) -> Answer:
        """Ask for power and counter."""
        page = self._status(self._component)
        power_w, energy_wh = number(page, "apower"), number(inside(page, "aenergy"), "total")
        if power_w is not None and power_w < 0:
            raise NoAnswer(f"it shows {power_w} W, which a computer never draws")
        return Answer(
            power_w=None if power_w is None else float(power_w),
            power_step_w=0.0 if power_w is None else step(power_w),
            counter_j=None if energy_wh is None else float(energy_wh) * _J_PER_WH,
            counter_step_j=0.0 if energy_wh is None else step(energy_wh) * _J_PER_WH,
        )

    def abort(self) -> None:
        """Wake a question that is under way."""
        self._client.abort()

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def describe(self, label: str, use: str, *, period_s: float, check_of: str = "") -> str:
        """Decide which sensor counts and which one checks it; return the channel's name.

        Args:
            label: Name of the channel; from the device where empty.
            use: "power", "counter", or "auto" for the counter if it moves fast enough.
            period_s: Time between two questions.
            check_of: Channel of another meter that counts the same; empty for none.

        Raises:
            MeterUnavailableError: If the sensor that is to count is not there.
        """
        outlet = f"-{self._switch}" if self._switch else ""
        name = label or f"plug-{self._device[-6:].lower()}{outlet}"
        energy_wh = number(inside(self._first, "aenergy"), "total")
        has = {"power": number(self._first, "apower") is not None, "counter": energy_wh is not None}
        if use != "auto" and not has[use]:
            raise MeterUnavailableError(
                f"the plug at {self._client.address.text} shows no {use}.",
                advice="Leave out use=, then what it shows is taken.",
            )
        moves_s = self._watch() if use == "auto" and all(has.values()) else None
        counts = use == "counter" or moves_s is not None or not has["power"]
        channels: dict[str, Channel] = {}
        if has["power"]:
            channels["power"] = self._channel(
                f"{name}-power" if counts else name,
                f"apower integrated, asked every {period_s:g} s",
                resolution=0.0,
                period_s=period_s,
                check_of=name if counts else check_of or None,
            )
        if energy_wh is not None:
            channels["counter"] = self._channel(
                name if counts else f"{name}-counter",
                "aenergy counter",
                resolution=step(energy_wh) * _J_PER_WH,
                period_s=moves_s or BY_MINUTE_S,
                check_of=check_of or None if counts else name,
            )
        self.channels = channels
        return name

    def _channel(
        self, name: str, sensor: str, *, resolution: float, period_s: float, check_of: str | None
    ) -> Channel:
        return Channel(
            name=name,
            resource=Resource.ENERGY_J,
            sensor=f"shelly {sensor}",
            resolution=resolution,
            period_s=period_s,
            not_covered=_NOT_COVERED,
            device=f"plug:{self._device}:{self._switch}",
            check_of=check_of,
            scope=Scope.WALL,
        )

    def _watch(self) -> float | None:
        """Return the longest time between two moves of the counter; None if it hardly moves."""
        start_s, seen_j, moves_s = self._clock_s(), self.ask().counter_j, list[float]()
        while len(moves_s) < 2 and self._clock_s() - start_s < WATCH_S:
            self._pause(WATCH_STEP_S)
            now_j = self.ask().counter_j
            if now_j != seen_j:
                seen_j = now_j
                moves_s.append(self._clock_s())
        return None if len(moves_s) < 2 else moves_s[1] - moves_s[0] + WATCH_STEP_S

    def _identify(self) -> str:
        """Return the hardware address; /shelly answers without a password."""
        page = self._client.get("/shelly")
        generation = number(page, "gen")
        if generation is None or generation < 2:
            raise MeterUnavailableError(
                f"{self._client.address.text} is no Shelly of the second generation or later.",
                advice="Gen1 devices count whole watt-minutes; use a Plus, Pro, Gen3 or Gen4 one.",
            )
        mac = page.get("mac")
        return mac if isinstance(mac, str) and mac else self._client.address.text

    def _find(self) -> tuple[str, Mapping[str, object]]:
        for component in _COMPONENTS:
            try:
                page = self._status(component)
            except NoAnswer as error:
                if error.status == 404:
                    continue
                if error.status == 500 and self._switch:
                    raise MeterUnavailableError(
                        f"{self._client.address.text} has no outlet {self._switch} ({error}).",
                        advice="Outlets are numbered from 0; leave out switch= for the first.",
                    ) from error
                raise
            if number(page, "apower") is None and number(inside(page, "aenergy"), "total") is None:
                raise MeterUnavailableError(
                    f"{self._client.address.text} switches without measuring power.",
                    advice="Use a device whose name says PM, or a plug.",
                )
            return component, page
        raise MeterUnavailableError(
            f"{self._client.address.text} has neither a Switch nor a PM1 component.",
            advice="See its page /rpc/Shelly.GetStatus for what it measures.",
        )

    def _status(self, component: str) -> Mapping[str, object]:
        return self._client.get(f"/rpc/{component}.GetStatus?id={self._switch}")
