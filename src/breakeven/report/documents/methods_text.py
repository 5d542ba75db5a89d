"""Methods text: the methods of a study as a section of a paper, with what was not measured."""

from collections.abc import Iterator

from breakeven.analysis.impacts.sentences import sentences, unmetered
from breakeven.analysis.impacts.strubell import draw_words
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import listed, resource_words
from breakeven.records import Cost, Kind, Resource
from breakeven.report.documents.basis import Basis
from breakeven.report.documents.prose import Prose, Section
from breakeven.report.kinds import signs
from breakeven.report.lookup import observed
from breakeven.report.methods import methods
from breakeven.report.quantity import WORDS

_ASKED_FOR = (
    *(Resource.DURATION_S, Resource.CPU_S, Resource.ENERGY_J, Resource.FLOPS),
    *(Resource.PEAK_MEMORY_BYTES, Resource.N_PARAMETERS, Resource.CARBON_KGCO2E),
)
"""Measures that papers on efficiency ask for; those without a number are named."""


def methods_text(found: Basis) -> Prose:
    """Methods in paragraphs, the meters, and what nobody measured.

    Args:
        found: What the numbers rest on.
    """
    footprints = tuple(found.phases.values())
    return Prose(
        name="methods",
        title="Methods",
        sections=(
            Section(title="", paragraphs=tuple(_paragraphs(found))),
            Section(title="Meters", points=tuple(_meters(found))),
            Section(
                title="Assumptions and limits",
                paragraphs=(
                    *sentences(footprints, found.stated.assumed),
                    *_assumed(found),
                    *unmetered(found.runs),
                ),
                unknown=tuple(_unmeasured(found)),
            ),
        ),
    )


def _paragraphs(found: Basis) -> Iterator[str]:
    """Methods without the page's word on carbon: here the assumptions tell of it."""
    for paragraph in methods(found.analysis):
        if not paragraph.startswith("Carbon is "):
            yield paragraph


def _meters(found: Basis) -> Iterator[str]:
    """Each resource with the sensors that counted it and the kind of what they say."""
    costs = [
        cost
        for run in found.runs
        for costs in (run.counts, *(phase.measurement.costs for phase in run.phases))
        for cost in costs
    ]
    for resource in Resource:
        own = [cost for cost in costs if cost.resource is resource]
        if own:
            sensors = listed(once(f"{cost.sensor} ({_kinds(cost)})" for cost in own))
            yield f"{WORDS[resource].title}: {sensors}."


def _kinds(cost: Cost) -> str:
    """How a number came about, as beside every number of the tables."""
    return "+".join(badge.name for badge in signs([cost.kind], [cost.origin]))


def _assumed(found: Basis) -> Iterator[str]:
    """Every number that the author states, with year and source where it has them."""
    assumed = found.stated.assumed
    is_modelled = any(one.is_modelled for one in found.phases.values())
    draw = [f"average draw {draw_words(assumed.draws)} (the author)"] if is_modelled else []
    if told := [*draw, *(by.words for by in assumed.inputs)]:
        yield f"Assumed: {'; '.join(told)}."


def _unmeasured(found: Basis) -> Iterator[str]:
    seen = observed(found.analysis)
    has_carbon = any(one.location or one.market for one in found.phases.values())
    for resource in _ASKED_FOR:
        is_carbon = resource is Resource.CARBON_KGCO2E
        if resource not in seen and not (is_carbon and has_carbon):
            yield f"{resource_words(resource)}: no number, which is not 0"
    kinds = {kind for p in found.analysis.pathways for e in p.marginal.values() for kind in e.kinds}
    if Kind.MODELLED in kinds:
        yield "what modelled numbers would be if a sensor had counted them"
