"""How a meter is asked for: a name, and options where it takes some."""

from collections.abc import Mapping

import pytest

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.meters.asking import Asked, make_meter, maker_of, own_meters, parse_meter


def test_options_follow_the_name() -> None:
    asked = parse_meter("shelly:url=http://10.0.0.1:80,switch=1")
    assert asked == Asked(name="shelly", options={"url": "http://10.0.0.1:80", "switch": "1"})


@pytest.mark.parametrize("text", ["shelly:url", "shelly:=1", "shelly:url=", "shelly:a=1,a=2"])
def test_an_option_needs_a_key_and_a_value_once(text: str) -> None:
    with pytest.raises(SettingsError, match="write shelly:KEY=VALUE"):
        parse_meter(text)


def test_what_must_be_told_where_to_look_does_not_open_on_its_own() -> None:
    assert "replay" not in own_meters()
    assert callable(maker_of("replay"))


def test_an_unknown_meter_gets_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="rapl"):
        maker_of("rapll")


def test_a_meter_without_options_refuses_them() -> None:
    with pytest.raises(SettingsError, match="takes no options, got color"):
        make_meter(Asked(name="host", options={"color": "red"}), {})


def test_options_and_arguments_meet_in_from_options(monkeypatch: pytest.MonkeyPatch) -> None:
    class Made:
        @classmethod
        def from_options(cls, options: Mapping[str, str], **arguments: object) -> object:
            return (dict(options), arguments)

    monkeypatch.setattr("breakeven.meters.asking.maker_of", lambda name: Made)
    asked = Asked(name="any", options={"url": "x"})
    assert make_meter(asked, {"loop": True}) == ({"url": "x"}, {"loop": True})
