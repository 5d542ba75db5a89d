"""Tables of many pathways at once: fronts, envelope, verdicts, and pairs."""

import csv
import math
from typing import TextIO

from breakeven.analysis.matrix.answers import MatrixAnswers, Stretch
from breakeven.analysis.matrix.lines import words_of
from breakeven.analysis.results import ParetoFront, ParetoPoint, Verdict
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.uncertain import LEVEL
from breakeven.analysis.words import item_words, resource_words
from breakeven.records import Estimate
from breakeven.report.quantity import (
    between,
    format_estimate,
    format_items,
    format_probability,
    format_score,
    format_volume,
)
from breakeven.report.signs import EM_DASH, EN_DASH
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import format_count

MANY = 12
"""Up to so many pathways every pair is a row; of more, pairs of those on a front or envelope."""

PAIR_HEADS = (
    *("candidate", "incumbent", "verdict"),
    *("break_even", "break_even_low", "break_even_high", "level", "probability_before_planned"),
)


def matrix_tables(answers: MatrixAnswers) -> tuple[Table, ...]:
    """Every table, in the order in which they are read."""
    return (
        *(_front_table(answers, front) for front in answers.fronts),
        _envelope_table(answers),
        _verdicts_table(answers),
        _pairs_table(answers),
    )


def write_pairs(answers: MatrixAnswers, out: TextIO) -> int:
    """Write every ordered pair as a line of CSV, the infinite end of a half-line as `inf`.

    Args:
        answers: What was found.
        out: Where to.

    Returns:
        How many pairs.
    """
    matrix = answers.matrix
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(PAIR_HEADS)
    for i, name in enumerate(matrix.names):
        columns = zip(
            matrix.names,
            *(getattr(matrix, part)[i].tolist() for part in _PARTS),
            strict=True,
        )
        writer.writerows(
            (
                name,
                other,
                _VERDICTS[verdict],
                *map(_field, (value, low, high)),
                _level(level),
                _field(p),
            )
            for j, (other, verdict, value, low, high, level, p) in enumerate(columns)
            if j != i
        )
    return len(matrix.names) * (len(matrix.names) - 1)


_PARTS = ("verdict", "value", "low", "high", "has_level", "probability")
_VERDICTS = tuple(verdict.value for verdict in Verdict)


def _field(value: float) -> float | str:
    return "" if math.isnan(value) else value


_LEVEL_COLUMN = Column(name="level", title="Interval", is_number=True, is_plain=True)


def _level(has_level: bool) -> float | str:  # noqa: FBT001 - one column's value
    return LEVEL if has_level else ""


def _front_table(answers: MatrixAnswers, front: ParetoFront) -> Table:
    kept = sorted((p for p in front.points if p.is_on_front), key=lambda p: p.cost.value or 0.0)
    metric = answers.definition.metric
    return Table(
        name=f"front_{front.phase.split()[0]}",
        caption=f"Pareto set, {front.phase}: {len(kept)} of {len(front.points):,} pathways are "
        f"beaten by none in both {resource_words(front.resource)} and {metric_words(metric)}.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name=front.resource.value, title=_of(front), is_number=True),
            Column(name=metric, title=metric.capitalize(), is_number=True),
            Column(name="probability", title="P(on the front)", is_number=True, is_plain=True),
        ),
        rows=tuple(_point(point, front, metric) for point in kept),
    )


def _of(front: ParetoFront) -> str:
    text = resource_words(front.resource)
    what = text if text.isupper() else text[0].upper() + text[1:]
    return what if front.phase == "development" else f"{what} per item"


def _point(point: ParetoPoint, front: ParetoFront, metric: str) -> tuple[Cell, ...]:
    return (
        words(point.name),
        number(point.cost, format_estimate(point.cost, front.resource, min_digits=3)),
        number(point.score, format_score(point.score, metric)),
        Cell(text=format_probability(point.membership), value=point.membership),
    )


def _envelope_table(answers: MatrixAnswers) -> Table:
    resource = resource_words(answers.matrix.resource)
    return Table(
        name="envelope",
        caption=f"Who has cost the least {resource} after how many "
        f"{item_words(answers.matrix.item)}, by point values and whatever the score; the "
        "break-even is that against the row above.",
        columns=(
            Column(name="pathway", title="Cheapest"),
            Column(name="from", title="From", is_number=True, is_plain=True),
            Column(name="to", title="To", is_number=True, is_plain=True),
            Column(name="verdict", title="Against the one above"),
            Column(name="break_even", title="Break-even", is_number=True),
            _LEVEL_COLUMN,
        ),
        rows=tuple(_stretch(answers, stretch) for stretch in answers.envelope),
    )


def _stretch(answers: MatrixAnswers, stretch: Stretch) -> tuple[Cell, ...]:
    last = math.isinf(stretch.high)
    nobody = missing(EM_DASH, hint="the first has nobody above it")
    pair = (
        (nobody, nobody, nobody)
        if stretch.before is None
        else (
            words(answers.matrix.verdict_of(stretch.place, stretch.before) or EM_DASH),
            _break_even(answers, stretch.place, stretch.before),
            _level_cell(answers, stretch.place, stretch.before),
        )
    )
    return (
        words(answers.matrix.names[stretch.place]),
        Cell(text=format_count(stretch.low), value=stretch.low),
        Cell(text="on" if last else format_count(stretch.high), value=stretch.high),
        *pair,
    )


def _verdicts_table(answers: MatrixAnswers) -> Table:
    counts = answers.matrix.counts()
    n = len(answers.matrix.names)
    return Table(
        name="verdicts",
        caption=f"Break-even of {n:,} pathways, each against every other: what the runs show of "
        f"the {n * (n - 1):,} ordered pairs.",
        columns=(
            Column(name="verdict", title="Candidate's break-even"),
            Column(name="pairs", title="Pairs", is_number=True, is_plain=True),
        ),
        rows=tuple(
            (words(verdict.value), Cell(text=f"{count:,}", value=count))
            for verdict, count in counts.items()
        ),
    )


def _pairs_table(answers: MatrixAnswers) -> Table:
    n = len(answers.matrix.names)
    shown = list(range(n)) if n <= MANY else _notable(answers)
    which = "every pair" if n <= MANY else "the pathways of the envelope and the fronts alone"
    return Table(
        name="pairs",
        caption=f"Break-even matrix, {which}: from how many {item_words(answers.matrix.item)} on "
        "the candidate has cost less, and how probably it has at the planned volume of "
        f"{format_items(answers.matrix.planned_volume, answers.matrix.item)}.",
        columns=(
            Column(name="candidate", title="Candidate"),
            Column(name="incumbent", title="Incumbent"),
            Column(name="verdict", title="Break-even"),
            Column(name="break_even", title="Volume", is_number=True),
            _LEVEL_COLUMN,
            Column(
                name="probability", title="P(cheaper at planned)", is_number=True, is_plain=True
            ),
        ),
        rows=tuple(_pair(answers, i, j) for i in shown for j in shown if i != j),
    )


def _notable(answers: MatrixAnswers) -> list[int]:
    """At most `MANY` pathways: those of the envelope, then those most surely on a front."""
    places = {name: i for i, name in enumerate(answers.matrix.names)}
    points = [p for front in reversed(answers.fronts) for p in front.points if p.is_on_front]
    points.sort(key=lambda point: -(point.membership or 0.0))
    on_fronts = (places[point.name] for point in points if point.name in places)
    found = dict.fromkeys([*(stretch.place for stretch in answers.envelope), *on_fronts])
    return sorted([*found][:MANY])


def _pair(answers: MatrixAnswers, i: int, j: int) -> tuple[Cell, ...]:
    matrix = answers.matrix
    probability = float(matrix.probability[i, j])
    return (
        words(matrix.names[i]),
        words(matrix.names[j]),
        words(matrix.verdict_of(i, j) or EM_DASH),
        _break_even(answers, i, j),
        _level_cell(answers, i, j),
        missing("by resolution", hint="no probability: the numbers' resolution alone is in doubt")
        if math.isnan(probability)
        else Cell(text=format_probability(probability), value=probability),
    )


def _break_even(answers: MatrixAnswers, i: int, j: int) -> Cell:
    matrix, words_ = answers.matrix, answers.lines.words
    value, low, high = (
        None if math.isnan(x) else float(x)
        for x in (matrix.value[i, j], matrix.low[i, j], matrix.high[i, j])
    )
    has_level = bool(matrix.has_level[i, j])
    kinds, origins = words_of(int(words_[i] | words_[j]))
    estimate = Estimate(
        name=f"{matrix.item.value}s at break-even",
        value=value,
        low=low,
        high=high,
        level=LEVEL if has_level else None,
        method="Fieller's set" if has_level else "worst case of the numbers' resolution",
        n=1,
        kinds=kinds,
        origins=origins,
    )
    if value is not None:
        latest = f" (0{EN_DASH}{format_count(high)})" if not value and high else ""
        text = f"0{latest}" if not value else format_volume(estimate)
        return number(estimate, text, hint=estimate.method)
    if low is None:
        return missing(EM_DASH, hint="every volume is excluded")
    return Cell(text=_open(low, high), low=low, high=high, hint=estimate.method)


def _level_cell(answers: MatrixAnswers, i: int, j: int) -> Cell:
    """Level of the interval of one pair, or that it is none of a sample."""
    matrix = answers.matrix
    if math.isnan(matrix.low[i, j]) or not matrix.high[i, j]:
        return missing(EM_DASH, hint="there is no interval")
    if matrix.has_level[i, j]:
        return Cell(text=f"{100 * LEVEL:g} %", value=LEVEL)
    return missing("resolution", hint="worst case of the numbers' resolution; nothing scatters")


def _open(low: float, high: float | None) -> str:
    """Volumes not excluded where no point is known."""
    if high is None or math.isinf(high):
        return f"any from {format_count(low)} on" if low else "any"
    return between(format_count(low), format_count(high))
