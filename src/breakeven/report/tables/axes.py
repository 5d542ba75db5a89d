"""Axis tables: what cutting length, depth and precision saves and loses, alone and together."""

from collections.abc import Iterator

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title, metric_words
from breakeven.analysis.sweeps.axes import costs_read
from breakeven.analysis.sweeps.axis_words import loss_words
from breakeven.analysis.sweeps.findings import Axis, AxisPoint, AxisResult, CombinedCell, LineFit
from breakeven.analysis.words import amount_words, one_item
from breakeven.records import Estimate, Resource
from breakeven.report.lookup import headline
from breakeven.report.quantity import WORDS, format_estimate, format_ratio
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.pathways import column_scale, score_cell
from breakeven.report.tables.sweep import named, ratio_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

_TITLES = {
    Axis.LENGTH: "Length (tokens)",
    Axis.DEPTH: "Layers",
    Axis.PRECISION: "Precision",
}
_CAPTIONS = {
    Axis.LENGTH: "Sequence length alone: cost and quality against the longest of each series.",
    Axis.DEPTH: "Depth alone: cost and quality against all layers.",
    Axis.PRECISION: "Precision alone: cost and quality against fp32.",
}
_NO_PAIR = "one of the two has no score"


def length_table(analysis: StudyAnalysis) -> Table:
    """Cost and quality against sequence length, one series per way of padding."""
    return _axis_table(analysis, Axis.LENGTH)


def depth_table(analysis: StudyAnalysis) -> Table:
    """Cost and quality against the layers kept."""
    return _axis_table(analysis, Axis.DEPTH)


def precision_table(analysis: StudyAnalysis) -> Table:
    """Cost and quality against the number format."""
    return _axis_table(analysis, Axis.PRECISION)


def axes_of(analysis: StudyAnalysis, axis: Axis) -> tuple[AxisResult, ...]:
    """Every series along one axis, pathway by pathway."""
    return tuple(a for found in analysis.findings for a in found.axes if a.axis is axis)


def _axis_table(analysis: StudyAnalysis, axis: Axis) -> Table:
    found = axes_of(analysis, axis)
    resources = _read(analysis, found)
    resource, item = headline(analysis), analysis.definition.item
    metric = analysis.definition.metric
    return Table(
        name=axis.value,
        caption=_CAPTIONS[axis],
        columns=(
            Column(name="pathway", title="Pathway"),
            *([Column(name="series", title="Padding")] if axis is Axis.LENGTH else []),
            Column(name=axis.value, title=_TITLES[axis]),
            *([_TOKENS] if axis is Axis.LENGTH else []),
            Column(
                name=f"per_{item}_{resource}",
                title=f"{WORDS[resource].title} per {one_item(item)}",
                is_number=True,
            ),
            *(
                Column(name=f"ratio_{r}", title=f"{WORDS[r].title} ratio", is_number=True)
                for r in resources
            ),
            Column(name="score", title=metric_title(metric), is_number=True),
            Column(name="loss", title=f"Loss of {metric_words(metric)}", is_number=True),
            Column(name="loss_shown", title="Loss shown"),
            Column(name="n_blocks", title="Blocks"),
            Column(name="n_examples", title="Test examples"),
        ),
        rows=tuple(
            _point_row(analysis, series, point, resources)
            for series in found
            for point in series.points
        ),
    )


_TOKENS = Column(name="n_tokens", title="Tokens computed")


def _read(analysis: StudyAnalysis, found: tuple[AxisResult, ...]) -> tuple[Resource, ...]:
    seen = {r for series in found for point in series.points for r in point.cost}
    return tuple(r for r in costs_read(analysis.definition) if r in seen)


def _point_row(
    analysis: StudyAnalysis, series: AxisResult, point: AxisPoint, resources: tuple[Resource, ...]
) -> tuple[Cell, ...]:
    resource = headline(analysis)
    scale = column_scale((p.cost for p in series.points), resource)
    cost = point.cost.get(resource)
    is_length = series.axis is Axis.LENGTH
    is_base = point is series.base
    n_tokens = f"{point.n_tokens:.1f}" if point.n_tokens is not None else EM_DASH
    n_examples = point.score.n if point.score is not None else 0
    return (
        words(series.pathway),
        *([words(series.fixed.removeprefix("padding=") or EM_DASH)] if is_length else []),
        words("all" if series.axis is Axis.DEPTH and point.value == 0 else str(point.value)),
        *([Cell(text=n_tokens, value=point.n_tokens)] if is_length else []),
        _absent("this cost was not observed")
        if cost is None
        else number(cost, format_estimate(cost, resource, scale=scale)),
        *(ratio_cell(point.ratio.get(r), is_base=is_base, base="base") for r in resources),
        score_cell(analysis, point.score),
        _loss_cell(point.loss, analysis.definition.metric, is_base=is_base),
        words({None: EM_DASH, True: "yes", False: "no"}[point.is_loss_shown]),
        words(str(cost.n) if cost is not None else EM_DASH),
        words(str(n_examples) if n_examples else EM_DASH),
    )


def _loss_cell(loss: Estimate | None, metric: str, *, is_base: bool) -> Cell:
    if loss is not None:
        return number(loss, loss_words(loss, metric))
    return Cell(text="0 (base)", value=0.0) if is_base else _absent(_NO_PAIR)


def _absent(why: str) -> Cell:
    return missing(EM_DASH, hint=why)


def combined_table(analysis: StudyAnalysis) -> Table:
    """Several settings changed at once: observed ratio beside the product of single ratios."""
    cells = [cell for found in analysis.findings for cell in found.combined]
    metric = analysis.definition.metric
    resources = [
        r for r in costs_read(analysis.definition) if any(r in cell.observed for cell in cells)
    ]
    return Table(
        name="combined",
        caption="Several settings changed at once; observed over product is 1 where they multiply.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="origin", title="Against"),
            Column(name="configuration", title="Configuration"),
            *(column for r in resources for column in _combined_columns(r)),
            Column(name="loss", title=f"Loss of {metric_words(metric)}", is_number=True),
            Column(name="n_blocks", title="Blocks"),
        ),
        rows=tuple(
            (
                words(cell.pathway),
                named(cell.origin),
                named(cell.label),
                *(entry for r in resources for entry in _combined_cells(cell, r)),
                _loss_cell(cell.loss, metric, is_base=False),
                words(str(max((e.n for e in cell.observed.values()), default=0))),
            )
            for cell in cells
        ),
    )


def _combined_columns(resource: Resource) -> Iterator[Column]:
    group = WORDS[resource].title
    for name, title in (
        ("observed", "observed"),
        ("product", "product"),
        ("departure", "observed / product"),
    ):
        yield Column(name=f"{name}_{resource}", title=title, is_number=True, group=group)


def _combined_cells(cell: CombinedCell, resource: Resource) -> Iterator[Cell]:
    for ratios in (cell.observed, cell.product, cell.departure):
        ratio = ratios.get(resource)
        yield (
            _absent("no block holds every part")
            if ratio is None
            else number(ratio, format_ratio(ratio))
        )


def fits_table(analysis: StudyAnalysis) -> Table:
    """Cost as a straight line along each axis, with what the line leaves unexplained."""
    item = one_item(analysis.definition.item)
    return Table(
        name="fits",
        caption=f"Cost per {item} as a straight line, by least squares in each block.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="axis", title="Axis"),
            Column(name="series", title="Series"),
            Column(name="resource", title="Cost"),
            Column(name="x", title="Along"),
            Column(name="slope", title="Per step", is_number=True),
            Column(name="intercept", title="At zero", is_number=True),
            Column(name="r_squared", title="R2"),
            Column(name="residual_frac", title="Farthest from the line"),
            Column(name="n_points", title="Values"),
            Column(name="n_blocks", title="Blocks"),
        ),
        rows=tuple(
            _fit_row(series, resource, fit)
            for found in analysis.findings
            for series in found.axes
            for resource, fit in series.fits.items()
        ),
    )


def _fit_row(series: AxisResult, resource: Resource, fit: LineFit) -> tuple[Cell, ...]:
    return (
        words(series.pathway),
        words(series.axis.value),
        words(series.fixed or EM_DASH),
        Cell(text=WORDS[resource].title, value=resource.value),
        words(fit.x),
        number(fit.slope, format_estimate(fit.slope, resource)),
        number(fit.intercept, format_estimate(fit.intercept, resource)),
        _quality_cell(fit.r_squared, "{:.4f}", why="the cost does not vary"),
        _quality_cell(fit.residual_frac, "{:.1%}", why="a cost is 0"),
        words(str(fit.n_points)),
        words(str(fit.slope.n)),
    )


def _quality_cell(value: float | None, form: str, *, why: str) -> Cell:
    if value is None:
        return missing(EM_DASH, hint=why)
    return Cell(text=form.format(value).replace("%", " %"), value=value)


def compact_table(analysis: StudyAnalysis) -> Table:
    """What one formula for length and precision foretells of every configuration."""
    resource, item = headline(analysis), analysis.definition.item
    return Table(
        name="compact",
        caption="One line in the tokens times a factor for each precision, fitted to the "
        "configurations without a shown loss; each of them is foretold by the others.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="configuration", title="Configuration"),
            Column(name="x", title="Tokens"),
            Column(name="precision", title="Precision"),
            Column(name="loss_shown", title="Loss shown"),
            Column(
                name=f"per_{item}_{resource}", title=f"{WORDS[resource].title} per {one_item(item)}"
            ),
            Column(name="error_frac", title="Foretold / observed - 1"),
        ),
        rows=tuple(
            (
                words(fit.pathway),
                named(point.label),
                Cell(text=f"{point.x:.1f}", value=point.x),
                words(point.precision),
                words("no" if point.is_free else "yes"),
                Cell(text=amount_words(resource, point.observed), value=point.observed),
                _quality_cell(point.error_frac, "{:+.1%}", why="the others do not tell"),
            )
            for found in analysis.findings
            if (fit := found.compact) is not None
            for point in fit.points
        ),
    )
