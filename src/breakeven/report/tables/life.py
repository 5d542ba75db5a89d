"""Life tables: what a cost is paid for, shared development, research and production, latency."""

from collections.abc import Iterator, Mapping

from breakeven.analysis.life_results import (
    LatencyPoint,
    LifeAnswers,
    ProductResult,
    ShareStep,
    StageFactors,
    Usage,
)
from breakeven.analysis.results import BreakEven, StudyAnalysis
from breakeven.analysis.words import item_words, one_item
from breakeven.records import Estimate, Resource
from breakeven.report.lookup import (
    break_even_between,
    compared,
    headline,
    observed,
    pathway_named,
)
from breakeven.report.quantity import (
    WORDS,
    common_scale,
    format_estimate,
    format_items,
    format_share,
)
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.pathways import break_even_cell, score_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import Scale, format_count

RESEARCH, PRODUCTION = "research", "production"


def life_tables(analysis: StudyAnalysis) -> Iterator[Table]:
    """Every table that has an answer to show."""
    life = analysis.life
    if life is None:
        return
    made = (
        _product_table(analysis, life),
        _weighted_table(analysis, life),
        _factors_table(analysis, life),
        _usage_table(analysis, life),
        _sharing_table(life),
        _latency_table(analysis, life),
    )
    yield from (table for table in made if table.rows)


def _resource_cell(resource: Resource) -> Cell:
    return Cell(text=WORDS[resource].title, value=resource.value)


def _cost(estimate: Estimate | None, resource: Resource, *, scale: Scale | None, why: str) -> Cell:
    if estimate is None:
        return missing(EM_DASH, hint=why)
    return number(estimate, format_estimate(estimate, resource, scale=scale))


def _product_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """Development per point of score, output at the planned volume, cost per correct answer."""
    item, metric = one_item(analysis.definition.item), analysis.definition.metric
    volume = format_items(analysis.definition.planned_volume, analysis.definition.item)
    heads = (
        ("per_point", f"Development per point of {metric} (eq. 3)"),
        ("marginal", f"Per {item} (eq. 4)"),
        ("deployment", f"{volume} (eq. 5)"),
        ("total", "With development (eq. 6)"),
        ("per_correct", f"Per {life.weighted_item}"),
        ("average_per_correct", f"Per {life.weighted_item}, development included"),
    )
    return Table(
        name="product",
        caption=(
            "What the cost is paid for: performance (development per point of score, cost per "
            f"{item}) and output (the planned volume). Points are hundredths of the score."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="resource", title="Cost"),
            Column(name="takes_part", title="Good enough"),
            Column(name="score", title=metric.capitalize(), is_number=True),
            *(Column(name=name, title=title, is_number=True) for name, title in heads),
        ),
        rows=tuple(
            _product_row(analysis, life, product, resource)
            for product in life.products
            for resource in observed(analysis)
            if resource in product.total
        ),
    )


def _product_row(
    analysis: StudyAnalysis, life: LifeAnswers, product: ProductResult, resource: Resource
) -> tuple[Cell, ...]:
    pathway = pathway_named(analysis, product.pathway)
    why = life.unweighted_why or "there is no score to weight by"

    def of(name: str) -> Cell:
        column = [getattr(p, name).get(resource) for p in life.products]
        estimate: Estimate | None = getattr(product, name).get(resource)
        return _cost(estimate, resource, scale=_scale(column, resource), why=why)

    marginal = pathway.marginal.get(resource) if pathway else None
    uses = [p.marginal.get(resource) for p in analysis.pathways]
    return (
        words(product.pathway),
        _resource_cell(resource),
        words("yes" if product.is_valid else "no, drops out"),
        score_cell(analysis, pathway.score if pathway else None),
        of("per_point"),
        _cost(marginal, resource, scale=_scale(uses, resource), why=why),
        of("deployment"),
        of("total"),
        of("per_correct"),
        of("average_per_correct"),
    )


def _scale(estimates: list[Estimate | None], resource: Resource) -> Scale | None:
    values = (e.value for e in estimates if e is not None)
    return common_scale((value for value in values if value is not None), resource)


def _weighted_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """Break-evens on weighted items beside the plain ones, and in items of the candidate."""
    unit, item = life.weighted_item, item_words(analysis.definition.item)
    weights = {p.pathway: p.weight for p in life.products}
    return Table(
        name="weighted_break_even",
        caption=(
            f"From which volume one pathway has cost less than another, when only a {unit} counts."
        ),
        columns=(
            Column(name="candidate", title="Pathway"),
            Column(name="incumbent", title="Against"),
            Column(name="resource", title="Cost"),
            Column(name="plain", title=item.capitalize(), is_number=True),
            Column(name="weighted", title=f"{unit}s".capitalize(), is_number=True),
            Column(
                name="weighted_in_items",
                title=f"The same in {item} of the pathway",
                is_number=True,
            ),
            Column(name="sentence", title="In words"),
        ),
        rows=tuple(_weighted_row(analysis, found, weights) for found in life.weighted),
    )


def _weighted_row(
    analysis: StudyAnalysis, found: BreakEven, weights: Mapping[str, float | None]
) -> tuple[Cell, ...]:
    plain = break_even_between(analysis, found.candidate, found.incumbent, found.resource)
    weight, volume = weights.get(found.candidate), found.estimate.value
    converted = (
        missing(EM_DASH, hint="no volume to convert")
        if not weight or not volume
        else Cell(text=format_count(volume / weight), value=volume / weight)
    )
    return (
        words(found.candidate),
        words(found.incumbent),
        _resource_cell(found.resource),
        break_even_cell(plain) if plain else missing(EM_DASH, hint="not compared"),
        break_even_cell(found),
        converted,
        words(found.sentence),
    )


def _factors_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """E_T, D_T and H of every row of development."""
    resources = compared(analysis)
    return Table(
        name="factors",
        caption=(
            "Development as E_T x D_T x H (eq. 3): cost per training example, examples, trainings. "
            "Loading, imports and unfinished runs come on top."
        ),
        columns=(
            Column(name="row", title="Row"),
            Column(name="stage", title="Stage"),
            Column(name="n_labelled", title="Labelled examples (D_T)", is_number=True),
            Column(name="n_processed", title="Examples worked through", is_number=True),
            Column(name="n_trials", title="Trainings (H)", is_number=True),
            Column(name="n_lost", title="Unfinished", is_number=True),
            *(
                Column(
                    name=f"per_example_{r}",
                    title=f"{WORDS[r].title} per training example (E_T)",
                    is_number=True,
                )
                for r in resources
            ),
        ),
        rows=tuple(_factors_row(f, resources) for f in life.factors),
    )


def _factors_row(factors: StageFactors, resources: tuple[Resource, ...]) -> tuple[Cell, ...]:
    why = "the row did not count the examples it worked through, or what they cost"
    return (
        words(factors.row),
        words(factors.stage.value),
        _count(factors.n_labelled, why="nobody counted labelled examples"),
        _count(factors.n_processed, why="the row did not count the examples it worked through"),
        _count(factors.n_trials, why=""),
        _count(factors.n_lost, why=""),
        *(_cost(factors.per_example.get(r), r, scale=None, why=why) for r in resources),
    )


def _count(value: float | None, *, why: str) -> Cell:
    if value is None:
        return missing("not counted", hint=why)
    return Cell(text=format_count(value), value=float(value))


def _usage_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """Research and production beside each other."""
    found = {(u.pathway, u.resource, u.profile): u for u in life.usage}
    pairs = dict.fromkeys((u.pathway, u.resource) for u in life.usage)
    volumes = {u.profile: u.volume for u in life.usage}
    item = analysis.definition.item

    def head(profile: str) -> str:
        volume = volumes.get(profile)
        return f"{profile.capitalize()} ({format_items(volume, item)})" if volume else profile

    return Table(
        name="usage",
        caption=(
            "Two profiles of use: research makes a model and tests it, production uses it as "
            "planned. Whichever part is larger is where saving pays."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="resource", title="Cost"),
            *(
                Column(name=f"{profile}_{name}", title=title, is_number=True, group=head(profile))
                for profile in (RESEARCH, PRODUCTION)
                for name, title in (("total", "Life cost"), ("share", "Of it development"))
            ),
        ),
        rows=tuple(
            (
                words(pathway),
                _resource_cell(resource),
                *(
                    cell
                    for profile in (RESEARCH, PRODUCTION)
                    for cell in _usage_cells(found.get((pathway, resource, profile)))
                ),
            )
            for pathway, resource in pairs
        ),
    )


def _usage_cells(usage: Usage | None) -> tuple[Cell, Cell]:
    if usage is None:
        why = "no score says how long a pass over the test split is"
        return missing(EM_DASH, hint=why), missing(EM_DASH, hint=why)
    return (
        _cost(usage.total, usage.resource, scale=None, why=""),
        number(usage.development_share, format_share(usage.development_share)),
    )


def _sharing_table(life: LifeAnswers) -> Table:
    """How break-evens move with the number of downstream tasks."""
    return Table(
        name="sharing",
        caption=(
            "Break-evens of the headline cost when a row of development serves several tasks; the "
            "number of tasks is assumed."
        ),
        columns=(
            Column(name="row", title="Shared row"),
            Column(name="n_tasks", title="Tasks", is_number=True),
            Column(name="candidate", title="Pathway"),
            Column(name="incumbent", title="Against"),
            Column(name="break_even", title="Break-even", is_number=True),
            Column(name="sentence", title="In words"),
        ),
        rows=tuple(
            _sharing_row(step, found) for step in life.sharing for found in step.break_evens
        ),
    )


def _sharing_row(step: ShareStep, found: BreakEven) -> tuple[Cell, ...]:
    mark = " (asked)" if step.is_asked else ""
    return (
        words(step.row),
        Cell(text=f"{step.n_tasks}{mark}", value=float(step.n_tasks)),
        words(found.candidate),
        words(found.incumbent),
        break_even_cell(found),
        words(found.sentence),
    )


def _latency_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """Every configuration against latency and the headline cost, and energy where measured."""
    shown = dict.fromkeys((headline(analysis), Resource.ENERGY_J))
    item = one_item(analysis.definition.item)
    return Table(
        name="latency",
        caption=(
            f"Cost per {item} against the time one batch waits; a larger batch is cheaper per "
            f"{item} and slower to answer."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="configuration", title="Configuration"),
            Column(name="resource", title="Cost"),
            Column(name="cost", title=f"Per {item}", is_number=True),
            Column(name="latency_p50_s", title="Latency of a batch, median", is_number=True),
            Column(name="latency_p99_s", title="99th percentile", is_number=True),
            Column(name="on_front", title="On the front of cost and latency"),
            Column(name="worth_having", title="And of score"),
        ),
        rows=tuple(_latency_row(p) for p in life.latency if p.resource in shown),
    )


def _latency_row(point: LatencyPoint) -> tuple[Cell, ...]:
    tail = "a 99th percentile needs rows of at least 100 batches; raise n_batches"
    p50, p99 = Resource.LATENCY_P50_S, Resource.LATENCY_P99_S
    return (
        words(point.pathway),
        words(point.label),
        _resource_cell(point.resource),
        _cost(point.cost, point.resource, scale=None, why=""),
        _cost(point.latency_p50, p50, scale=None, why=""),
        _cost(point.latency_p99, p99, scale=None, why=tail),
        words("yes" if point.is_on_front else "no"),
        words({True: "yes", False: "no", None: EM_DASH}[point.is_worth_having]),
    )
