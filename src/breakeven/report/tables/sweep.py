"""Sweep tables: every inference configuration with its costs, its ratios and its quality."""

from breakeven.analysis.results import ConfigurationResult, StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title
from breakeven.analysis.words import one_item
from breakeven.records import Estimate, Resource
from breakeven.report.lookup import compared, headline, observed, pathway_named
from breakeven.report.quantity import WORDS, format_estimate, format_ratio
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.pathways import column_scale, cost_cell, score_cell, seeds_words
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import Scale

REFERENCE = "reference"
PADDED = "ratio_to_padded"


def sweep_table(analysis: StudyAnalysis) -> Table:
    """Every inference configuration: cost per item, ratios and score."""
    resource = headline(analysis)
    others = [r for r in compared(analysis) if r is not resource]
    title, item = WORDS[resource].title, analysis.definition.item
    has_padded = any(c.ratio_to_padded for c in analysis.sweep)
    padded = Column(name=f"{PADDED}_{resource}", title=f"{title} against padded", is_number=True)
    scale = column_scale((c.marginal for c in analysis.sweep), resource)
    return Table(
        name="sweep",
        caption="Inference configurations; ratios are against the reference of the same pathway"
        + (", or against all inputs padded to the longest length." if has_padded else ".")
        + seeds_words(analysis),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="configuration", title="Configuration"),
            Column(
                name=f"per_{item}_{resource}", title=f"{title} per {one_item(item)}", is_number=True
            ),
            Column(name=f"ratio_{resource}", title=f"{title} ratio", is_number=True),
            Column(name="score", title=metric_title(analysis.definition.metric), is_number=True),
            *([padded] if has_padded else []),
            *(
                Column(name=f"ratio_{r}", title=f"{WORDS[r].title} ratio", is_number=True)
                for r in others
            ),
            Column(name="on_front", title="On the front"),
        ),
        rows=tuple(
            (
                words(c.pathway),
                named(c.label),
                _cost_cell(analysis, c, resource, scale=scale),
                _ratio_cell(c, resource),
                score_cell(analysis, c.score),
                *([_padded_cell(c, resource)] if has_padded else []),
                *(_ratio_cell(c, other) for other in others),
                words(_on_front(c)),
            )
            for c in analysis.sweep
        ),
    )


def _on_front(found: ConfigurationResult) -> str:
    """What has no score is on no front and off none."""
    if found.score is None:
        return EM_DASH
    return "yes" if found.is_on_front else "no"


def sweep_costs_table(analysis: StudyAnalysis) -> Table:
    """Every cost of every inference configuration, one per row, for machines."""
    item = analysis.definition.item
    return Table(
        name="sweep_costs",
        caption="Every cost of every inference configuration, per item and per correct answer.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="configuration", title="Configuration"),
            Column(name="resource", title="Cost"),
            Column(name=f"per_{item}", title="Amount", is_number=True),
            Column(name="per_correct", title="Per correct answer", is_number=True),
            Column(name="ratio", title="Against the reference", is_number=True),
            Column(name=PADDED, title="Against padded", is_number=True),
            Column(name="n", title="Blocks"),
        ),
        rows=tuple(
            (
                words(c.pathway),
                named(c.label),
                Cell(text=WORDS[resource].title, value=resource.value),
                number(c.marginal[resource], format_estimate(c.marginal[resource], resource)),
                per_correct_cell(c, resource),
                _ratio_cell(c, resource),
                _padded_cell(c, resource),
                words(str(c.marginal[resource].n)),
            )
            for c in analysis.sweep
            for resource in dict.fromkeys((*observed(analysis), *c.marginal))
            if resource in c.marginal
        ),
    )


def named(label: str) -> Cell:
    """A configuration's label, which may break at its commas."""
    return Cell(text=label.replace(",", ", "), value=label)


def _cost_cell(
    analysis: StudyAnalysis,
    configuration: ConfigurationResult,
    resource: Resource,
    *,
    scale: Scale | None,
) -> Cell:
    pathway = pathway_named(analysis, configuration.pathway)
    return cost_cell(analysis, configuration.marginal, resource, pathway=pathway, scale=scale)


def per_correct_cell(configuration: ConfigurationResult, resource: Resource) -> Cell:
    """Cost of a correct answer, or why there is none."""
    estimate = configuration.per_correct.get(resource)
    if estimate is None:
        return missing(EM_DASH, hint="correct answers were not counted, or this is no sum")
    return number(estimate, format_estimate(estimate, resource))


def _ratio_cell(configuration: ConfigurationResult, resource: Resource) -> Cell:
    is_base = configuration.label == REFERENCE and resource in configuration.marginal
    return ratio_cell(configuration.ratio.get(resource), is_base=is_base, base=REFERENCE)


def _padded_cell(configuration: ConfigurationResult, resource: Resource) -> Cell:
    is_base = configuration.label == configuration.padded and resource in configuration.marginal
    return ratio_cell(configuration.ratio_to_padded.get(resource), is_base=is_base, base="padded")


def ratio_cell(ratio: Estimate | None, *, is_base: bool, base: str) -> Cell:
    """A ratio to some base, or what stands in its place."""
    if ratio is not None:
        return number(ratio, format_ratio(ratio))
    if is_base:
        return Cell(text=f"1 ({base})", value=1.0)
    return missing(EM_DASH, hint="no block holds both this configuration and what it is held to")
