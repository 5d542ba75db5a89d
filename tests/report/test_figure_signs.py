from dataclasses import replace

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Kind, Resource
from breakeven.report.figure_signs import figure_signs


def modelled(analysis: StudyAnalysis) -> StudyAnalysis:
    """The analysis in which CPU time of the first pathway was modelled."""
    first = analysis.pathways[0]
    cost = replace(first.development[Resource.CPU_S], kinds=(Kind.MODELLED,))
    changed = replace(first, development={**first.development, Resource.CPU_S: cost})
    return replace(analysis, pathways=(changed, *analysis.pathways[1:]))


def test_a_figure_bears_the_signs_of_the_costs_it_draws(analysis: StudyAnalysis) -> None:
    names = {
        name: [badge.name for badge in figure_signs(modelled(analysis), name)]
        for name in (
            *("curves-cpu_s", "curves-flops", "pareto-lifetime-at-1-million-cpu_s"),
            *("pareto-development-cpu_s", "pareto-deployment-cpu_s"),
        )
    }

    assert "modelled" in names["curves-cpu_s"]
    assert "modelled" in names["pareto-lifetime-at-1-million-cpu_s"]
    assert "modelled" in names["pareto-development-cpu_s"]
    assert "modelled" not in names["pareto-deployment-cpu_s"]
    assert "modelled" not in names["curves-flops"]


def test_the_figure_of_stages_draws_the_headline_cost(analysis: StudyAnalysis) -> None:
    assert "modelled" in [badge.name for badge in figure_signs(modelled(analysis), "stages")]


def test_a_figure_of_no_resource_bears_none(analysis: StudyAnalysis) -> None:
    assert figure_signs(analysis, "frontier-1") == ()
