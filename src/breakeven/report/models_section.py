"""Models section: score, work and parameters side by side, and what nobody counted."""

from collections.abc import Iterator

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.words import listed
from breakeven.records import Resource
from breakeven.report.figures.models import models_figure
from breakeven.report.lookup import absence
from breakeven.report.models_words import compared_models
from breakeven.report.section import Section


def models_section(analysis: StudyAnalysis) -> Section | None:
    """Pathways side by side; None where fewer than two have work or parameters."""
    figure = models_figure(analysis)
    if figure is None:
        return None
    return Section(
        name="models",
        title="Models side by side",
        short_title="Models",
        after="pareto",
        intro=(
            "Score above, work of one item below it, parameters at the bottom, models with least "
            "work first: what each step in work and in size buys."
        ),
        figures=(figure,),
        reasons=tuple(_missing(analysis)),
    )


def _missing(analysis: StudyAnalysis) -> Iterator[str]:
    shown = compared_models(analysis)
    for resource, words in ((Resource.FLOPS, "FLOPs"), (Resource.N_PARAMETERS, "parameters")):
        names = [m.name for m in shown if resource not in {**m.development, **m.marginal}]
        if names:
            text, why = absence(analysis, resource)
            yield f"The {words} of {listed(names)} are {text}: {why.rstrip('.')}."
    unknown = [p.name for p in analysis.pathways if p not in shown]
    if unknown:
        yield f"Not drawn: {listed(unknown)}, of which neither work nor parameters are known."
