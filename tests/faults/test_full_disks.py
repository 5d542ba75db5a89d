"""Disks that fill up amid the work, twenty of them: a clear error, and what was written stays."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.records import Status

from .crowd import (
    LOST_S,
    SMALL_DISKS,
    Crowd,
    Life,
    blocks,
    commands,
    fill,
    instants_s,
    lost_s,
    names,
    recovered,
)

pytestmark = [pytest.mark.slow, pytest.mark.faults]

MakeCrowd = Callable[..., Crowd]

GOES_ON_S = 0.8
"""After the disk is full: more than a period of the journal."""


@pytest.fixture
def disks(tmp_path: Path) -> Path:
    """A folder for each victim; its crowd sees a small disk there."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespaces here, so no small disks; tests/store pretends full ones")
    for name in names():
        (tmp_path / "disks" / name).mkdir(parents=True)
    return tmp_path / "disks"


@pytest.mark.parametrize(
    "door",
    [pytest.param(commands, id="breakeven measure"), pytest.param(blocks, id="with measure")],
)
def test_a_full_disk_is_told_and_what_was_written_stays(
    door: MakeCrowd, disks: Path, tmp_path: Path
) -> None:
    lives_s = dict(zip(names(), instants_s(f"full disk {door.__name__}"), strict=True))
    lives = {
        name: Life(
            store=disks / name / "store",
            lasts_s=GOES_ON_S,
            end=str(tmp_path / f"{name}.full"),
        )
        for name in names()
    }
    with_reserve = set(names()[::2])
    crowd = door(tmp_path / "crowd", lives, ["unshare", "-rm", "sh", "-c", SMALL_DISKS, str(disks)])

    def end(name: str) -> None:
        inside = Path(f"/proc/{crowd.zygote_pid}/root{disks / name}")
        if name not in with_reserve:
            (inside / "store" / "reserve").unlink()
        fill(inside)
        Path(lives[name].end).touch()

    with crowd.alive():
        crowd.end_each(end, lives_s)
        crowd.assert_nobody_is_left()
        for name in names():
            disk = Path(f"/proc/{crowd.zygote_pid}/root{disks / name}")
            assert crowd.code(name) == 1
            assert "no space left" in crowd.errors(name)
            (disk / "filler").unlink()
            run = recovered(disk / "store")[name]
            missing_s, _ = lost_s(run, crowd.said(name))
            if name in with_reserve:
                assert run.status is Status.OK
                assert missing_s <= 0.1
            else:  # its journal was the last that could be written
                assert run.status is Status.INTERRUPTED
                assert missing_s <= GOES_ON_S + LOST_S
