"""A Shelly plug of the second generation or later, asked over HTTP on the user's own network.

breakeven measure --meter shelly:url=http://192.168.1.7 --meter host -- python train.py
"""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from breakeven.errors import MeterUnavailableError
from breakeven.meters.asked.answers import JsonClient, NoAnswer
from breakeven.meters.asked.logins import DigestLogin, Login
from breakeven.meters.asked.options import Address, Options
from breakeven.meters.asked.remote import RemoteMeter
from breakeven.meters.asked.shelly_plug import AUTO, COUNTER, POWER, Plug

PERIOD_S = 1.0
"""Time between two questions; a device answers in tens of milliseconds."""

_OPTIONS = ("url", "switch", "password_env", "name", "check_of", "use", "every")
_ADVICE = "Name its address: --meter shelly:url=http://ADDRESS (and ,switch=1 for a second outlet)."


class ShellyMeter(RemoteMeter):
    """Joules through a Shelly plug; measured, at the wall."""

    @classmethod
    def from_options(
        cls,
        options: Mapping[str, str],
        *,
        environ: Mapping[str, str] = os.environ,
        **arguments: Any,  # noqa: ANN401 - those of the class
    ) -> Self:
        """Open the plug that the options name.

        Args:
            options: `url`, and where needed `switch` (outlet, from 0), `password_env` (variable
                that holds the password), `name` (of the channel), `check_of` (channel of another
                meter that counts the same), `use` (auto, power, counter), `every` (seconds between
                questions).
            environ: Where the password is looked up.
            arguments: As the class takes them.

        Raises:
            SettingsError: If an option is unknown or wrong.
            MeterUnavailableError: If the plug cannot be had.
        """
        told = Options("shelly", options, known=_OPTIONS, environ=environ)
        return cls(
            told.address("url"),
            switch=told.whole("switch"),
            password=told.secret("password_env"),
            label=told.text("name"),
            check_of=told.text("check_of"),
            use=told.choice("use", (AUTO, POWER, COUNTER)),
            period_s=told.seconds("every", PERIOD_S),
            **arguments,
        )

    def __init__(  # noqa: PLR0913 - what may be said of a plug
        self,
        address: Address | None = None,
        *,
        switch: int = 0,
        password: str | None = None,
        label: str = "",
        check_of: str = "",
        use: str = "auto",
        period_s: float = PERIOD_S,
        clock_s: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open a plug and start asking it.

        Args:
            address: Where it answers.
            switch: Number of the outlet, from 0.
            password: Of its user `admin`; None where it asks for none.
            label: Name of the channel; from the hardware address by default.
            check_of: Channel of another meter that counts the same; empty for none.
            use: "power", "counter" or "auto".
            period_s: Time between two questions.
            clock_s: Monotonic clock, the windows' own.
            pause: Sleeps between two looks at the counter.

        Raises:
            MeterUnavailableError: If there is no address, or no plug that measures at it.
        """
        if address is None:
            raise MeterUnavailableError("shelly needs the address of a plug.", advice=_ADVICE)
        login: Login | None = None
        if password is not None:
            login = DigestLogin(user="admin", password=password)
        client = JsonClient(address, login=login)
        try:
            plug = Plug(client, switch=switch, clock_s=clock_s, pause=pause)
            name = plug.describe(label, use, period_s=period_s, check_of=check_of)
        except NoAnswer as error:
            client.hang_up()
            raise MeterUnavailableError(
                f"the plug at {address.text} gives no answer: {error}.",
                advice=f"Try it from this machine: curl {address.text}/shelly",
            ) from error
        except BaseException:
            client.hang_up()
            raise
        super().__init__(plug, name=f"shelly {name}", period_s=period_s, clock_s=clock_s)
