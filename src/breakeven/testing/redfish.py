"""A server's management controller on the loopback interface, old pages and new ones."""

import base64
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from breakeven.testing.servers import Asked, FakeServer, Given, page

_SESSIONS = "/redfish/v1/SessionService/Sessions"
_CHASSIS = "/redfish/v1/Chassis"


@dataclass(slots=True, kw_only=True)
class FakeChassis:
    """One chassis; what is None is not shown.

    Attributes:
        inputs_w: Input power of each supply, on the old page `Power`; None in it for a supply that
            tells none.
        consumed_w: What `PowerControl` shows, the whole first.
        metrics_w: Input power of each supply, on the new pages below `PowerSubsystem`.
        power_w: `EnvironmentMetrics.PowerWatts`.
        energy_kwh: `EnvironmentMetrics.EnergykWh`.
        absent: Supplies, by place, whose slot is empty.
        serial: Its serial number.
    """

    inputs_w: list[float | None] | None = None
    consumed_w: list[float] | None = None
    metrics_w: list[float | None] | None = None
    power_w: float | None = None
    energy_kwh: float | None = None
    absent: set[int] = field(default_factory=set)
    serial: str = "CZ1234"


class FakeRedfish(FakeServer):
    """Answers as a controller does; change its chassis between questions.

    Attributes:
        chassis: By `Id`.
        login: User and password; None when everybody may read.
        has_sessions: Whether it keeps sessions; else name and password come with every request.
        sessions: Tokens that are open.
    """

    def __init__(
        self,
        chassis: dict[str, FakeChassis] | None = None,
        *,
        login: tuple[str, str] | None = None,
        has_sessions: bool = True,
    ) -> None:
        """Switch it on.

        Args:
            chassis: By `Id`; one with two supplies of 100 W by default.
            login: User and password; None when everybody may read.
            has_sessions: Whether it keeps sessions.
        """
        super().__init__()
        self.chassis = chassis or {"1": FakeChassis(inputs_w=[100.0, 100.0], consumed_w=[190.0])}
        self.login, self.has_sessions = login, has_sessions
        self.sessions: set[str] = set()

    def answer(self, asked: Asked) -> Given:
        """Answer one request."""
        path = urlsplit(asked.path).path
        if path == "/redfish/v1/":
            return page({"Chassis": _link(_CHASSIS)})
        if path == _SESSIONS and asked.method == "POST":
            return self._open_session(asked)
        if not self._is_known(asked):
            return Given(status=401, headers={"WWW-Authenticate": 'Basic realm="bmc"'})
        if asked.method == "DELETE":
            self.sessions.discard(path.rpartition("/")[2])
            return page({})
        return self._page(path.removeprefix(_CHASSIS).strip("/"))

    def _page(self, path: str) -> Given:
        if not path:
            return page({"Members": [_link(f"{_CHASSIS}/{one}") for one in self.chassis]})
        name, _, rest = path.partition("/")
        if name not in self.chassis:
            return Given(status=404)
        found = _pages(name, self.chassis[name]).get(rest)
        return Given(status=404) if found is None else page(found)

    def _open_session(self, asked: Asked) -> Given:
        if not self.has_sessions:
            return Given(status=404)
        sent = json.loads(asked.body)
        if self.login is None or (sent["UserName"], sent["Password"]) != self.login:
            return Given(status=401)
        token = f"token{len(self.asked)}"
        self.sessions.add(token)
        headers = {"X-Auth-Token": token, "Location": f"{_SESSIONS}/{token}"}
        return Given(status=HTTPStatus.CREATED, headers=headers)

    def _is_known(self, asked: Asked) -> bool:
        if self.login is None or asked.headers.get("x-auth-token") in self.sessions:
            return True
        pair = base64.b64encode(":".join(self.login).encode()).decode()
        return not self.has_sessions and asked.headers.get("authorization") == f"Basic {pair}"


def _pages(name: str, chassis: FakeChassis) -> dict[str, dict[str, object]]:
    """Every page below one chassis, by path."""
    here = f"{_CHASSIS}/{name}"
    root: dict[str, object] = {"Id": name, "SerialNumber": chassis.serial}
    pages: dict[str, dict[str, object]] = {"": root}
    if chassis.inputs_w is not None or chassis.consumed_w is not None:
        root["Power"] = _link(f"{here}/Power")
        pages["Power"] = {
            "PowerControl": [{"PowerConsumedWatts": w} for w in chassis.consumed_w or ()],
            "PowerSupplies": [
                {"PowerInputWatts": w, "Status": _status(chassis, place)}
                for place, w in enumerate(chassis.inputs_w or ())
            ],
        }
    if chassis.power_w is not None:
        root["EnvironmentMetrics"] = _link(f"{here}/EnvironmentMetrics")
        pages["EnvironmentMetrics"] = {
            "PowerWatts": {"Reading": chassis.power_w},
            "EnergykWh": {"Reading": chassis.energy_kwh},
        }
    if chassis.metrics_w is not None:
        root["PowerSubsystem"] = _link(f"{here}/PowerSubsystem")
        pages |= _subsystem(here, chassis, chassis.metrics_w)
    return pages


def _subsystem(
    here: str, chassis: FakeChassis, metrics_w: list[float | None]
) -> dict[str, dict[str, object]]:
    supplies = f"{here}/PowerSubsystem/PowerSupplies"
    pages: dict[str, dict[str, object]] = {
        "PowerSubsystem": {"PowerSupplies": _link(supplies)},
        "PowerSubsystem/PowerSupplies": {
            "Members": [_link(f"{supplies}/{place}") for place in range(len(metrics_w))]
        },
    }
    for place, power_w in enumerate(metrics_w):
        below = f"PowerSubsystem/PowerSupplies/{place}"
        pages[below] = {
            "Status": _status(chassis, place),
            "Metrics": _link(f"{supplies}/{place}/Metrics"),
        }
        pages[f"{below}/Metrics"] = {"InputPowerWatts": {"Reading": power_w}}
    return pages


def _status(chassis: FakeChassis, place: int) -> dict[str, str]:
    return {"State": "Absent" if place in chassis.absent else "Enabled"}


def _link(path: str) -> dict[str, str]:
    return {"@odata.id": path}
