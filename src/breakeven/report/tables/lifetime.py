"""Lifetime tables: break-even of every pair, who is cheapest where, cost after so many items."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from breakeven.analysis.lifetime.efficiency import Efficiency
from breakeven.analysis.lifetime.envelope import Envelope, Piece
from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.lifetime.payoffs import BY_STEPS, Payoff
from breakeven.analysis.lifetime.spending import Spent, unit_of
from breakeven.analysis.results import Verdict
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import item_words, listed, resource_words
from breakeven.records import Estimate
from breakeven.report.quantity import (
    WORDS,
    common_scale,
    format_estimate,
    format_score,
    format_volume,
    score_scale,
)
from breakeven.report.signs import EM_DASH, NBSP
from breakeven.report.tables.life_cells import (
    chance_cell,
    cost_cell,
    count_cell,
    plain_column,
    resource_cell,
)
from breakeven.report.tables.pathways import break_even_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import Scale, format_count

IN_SENTENCES = 3
"""Digits of volumes in sentences; the tables below them keep as many."""

NOT_IN_TEXT = frozenset({"verdict", "sentence", "is_dearer"})
"""Columns that machines get and a terminal has no room for."""


def payoff_table(found: Sequence[tuple[Lives, Sequence[Payoff]]]) -> Table:
    """Break-even of every ordered pair in every cost; with updates, by mean and by step too.

    Args:
        found: Lives and their pairs, one for each cost.
    """
    lives = found[0][0]
    item, planned = item_words(lives.item), format_count(lives.volume)
    has_steps = any(p.first is not None for _, payoffs in found for p in payoffs)
    has_updates = bool(lives.terms.updates)
    steps = (
        Column(name=f"by_line_{lives.item}s", title="By the line", is_number=True),
        plain_column(f"first_{lives.item}s", "First ahead"),
        plain_column(f"for_good_{lives.item}s", "For good"),
        plain_column(f"by_mean_{lives.item}s", "By the mean"),
    )
    told = " Output is weighted by score." if lives.terms.is_weighted else ""
    worst = (
        " Break-evens follow the steps of the updates: from there on the lead stays. By the line: "
        "the smooth line through cost right after each update. P counts the updates due by then."
        if has_updates
        else ""
    )
    return Table(
        name="break_even",
        caption=f"From how many {item} on one pathway has cost less than another.{told}{worst}"
        f"{_basis(found)}",
        columns=(
            Column(name="candidate", title="Pathway"),
            Column(name="incumbent", title="Against"),
            Column(name="resource", title="Cost"),
            Column(name="verdict", title="Verdict"),
            Column(name=f"{lives.item}s", title=f"Break-even, {item}", is_number=True),
            plain_column("probability_before_planned", f"P(by {planned})"),
            *(steps if has_steps else ()),
            Column(name="is_dearer", title="Dearer to develop"),
            Column(name="sentence", title="In words"),
        ),
        rows=tuple(
            (
                words(p.found.candidate),
                words(p.found.incumbent),
                resource_cell(p.found.resource),
                words(p.found.verdict.value),
                break_even_cell(p.found, min_digits=IN_SENTENCES),
                chance_cell(p.found.probability_before_planned, why=p.why_no_probability),
                *(_step_cells(p) if has_steps else ()),
                words("yes" if p.is_dearer else "no"),
                words(p.found.sentence),
            )
            for _, payoffs in found
            for p in payoffs
        ),
    )


def _basis(found: Sequence[tuple[Lives, Sequence[Payoff]]]) -> str:
    """How the intervals were made and what kinds of numbers they rest on; or why none is here."""
    lines = [p.by_line or p.found.estimate for _, payoffs in found for p in payoffs]
    if not lines:
        names = listed([life.name for life in found[0][0].members])
        return f" Only {names} is left, so there is no pair to compare."
    methods = once(
        e.method if e.level is None else f"{e.method}, {e.level:.0%}" for e in lines if e.method
    )
    kinds = once(kind.value for e in lines for kind in e.kinds)
    return f" Intervals: {listed(methods)}. Kinds: {listed(kinds)}."


def _step_cells(found: Payoff) -> Iterable[Cell]:
    line = found.by_line
    if line is None or line.value is None:
        yield missing(EM_DASH, hint="the lines do not cross")
    else:
        yield number(line, format_volume(line, min_digits=IN_SENTENCES))
    yield from (count_cell(n) for n in (found.first, found.for_good, found.by_mean))


def dearer_first(table: Table) -> Table:
    """Each pair once, the dearer development first; for a terminal."""
    column = [c.name for c in table.columns].index("is_dearer")
    seen: dict[tuple[frozenset[str], str], tuple[Cell, ...]] = {}
    for row in table.rows:
        key = (frozenset({row[0].text, row[1].text}), row[2].text)
        if key not in seen or row[column].text == "yes":
            seen[key] = row
    return Table(
        name=table.name,
        caption=f"{table.caption} Each pair once, the dearer development first.",
        columns=table.columns,
        rows=tuple(seen.values()),
    ).without({*NOT_IN_TEXT, *(c.name for c in table.columns if c.name.startswith("for_good_"))})


def cheapest_table(found: Sequence[tuple[Lives, Envelope]]) -> Table:
    """Who is cheapest from which volume to which.

    Args:
        found: Lives and their envelope, one for each cost.
    """
    lives = found[0][0]
    item = item_words(lives.item)
    return Table(
        name="cheapest",
        caption=f"Who is cheapest at which volume, in {item}, development included; "
        + (
            "by the steps of the updates, at point values."
            if lives.terms.updates
            else "intervals are those of the two that change places."
        ),
        columns=(
            Column(name="resource", title="Cost"),
            Column(name="pathway", title="Cheapest"),
            Column(name=f"from_{lives.item}s", title="From", is_number=True),
            plain_column(f"to_{lives.item}s", "To"),
            Column(name="equals", title="The same as"),
        ),
        rows=tuple(
            (
                resource_cell(of.resource),
                words(piece.name),
                _since_cell(piece, has_updates=bool(of.terms.updates)),
                count_cell(piece.high),
                words(", ".join(piece.equals) or EM_DASH),
            )
            for of, chain in found
            for piece in chain.pieces
        ),
    )


def _since_cell(piece: Piece, *, has_updates: bool) -> Cell:
    if piece.since is None:
        return Cell(text="0", value=0.0)
    estimate = piece.since.estimate
    # by the steps of updates a stretch may begin beside the volume of the smooth line
    is_line = estimate.value is not None and not (
        has_updates and not math.isclose(estimate.value, piece.low)
    )
    is_line = is_line and estimate.method != BY_STEPS
    value = estimate.value if is_line else piece.low
    text = format_volume(estimate, min_digits=IN_SENTENCES) if is_line else format_count(piece.low)
    told = f"not shown; about {text}" if piece.since.verdict is Verdict.NOT_SHOWN else text
    return number(replace(estimate, value=value), told, hint=piece.since.sentence)


def chances_table(found: Sequence[tuple[Lives, Envelope]]) -> Table:
    """P(cheapest) at the planned volume and at any volume.

    Args:
        found: Lives and their envelope, one for each cost.
    """
    planned = format_count(found[0][0].volume)
    return Table(
        name="chances",
        caption="Probability that a pathway is the cheapest: at the planned volume, and at some "
        "volume at all.",
        columns=(
            Column(name="resource", title="Cost"),
            Column(name="pathway", title="Pathway"),
            plain_column("probability_at_planned", f"At {planned}"),
            plain_column("probability_somewhere", "At some volume"),
        ),
        rows=tuple(
            (
                resource_cell(of.resource),
                words(name),
                chance_cell(chance, why=chain.why_no_probability),
                chance_cell(chain.somewhere[name], why=chain.why_no_probability),
            )
            for of, chain in found
            for name, chance in chain.at_planned.items()
        ),
    )


def spending_table(found: Sequence[tuple[Lives, Sequence[Spent]]], *, name: str) -> Table:
    """Cumulative and average cost after so many items.

    Args:
        found: Lives and what was spent, one for each cost.
        name: "lifetime", or "profiles" where volumes have names.
    """
    lives, is_named = found[0][0], name == "profiles"
    spent = [s for _, own in found for s in own]
    led = (Column(name="profile", title="Profile"),) if is_named else ()
    unit = unit_of(lives)
    return Table(
        name=name,
        caption=f"Cumulative cost after so many {item_words(lives.item)}, and on average per "
        f"{unit}; development and updates included. * is the cheapest by point values.",
        columns=(
            *led,
            plain_column(f"volume_{lives.item}s", "Volume"),
            Column(name="resource", title="Cost"),
            Column(name="pathway", title="Pathway"),
            Column(name="total", title="In all", is_number=True),
            Column(name="average", title=f"Per {unit}", is_number=True),
            Column(name="development_share", title="Developing", is_number=True),
            plain_column("probability_cheapest", "P(cheapest)"),
            Column(name="is_cheapest", title="Cheapest"),
        ),
        rows=tuple(
            (*((words(s.profile),) if is_named else ()), *_spent_row(s, spent)) for s in spent
        ),
    )


def _spent_row(spent: Spent, column: Sequence[Spent]) -> Iterable[Cell]:
    alike = [s for s in column if (s.resource, s.volume) == (spent.resource, spent.volume)]
    share = spent.development_share
    scale = _scale([s.total for s in alike], spent)
    total = format_estimate(spent.total, spent.resource, interval=False, scale=scale)
    return (
        count_cell(spent.volume),
        resource_cell(spent.resource),
        Cell(text=f"{spent.pathway}{' *' if spent.is_cheapest else ''}", value=spent.pathway),
        number(spent.total, total),
        cost_cell(
            spent.average, spent.resource, scale=_scale([s.average for s in alike], spent), why=""
        ),
        missing(EM_DASH, hint="nothing was spent")
        if share is None or share.value is None
        else number(share, f"{100 * share.value:.3g}{NBSP}%"),
        chance_cell(spent.probability, why=spent.why_no_probability),
        words("yes" if spent.is_cheapest else "no"),
    )


def _scale(estimates: Sequence[Estimate], spent: Spent) -> Scale | None:
    return common_scale((e.value for e in estimates if e.value is not None), spent.resource)


def ratio_table(found: Sequence[Efficiency], lives: Lives, metric: str) -> Table:
    """Product over cost, and the two limiting readings.

    Args:
        found: In one cost.
        lives: Whose.
        metric: Of the score.
    """
    resource = lives.resource
    costs = [e.development.value for e in found if e.development.value]
    scale = common_scale(costs, resource) or WORDS[resource].scale(max(costs, default=1.0))
    values = [e.score.value for e in found if e.score is not None and e.score.value is not None]
    point = score_scale(metric, max(values, default=1.0))
    points = "points of score" if point.symbol else "score"
    return Table(
        name="ratio",
        caption=f"Efficiency P / C (eq. 1) in {resource_words(resource)}: {points} per "
        f"{scale.symbol} of development, {item_words(lives.item)} per {scale.symbol} of a life of "
        f"{format_count(lives.volume)}; and who is cheapest among those at least as good, who is "
        f"best among those that take no more to develop. {_ratio_basis(found)}",
        columns=(
            Column(name="resource", title="Cost"),
            Column(name="pathway", title="Pathway"),
            Column(name="score", title="P, score", is_number=True),
            Column(name="development", title="C, developing", is_number=True),
            Column(name="score_per_unit", title=f"P / C per {scale.symbol}", is_number=True),
            Column(name="items_per_unit", title=f"Items per {scale.symbol}", is_number=True),
            Column(name="cheapest_as_good", title="Least C"),
            Column(name="best_as_cheap", title="Most P"),
        ),
        rows=tuple(
            (
                resource_cell(resource),
                words(e.pathway),
                number(e.score, format_score(e.score, metric) if e.score else "not scored"),
                number(e.development, format_estimate(e.development, resource, scale=scale)),
                _per_unit(e.per_development, scale.factor / point.factor),
                _per_unit(e.per_life, scale.factor),
                words(e.cheapest_as_good or EM_DASH),
                words(e.best_as_cheap or EM_DASH),
            )
            for e in found
        ),
    )


def _ratio_basis(found: Sequence[Efficiency]) -> str:
    parts = [e for f in found for e in (f.score, f.development, f.per_life) if e is not None]
    kinds = once(kind.value for part in parts for kind in part.kinds)
    return f"Kinds: {listed(kinds)}." if kinds else ""


def _per_unit(estimate: Estimate | None, factor: float) -> Cell:
    """A ratio, shown per unit of the column; machines get it per SI unit."""
    if estimate is None or estimate.value is None:
        return missing(EM_DASH, hint="no score, or nothing was spent")
    text = f"{estimate.value * factor:.4g}"
    return number(estimate, f"{float(text):,.0f}" if "e+" in text else text)
