"""Fixtures every room may use."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine must not fail a property: no example is timed.
settings.register_profile("breakeven", deadline=None)
settings.load_profile("breakeven")


def pytest_configure() -> None:
    """Take SIGINT back where a shell's `&` or `nohup` had it ignored.

    Children inherit that, and tests that press Ctrl-C on them would wait for ever.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder `shared` beside the checkout: real data, one real model, published figures."""
    found = Path(__file__).resolve().parents[2] / "shared"
    if found.is_dir():
        return found
    message = f"{found} is not there; this test reads real data from it"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
