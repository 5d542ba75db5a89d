"""Keys: legends inside a drawing, for figures whose marks have no name beside them.

They fit a telephone: names are cut, and stand in as many columns as there is room for.
"""

from collections.abc import Mapping, Sequence

import altair as alt

from breakeven.report.figures.figure import FONT, INK, MUTED

LETTER_PX, SIGN_PX = 6.4, 40
"""Width of a letter, and of the sign with the room around it."""
MAX_NAME_PX = 230
"""Of the longest name; longer ones are cut."""


def key(names: Sequence[str], *, is_square: bool = False) -> alt.Legend | None:
    """A legend above the drawing; None for a single name, which tells nothing apart.

    Args:
        names: That it holds; they decide how many stand beside each other.
        is_square: Whether it shows colours alone, whatever the marks are; else shapes alone.
    """
    if len(names) < 2:
        return None
    widest = min(MAX_NAME_PX, LETTER_PX * max(map(len, names), default=1))
    grey = {"symbolFillColor": MUTED, "symbolStrokeColor": MUTED}
    signs = {"symbolType": "square"} if is_square else grey
    return alt.Legend(
        title=None,
        orient="top",
        columns=alt.ExprRef(f"max(1, floor((width + 40) / {widest + SIGN_PX:.0f}))"),
        labelLimit=alt.ExprRef(f"min({MAX_NAME_PX}, width - {SIGN_PX})"),
        symbolOpacity=1,
        columnPadding=14,
        **signs,
    )


def keyed(spec: Mapping[str, object]) -> dict[str, object]:
    """The same specification with its legends drawn, in the page's type."""
    config = spec["config"]
    assert isinstance(config, Mapping)
    looks = {
        "labelColor": INK,
        "labelFont": FONT,
        "labelFontSize": 11.5,
        "layout": {"top": {"direction": "vertical", "anchor": "start", "margin": 2}},
    }
    return {**spec, "config": {**config, "legend": looks}}


def scale_of(names: Sequence[str], values: Sequence[object]) -> alt.Scale:
    """From names to colours, shapes or dashes; the order of the names is that of the legend."""
    return alt.Scale(domain=list(names), range=list(values))
