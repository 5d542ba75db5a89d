"""What a meter may be told, and how it refuses the rest without repeating a secret."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest

from breakeven.errors import SettingsError
from breakeven.meters.asked.options import Address, Options, Range
from breakeven.meters.asking import parse_meter


def options(**told: str) -> Options:
    known = ("url", "switch", "use", "every", "insecure", "watts", "password_env")
    return Options("plug", told, known=known, environ={"PLUG_PASSWORD": "geheim"})


def test_an_address_is_taken_apart() -> None:
    assert options(url="https://bmc.lab:8443/").address("url") == Address(
        scheme="https", host="bmc.lab", port=8443
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("http://192.168.1.7", "http://192.168.1.7"),
        ("http://192.168.1.7:80", "http://192.168.1.7"),
        ("https://bmc:8443", "https://bmc:8443"),
        ("http://[fe80::1]:8080", "http://[fe80::1]:8080"),
    ],
)
def test_an_address_is_shown_as_it_was_given(given: str, text: str) -> None:
    address = options(url=given).address("url")
    assert address is not None
    assert address.text == text


def test_what_is_not_given_has_its_default() -> None:
    told = options()
    assert told.address("url") is None
    assert told.secret("password_env") is None
    assert told.range("watts") is None
    assert (told.whole("switch"), told.whole("switch", 2)) == (0, 2)
    assert (told.seconds("every", 1.5), told.text("url", "x")) == (1.5, "x")
    assert told.choice("use", ("auto", "power")) == "auto"
    assert not told.is_yes("insecure")


def test_a_password_comes_from_the_environment() -> None:
    assert options(password_env="PLUG_PASSWORD").secret("password_env") == "geheim"


def test_a_range_has_a_middle_and_an_error() -> None:
    found = options(watts="10-30").range("watts")
    assert found == Range(low=10.0, high=30.0)
    assert (found.middle, found.relative_error, str(found)) == (20.0, 0.5, "10-30")
    with pytest.raises(FrozenInstanceError):
        found.low = 1.0  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    ("told", "ask"),
    [
        ({"url": "ftp://plug"}, lambda o: o.address("url")),
        ({"url": "192.168.1.7"}, lambda o: o.address("url")),
        ({"url": "http://"}, lambda o: o.address("url")),
        ({"url": "http://plug/rpc"}, lambda o: o.address("url")),
        ({"url": "http://plug?x=1"}, lambda o: o.address("url")),
        ({"url": "http://plug#top"}, lambda o: o.address("url")),
        ({"url": "http://plug:99999"}, lambda o: o.address("url")),
        ({"url": "http://admin@plug"}, lambda o: o.address("url")),
        ({"switch": "-1"}, lambda o: o.whole("switch")),
        ({"switch": "one"}, lambda o: o.whole("switch")),
        ({"every": "0"}, lambda o: o.seconds("every", 1.0)),
        ({"every": "soon"}, lambda o: o.seconds("every", 1.0)),
        ({"every": "inf"}, lambda o: o.seconds("every", 1.0)),
        ({"use": "both"}, lambda o: o.choice("use", ("auto", "power"))),
        ({"insecure": "true"}, lambda o: o.is_yes("insecure")),
        ({"watts": "45"}, lambda o: o.range("watts")),
        ({"watts": "45-45"}, lambda o: o.range("watts")),
        ({"watts": "65-45"}, lambda o: o.range("watts")),
        ({"watts": "-5-45"}, lambda o: o.range("watts")),
        ({"watts": "nan-45"}, lambda o: o.range("watts")),
        ({"password_env": "NOT_SET"}, lambda o: o.secret("password_env")),
    ],
)
def test_a_wrong_value_is_refused_with_its_key(
    told: dict[str, str], ask: Callable[[Options], object]
) -> None:
    with pytest.raises(SettingsError, match=f"meter 'plug': {next(iter(told))} must be"):
        ask(options(**told))


def test_an_unknown_option_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="has no option 'colour'; choose among every, insecure"):
        options(colour="red")


@pytest.mark.parametrize(
    "text",
    ["plug:password=hunter2", "plug:token=hunter2", "plug:hunter2", "plug:=hunter2"],
)
def test_a_secret_that_was_written_out_does_not_come_back(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        options(**parse_meter(text).options)
    assert "hunter2" not in str(caught.value)


def test_a_password_in_an_address_does_not_come_back() -> None:
    with pytest.raises(SettingsError, match="without user and password, which would be") as caught:
        options(url="http://admin:hunter2@plug").address("url")
    assert "hunter2" not in str(caught.value)


def test_a_meter_without_passwords_refuses_one_like_any_other_option() -> None:
    with pytest.raises(SettingsError, match="has no option 'password'; choose among url"):
        Options("plain", {"password": "x"}, known=("url",))
