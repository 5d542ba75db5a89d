"""The bond: a command is asked to end when its meter dies, at once if that was before."""

import os
import signal
import sys

import pytest

from breakeven.session.bond import bond_to

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux'")


@pytest.mark.parametrize(
    ("parent_pid", "ended"),
    [
        pytest.param(os.getppid(), [], id="the parent lives"),
        pytest.param(-1, [(os.getpid(), signal.SIGTERM)], id="it died before"),
    ],
)
def test_the_kernel_is_asked_and_a_dead_parent_noticed(
    parent_pid: int, ended: list[tuple[int, int]]
) -> None:
    asked: list[tuple[int, ...]] = []
    seen: list[tuple[int, int]] = []

    def prctl(*arguments: int) -> int:
        asked.append(arguments)
        return 0

    bond = bond_to(parent_pid, prctl=prctl, end=lambda pid, number: seen.append((pid, number)))
    assert bond is not None
    bond()
    assert asked == [(1, signal.SIGTERM, 0, 0, 0)]
    assert seen == ended


def test_there_is_none_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert bond_to(1) is None
