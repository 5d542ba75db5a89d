"""Controls: what a reader may turn on the first screen, as the study itself sets it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.deciding import decision_data, measures_of, own_settings
from breakeven.analysis.deciding.ground import Ground
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title
from breakeven.analysis.words import item_words, resource_words
from breakeven.records import Resource
from breakeven.report.quantity import format_score

DECADES = 4
"""Powers of ten that the slider of volume reaches to either side of the planned one."""
FLOOR_STEPS = 200
"""Positions of the slider of quality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One cost measure that may be chosen.

    Attributes:
        name: Its key.
        label: For people.
        is_asked: Whether the study asked for it.
    """

    name: str
    label: str
    is_asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """The bar of controls as it opens.

    Attributes:
        data: What the page computes with, as JSON holds it.
        qualities: Name, title, text and signs of each pathway's score.
        items: What a volume counts ("examples").
        volume: The planned one, as a field shows it.
        slider: Lowest, highest and planned power of ten.
        metric: Its title ("Accuracy").
        is_higher_better: Whether a floor is a least score.
        floor: What is good enough as the study asked; empty where nothing can be ranked.
        floor_slider: Lowest and highest score, step and the floor.
        measures: Costs that may be chosen, the study's own first.
        rows: Rows of development that tasks may share.
        pue: As a field shows it.
        note: Whose numbers the assumed ones are, and what needs them.
    """

    data: dict[str, object]
    qualities: tuple[dict[str, object], ...]
    items: str
    volume: str
    slider: tuple[float, float, float]
    metric: str
    is_higher_better: bool
    floor: str
    floor_slider: tuple[float, float, float, float]
    measures: tuple[Option, ...]
    rows: tuple[str, ...]
    pue: str
    note: str


def controls(analysis: StudyAnalysis, *, bar: float | None) -> Controls | None:
    """What may be turned, and where it stands; None where there is no cost to decide by.

    Args:
        analysis: What the page shows.
        bar: What is good enough under the study's own settings; None where nothing can be ranked.
    """
    ground = analysis.ground
    if ground is None or not measures_of(ground):
        return None
    own = own_settings(ground)
    scores = [p.score for p in ground.pathways if p.score is not None]
    planned = math.log10(own.volume)
    return Controls(
        data=decision_data(ground),
        qualities=tuple(_quality(analysis)),
        items=item_words(ground.definition.item),
        volume=f"{own.volume:,.12g}",
        slider=(max(0.0, round(planned) - DECADES), round(planned) + DECADES, planned),
        metric=metric_title(ground.definition.metric),
        is_higher_better=all(score.higher_is_better for score in scores),
        floor="" if bar is None else f"{bar:.3g}",
        floor_slider=_floor_slider([score.value for score in scores], bar),
        measures=_options(ground, own.measure),
        rows=ground.rows,
        pue=f"{own.pue:g}",
        note=_note(ground),
    )


def _quality(analysis: StudyAnalysis) -> list[dict[str, object]]:
    metric = analysis.definition.metric
    return [
        {
            "pathway": p.name,
            "title": metric_title(metric),
            "text": format_score(p.score, metric),
            "bare": format_score(p.score, metric, interval=False),
            "value": p.score.value,
            "low": p.score.low,
            "high": p.score.high,
            "level": p.score.level,
            "method": p.score.method,
            "kinds": list(p.score.kinds),
            "origins": list(p.score.origins),
        }
        for p in analysis.pathways
        if p.score is not None
    ]


def _floor_slider(scores: Sequence[float], bar: float | None) -> tuple[float, float, float, float]:
    if not scores or bar is None:
        return 0.0, 0.0, 1.0, 0.0
    low, high = min(*scores, bar), max(*scores, bar)
    place = math.floor(math.log10((high - low) / FLOOR_STEPS)) if high > low else 0
    step = 10.0**place
    return (
        round(math.floor(low / step) * step, 12),
        round(math.ceil(high / step) * step, 12),
        step,
        bar,
    )


def _options(ground: Ground, asked: str) -> tuple[Option, ...]:
    """Every cost there is; the study's own too where nobody has it, to go back to."""
    found = tuple(
        Option(name=m.key, label=m.label or resource_words(m.base), is_asked=m.key == asked)
        for m in measures_of(ground)
    )
    if any(option.is_asked for option in found):
        return found
    label = f"{resource_words(Resource(asked))} (not known)"
    return (Option(name=asked, label=label, is_asked=True), *found)


def _note(ground: Ground) -> str:
    """Whose numbers the assumed ones are, and which of them change nothing here."""
    if ground.is_measured_only:
        return "This report was made from measured numbers only, so that nothing may be assumed."
    told = (
        "Nobody measured these and the study gives none: what you enter is your own assumption, "
        "without source or year, and every number that it touches bears the sign assumed."
    )
    if any(m.base is Resource.ENERGY_J for m in measures_of(ground)):
        return told
    return f"{told} Energy was not measured here, so only the price per hour can count."
