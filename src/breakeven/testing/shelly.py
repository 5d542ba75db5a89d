"""A Shelly plug on the loopback interface, with a power and a counter that a test moves."""

import hashlib
import re
import threading
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from breakeven.testing.servers import Asked, FakeServer, Given, page

_FIELD = re.compile(r'(\w+)="?([^",]+)"?')
_NONCE = "66a1b2c3"


@dataclass(slots=True, kw_only=True)
class Outlet:
    """What one outlet shows.

    Attributes:
        power_w: Active power; None for a switch that measures nothing.
        energy_wh: Counter; None for none.
        joules_per_answer: How far the counter moves with every answer.
    """

    power_w: float | None = 40.0
    energy_wh: float | None = 1000.0
    joules_per_answer: float = 0.0

    def show(self) -> str:
        """Return the status page, decimals written as the device writes them."""
        shown = ['"id": 0, "source": "init", "output": true']
        if self.power_w is not None:
            shown.append(f'"apower": {self.power_w:.1f}, "voltage": 231.2, "current": 0.178')
        if self.energy_wh is not None:
            by_minute = '"by_minute": [0.000, 666.667, 666.667], "minute_ts": 1700000000'
            shown.append(f'"aenergy": {{"total": {self.energy_wh:.3f}, {by_minute}}}')
            self.energy_wh += self.joules_per_answer / 3600.0
        return f"{{{', '.join(shown)}}}"


class FakeShelly(FakeServer):
    """Answers /shelly and /rpc/Switch.GetStatus (or PM1.GetStatus) as such a device does.

    Attributes:
        outlets: What it measures.
        password: Of the user `admin`; None when it asks for none.
        generation: 2 and later; 1 leaves the key out, as those devices do.
    """

    def __init__(
        self,
        *outlets: Outlet,
        component: str = "Switch",
        mac: str = "A8032AB3C4D5",
        password: str | None = None,
        generation: int = 2,
    ) -> None:
        """Plug it in.

        Args:
            outlets: One with 40 W by default.
            component: "Switch", "PM1", or something a meter cannot read.
            mac: Hardware address.
            password: Of the user `admin`; None when it asks for none.
            generation: Of the device.
        """
        super().__init__()
        self.outlets = list(outlets) or [Outlet()]
        self.password, self.generation = password, generation
        self._component, self._mac = component, mac
        self._looking = threading.Lock()

    def answer(self, asked: Asked) -> Given:
        """Answer one request."""
        if urlsplit(asked.path).path == "/shelly":
            return self._identity()
        if self.password is not None and not self._is_proved(asked, self.password):
            return Given(status=401, headers={"WWW-Authenticate": self._challenge()})
        return self._status(asked.path)

    def _identity(self) -> Given:
        generation = {} if self.generation < 2 else {"gen": self.generation}
        name = f"shellyplusplugs-{self._mac.lower()}"
        auth = {"auth_en": self.password is not None}
        return page({"id": name, "mac": self._mac, "model": "SNPL-00112EU", **generation, **auth})

    def _status(self, path: str) -> Given:
        parts = urlsplit(path)
        if parts.path != f"/rpc/{self._component}.GetStatus":
            return Given(status=404, body=f'{{"code": 404, "message": "No handler for {path}"}}')
        index = int(parse_qs(parts.query)["id"][0])
        if index >= len(self.outlets):
            return Given(status=500, body='{"code": -105, "message": "Argument id not found!"}')
        with self._looking:
            return Given(body=self.outlets[index].show())

    def _challenge(self) -> str:
        return f'Digest qop="auth", realm="{self._mac}", nonce="{_NONCE}", algorithm=SHA-256'

    def _is_proved(self, asked: Asked, password: str) -> bool:
        """Check a digest by the formula of RFC 7616, section 3.4.1."""
        sent = dict(_FIELD.findall(asked.headers.get("authorization", "")))
        secret = _hash("admin", self._mac, password)
        what = _hash(asked.method, asked.path)
        proof = _hash(secret, _NONCE, sent.get("nc", ""), sent.get("cnonce", ""), "auth", what)
        return sent.get("response") == proof


def _hash(*parts: str) -> str:
    return hashlib.sha256(":".join(parts).encode()).hexdigest()
