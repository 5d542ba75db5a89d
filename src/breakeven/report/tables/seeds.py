"""Seed tables: training seeds of each pathway side by side, and every two pathways in score."""

from collections.abc import Iterator, Mapping

from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title, metric_words
from breakeven.analysis.scoring.score_results import ScoreDifference, SeedResult
from breakeven.analysis.words import one_item
from breakeven.records import Estimate, Resource
from breakeven.report.lookup import headline
from breakeven.report.quantity import (
    WORDS,
    decimals,
    format_estimate,
    score_scale,
)
from breakeven.report.signs import EM_DASH, MINUS, NBSP
from breakeven.report.tables.averaged import n_averaged
from breakeven.report.tables.pathways import column_scale, score_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import Scale

SPREAD = "spread (SD)"
_APART = {True: "yes", False: "no", None: "no interval"}


def seeds_table(analysis: StudyAnalysis) -> Table:
    """Score and headline cost of each training seed, and the spread between seeds."""
    resource, definition = headline(analysis), analysis.definition
    title = WORDS[resource].title
    return Table(
        name="seeds",
        caption=(
            "Training seeds at the reference configuration. Intervals of one seed cover its test "
            "examples or its blocks; the standard deviations below them are between seeds."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="seed", title="Repeat"),
            Column(
                name=f"score_{definition.metric}",
                title=f"{metric_title(definition.metric)} (test)",
                is_number=True,
            ),
            Column(
                name=f"per_{definition.item}_{resource}",
                title=f"{title} per {one_item(definition.item)}",
                is_number=True,
            ),
            Column(name=f"training_{resource}", title=f"{title} to train", is_number=True),
        ),
        rows=tuple(row for p in analysis.pathways for row in _seed_rows(analysis, p)),
    )


def _seed_rows(analysis: StudyAnalysis, pathway: PathwayResult) -> Iterator[tuple[Cell, ...]]:
    resource = headline(analysis)
    use = column_scale((seed.marginal for seed in pathway.seeds), resource)
    training = column_scale((seed.training for seed in pathway.seeds), resource)
    for seed in pathway.seeds:
        yield (
            words(pathway.name),
            words(_seed_name(seed)),
            score_cell(analysis, seed.score),
            _cost_cell(seed.marginal, resource, use),
            _cost_cell(seed.training, resource, training),
        )
    if pathway.spread is not None:
        yield (
            words(pathway.name),
            words(SPREAD),
            _spread_cell(pathway.spread.score, _points(analysis)),
            _spread_cell(pathway.spread.marginal.get(resource), use, resource),
            _spread_cell(pathway.spread.training.get(resource), training, resource),
        )


def _seed_name(seed: SeedResult) -> str:
    told = [f"of {seed.begins_from}"] * bool(seed.begins_from)
    told += ["reference"] * (seed.repeat == 0)
    return f"{seed.repeat} ({', '.join(told)})" if told else str(seed.repeat)


def _cost_cell(costs: Mapping[Resource, Estimate], resource: Resource, scale: Scale | None) -> Cell:
    estimate = costs.get(resource)
    if estimate is None:
        return missing(EM_DASH, hint="nothing observed it for this seed")
    return number(estimate, format_estimate(estimate, resource, scale=scale))


def _spread_cell(
    spread: float | None, scale: Scale | None, resource: Resource | None = None
) -> Cell:
    if spread is None:
        return missing(EM_DASH, hint="fewer than two seeds have it")
    chosen = scale or (WORDS[resource].scale(spread) if resource else Scale(1.0, ""))
    return Cell(
        text=f"{spread / chosen.factor:.2g}{NBSP}{chosen.symbol}".rstrip(NBSP), value=spread
    )


def _points(analysis: StudyAnalysis) -> Scale:
    """Percentage points for scores shown in percent, the metric's own scale for others."""
    values = [p.score.value for p in analysis.pathways if p.score and p.score.value is not None]
    scale = score_scale(analysis.definition.metric, max(values, key=abs, default=0.0))
    return Scale(scale.factor, "points" if scale.symbol == "%" else scale.symbol)


def score_differences_table(analysis: StudyAnalysis) -> Table:
    """Every two pathways with a score: difference, interval, and whether they are told apart."""
    return Table(
        name="score_differences",
        caption=(
            f"Differences in {metric_words(analysis.definition.metric)}, taken on the same test "
            "examples wherever the answers are known. Not told apart: the interval holds 0, or "
            "one side alone has several seeds. With one training each the verdict is of these "
            "two, and whether others would differ is not known."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="against", title="Against"),
            Column(name="difference", title="Difference", is_number=True),
            Column(name="told_apart", title="Told apart"),
            Column(name="n_seeds", title="Seeds"),
            Column(name="only_right", title="Right alone"),
            Column(name="method", title="Method"),
        ),
        rows=tuple(_difference_row(analysis, d) for d in analysis.score_differences),
    )


def _seeds_words(analysis: StudyAnalysis, found: ScoreDifference) -> str:
    """Training seeds of each side; a record that is a mean of several runs knows no seeds."""
    scores = {p.name: p.score for p in analysis.pathways}
    means = [n_averaged(scores.get(name), analysis.runs) for name in (found.left, found.right)]
    return " and ".join(
        f"mean of {mean}" if mean else str(n) if n else "stated"
        for n, mean in zip(found.n_seeds, means, strict=True)
    )


def _difference_row(analysis: StudyAnalysis, found: ScoreDifference) -> tuple[Cell, ...]:
    return (
        words(found.left),
        words(found.right),
        number(found.estimate, format_difference(found.estimate, _points(analysis))),
        words(found.why or _APART[found.is_told_apart]),
        words(_seeds_words(analysis, found)),
        _alone_cell(found),
        words(found.estimate.method),
    )


def _alone_cell(found: ScoreDifference) -> Cell:
    if found.left_only is None or found.right_only is None:
        return words(EM_DASH, hint="known for one seed each whose answers are kept")
    return words(f"{found.left_only} and {found.right_only} of {found.estimate.n:,}")


def format_difference(estimate: Estimate, scale: Scale) -> str:
    """Difference with its sign and interval, e.g. `-1.1 points (-3.4 to +1.2)`.

    Args:
        estimate: With a value.
        scale: Unit to write it in.

    Examples:
        >>> found = Estimate(name="", value=-0.011, low=-0.034, high=0.012, method="", n=1,
        ...                  kinds=())
        >>> in_points = format_difference(found, Scale(0.01, "points"))
        >>> in_points.replace(MINUS, "-").replace(NBSP, " ")
        '-1.1 points (-3.4 to +1.2)'
    """
    value = (estimate.value or 0.0) / scale.factor
    if estimate.low is None or estimate.high is None:
        return f"{_signed(value, decimals(value, half_width=None))}{NBSP}{scale.symbol}"
    low, high = estimate.low / scale.factor, estimate.high / scale.factor
    places = max(1, min(4, decimals(high - low, half_width=(high - low) / 2)))
    ends = f"{_signed(low, places)} to {_signed(high, places)}"
    return f"{_signed(value, places)}{NBSP}{scale.symbol} ({ends})".replace(f"{NBSP} (", " (")


def _signed(value: float, places: int) -> str:
    text = f"{abs(value):.{max(0, places)}f}"
    if float(text) == 0:
        return text
    return f"{MINUS if value < 0 else '+'}{text}"
