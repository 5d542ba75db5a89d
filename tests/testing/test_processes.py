"""Zombies have ended; the living have not."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from breakeven.testing.processes import GROUP, SESSION, has_ended, living


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        yield process
        process.kill()


def test_who_lives_is_in_its_group_and_session(sleeper: subprocess.Popen[bytes]) -> None:
    assert not has_ended(sleeper.pid)
    assert set(living(GROUP, sleeper.pid)) == {sleeper.pid}
    assert set(living(SESSION, sleeper.pid)) == {sleeper.pid}


def test_a_zombie_has_ended_though_it_is_listed(sleeper: subprocess.Popen[bytes]) -> None:
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    os.kill(sleeper.pid, 0)
    os.killpg(sleeper.pid, signal.SIGTERM)
    assert has_ended(sleeper.pid)
    assert not living(GROUP, sleeper.pid)
    assert not living(SESSION, sleeper.pid)


def test_who_was_collected_has_ended() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert has_ended(process.pid)
