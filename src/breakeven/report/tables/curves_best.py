"""Tables of the best score: against a budget, which trials it rests on, who changes places."""

from collections.abc import Sequence

from breakeven.analysis.best_of import BestCurve, BestPoint, Places
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import amount_words, resource_words
from breakeven.records import Estimate, Resource, Status
from breakeven.report.kinds import signs
from breakeven.report.quantity import WORDS
from breakeven.report.signs import EM_DASH, EN_DASH
from breakeven.report.tables.curves import plain
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

SHOWN = frozenset({1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 500, 700})
"""Numbers of trials that are printed for people, beside half of them and all."""


def best_tables(
    curves: Sequence[BestCurve], compared: Sequence[Places], *, every: bool = False
) -> tuple[Table, ...]:
    """Tables of expected best scores; the comparison is left out where there is no pair."""
    tables = (searches_table(curves), best_table(curves, every=every))
    return (*tables, places_table(compared)) if compared else tables


def searches_table(curves: Sequence[BestCurve]) -> Table:
    """What each curve rests on."""
    resource = curves[0].resource if curves else None
    cost = () if resource is None else (_budget_column(resource, "per_trial", "Mean of a trial"),)
    return Table(
        name="searches",
        caption="Trials that the curves rest on; those without a score count as trials.",
        columns=(
            Column(name="group", title="Search"),
            Column(name="metric", title="Metric"),
            Column(name="n_trials", title="Trials", is_number=True, is_plain=True),
            Column(name="n_scored", title="Scored", is_number=True, is_plain=True),
            Column(name="n_pruned", title="Pruned", is_number=True, is_plain=True),
            Column(name="n_failed", title="Failed", is_number=True, is_plain=True),
            Column(name="n_interrupted", title="Interrupted", is_number=True, is_plain=True),
            Column(name="best_seen", title="Best seen", is_number=True, is_plain=True),
            *cost,
            Column(name="kinds", title="Kinds"),
        ),
        rows=tuple(_search_row(curve) for curve in curves),
    )


def _search_row(curve: BestCurve) -> tuple[Cell, ...]:
    found = curve.trials
    pick = max if found.higher_is_better else min
    fates = (Status.PRUNED, Status.FAILED, Status.INTERRUPTED)
    cells = (
        words(found.group),
        words(found.metric),
        plain(len(found.trials)),
        plain(len(found.scores)),
        *(plain(found.count(fate)) for fate in fates),
        plain(pick(found.scores) if found.scores else None),
    )
    kinds = words(_kinds(curve))
    if curve.resource is None:
        return (*cells, kinds)
    budget = curve.points[0].budget if curve.points else None
    return (*cells, _budget_cell(budget, curve.resource), kinds)


def _kinds(curve: BestCurve) -> str:
    """How scores and costs came about."""
    held = [signs(curve.trials.kinds, curve.trials.origins)]
    if curve.per_trial is not None:
        held.append(signs(curve.per_trial.kinds, curve.per_trial.origins))
    return "+".join(once(badge.name for badges in held for badge in badges)) or EM_DASH


def best_table(curves: Sequence[BestCurve], *, every: bool) -> Table:
    """Expected best score of n trials, by search."""
    resource = curves[0].resource if curves else None
    budget = () if resource is None else (_budget_column(resource, "budget", "Budget"),)
    rows = [
        _best_row(curve, point)
        for curve in curves
        for point in curve.points
        if every or _is_shown(point.n, len(curve.points))
    ]
    return Table(
        name="best",
        caption="Best score of n trials drawn independently (random search): its expectation, "
        "unbiased (Tang et al. 2020), and its median, each with a band that holds for all n of a "
        "search at once with 95 % (Lourie et al. 2024). Dodge et al. (2019) falls short of the "
        "expectation, most at n = N. Grey: beyond N/2.",
        columns=(
            Column(name="group", title="Search"),
            Column(name="n", title="n", is_number=True, is_plain=True),
            *budget,
            Column(name="best", title="Expected best (band)", is_number=True),
            Column(name="median", title="Median best (band)", is_number=True),
            Column(name="dodge", title="Dodge", is_number=True, is_plain=True),
            Column(name="grey", title="Grey"),
        ),
        rows=tuple(rows),
    )


def _is_shown(n: int, n_seen: int) -> bool:
    return n in SHOWN or n in {n_seen // 2, n_seen}


def _best_row(curve: BestCurve, point: BestPoint) -> tuple[Cell, ...]:
    budget = () if curve.resource is None else (_budget_cell(point.budget, curve.resource),)
    return (
        words(curve.name),
        plain(point.n),
        *budget,
        number(point.best, _band_text(point.best)),
        number(point.median, _band_text(point.median)),
        Cell(text=f"{point.dodge:.4f}", value=point.dodge),
        words("grey" if point.is_grey else ""),
    )


def places_table(compared: Sequence[Places]) -> Table:
    """Every two searches: who is ahead, and where they change places if that is shown."""
    resource = compared[0].resource
    name = "n_trials" if resource is None else f"at_{resource.value}"
    over = "trials" if resource is None else resource_words(resource)
    return Table(
        name="places",
        caption=f"Which search is ahead over the budget ({over}): by estimate at the smallest and "
        "largest budget of both, and what is shown. A change of places is shown where the bands, "
        "and mean costs, of the two are apart before and after it (95 % for both together).",
        columns=(
            Column(name="left", title="Search"),
            Column(name="right", title="Against"),
            Column(name="by", title="By"),
            Column(name="first", title="At first"),
            Column(name="last", title="At last"),
            Column(name=name, title="They cross at", is_number=True),
            Column(name="verdict", title="Shown"),
        ),
        rows=tuple(_places_row(pair) for pair in compared),
    )


def _places_row(pair: Places) -> tuple[Cell, ...]:
    at = _last(pair)
    return (
        words(pair.left),
        words(pair.right),
        words(pair.by),
        words(pair.first or EM_DASH),
        words(pair.last or EM_DASH),
        at,
        words(places_words(pair)),
    )


def _last(pair: Places) -> Cell:
    """Where the estimates cross for the last time, with the interval if the change is shown."""
    if not pair.changes:
        return missing(EM_DASH, hint="the estimates do not cross")
    value = pair.changes[-1]
    if pair.shown is None:
        return Cell(text=_amount(pair, value), value=value)
    low, high = pair.shown
    text = (
        f"n = {value:.3g} ({low:.3g}{EN_DASH}{high:.3g})"
        if pair.resource is None
        else _in_one_unit(pair.resource, value, pair.shown)
    )
    return Cell(text=text, value=value, low=low, high=high)


def places_words(pair: Places) -> str:
    """Whether two searches change places, in words."""
    if not (pair.first or pair.last):
        return "no budget that both have" if not pair.most else "the same at every budget"
    if pair.shown is not None:
        low, high = (_amount(pair, end) for end in pair.shown)
        return f"they change places between {low} and {high}"
    if pair.shown_ahead:
        only = f"only {pair.shown_ahead[0]} is ever shown ahead"
        return f"no change: {only}" if pair.changes else only
    return "nothing: the bands overlap"


def _amount(pair: Places, value: float) -> str:
    return f"n = {value:.3g}" if pair.resource is None else amount_words(pair.resource, value)


def _budget_column(resource: Resource, name: str, title: str) -> Column:
    return Column(name=f"{name}_{resource.value}", title=title, is_number=True)


def _budget_cell(budget: Estimate | None, resource: Resource) -> Cell:
    if budget is None or budget.value is None:
        return missing(EM_DASH, hint=f"no trial says its {resource.value}")
    return number(budget, _in_one_unit(resource, budget.value, (budget.low, budget.high)))


def _in_one_unit(resource: Resource, value: float, ends: tuple[float | None, float | None]) -> str:
    """An amount with the ends of its interval in the same unit."""
    unit = WORDS[resource].scale(value)
    text = f"{value / unit.factor:.3g} {unit.symbol}"
    low, high = ends
    if low is None or high is None or not low < high:
        return text
    return f"{text} ({low / unit.factor:.3g}{EN_DASH}{high / unit.factor:.3g})"


def _band_text(best: Estimate) -> str:
    low, high = (_end(end) for end in (best.low, best.high))
    return f"{best.value:.4f} ({low}{EN_DASH}{high})"


def _end(end: float | None) -> str:
    return "?" if end is None else f"{end:.4f}"
