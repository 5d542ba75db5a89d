"""A terminal as small as our frames need; it refuses what it does not know.

Two kinds: one that breaks long lines anew when it is made narrower, as most do, and one that cuts
them off, as xterm does.
"""

import re

_CODE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")
_SWITCHES = {"25": "is_cursor_shown", "7": "does_wrap", "2026": "is_together"}


class Screen:
    """What somebody sees, and above it what was scrolled away."""

    def __init__(self, width: int, height: int = 24, *, reflows: bool = True) -> None:
        self.width, self.height, self.reflows = width, height, reflows
        self.lines = [""]
        self.row, self.column = 0, 0
        self.is_cursor_shown = self.does_wrap = True
        self.is_together = False
        self.styles: set[str] = set()

    @property
    def text(self) -> list[str]:
        """Every line, blank ones at the end left out."""
        return "\n".join(line.rstrip() for line in self.lines).rstrip("\n").split("\n")

    def feed(self, text: str) -> None:
        """Obey text and codes."""
        place = 0
        for code in _CODE.finditer(text):
            self._print(text[place : code.start()])
            self._obey(*code.groups())
            place = code.end()
        self._print(text[place:])

    def resize(self, width: int, height: int | None = None) -> None:
        """Make it narrower or wider; long lines are broken where it reflows."""
        self.height = height or self.height
        if self.reflows:
            above = [p for line in self.lines[: self.row] for p in self._pieces(line, width)]
            below = [p for line in self.lines[self.row :] for p in self._pieces(line, width)]
            self.lines, self.row = above + below, len(above)
        else:
            self.lines = [line[:width] for line in self.lines]
        self.width = width

    def _pieces(self, line: str, width: int) -> list[str]:
        return [line[i : i + width] for i in range(0, len(line), width)] or [""]

    def _print(self, text: str) -> None:
        assert "\x1b" not in text, f"a code that this terminal does not know: {text!r}"
        for char in text:
            if char == "\r":
                self.column = 0
            elif char == "\n":
                self._down()
            else:
                self._put(char)

    def _down(self) -> None:
        self.row, self.column = self.row + 1, 0  # a terminal's driver adds the return
        if self.row == len(self.lines):
            self.lines.append("")

    def _put(self, char: str) -> None:
        if self.column == self.width:
            if self.does_wrap:
                self._down()
            else:
                self.column -= 1
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + char + line[self.column + 1 :]
        self.column += 1

    def _obey(self, private: str, number: str, code: str) -> None:
        if private:
            setattr(self, _SWITCHES[number], code == "h")
        elif code == "A":
            top = max(0, len(self.lines) - self.height)
            self.row = max(top, self.row - int(number or 1))
        elif code == "K":
            self.lines[self.row] = self.lines[self.row][: min(self.column, self.width - 1)]
        elif code == "J":
            self.lines[self.row :] = [self.lines[self.row][: self.column]]
        else:
            assert code == "m", code
            self.styles.add(number)
