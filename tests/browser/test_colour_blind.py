"""Colours of pathways and stages as they look to eyes that lack a kind of cone, or all of them.

Chromium simulates the deficiency; the colours are read from a picture of the page, not from its
style. Where two colours come close, another sign tells the two apart: shape and dash of a pathway,
the name in a bar of a stage.
"""

import base64
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import pytest

from breakeven.analysis.overview import analyse
from breakeven.testing.runs import example_runs
from tools.chromium import Window
from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

N_COLOURS, SIDE_PX = 6, 20
LEAST = 3 * 2.3
"""Distance in CIE L*a*b* of colours that differ: three times what is just noticed (Mahy 1994)."""
FIRST = 4
"""Of six, 1 and 6, and 2 and 5 come close; shape and dash then tell them apart."""
PATCHES = (
    """<!doctype html><html><head><style>%s body { margin: 0; }</style></head><body>%s</body>"""
)
RGB = tuple[int, int, int]


@pytest.fixture
def patches(driven: Browser, tmp_path: Path) -> Iterator[Tab]:
    """The series colours of the page's own style, side by side."""
    drawing = pytest.importorskip("breakeven.report.drawing")
    places = "".join(
        f'<div style="position:absolute;left:{i * SIDE_PX}px;top:0;width:{SIDE_PX}px;'
        f'height:{SIDE_PX}px;background:var(--series-{i + 1})"></div>'
        for i in range(N_COLOURS)
    )
    page = tmp_path / "colours.html"
    page.write_text(PATCHES % (drawing.style(), places), encoding="utf-8")
    tab = driven.open(page)
    yield tab
    tab.close()


def _pixels(png: bytes) -> list[list[RGB]]:
    """Rows of an 8-bit RGB or RGBA picture without interlacing (PNG specification, 9)."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8
    size, data, at = {2: 3, 6: 4}[kind], b"", 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += length + 12
    raw, before, rows = zlib.decompress(data), bytearray(width * size), []
    for y in range(height):
        start = y * (width * size + 1)
        line = bytearray(raw[start + 1 : start + 1 + width * size])
        for i in range(len(line)):
            left = line[i - size] if i >= size else 0
            corner = before[i - size] if i >= size else 0
            line[i] = (line[i] + _foreseen(raw[start], left, before[i], corner)) % 256
        rows.append([(line[i], line[i + 1], line[i + 2]) for i in range(0, len(line), size)])
        before = line
    return rows


def _foreseen(kind: int, left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    nearest = min((left, above, corner), key=lambda value: abs(guess - value))
    return (0, left, above, (left + above) // 2, nearest)[kind]


def _lab(colour: RGB) -> tuple[float, float, float]:
    """CIE L*a*b* of an sRGB colour under D65 (IEC 61966-2-1; CIE 15)."""
    r, g, b = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (v / 255 for v in colour)
    )
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _close(tab: Tab, vision: str) -> list[tuple[int, int, float]]:
    """Pairs of series whose colours look alike, with their distance."""
    tab.vision(vision)
    clip = {"x": 0, "y": 0, "width": N_COLOURS * SIDE_PX, "height": SIDE_PX, "scale": 1}
    told = tab.send("Page.captureScreenshot", clip=clip)
    row: Sequence[RGB] = _pixels(base64.b64decode(told["data"]))[SIDE_PX // 2]
    seen = [_lab(row[SIDE_PX // 2 + i * SIDE_PX]) for i in range(N_COLOURS)]
    apart = [
        (i + 1, j + 1, sum((p - q) ** 2 for p, q in zip(seen[i], seen[j], strict=True)) ** 0.5)
        for i, j in combinations(range(N_COLOURS), 2)
    ]
    return [pair for pair in apart if pair[2] < LEAST]


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("vision", ["none", "deuteranopia", "protanopia", "tritanopia"])
def test_colours_of_the_first_pathways_never_look_alike(
    patches: Tab, vision: str, *, is_dark: bool
) -> None:
    patches.resize(Window(is_dark=is_dark))

    close = _close(patches, vision)

    assert [pair for pair in close if vision == "none" or max(pair[:2]) <= FIRST] == []


def test_what_colour_does_not_tell_shape_and_dash_do(patches: Tab) -> None:
    figure = pytest.importorskip("breakeven.report.figures.figure")
    close = _close(patches, "achromatopsia")
    looks = figure.series(analyse(*example_runs()))

    assert close, "without colour none look alike, so this shows nothing"
    assert len(looks) >= 5
    assert len({look.shape for look in looks}) == len({look.dash for look in looks}) == len(looks)
