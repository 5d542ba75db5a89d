"""Options of a meter that must be told where to look: taken one by one, refused in one sentence.

What a meter is told is stored with the study, so a password is never part of it: it is read from an
environment variable whose name is the option.
"""

import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from breakeven.errors import SettingsError

_SECRETS = re.compile(r"pass|pwd|secret|token|key|credential", re.IGNORECASE)
_RANGE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something answers over HTTP.

    Attributes:
        scheme: "http" or "https".
        host: Name or number.
        port: TCP port.
    """

    scheme: str
    host: str
    port: int

    @property
    def text(self) -> str:
        """As a URL, the usual port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A parameter that is only known to lie between two values."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """Half-way."""
        return (self.low + self.high) / 2

    @property
    def relative_error(self) -> float:
        """How far either end lies from the middle, as a share of it."""
        return (self.high - self.low) / (self.high + self.low)

    def __str__(self) -> str:
        return f"{self.low:g}-{self.high:g}"


class Options:
    """What a meter was told; each option is asked for by the meter that takes it."""

    def __init__(
        self,
        meter: str,
        options: Mapping[str, str],
        *,
        known: Sequence[str],
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Refuse what the meter does not know.

        Args:
            meter: Its registered name, for messages.
            options: As they were written.
            known: Every option there is.
            environ: Where secrets are looked up.

        Raises:
            SettingsError: If an option is unknown; the value of one that may be a secret is never
                repeated.
        """
        self._meter, self._options, self._environ = meter, options, environ
        for key in options:
            if key not in known:
                raise self._refused(key, known)

    def text(self, key: str, default: str = "") -> str:
        """Return an option as it stands."""
        return self._options.get(key, default)

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """Return one of several words; the first by default."""
        value = self._options.get(key, choices[0])
        if value not in choices:
            raise self._wrong(key, f"one of {', '.join(choices)}")
        return value

    def whole(self, key: str, default: int = 0) -> int:
        """Return a whole number of 0 or more."""
        value = self._options.get(key, str(default))
        if not value.isdecimal():
            raise self._wrong(key, "a whole number of 0 or more")
        return int(value)

    def seconds(self, key: str, default_s: float) -> float:
        """Return a time above 0, in seconds."""
        try:
            value_s = float(self._options.get(key, default_s))
        except ValueError:
            value_s = math.nan
        if not 0 < value_s < math.inf:
            raise self._wrong(key, "a number of seconds above 0")
        return value_s

    def is_yes(self, key: str) -> bool:
        """Whether an option says yes; no by default."""
        return self.choice(key, ("no", "yes")) == "yes"

    def range(self, key: str) -> Range | None:
        """Return `LOW-HIGH`; None when the option is not there.

        A single number is refused: it would come without an interval.
        """
        if key not in self._options:
            return None
        found = _RANGE.fullmatch(self._options[key])
        low, high = (float(end) for end in found.groups()) if found else (0.0, 0.0)
        if not low < high:
            raise self._wrong(
                key, "a range LOW-HIGH such as 10-20, because a model has an interval"
            )
        return Range(low=low, high=high)

    def address(self, key: str) -> Address | None:
        """Return the address of something on the network; None when the option is not there."""
        if key not in self._options:
            return None
        try:
            parts = urlsplit(self._options[key])
            scheme, host, port = parts.scheme, parts.hostname, parts.port
        except ValueError:
            raise self._wrong(key, "a URL such as http://192.168.1.7", shown="that") from None
        if parts.username is not None or parts.password is not None:
            raise self._wrong(
                key, "a URL without user and password, which would be stored", shown="that"
            )
        is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment)
        if scheme not in _PORTS or not host or not is_bare:
            raise self._wrong(key, "a URL such as http://192.168.1.7, without a path", shown="that")
        return Address(scheme=scheme, host=host, port=port or _PORTS[scheme])

    def secret(self, key: str) -> str | None:
        """Return what the environment variable named by an option holds; None without one."""
        name = self._options.get(key)
        if name is None:
            return None
        if not (value := self._environ.get(name)):
            raise self._wrong(
                key, f"an environment variable that is set; run: read -rs {name} && export {name}"
            )
        return value

    def _refused(self, key: str, known: Sequence[str]) -> SettingsError:
        if _SECRETS.search(key) and "password_env" in known:
            return SettingsError(
                f"meter {self._meter!r} takes no {key}, because what it is told is stored; put the "
                "password into an environment variable and name that: password_env=NAME"
            )
        return SettingsError(
            f"meter {self._meter!r} has no option {key!r}; choose among {', '.join(sorted(known))}"
        )

    def _wrong(self, key: str, expected: str, *, shown: str = "") -> SettingsError:
        value = shown or repr(self._options[key])
        return SettingsError(f"meter {self._meter!r}: {key} must be {expected}; {value} is not")
