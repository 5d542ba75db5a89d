"""The power of a server as its management controller (BMC) tells it over Redfish.

breakeven measure --meter redfish:url=https://bmc,user=reader,password_env=BMC_PASSWORD -- ...
"""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from breakeven.errors import MeterUnavailableError, SettingsError
from breakeven.meters.asked.answers import JsonClient, NoAnswer
from breakeven.meters.asked.logins import Login
from breakeven.meters.asked.options import Address, Options
from breakeven.meters.asked.redfish_chassis import Chassis
from breakeven.meters.asked.redfish_login import SessionLogin
from breakeven.meters.asked.redfish_pages import CHASSIS, SUPPLIES
from breakeven.meters.asked.remote import RemoteMeter

PERIOD_S = 5.0
"""Time between two questions; a controller is slow, and its sensors are slower."""

_OPTIONS = (
    *("url", "user", "password_env", "insecure"),
    *("chassis", "source", "name", "check_of", "every"),
)
_ADVICE = "Name its address: --meter redfish:url=https://BMC,user=USER,password_env=VARIABLE."


class RedfishMeter(RemoteMeter):
    """Joules of a server's chassis; measured, at the input of its power supplies."""

    @classmethod
    def from_options(
        cls,
        options: Mapping[str, str],
        *,
        environ: Mapping[str, str] = os.environ,
        **arguments: Any,  # noqa: ANN401 - those of the class
    ) -> Self:
        """Open the controller that the options name.

        Args:
            options: `url`, `user`, `password_env` (variable that holds the password), and where
                needed `insecure` (yes: any certificate, or http), `chassis` (its Id), `source`
                (supplies, chassis), `name` (of the channel), `check_of` (channel of another meter
                that counts the same), `every` (seconds between questions).
            environ: Where the password is looked up.
            arguments: As the class takes them.

        Raises:
            SettingsError: If an option is unknown or wrong.
            MeterUnavailableError: If the controller cannot be had.
        """
        told = Options("redfish", options, known=_OPTIONS, environ=environ)
        address, password = told.address("url"), told.secret("password_env")
        user, insecure = told.text("user"), told.is_yes("insecure")
        if (password is None) != (not user):
            raise SettingsError("meter 'redfish' needs user and password_env together, or neither")
        if password is not None and address and address.scheme == "http" and not insecure:
            raise SettingsError(
                "meter 'redfish' sends no password over http; use https, or insecure=yes on a "
                "network of your own"
            )
        return cls(
            address,
            login=None if password is None else SessionLogin(user=user, password=password),
            insecure=insecure,
            chassis=told.text("chassis"),
            source=told.choice("source", ("auto", SUPPLIES, CHASSIS)),
            label=told.text("name"),
            check_of=told.text("check_of"),
            period_s=told.seconds("every", PERIOD_S),
            **arguments,
        )

    def __init__(  # noqa: PLR0913 - what may be said of a controller
        self,
        address: Address | None = None,
        *,
        login: Login | None = None,
        insecure: bool = False,
        chassis: str = "",
        source: str = "auto",
        label: str = "",
        check_of: str = "",
        period_s: float = PERIOD_S,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open a controller and start asking it.

        Args:
            address: Where it answers.
            login: Who asks.
            insecure: Whether a certificate that nobody vouches for is accepted.
            chassis: `Id` of the chassis; empty where only one tells its power.
            source: "supplies", "chassis" or "auto".
            label: Name of the channel; from the chassis by default.
            check_of: Channel of another meter that counts the same; empty for none.
            period_s: Time between two questions.
            clock_s: Monotonic clock, the windows' own.

        Raises:
            MeterUnavailableError: If there is no address, or no power to be had at it.
        """
        if address is None:
            raise MeterUnavailableError("redfish needs the address of a BMC.", advice=_ADVICE)
        client = JsonClient(address, login=login, insecure=insecure)
        try:
            found = Chassis(client, wanted=chassis, source=source)
            name = found.describe(label, period_s=period_s, check_of=check_of)
        except NoAnswer as error:
            client.close()
            raise MeterUnavailableError(
                f"the controller at {address.text} gives no answer: {error}.",
                advice=f"Try it from this machine: curl -k {address.text}/redfish/v1/",
            ) from error
        except BaseException:
            client.close()
            raise
        super().__init__(found, name=f"redfish {name}", period_s=period_s, clock_s=clock_s)
