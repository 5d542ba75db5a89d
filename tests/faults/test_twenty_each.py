"""kill -9, Ctrl-C, SIGTERM and exceptions, twenty times each at random instants.

Every record is readable, at most 1.1 s are lost, no process is left, exit codes are passed on.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.records import Status

from .crowd import LOST_S, Crowd, Life, blocks, commands, instants_s, lost_s, names, recovered

pytestmark = [pytest.mark.slow, pytest.mark.faults]

MakeCrowd = Callable[..., Crowd]
DOORS = [
    pytest.param(commands, id="breakeven measure"),
    pytest.param(blocks, id="with measure"),
]


def assert_little_is_lost(crowd: Crowd, store: Path, status: Status, *, may_lose_s: float) -> None:
    runs = recovered(store)
    assert sorted(runs) == names()
    for name, run in runs.items():
        missing_s, missing_cpu_s = lost_s(run, crowd.said(name))
        assert run.status is status, (name, run.error)
        assert -1.0 <= missing_s <= may_lose_s, name
        assert missing_cpu_s <= may_lose_s, name


@pytest.mark.parametrize("door", DOORS)
def test_kill_9_loses_a_second_at_most(door: MakeCrowd, tmp_path: Path) -> None:
    store = tmp_path / "store"
    crowd = door(tmp_path / "crowd", dict.fromkeys(names(), Life(store=store)))
    lives_s = dict(zip(names(), instants_s(f"kill -9 {door.__name__}"), strict=True))
    alone = set(names()[::2])  # the others die with their whole group, as under Slurm

    def end(name: str) -> None:
        (os.kill if name in alone else os.killpg)(crowd.pid(name), signal.SIGKILL)

    with crowd.alive():
        crowd.end_each(end, lives_s)
        crowd.assert_nobody_is_left()
        assert {crowd.code(name) for name in names()} == {-signal.SIGKILL}
        assert_little_is_lost(crowd, store, Status.INTERRUPTED, may_lose_s=LOST_S)


@pytest.mark.parametrize(
    ("door", "number", "code"),
    [
        pytest.param(commands, signal.SIGINT, 130, id="breakeven measure, Ctrl-C"),
        pytest.param(commands, signal.SIGTERM, 143, id="breakeven measure, SIGTERM"),
        pytest.param(blocks, signal.SIGINT, -signal.SIGINT, id="with measure, Ctrl-C"),
        pytest.param(blocks, signal.SIGTERM, 143, id="with measure, SIGTERM"),
    ],
)
def test_a_polite_end_loses_nothing(
    door: MakeCrowd, number: signal.Signals, code: int, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    crowd = door(tmp_path / "crowd", dict.fromkeys(names(), Life(store=store)))
    lives_s = dict(zip(names(), instants_s(f"{number.name} {door.__name__}"), strict=True))
    with crowd.alive():
        crowd.end_each(lambda name: os.kill(crowd.pid(name), number), lives_s)
        crowd.assert_nobody_is_left()
        assert {crowd.code(name) for name in names()} == {code}
        assert not list((store / "journal").iterdir())
        assert_little_is_lost(crowd, store, Status.INTERRUPTED, may_lose_s=0.1)


@pytest.mark.parametrize("door", DOORS)
def test_an_exception_is_passed_on_and_loses_nothing(door: MakeCrowd, tmp_path: Path) -> None:
    lives_s = dict(zip(names(), instants_s(f"exception {door.__name__}"), strict=True))
    store = tmp_path / "store"
    lives = {name: Life(store=store, lasts_s=lasts_s) for name, lasts_s in lives_s.items()}
    crowd = door(tmp_path / "crowd", lives)
    with crowd.alive():
        crowd.wait()
        crowd.assert_nobody_is_left()
        assert {crowd.code(name) for name in names()} == {1}
        assert all("the work failed" in crowd.errors(name) for name in names())
        assert_little_is_lost(crowd, store, Status.FAILED, may_lose_s=0.1)
