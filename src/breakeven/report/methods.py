"""Methods: what the numbers mean and by which conventions, in sentences for a paper."""

from collections.abc import Iterator

from breakeven.analysis.energy.above_idle import energy_above_idle
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.rows import TAKEN_FROM_ELSEWHERE
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import item_words, listed, one_item, resource_words
from breakeven.records import NoteCode, Origin, PhaseName, Resource, Run, Stage, Status
from breakeven.report.design import (
    Lay,
    design_sentences,
    is_sensed,
    ran_once,
    start_up_sentence,
    uses,
)
from breakeven.report.lookup import absence, headline, is_alone, observed
from breakeven.report.quantity import format_items
from breakeven.report.scored import is_stated, quality, scores, selection, told_once
from breakeven.units import format_si

_APART = {
    PhaseName.IMPORT: "import",
    PhaseName.LOAD: "loading",
    PhaseName.IDLE: "idle",
    PhaseName.WARMUP: "warm-up",
}
_UNPAIRED, _WORST, _CLOSED_FORM = "as if on different examples", "worst case", "kaplan"
"""By which words of a method or sensor it is known."""
_NO_CONVENTION = (
    "What that counts is not recorded with these runs: whether a multiply-accumulate is one or "
    "two, how much a backward pass takes, and whether embeddings are in."
)


def methods(analysis: StudyAnalysis) -> tuple[str, ...]:
    """One paragraph per subject: costs, quality, intervals, sweep, break-even, fronts, energy."""
    return (
        _costs(analysis),
        quality(analysis),
        _intervals(analysis),
        *selection(analysis),
        *scores(analysis),
        *_sweep(analysis),
        *_comparisons(analysis),
        flops_sentence(analysis),
        _energy(analysis),
        *_carbon(analysis),
    )


def _intervals(analysis: StudyAnalysis) -> str:
    """What intervals are over, as far as the records show it."""
    said = ["Intervals are 95 %.", *design_sentences(analysis)]
    if ran_once(analysis):
        said.append(
            "A stage that ran once has no interval between runs, only what its sensor can "
            "resolve; intervals that rest on it say that they cover inference runs only."
        )
    if any(pathway.n_seeds > 1 for pathway in analysis.pathways):
        said.append(
            "Where a row trained several seeds, scores and costs per item are means over them, "
            "and seeds are a random factor beside examples or blocks."
        )
    return " ".join(said)


def _comparisons(analysis: StudyAnalysis) -> Iterator[str]:
    """How pathways are compared; nothing where there is one."""
    if is_alone(analysis):
        return
    if analysis.break_evens:
        yield _break_even_words(analysis)
    points = [point for front in analysis.fronts for point in front.points]
    if points:
        text = (
            "A pathway is Pareto-efficient when no other is at least as good and cheaper, by point "
            "values"
        )
        is_drawn = any(point.membership is not None for point in points)
        yield f"{text}; {_draws(analysis)}" if is_drawn else f"{text}."


def _break_even_words(analysis: StudyAnalysis) -> str:
    ranged = [b.estimate.method for b in analysis.break_evens if b.estimate.low is not None]
    if ranged and all(_WORST in method for method in ranged):
        return (
            "A break-even volume is extra development over saving per item; its range is the worst "
            "that the resolution of the numbers allows."
        )
    return (
        "A break-even volume is the Fieller set of extra development over saving per item; it may "
        "be finite, a half-line or empty, and is then told as never or not shown."
    )


def _draws(analysis: StudyAnalysis) -> str:
    """What the share of draws rests on."""
    lays = {use.lay for use in uses(analysis)}
    in_blocks = Lay.BLOCKS in lays
    is_paired = any(_UNPAIRED not in d.estimate.method for d in analysis.score_differences)
    judged = [p.score for p in analysis.pathways if p.score is not None]
    drawn = [
        *(["blocks" if in_blocks else "runs"] if lays - {Lay.TOLD} else []),
        *(["repeats of development"] if _is_repeated(analysis) else []),
        *(["test examples"] if not all(map(is_stated, judged)) else []),
    ]
    same = [
        *(["the same blocks"] if in_blocks else []),
        *(["the same examples"] if is_paired else []),
    ]
    joint = f", {' and '.join(same)} for all pathways" if same else ""
    seeds = any(pathway.n_seeds > 1 for pathway in analysis.pathways)
    scatter = f"{',' if same else ''} and with several training seeds their scatter"
    return (
        "the percentage beside a point is the share of 500 draws in which it is. Each draws "
        f"{listed(drawn) or 'numbers within their range'} anew{joint}{scatter if seeds else ''}."
    )


def _is_repeated(analysis: StudyAnalysis) -> bool:
    stages = (stage for pathway in analysis.pathways for stage in pathway.stages)
    return any(stage.statuses.get(Status.OK, 0) > 1 for stage in stages)


def _costs(analysis: StudyAnalysis) -> str:
    item = one_item(analysis.definition.item)
    searched = "; of a row that was tuned the sum of its trials" if analysis.searches else ""
    said = (
        f"The life-cycle cost of a pathway after n {item_words(analysis.definition.item)} is its "
        f"development, plus n times its cost per {item} (Dürlich et al. 2023, eq. 6). Development "
        "is the sum over the rows it rests on, ancestors included: the mean of a row's repeats"
        f"{searched}, plus its failed and interrupted runs. "
        f"The headline cost is {resource_words(headline(analysis))}; the planned volume is "
        f"{format_items(analysis.recommendation.volume, analysis.definition.item)}."
    )
    return " ".join(part for part in (said, _apart(analysis), start_up_sentence(analysis)) if part)


def _apart(analysis: StudyAnalysis) -> str:
    """What was measured beside the work of inference, and is in no cost per item."""
    seen = {
        phase.name
        for run in analysis.runs
        if run.stage in (Stage.INFER, Stage.SERVE) and not run.joined
        for phase in run.phases
    }
    found = [words for phase, words in _APART.items() if phase in seen]
    if not found:
        return ""
    verb = "are" if len(found) > 1 else "is"
    told = f"{listed(found)} {verb} measured apart and never part of the cost per item."
    return f"{told[:1].upper()}{told[1:]}"


def _sweep(analysis: StudyAnalysis) -> Iterator[str]:
    axes = [axis for found in analysis.findings for axis in found.axes]
    losses = told_once(point.loss for axis in axes for point in axis.points)
    if losses:
        yield (
            "Cuts of inference are held against the uncut configuration of their series. Their "
            f"loss of {metric_words(analysis.definition.metric)} is a {'; or '.join(losses)}. "
            "Each comparison stands at 95 % by itself: of many harmless cuts about one in "
            "forty looks like a loss. A region counts as free up to the first cut whose "
            "whole interval lies above 0, which does not prove that nothing is lost."
        )
    if any(axis.fits for axis in axes):
        yield (
            "Cost along an axis is a straight line by least squares in each block, its slope with "
            "a t interval over blocks; R2 and the farthest distance are those of the means over "
            "blocks. Layers of a whole model follow from its counted parameters."
        )
    if any(found.combined for found in analysis.findings):
        yield (
            "A configuration with several settings changed is held against the product, taken in "
            "each block, of the ratios of the configurations that change one of them alone."
        )


def flops_sentence(analysis: StudyAnalysis) -> str:
    """How FLOPs were counted; their convention is named, or that nobody recorded it."""
    counts = [c for run in analysis.runs for c in run.counts if c.resource is Resource.FLOPS]
    own = sorted({c.sensor for c in counts if c.origin not in TAKEN_FROM_ELSEWHERE})
    theirs = sorted({c.sensor for c in counts if c.origin in TAKEN_FROM_ELSEWHERE})
    said = dict.fromkeys(_convention_notes(analysis))
    if not counts and not said:
        return "FLOPs were not counted."
    closed = [sensor for sensor in own if _CLOSED_FORM in sensor]
    others = [sensor for sensor in own if sensor not in closed]
    named = [
        *([f"FLOPs are counted by closed form, convention {'; '.join(closed)}."] if closed else []),
        *([f"FLOPs are as their counter gave them ({'; '.join(others)})."] if others else []),
    ]
    taken = [f"FLOPs that others counted are taken as told ({'; '.join(theirs)})."]
    return " ".join((*named, *(taken if theirs else []), *(said or (_NO_CONVENTION,))))


def _convention_notes(analysis: StudyAnalysis) -> Iterator[str]:
    for notes in (analysis.notes, *(run.notes for run in analysis.runs)):
        yield from (n.message for n in notes if n.code is NoteCode.FLOPS_CONVENTION)


def _energy(analysis: StudyAnalysis) -> str:
    if Resource.ENERGY_J not in observed(analysis):
        _, why = absence(analysis, Resource.ENERGY_J)
        return f"Energy was not measured: {why}"
    sensors = sorted({cost for run in analysis.runs for cost in _energy_sensors(run)})
    here = is_sensed(analysis, Resource.ENERGY_J)
    text = "Energy is gross, idle draw included" if here else "Energy is taken as others told it"
    said = f"{text}; sensors: {', '.join(sensors)}." if sensors else f"{text}."
    return " ".join((said, *_above_idle(analysis)))


def _above_idle(analysis: StudyAnalysis) -> Iterator[str]:
    """Gross energy of the work beside what is above idle, with the readings taken off."""
    for found in energy_above_idle(analysis.runs):
        gross, net = (format_si(cost.value, "J") for cost in (found.gross, found.net))
        low, high = (format_si(value, "J") for value in (found.net.low, found.net.high))
        draws = " and ".join(
            f"{format_si(reading.power_w, 'W')} seen for {reading.duration_s:.0f} s on "
            f"{reading.measured_at[:10]}"
            for reading in found.readings
        )
        yield (
            f"Of {gross} that {found.channel} counted in {found.n_windows} work phases, {net} "
            f"({low} to {high}) are above its idle draw ({draws})."
        )


def _carbon(analysis: StudyAnalysis) -> Iterator[str]:
    if Resource.CARBON_KGCO2E not in observed(analysis):
        text, why = absence(analysis, Resource.CARBON_KGCO2E)
        yield f"Carbon is {text}: {why}."


def _energy_sensors(run: Run) -> Iterator[str]:
    for phase in run.phases:
        for cost in phase.measurement.costs:
            if cost.resource is Resource.ENERGY_J:
                played = " (replayed)" if cost.origin is Origin.REPLAYED else ""
                yield f"{cost.sensor} {cost.channel}{played}"
