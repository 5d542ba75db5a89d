"""How a client shows who asks: not at all, by a digest, or by name and password."""

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from breakeven.meters.asked.digest import Digest

if TYPE_CHECKING:
    from breakeven.meters.asked.answers import JsonClient


class Login(Protocol):
    """How a client shows who it is."""

    def headers(self, method: str, path: str) -> Mapping[str, str]:
        """Return what to send along."""
        ...

    def renew(self, client: "JsonClient", challenges: Sequence[str]) -> bool:
        """Take a refusal in; say whether it is worth another try."""
        ...

    def end(self, client: "JsonClient") -> None:
        """Take leave."""
        ...


class Nobody:
    """Without a password."""

    def headers(self, method: str, path: str) -> Mapping[str, str]:  # noqa: ARG002 - the protocol's
        """Send nothing."""
        return {}

    def renew(self, client: "JsonClient", challenges: Sequence[str]) -> bool:  # noqa: ARG002 - the same
        """Give up."""
        return False

    def end(self, client: "JsonClient") -> None:
        """Nobody was there."""


class DigestLogin:
    """With a password that is proved and never sent."""

    def __init__(self, *, user: str, password: str) -> None:
        """Keep them until a challenge comes."""
        self._user, self._password = user, password
        self._digest: Digest | None = None

    def headers(self, method: str, path: str) -> Mapping[str, str]:
        """Answer the latest challenge."""
        return {} if self._digest is None else {"Authorization": self._digest.answer(method, path)}

    def renew(self, client: "JsonClient", challenges: Sequence[str]) -> bool:  # noqa: ARG002 - the protocol's
        """Take the first challenge that can be answered."""
        for challenge in challenges:
            try:
                self._digest = Digest(challenge, user=self._user, password=self._password)
            except ValueError:
                continue
            return True
        return False

    def end(self, client: "JsonClient") -> None:
        """A digest leaves nothing behind."""


class BasicLogin:
    """With a password that goes along with every request; for https only."""

    def __init__(self, *, user: str, password: str) -> None:
        """Encode them once."""
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}"}

    def headers(self, method: str, path: str) -> Mapping[str, str]:  # noqa: ARG002 - the protocol's
        """Send both."""
        return self._headers

    def renew(self, client: "JsonClient", challenges: Sequence[str]) -> bool:  # noqa: ARG002 - the same
        """It has said all it can."""
        return False

    def end(self, client: "JsonClient") -> None:
        """Nothing was opened."""
