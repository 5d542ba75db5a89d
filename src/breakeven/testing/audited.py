"""What every suite of meters and observers watches: who is asked, and what options bring back."""

from collections.abc import Sequence
from typing import Any, ClassVar

from breakeven.testing.audit import CONNECTIONS
from breakeven.testing.checks import refusal

_SECRET = "hunter2"  # noqa: S105 - a made-up one, which must not come back


class Audited:
    """Watches the network from before the fixtures are made until the test is over.

    Attributes:
        addresses: Hosts that the thing under test was told to ask.
        maker: Its class, when it takes options.
        read_cpu_s: CPU seconds that one look may take; the quickest of several counts, so that a
            busy machine fails nobody.
    """

    addresses: ClassVar[Sequence[str]] = ()
    maker: ClassVar[Any] = None
    read_cpu_s: ClassVar[float] = 5e-3

    def setup_method(self) -> None:
        """Begin to watch; pytest calls this before it makes the fixtures."""
        self._connected = CONNECTIONS.watch()

    def teardown_method(self) -> None:
        """Stop watching."""
        CONNECTIONS.forget(self._connected)

    def check_connections(self) -> None:
        """Nobody was asked whose address was not given."""
        others = self._connected - set(self.addresses)
        assert not others, f"connected to {sorted(others)}, which nobody named"

    def check_options(self) -> None:
        """An unknown option, and a password, are refused in one sentence that repeats no secret."""
        if self.maker is None:
            return
        for options in ({"no_such_option": "1"}, {"password": _SECRET}):
            said = refusal(self.maker, options)
            assert "\n" not in said, f"more than one line: {said!r}"
            assert 20 <= len(said) <= 300, f"no clear sentence: {said!r}"
            assert next(iter(options)) in said, f"does not name the option: {said!r}"
            assert _SECRET not in said, "a secret comes back in the message"
