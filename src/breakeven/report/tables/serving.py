"""Serving table: what each configuration takes of every means, and how many it serves a second.

Costs and throughput are totals of the work window over its examples; latencies are quantiles over
what was asked at once, and no throughput is made of them.
"""

from breakeven.analysis.results import ConfigurationResult, StudyAnalysis
from breakeven.analysis.sweeps.cells import TWIN
from breakeven.analysis.sweeps.generation import per_second
from breakeven.analysis.words import one_item
from breakeven.records import Resource, Run, Stage, Status
from breakeven.report.lookup import headline
from breakeven.report.quantity import WORDS, format_estimate, format_volume
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.pathways import column_scale, cost_cell, score_cell, seeds_words
from breakeven.report.tables.sweep import named, per_correct_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

_LINEAR = "estimator"
"""Setting of models that are no network."""

_FROM_CHECKPOINTS = frozenset({Stage.FINETUNE, Stage.DISTIL, Stage.EXPORT})
_UNTOLD = "nothing told what ran it; a folder that was fetched may hold a graph"

_WAITS = (Resource.LATENCY_P50_S, Resource.LATENCY_P99_S)
_PEAKS = (Resource.PEAK_MEMORY_BYTES, Resource.PEAK_DEVICE_MEMORY_BYTES)


def serving_table(analysis: StudyAnalysis) -> Table:
    """Every configuration: cost per item and per correct answer, speed, waiting time, memory."""
    resource, item = headline(analysis), analysis.definition.item
    title, found = WORDS[resource].title, [c for c in analysis.sweep if c.label != TWIN]
    others = tuple(r for r in (*_WAITS, *_PEAKS) if any(r in c.marginal for c in found))
    shows_tokenizing = any(resource in c.tokenizing for c in found)
    engines = {c.pathway: _engine(analysis, c.pathway) for c in found}
    checkpoints = {
        name for name, made in engines.items() if made and _is_checkpoint(analysis, made)
    }
    scale = column_scale((c.marginal for c in found), resource)
    return Table(
        name="serving",
        caption="What each configuration takes to serve. Cost, time and throughput are totals over "
        "the whole work; p50 and p99 are how long what was asked at once waited for its answer."
        + seeds_words(analysis),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="configuration", title="Configuration"),
            Column(name="backend", title="Backend"),
            Column(name="precision", title="Precision"),
            Column(
                name=f"per_{item}_{resource}", title=f"{title} per {one_item(item)}", is_number=True
            ),
            *(
                [Column(name="tokenizing", title="Of it tokenizing", is_number=True)]
                if shows_tokenizing
                else []
            ),
            Column(name="per_correct", title=f"{title} per correct answer", is_number=True),
            Column(name="duration_s", title=f"Time per {one_item(item)}", is_number=True),
            Column(
                name="throughput",
                title=f"{one_item(item).capitalize()}s per second",
                is_number=True,
            ),
            *(Column(name=r.value, title=WORDS[r].title, is_number=True) for r in others),
            Column(name="score", title="Score", is_number=True),
        ),
        rows=tuple(
            (
                words(c.pathway),
                named(c.label),
                *_ran_in(engines[c.pathway], c, is_checkpoint=c.pathway in checkpoints),
                cost_cell(analysis, c.marginal, resource, scale=scale),
                *([_tokenizing_cell(c, resource)] if shows_tokenizing else []),
                per_correct_cell(c, resource),
                cost_cell(analysis, c.marginal, Resource.DURATION_S),
                _throughput_cell(c),
                *(cost_cell(analysis, c.marginal, other) for other in others),
                score_cell(analysis, c.score),
            )
            for c in found
        ),
    )


def _engine(analysis: StudyAnalysis, pathway: str) -> Run | None:
    """Run that made what the pathway deploys; its graph has backend and precision built in."""
    rows = {p.name: p.row for p in analysis.definition.pathways}
    made = [r for r in analysis.runs if r.result_of == rows.get(pathway) and r.status is Status.OK]
    return made[-1] if made else None


def _is_checkpoint(analysis: StudyAnalysis, made: Run) -> bool:
    """Whether records tell that a run made no graph: of a graph nothing is trained or exported."""
    if made.stage is not Stage.FETCH or made.settings.resolved.get("weights") == "random":
        return True
    used = [r for r in analysis.runs if made.run_id in r.parents and r.status is Status.OK]
    return any(run.stage in _FROM_CHECKPOINTS for run in used)


def _ran_in(
    made: Run | None, configuration: ConfigurationResult, *, is_checkpoint: bool
) -> tuple[Cell, Cell]:
    settings = {} if made is None else made.settings.resolved
    if made is not None and (made.stage is Stage.EXPORT or "backend" in settings):
        return words(str(settings.get("backend", EM_DASH))), words(str(settings["precision"]))
    if made is not None and made.stage is Stage.ADAPT:
        own = missing(EM_DASH, hint="that of each model it is made of")
        return words(str(settings.get("method", EM_DASH))), own
    if _LINEAR in settings:
        return words("scikit-learn"), missing(EM_DASH, hint="a linear model has one")
    precision = configuration.settings.get("precision")
    if precision is None or (made is not None and not is_checkpoint):
        return (missing(EM_DASH, hint=_UNTOLD),) * 2
    return words("torch"), words(str(precision))


def _tokenizing_cell(configuration: ConfigurationResult, resource: Resource) -> Cell:
    found = configuration.tokenizing.get(resource)
    if found is None:
        return missing(EM_DASH, hint="tokenizing was not measured apart: set show_tokenizing")
    return number(found, format_estimate(found, resource))


def _throughput_cell(configuration: ConfigurationResult) -> Cell:
    time = configuration.marginal.get(Resource.DURATION_S)
    speed = None if time is None else per_second(time, "items per second")
    if speed is None:
        return missing(EM_DASH, hint="how long the work took is not known well enough")
    return number(speed, format_volume(speed))
