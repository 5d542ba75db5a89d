"""Logging in at a server's management controller (DMTF DSP0266, sections 13.3 and 13.4).

One session for the whole measurement: a controller logs every single request that comes with a
name and a password, and asking every few seconds would drown its log.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from breakeven.meters.asked.answers import JsonClient
from breakeven.meters.asked.logins import BasicLogin

SESSIONS = "/redfish/v1/SessionService/Sessions"

_NO_SESSIONS = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_IMPLEMENTED,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What a controller without a session service, or without a free session, answers."""


class SessionLogin:
    """A session, opened when first refused and ended at the end; else name and password each."""

    def __init__(self, *, user: str, password: str) -> None:
        """Keep both until they are asked for."""
        self._user, self._password = user, password
        self._basic: BasicLogin | None = None
        self._token, self._place = "", ""

    def headers(self, method: str, path: str) -> Mapping[str, str]:
        """Show the session, or who it is."""
        if self._basic is not None:
            return self._basic.headers(method, path)
        return {"X-Auth-Token": self._token} if self._token else {}

    def renew(self, client: JsonClient, challenges: Sequence[str]) -> bool:  # noqa: ARG002 - the protocol's
        """Open a session; the one before has run out, or there was none."""
        if self._basic is not None:
            return False
        body = json.dumps({"UserName": self._user, "Password": self._password}).encode()
        response, _ = client.exchange("POST", SESSIONS, {"Content-Type": "application/json"}, body)
        if response.status in _NO_SESSIONS:
            self._basic = BasicLogin(user=self._user, password=self._password)
            return True
        self._token = response.headers.get("X-Auth-Token", "")
        self._place = response.headers.get("Location", "").removeprefix(client.address.text)
        return response.status == HTTPStatus.CREATED and bool(self._token)

    def end(self, client: JsonClient) -> None:
        """End the session, so that the controller has it free for somebody else."""
        if self._token and self._place.startswith("/"):
            client.exchange("DELETE", self._place, {"X-Auth-Token": self._token})
        self._token = ""
