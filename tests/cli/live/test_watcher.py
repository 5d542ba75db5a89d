"""The live table as a person sees it: `breakeven run` on a pseudo-terminal."""

import io
import os
import re
import shlex
import signal
import time
from pathlib import Path

import pytest
from tests.cli.live.emulator import Screen
from tests.cli.live.pseudo import Seen, breakeven, size, watch

from breakeven.cli.live.watcher import PERIOD_S, LiveWatcher
from breakeven.cli.progress import Watcher, watcher
from breakeven.store import Store
from breakeven.study.events import Event, EventKind

STUDY = """\
study: small
engine: toy
task: {name: toy}
stages:
  - {name: base, stage: pretrain, burn_s: 0.1}
  - {name: ft, stage: finetune, from: base, burn_s: 2.5}
pathways: {FT: ft}
inference: {blocks: 1, aa: false}
profiles:
  long: {stages.ft.burn_s: 600}
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "t.csv").write_text("t_s,channel,power_w\n0,wall,10\n9,wall,10\n")
    return tmp_path


def of_row(seen: Seen, row: str) -> list[list[str]]:
    """Frames in which a row runs and something is known of it."""
    return [f for f in seen.frames if any(row in line and "work" in line for line in f)]


@pytest.mark.parametrize(
    ("width", "environment", "styles"),
    [(40, {}, {"0", "1", "2"}), (80, {"NO_COLOR": "1"}, set()), (200, {}, {"0", "1", "2"})],
)
def test_a_study_is_seen_on_a_terminal_and_its_lines_stay(
    folder: Path, width: int, environment: dict[str, str], styles: set[str]
) -> None:
    screen = Screen(width)
    seen = watch(breakeven("run", "small.yaml"), folder, screen, environment=environment)
    last = of_row(seen, "ft")[-1]

    assert seen.code == 0
    assert max(len(line) for frame in seen.frames for line in frame) <= width
    assert any(re.search(r"\d+ %", line) for line in last)
    assert any(re.search(r"[01]\.\d of \d", line) for line in last)
    text = "\n".join(seen.screen.text)
    assert text.startswith("3 runs to make, 1 checkpoint to load\nbase: ")
    assert text.endswith("runs in store: 4 ok")
    assert not any(mark in text for mark in ("forecast", "Progress", "so far"))
    assert seen.screen.is_cursor_shown
    assert seen.screen.does_wrap
    assert seen.screen.styles == styles


def test_no_frame_comes_sooner_than_told_and_joules_are_said_to_be_replayed(folder: Path) -> None:
    seen = watch(breakeven("run", "small.yaml", "--replay", "t.csv"), folder, Screen(100))
    n_frames = seen.raw.count("\x1b[?2026h")

    assert n_frames <= seen.took_s / PERIOD_S + 2
    assert n_frames > 4
    last = of_row(seen, "ft")[-1]
    assert last[-1] == "power, energy: replayed, not measured"
    assert re.search(r"Power now +CPU time +Energy", "\n".join(last))


def test_the_terminal_may_change_its_width_at_any_time(folder: Path) -> None:
    widths = iter([60, 45, 120])

    def narrow(seen: Seen, _pid: int, fd: int) -> None:
        if len(of_row(seen, "ft")) in (1, 3, 5) and (width := next(widths, 0)):
            seen.screen.resize(width)
            size(fd, width)

    seen = watch(breakeven("run", "small.yaml"), folder, Screen(80), at_frame=narrow)

    assert seen.code == 0
    headings = [sum("ft (finetune" in line for line in frame) for frame in seen.frames]
    assert max(headings) == 1  # no piece of an older frame is left
    assert "forecast" not in "\n".join(seen.screen.text)


def test_ctrl_c_leaves_a_clean_screen_and_an_interrupted_run(folder: Path) -> None:
    pressed: list[int] = []

    def press(seen: Seen, _pid: int, fd: int) -> None:
        if not pressed and len(of_row(seen, "ft")) == 2:
            pressed.append(os.write(fd, b"\x03"))

    command = breakeven("run", "small.yaml", "--profile", "long")
    seen = watch(command, folder, Screen(80), at_frame=press)

    assert seen.code == 128 + signal.SIGINT
    text = seen.screen.text
    assert text[-1].startswith("interrupted; what was running is stored as such.")
    assert len(text) == 4, text  # planned, base on two lines, interrupted
    assert seen.screen.is_cursor_shown
    with Store(folder / "store") as store:
        assert store.runs()[-1].status == "interrupted"


def test_ctrl_z_gives_the_terminal_back_until_somebody_goes_on(folder: Path) -> None:
    pressed: list[int] = []
    shown: list[tuple[bool, str]] = []

    def press(seen: Seen, _pid: int, fd: int) -> None:
        if not pressed and len(of_row(seen, "ft")) == 2:
            pressed.append(os.write(fd, b"\x1a"))
        if "STOPPED" in seen.raw and not shown:
            shown.append((seen.screen.is_cursor_shown, "\n".join(seen.screen.text)))

    job = f"{shlex.join(breakeven('run', 'small.yaml'))}; echo STOPPED; fg"
    seen = watch(["bash", "-m", "-c", job], folder, Screen(80), at_frame=press)

    assert [is_shown for is_shown, _ in shown] == [True]
    assert "forecast" not in shown[0][1]
    assert seen.code == 0
    assert seen.screen.text[-1] == "runs in store: 4 ok"


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(folder: Path) -> None:
    command = breakeven("run", "small.yaml", "--set", "stages.ft.burn_s=0.1")
    seen = watch(command, folder, Screen(200), environment={"TERM": "dumb"})

    assert "\x1b" not in seen.raw
    assert seen.screen.text[0] == "3 runs to make, 1 checkpoint to load"
    assert seen.screen.text[-1] == "runs in store: 4 ok"


class Terminal(io.StringIO):
    """A terminal that tells no more than that it is one."""

    def isatty(self) -> bool:
        return True


class Broken(LiveWatcher):
    """A table with a fault."""

    def draw(self) -> None:
        raise ZeroDivisionError


def test_a_table_that_cannot_be_drawn_ends_nothing_and_hides_no_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Terminal()
    with Broken(stream, store=tmp_path) as watched:
        while "cannot be drawn" not in caplog.text:
            time.sleep(0.01)
        watched(Event(kind=EventKind.SAID, text="still told"))
        assert stream.getvalue() == "still told\n"


def test_what_is_no_terminal_gets_lines(tmp_path: Path) -> None:
    assert type(watcher(tmp_path, io.StringIO(), environment={"TERM": "xterm"})) is Watcher
    assert type(watcher(tmp_path, Terminal(), environment={})) is Watcher
    assert type(watcher(tmp_path, Terminal(), environment={"TERM": "xterm"})) is LiveWatcher
