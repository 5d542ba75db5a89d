"""Lookup: questions that tables and figures ask of an analysis again and again."""

from collections.abc import Iterator, Mapping, Sequence

from breakeven.analysis.energy.load import is_busy
from breakeven.analysis.results import (
    BreakEven,
    PathwayResult,
    StageCost,
    StudyAnalysis,
)
from breakeven.analysis.words import counted, listed, resource_words
from breakeven.records import Estimate, NoteCode, Resource, Stage
from breakeven.report.quantity import NOT_MEASURED

MUCH_BUSY_FRAC = 0.1
"""Share of disturbed runs from which on the answer says so at first sight."""
N_PANELS = 3
"""Cost measures drawn side by side, as in Dürlich et al. 2023, figures 2 and 3."""

_PREFERRED = (
    Resource.ENERGY_J,
    Resource.FLOPS,
    Resource.DURATION_S,
    Resource.CPU_S,
    Resource.PRICE_EUR,
    Resource.PRICE_USD,
    Resource.CARBON_KGCO2E,
    Resource.PEAK_MEMORY_BYTES,
)

CARBON_ADVICE = (
    "carbon depends on where and when the electricity was made, so no factor is assumed here; with "
    "a dated one, `breakeven impact STORE --grid CODE` gives it"
)
_ADVICE = {
    Resource.ENERGY_J: (
        "no energy sensor was readable on this machine; `breakeven doctor` names the ones it "
        "looked for and the command that opens each"
    ),
    Resource.FLOPS: "they are counted by closed form, for transformers only",
    Resource.PEAK_DEVICE_MEMORY_BYTES: "no accelerator was used",
    Resource.LATENCY_P50_S: "its rows were measured before latencies were recorded, or only stated",
    Resource.LATENCY_P99_S: "a 99th percentile needs rows of at least 100 batches; raise n_batches",
    Resource.PRICE_EUR: "no price was stated in the study file",
    Resource.PRICE_USD: "no price was stated in the study file",
    Resource.CARBON_KGCO2E: CARBON_ADVICE,
}
_STATED = frozenset({Resource.PRICE_EUR, Resource.PRICE_USD})
_COUNTED = frozenset(
    {
        Resource.FLOPS,
        Resource.N_PARAMETERS,
        Resource.N_LABELLED_EXAMPLES,
        Resource.N_UNLABELLED_EXAMPLES,
    }
)
_SENSOR_WORDS = {Resource.ENERGY_J: ("rapl", "nvml", "energy", "power", "joule")}


def headline(analysis: StudyAnalysis) -> Resource:
    """Resource in which the first answer is given."""
    return analysis.recommendation.resource


def is_alone(analysis: StudyAnalysis) -> bool:
    """Whether the study has one pathway, so that nothing is chosen or compared."""
    return len(analysis.pathways) == 1


def busy_words(analysis: StudyAnalysis) -> str:
    """What the intervals of the answer hold for where the machine was busy; empty where not."""
    n_busy, n_runs = _busy_behind(analysis)
    if not n_busy:
        return ""
    return (
        f"The machine was busy during {n_busy} of {counted(n_runs, 'run')} behind these "
        "averages, so their intervals hold for this launch."
    )


def is_much_busy(analysis: StudyAnalysis) -> bool:
    """Whether the machine was busy for more than a tenth of the runs behind the averages."""
    n_busy, n_runs = _busy_behind(analysis)
    return n_busy > MUCH_BUSY_FRAC * n_runs


def _busy_behind(analysis: StudyAnalysis) -> tuple[int, int]:
    """Runs behind the averages of the answer during which the machine was busy, and all."""
    told = analysis.recommendation
    averages = (told.average, told.runner_up_average)
    behind = {run_id for average in averages if average for run_id in average.run_ids}
    runs = [run for run in analysis.runs if run.run_id in behind]
    return sum(map(is_busy, runs)), len(runs)


def observed(analysis: StudyAnalysis) -> tuple[Resource, ...]:
    """Every resource that some pathway has, headline first, then in order of interest."""
    present = {
        resource
        for pathway in analysis.pathways
        for resource in (*pathway.development, *pathway.marginal)
    }
    order = dict.fromkeys((headline(analysis), *_PREFERRED, *Resource))
    return tuple(resource for resource in order if resource in present)


def compared(analysis: StudyAnalysis) -> tuple[Resource, ...]:
    """The measures drawn side by side: those with a total and an average for two pathways."""
    return tuple(
        resource
        for resource in observed(analysis)
        if resource.is_additive
        and sum(resource in p.development and resource in p.marginal for p in analysis.pathways)
        >= min(2, len(analysis.pathways))
    )[:N_PANELS]


def lacking(analysis: StudyAnalysis, resource: Resource) -> tuple[str, ...]:
    """Names of pathways without a development total or a cost per item in a resource."""
    return tuple(
        p.name
        for p in analysis.pathways
        if resource not in p.development or resource not in p.marginal
    )


def unseen(analysis: StudyAnalysis, resource: Resource) -> str:
    """What a finding must add where a pathway that ran here was not seen in a resource."""
    names = [n for n in lacking(analysis, resource) if n not in _stated(analysis)]
    return f"; not known for {listed(names)}" if names else ""


def undrawn(analysis: StudyAnalysis) -> list[str]:
    """Sentences on the pathways that figures leave out, by which measures, and why."""
    found: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for resource in compared(analysis):
        if names := lacking(analysis, resource):
            why = _why_undrawn(analysis, resource, names)
            found.setdefault((names, why), []).append(resource_words(resource))
    return [
        f"Not drawn by {listed(costs)}: {listed(names)}; {why}."
        for (names, why), costs in found.items()
    ]


def unplotted(analysis: StudyAnalysis) -> list[str]:
    """The same with the pathways that no plane can show for want of a score."""
    unscored = [p.name for p in analysis.pathways if p.score is None]
    sentence = [f"Not drawn for want of a score: {listed(unscored)}."] if unscored else []
    return [*sentence, *undrawn(analysis)]


def _stated(analysis: StudyAnalysis) -> set[str]:
    return {p.name for p in analysis.pathways if is_stated(p)}


def _why_undrawn(analysis: StudyAnalysis, resource: Resource, names: Sequence[str]) -> str:
    if analysis.is_measured_only:
        return "only measured and counted numbers are shown, as asked"
    if _stated(analysis).issuperset(names):
        return "only what was stated is known"
    return _ADVICE.get(resource, f"nothing here observed all of its {resource_words(resource)}")


def baseline(analysis: StudyAnalysis) -> PathwayResult | None:
    """The pathway that is cheapest to build, against which the others must pay back."""
    resource = headline(analysis)
    built = [
        (value, p)
        for p in analysis.pathways
        if (value := value_of(p.development, resource)) is not None and not drops_out(analysis, p)
    ]
    return min(built, key=lambda pair: pair[0])[1] if built else None


def drops_out(analysis: StudyAnalysis, pathway: PathwayResult) -> bool:
    """Whether a pathway scores below the study's threshold and so takes no part."""
    products = () if analysis.life is None else analysis.life.products
    return any(p.pathway == pathway.name and not p.is_valid for p in products)


def value_of(costs: Mapping[Resource, Estimate], resource: Resource) -> float | None:
    """Point value of one resource; None when it was not observed."""
    estimate = costs.get(resource)
    return None if estimate is None else estimate.value


def pathway_named(analysis: StudyAnalysis, name: str | None) -> PathwayResult | None:
    """The pathway of that name; None when it has no result."""
    return next((p for p in analysis.pathways if p.name == name), None)


def break_even_between(
    analysis: StudyAnalysis, candidate: str, incumbent: str, resource: Resource
) -> BreakEven | None:
    """What was concluded for this ordered pair; None when it was not compared."""
    return next(
        (
            b
            for b in analysis.break_evens
            if (b.candidate, b.incumbent, b.resource) == (candidate, incumbent, resource)
        ),
        None,
    )


def is_stated(pathway: PathwayResult) -> bool:
    """Whether a pathway is known only by numbers that somebody stated."""
    return any(stage.stage is Stage.STATED for stage in pathway.stages)


def _is_told(pathway: PathwayResult | None) -> bool:
    return pathway is not None and is_stated(pathway)


def absence(
    analysis: StudyAnalysis, resource: Resource, *, pathway: PathwayResult | None = None
) -> tuple[str, str]:
    """What to show in place of a number that is not there, and why it is not."""
    if analysis.is_measured_only and (resource in _STATED or _is_told(pathway)):
        return NOT_MEASURED, "modelled, assumed and replayed numbers are left out, as asked"
    if pathway is not None and _is_told(pathway):
        return "not stated", f"{pathway.name} is known only by the numbers stated for it"
    text = _absent_words(resource)
    noted = " ".join(_sensor_notes(analysis, resource))
    return text, noted or _ADVICE.get(resource, f"nothing here observed {resource_words(resource)}")


def _absent_words(resource: Resource) -> str:
    """What is said of a number that is not there: who would have had to give it."""
    if resource in _STATED:
        return "not stated"
    if resource in _COUNTED:
        return "not counted"
    return "not computed" if resource is Resource.CARBON_KGCO2E else NOT_MEASURED


def _sensor_notes(analysis: StudyAnalysis, resource: Resource) -> Iterator[str]:
    words = _SENSOR_WORDS.get(resource, ())
    for note in analysis.notes:
        text = note.message.lower()
        if note.code is NoteCode.METER_UNAVAILABLE and any(word in text for word in words):
            yield f"{note.message} {note.advice}"


def shared_with(analysis: StudyAnalysis, pathway: PathwayResult, stage: StageCost) -> list[str]:
    """Names of the other pathways that rest on the same runs of a stage."""
    return [
        other.name
        for other in analysis.pathways
        if other.name != pathway.name
        and any(set(stage.run_ids) & set(s.run_ids) for s in other.stages)
    ]


def failures(stage: StageCost) -> str:
    """Runs of a stage that did not end well, in words; empty when all did."""
    bad = [
        f"{n} {status.value}"
        for status, n in sorted(stage.statuses.items())
        if status != "ok" and n
    ]
    return ", ".join(bad)
