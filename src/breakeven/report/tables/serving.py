"""Serving table: what each configuration takes of every means, and how many it serves a second.

Costs and throughput are totals of the work window over its examples; latencies are quantiles over
what was asked at once, and no throughput is made of them.
"""

from breakeven.analysis.cells import TWIN
from breakeven.analysis.generation import per_second
from breakeven.analysis.results import ConfigurationResult, StudyAnalysis
from breakeven.analysis.words import one_item
from breakeven.records import Resource
from breakeven.report.lookup import headline
from breakeven.report.quantity import WORDS, format_estimate, format_volume
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.pathways import column_scale, cost_cell, score_cell
from breakeven.report.tables.sweep import named, per_correct_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

_WAITS = (Resource.LATENCY_P50_S, Resource.LATENCY_P99_S)
_PEAKS = (Resource.PEAK_MEMORY_BYTES, Resource.PEAK_DEVICE_MEMORY_BYTES)


def serving_table(analysis: StudyAnalysis) -> Table:
    """Every configuration: cost per item and per correct answer, speed, waiting time, memory."""
    resource, item = headline(analysis), analysis.definition.item
    title, found = WORDS[resource].title, [c for c in analysis.sweep if c.label != TWIN]
    others = tuple(r for r in (*_WAITS, *_PEAKS) if any(r in c.marginal for c in found))
    shows_tokenizing = any(resource in c.tokenizing for c in found)
    scale = column_scale((c.marginal for c in found), resource)
    return Table(
        name="serving",
        caption="What each configuration takes to serve. Cost, time and throughput are totals over "
        "the whole work; p50 and p99 are how long what was asked at once waited for its answer.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="configuration", title="Configuration"),
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
