"""Work figure: score, work and parameters of models, one above the other.

The layout of Schwartz et al. 2020 ("Green AI"), Figure 4: what more work and more parameters buy.
Sources that tell of the same model (a publication, a count of one's own) stand beside each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from breakeven.report.figures.figure import FONT, MUTED, SHAPES, Figure, finished

PANEL_PX, WIDTH_PX = 150, 380
_PANELS = (
    ("score", "Score"),
    ("work", "Operations (billions)"),
    ("n_parameters", "Parameters (millions)"),
)
"""From top to bottom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPoint:
    """What one source says of one model.

    Attributes:
        column: Models of one column are compared with each other.
        model: Name of the model.
        source: Who says so, and what is counted as work.
        n_parameters: Of the model.
        work: Operations of one forward pass, as the source counts them.
        score: Quality, in per cent; None where the source has none.
    """

    column: str
    model: str
    source: str
    n_parameters: float
    work: float
    score: float | None = None


def work_figure(points: Sequence[WorkPoint], *, title: str, score: str) -> Figure:
    """Draw columns of three panels; models in the order in which they come.

    Args:
        points: What every source says.
        title: The finding, one sentence.
        score: Name of the score, with its unit.
    """
    columns = list(dict.fromkeys(point.column for point in points))
    sources = list(dict.fromkeys(point.source for point in points))
    drawn = [_column([p for p in points if p.column == c], c, sources, score) for c in columns]
    chart = alt.hconcat(*drawn, spacing=40)
    spec = finished(chart)
    legend = {"labelColor": MUTED, "labelFont": FONT, "titleColor": MUTED, "labelLimit": 500}
    heading = {"color": MUTED, "font": FONT, "fontWeight": "normal", "anchor": "start"}
    spec["config"] = {**dict(spec["config"]), "legend": legend, "title": heading}  # type: ignore[call-overload]  # a mapping that `config` made
    return Figure(
        name="work",
        title=title,
        description=f"{score}, operations and parameters of "
        f"{', '.join(dict.fromkeys(p.model for p in points))}, as told by {'; '.join(sources)}.",
        spec=spec,
        height_px=len(_PANELS) * PANEL_PX,
        is_wide=True,
    )


def _column(
    points: Sequence[WorkPoint], title: str, sources: Sequence[str], score: str
) -> alt.VConcatChart:
    models = list(dict.fromkeys(point.model for point in points))
    is_last = len(_PANELS) - 1
    panels = [
        _panel(_rows(points, field), sources, _y_axis(field, words, score)).encode(
            x=_x_axis(models, is_named=index == is_last)
        )
        for index, (field, words) in enumerate(_PANELS)
    ]
    return alt.vconcat(*panels, spacing=12, title=title)


def _panel(rows: list[dict[str, object]], sources: Sequence[str], y: alt.Y) -> alt.Chart:
    colours = [f"var(--series-{index + 1})" for index in range(len(sources))]
    shapes = list(SHAPES[: len(sources)])
    legend = alt.Legend(title=None, orient="top", direction="vertical")
    colour = alt.Scale(domain=list(sources), range=colours)
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=alt.OverlayMarkDef(size=60, filled=False, strokeWidth=2), strokeWidth=1)
        .encode(
            y=y,
            color=alt.Color("source:N", scale=colour, legend=legend),
            shape=alt.Shape(
                "source:N", scale=alt.Scale(domain=list(sources), range=shapes), legend=legend
            ),
        )
        .properties(width=WIDTH_PX, height=PANEL_PX)
    )


def _y_axis(field: str, words: str, score: str) -> alt.Y:
    """Sizes begin at zero; scores need not."""
    is_score = field == "score"
    return alt.Y(
        "value:Q",
        scale=alt.Scale(zero=not is_score, nice=True),
        axis=alt.Axis(title=score if is_score else words, tickCount=5),
    )


def _x_axis(models: Sequence[str], *, is_named: bool) -> alt.X:
    labels = alt.Axis(title=None, labels=is_named, labelAngle=0, ticks=is_named)
    return alt.X("model:N", sort=list(models), axis=labels)


def _rows(points: Sequence[WorkPoint], field: str) -> list[dict[str, object]]:
    factor = {"work": 1e9, "n_parameters": 1e6}.get(field, 1.0)
    return [
        {"model": point.model, "source": point.source, "value": value / factor}
        for point in points
        if (value := getattr(point, field)) is not None
    ]
