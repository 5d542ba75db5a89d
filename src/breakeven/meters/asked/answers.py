"""Ask one address on the network for JSON, and nobody else.

Only meters that were given an address come here. `http.client` knows no proxies and follows no
redirects, so what is asked is the address that the user named and nothing else.
"""

import json
import ssl
from collections.abc import Mapping, Sequence
from decimal import Decimal
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR
from typing import NoReturn

from breakeven.errors import MeterUnavailableError
from breakeven.meters.asked.logins import Login, Nobody
from breakeven.meters.asked.options import Address

TIMEOUT_S = 2.0
"""A device in the same building answers within tens of milliseconds."""

MOST_BYTES = 1_000_000
"""No page that holds a power reading is larger."""

MOST_STEPS = 4
"""Requests for one page: an old nonce or session, the new one, a redirect, the page."""


class NoAnswer(Exception):  # noqa: N818 - an outcome that passes, not a fault of ours
    """This time there was no usable answer; the next may be.

    Attributes:
        status: HTTP status; None when there was no answer at all.
    """

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        """Keep the reason."""
        self.status = status
        super().__init__(reason)


class JsonClient:
    """Asks one host; used by one thread, `abort` by any."""

    def __init__(
        self,
        address: Address,
        *,
        login: Login | None = None,
        insecure: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Prepare; nothing is opened before the first question.

        Args:
            address: Whom to ask.
            login: How to show who asks.
            insecure: Whether a certificate that nobody vouches for is accepted.
            timeout_s: How long one step of an exchange may wait.
        """
        self.address, self._login = address, Nobody() if login is None else login
        self._connection = _connection(address, insecure=insecure, timeout_s=timeout_s)
        self._is_aborted = False

    def get(self, path: str) -> Mapping[str, object]:
        """Return the JSON object at a path; its numbers keep their decimals.

        A redirect is followed within the same address only.

        Raises:
            NoAnswer: If there is no usable answer this time.
            MeterUnavailableError: If there never will be one: password refused, redirected
                elsewhere, certificate not trusted.
        """
        is_renewed = False
        for _ in range(MOST_STEPS):
            response, body = self.exchange("GET", path, self._login.headers("GET", path))
            if response.status == 401:
                challenges = response.headers.get_all("WWW-Authenticate", [])
                # A second try with the same password would only bring a lock-out nearer.
                if is_renewed or not self._login.renew(self, challenges):
                    raise self._refused()
                is_renewed = True
            elif 300 <= response.status < 400:
                path = self._within(response.headers.get("Location", ""))
            else:
                return _page(path, response, body)
        raise NoAnswer("it sends in a circle")

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> tuple[HTTPResponse, bytes]:
        """Send one request and read the answer, once more where an idle connection had gone.

        Raises:
            NoAnswer: If none came.
            MeterUnavailableError: If the certificate is not trusted.
        """
        was_open = self._connection.sock is not None
        try:
            return self._exchange(method, path, headers, body)
        except NoAnswer as error:
            had_gone = was_open and isinstance(error.__cause__, ConnectionError)
            if self._is_aborted or not had_gone:
                raise
        return self._exchange(method, path, headers, body)

    def abort(self) -> None:
        """Wake a thread that waits for an answer; it finds the connection closed, for good."""
        self._is_aborted = True
        sock = self._connection.sock
        if sock is not None:
            try:
                sock.shutdown(SHUT_RDWR)
            except OSError:
                return  # gone already

    def close(self) -> None:
        """Take leave and hang up."""
        if self._is_aborted:
            self.hang_up()  # taking leave needs a line that is not dead
        try:
            self._login.end(self)
        except (NoAnswer, MeterUnavailableError):
            pass  # whoever does not answer keeps nothing of ours for long
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Close the connection without a word."""
        self._connection.close()

    def _exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[HTTPResponse, bytes]:
        try:
            self._connection.request(method, path, body, {"Accept": "application/json", **headers})
            response = self._connection.getresponse()
            content = response.read(MOST_BYTES + 1)
        except ssl.SSLCertVerificationError as error:
            self._connection.close()
            raise MeterUnavailableError(
                f"the certificate of {self.address.text} is not trusted ({error.verify_message}).",
                advice="Name the authority that signed it: SSL_CERT_FILE=CA.pem; or, on a network "
                "of your own, insecure=yes.",
            ) from error
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise NoAnswer(_reason(error)) from error
        if len(content) > MOST_BYTES:
            self._connection.close()
            raise NoAnswer(f"the answer is longer than {MOST_BYTES} bytes")
        return response, content

    def _refused(self) -> MeterUnavailableError:
        return MeterUnavailableError(
            f"{self.address.text} wants a password, and not the one it was given.",
            advice="Put the right one into an environment variable and name it: password_env=NAME.",
        )

    def _within(self, location: str) -> str:
        """Return the path of a redirect that stays here."""
        path = location.removeprefix(self.address.text)
        if not path.startswith("/") or path.startswith("//"):
            raise MeterUnavailableError(
                f"{self.address.text} sends elsewhere, to {location!r}.",
                advice="Nothing else is asked; give the address that answers itself.",
            )
        return path


def _page(path: str, response: HTTPResponse, body: bytes) -> Mapping[str, object]:
    if response.status != 200:
        status = response.status
        raise NoAnswer(f"{path} answers {status} {response.reason}", status=status)
    try:
        page = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except ValueError as error:
        raise NoAnswer(f"{path} is no JSON ({error})") from error
    if not isinstance(page, dict):
        raise NoAnswer(f"{path} is no JSON object")
    return page


def number(page: Mapping[str, object], key: str) -> Decimal | None:
    """Return a number, decimals kept; None where there is none."""
    value = page.get(key)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def step(value: Decimal) -> float:
    """Return the smallest step of a number as it is written: 0.001 for 12.340."""
    exponent = value.as_tuple().exponent
    return float(Decimal(1).scaleb(exponent)) if isinstance(exponent, int) else 1.0


def inside(page: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return an object inside another; empty where there is none."""
    found = page.get(key)
    return found if isinstance(found, dict) else {}


def listed(page: Mapping[str, object], key: str) -> Sequence[Mapping[str, object]]:
    """Return the objects of a list; empty where there is none."""
    found = page.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _connection(address: Address, *, insecure: bool, timeout_s: float) -> HTTPConnection:
    if address.scheme == "http":
        return HTTPConnection(address.host, address.port, timeout=timeout_s)
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(address.host, address.port, timeout=timeout_s, context=context)


def _reason(error: OSError | HTTPException) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    said = error.strerror if isinstance(error, OSError) else str(error)
    return said or type(error).__name__


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
