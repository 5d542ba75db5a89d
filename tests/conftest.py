"""Fixtures every room may use."""

import os
import signal
from collections.abc import Iterator
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


@pytest.fixture(scope="session", autouse=True)
def alone_on_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let no run outside the test own what is measured, be around it, or launch it.

    Nor may the terminal that tests are started from, or xdist, say how wide a table is.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BREAKEVEN_LOCKS", str(tmp_path_factory.mktemp("locks")))
        for name in ("BREAKEVEN_INSIDE", "RANK", "PMI_RANK", "OMPI_COMM_WORLD_RANK"):
            patch.delenv(name, raising=False)
        for name in ("SLURM_STEP_ID", "COLUMNS"):
            patch.delenv(name, raising=False)
        yield


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
