"""Nobody is asked who was not named, and no option is taken without a word."""

import socket
from collections.abc import Mapping

import pytest
from tests.testing.faulty_meters import Good

from breakeven.errors import SettingsError
from breakeven.records.protocols import Reading
from breakeven.testing import MeterConformance
from breakeven.testing.audit import watched_connections


class Calling(Good):
    """Tells somebody, somewhere, each time it is read."""

    def read(self) -> Reading:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as told:
            told.connect(("127.0.0.3", 9))
        return super().read()


def test_a_connection_that_nobody_named_is_caught() -> None:
    suite = MeterConformance()
    suite.setup_method()
    with pytest.raises(AssertionError, match=r"connected to \['127.0.0.3'\]"):
        suite.test_opens_no_connection_that_nobody_asked_for(Calling())
    suite.teardown_method()


def test_an_address_that_was_given_may_be_asked() -> None:
    class Told(MeterConformance):
        addresses = ("127.0.0.3",)

    suite = Told()
    suite.setup_method()
    suite.test_opens_no_connection_that_nobody_asked_for(Calling())
    suite.teardown_method()


def test_nothing_is_collected_when_nobody_watches() -> None:
    with watched_connections() as seen:
        Calling().read()
    Calling().read()
    assert seen == {"127.0.0.3"}


def test_looking_a_name_up_is_a_connection_too() -> None:
    with watched_connections() as seen:
        socket.getaddrinfo("localhost", 80)
    assert seen == {"localhost"}


def test_a_socket_that_is_a_file_is_no_connection() -> None:
    with (
        watched_connections() as seen,
        socket.socket(socket.AF_UNIX) as local,
        pytest.raises(OSError, match="No such file"),
    ):
        local.connect("/nowhere/at-all")
    assert seen == set()


class Greedy(Good):
    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Good:
        return cls()


class Talkative(Good):
    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Good:
        raise SettingsError(f"what is {options}?\nIt knows no such thing.")


class Leaking(Good):
    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Good:
        raise SettingsError(f"meter 'leaking' cannot do anything with {dict(options)}, sorry")


@pytest.mark.parametrize("taker", [Greedy, Talkative, Leaking])
def test_options_that_are_taken_or_badly_refused_are_caught(taker: type[Good]) -> None:
    class Taking(MeterConformance):
        maker = taker

    with pytest.raises(AssertionError):
        Taking().test_options_are_refused_in_one_clear_sentence()
