"""The fake servers answer on the loopback interface only, and as told."""

import subprocess
import sys

import pytest

from breakeven import testing
from breakeven.testing.servers import Asked, FakeServer


def test_a_server_listens_inside_its_block_on_the_loopback_interface_only() -> None:
    plug = testing.FakeShelly()
    with pytest.raises(RuntimeError, match="inside its `with` block only"):
        _ = plug.url
    with plug:
        assert plug.url.startswith("http://127.0.0.1:")
    with pytest.raises(RuntimeError):
        _ = plug.url


def test_two_servers_have_two_ports() -> None:
    with testing.FakeShelly() as plug, testing.FakeRedfish() as bmc:
        assert plug.url != bmc.url


def test_waiting_for_questions_that_never_come_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breakeven.testing.servers._LONGEST_HOLD_S", 0.01)
    with testing.FakeShelly() as plug, pytest.raises(TimeoutError, match="asked 0 times, not 1"):
        plug.wait_asked(1)


def test_a_server_must_say_what_it_answers() -> None:
    with pytest.raises(NotImplementedError):
        FakeServer().answer(Asked(method="GET", path="/", headers={}))


def test_servers_are_imported_when_first_used() -> None:
    """Engines of tests live beside them, and a study must not pay for a web server."""
    code = "import sys, breakeven.testing; print('http.server' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_names_that_are_imported_late_are_there_and_others_are_not() -> None:
    assert all(getattr(testing, name) for name in testing.__all__)
    with pytest.raises(AttributeError, match="no attribute 'FakeToaster'"):
        _ = testing.FakeToaster


@pytest.mark.parametrize("path", ["/redfish/v1/Chassis/9", "/redfish/v1/Chassis/1/Thermal"])
def test_a_page_that_a_controller_does_not_have(path: str) -> None:
    asked = Asked(method="GET", path=path, headers={})
    assert testing.FakeRedfish().answer(asked).status == 404
