"""The terminal: frames one over the other, lines above them, and nothing left behind."""

import io

import pytest
from tests.cli.live.emulator import Screen

from breakeven.cli.live.terminal import FALLBACK, Terminal


class Sized(Terminal):
    """A terminal whose size a test says."""

    def __init__(self, stream: io.StringIO, screen: Screen) -> None:
        super().__init__(stream)
        self._screen = screen

    def size(self) -> tuple[int, int]:
        return self._screen.width, self._screen.height


class Drawn:
    """A terminal and what is seen on it."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self._stream = screen, io.StringIO()
        self.terminal = Sized(self._stream, screen)

    def draw(self, *frame: str, above: tuple[str, ...] = ()) -> str:
        """Draw a frame and return what was written for it."""
        self.terminal.draw(frame, above=above)
        return self.shown()

    def shown(self) -> str:
        text = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        self.screen.feed(text)
        return text


def test_a_frame_takes_the_place_of_the_one_before() -> None:
    drawn = Drawn(Screen(40))
    drawn.draw("one long line", "two", "three")
    drawn.draw("one", "2")

    assert drawn.screen.text == ["one", "2"]


def test_lines_above_stay_and_the_frame_goes_on_below_them() -> None:
    drawn = Drawn(Screen(40))
    drawn.draw("frame", "of two")
    drawn.draw("frame", "of two", above=("first",))
    drawn.draw("frame", above=("second", "third"))

    assert drawn.screen.text == ["first", "second", "third", "frame"]


@pytest.mark.parametrize("reflows", [True, False])
@pytest.mark.parametrize("width", [20, 60])
def test_a_terminal_made_narrower_or_wider_keeps_no_piece_of_the_old_frame(
    reflows: bool,  # noqa: FBT001 - a parameter of the test
    width: int,
) -> None:
    drawn = Drawn(Screen(40, reflows=reflows))
    drawn.draw("a" * 39, "b" * 39, above=("kept",))
    drawn.screen.resize(width)
    drawn.draw("c" * 19, "d" * 19)

    assert drawn.screen.text == ["kept", "c" * 19, "d" * 19]


def test_a_frame_at_the_bottom_of_the_screen_scrolls_once() -> None:
    drawn = Drawn(Screen(40, 6))
    drawn.draw("x", "y", "z", above=tuple(f"line {i}" for i in range(9)))
    drawn.draw("1", "2", "3")

    assert drawn.screen.text == [*(f"line {i}" for i in range(9)), "1", "2", "3"]


def test_no_frame_is_higher_than_the_screen() -> None:
    drawn = Drawn(Screen(40, 3))
    drawn.draw("1", "2", "3", "4")
    drawn.draw("a", "b", "c", "d")

    assert drawn.screen.text == ["a", "b"]


def test_nothing_is_written_where_nothing_changed() -> None:
    drawn = Drawn(Screen(40))

    assert drawn.draw("same")
    assert drawn.draw("same") == ""


def test_a_frame_that_only_changes_is_overwritten_and_never_erased_first() -> None:
    drawn = Drawn(Screen(40))
    drawn.draw("abc", "def")
    written = drawn.draw("abd", "dff")

    assert written.index("abd") < written.index("\x1b[K")
    assert written.index("dff") < written.index("\x1b[J")


def test_the_cursor_is_hidden_while_a_frame_stands_and_comes_back() -> None:
    drawn = Drawn(Screen(40))
    drawn.draw("one", "two")
    assert not drawn.screen.is_cursor_shown

    drawn.terminal.clear(above=("the end",))
    drawn.shown()

    assert drawn.screen.is_cursor_shown
    assert drawn.screen.does_wrap
    assert drawn.screen.text == ["the end"]
    assert drawn.screen.column == 0


def test_clearing_what_was_never_drawn_writes_nothing() -> None:
    drawn = Drawn(Screen(40))
    drawn.terminal.clear()

    assert drawn.shown() == ""


class Gone(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(5, f"no terminal for {len(text)} characters")


def test_a_terminal_that_is_gone_ends_nothing() -> None:
    terminal = Terminal(Gone())
    terminal.draw(["one"])
    terminal.clear()

    assert terminal.size() == FALLBACK
    assert terminal.is_ours()
