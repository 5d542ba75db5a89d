"""Methods: what the numbers mean and by which conventions, in sentences for a paper."""

import re
from collections.abc import Iterable, Iterator

from breakeven.analysis.energy.above_idle import energy_above_idle
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import FRACTIONS, constant_words, metric_words
from breakeven.analysis.words import item_words, one_item, resource_words
from breakeven.records import Estimate, NoteCode, Origin, Resource, Run
from breakeven.report.lookup import absence, headline, is_alone, observed
from breakeven.report.quantity import format_items
from breakeven.units import format_si

_ELSEWHERE = (Origin.PUBLISHED, Origin.DERIVED, Origin.INFERRED, Origin.STATED)
_NO_CONVENTION = (
    "What that counts is not recorded with these runs: whether a multiply-accumulate is one or "
    "two, how much a backward pass takes, and whether embeddings are in."
)
_P_VALUE = re.compile(r"[,;] exact McNemar p = [^;,]+")


def methods(analysis: StudyAnalysis) -> tuple[str, ...]:
    """One paragraph per subject: costs, quality, intervals, sweep, break-even, fronts, energy."""
    return (
        _costs(analysis),
        _quality(analysis),
        (
            "Intervals are 95 %. A cost per item is a mean over randomized blocks in which the "
            "configurations of all pathways are interleaved; its interval is a t interval over "
            "blocks. Ratios are t intervals on the mean log ratio per block, with the p of a "
            "paired sign-flip test. A stage that ran once has no interval between runs, only what "
            "its sensor can resolve; intervals that rest on it say that they cover inference runs "
            "only. Where a row trained several seeds, scores and costs per item are means over "
            "them, and seeds are a random factor beside examples or blocks."
        ),
        *_selection(analysis),
        *_scores(analysis),
        *_sweep(analysis),
        *_comparisons(analysis),
        flops_sentence(analysis),
        _energy(analysis),
        *_carbon(analysis),
    )


def _comparisons(analysis: StudyAnalysis) -> Iterator[str]:
    """How pathways are compared; nothing where there is one."""
    if is_alone(analysis):
        return
    yield (
        "A break-even volume is the Fieller set of extra development over saving per item; it may "
        "be finite, a half-line or empty, and is then told as never or not shown."
    )
    yield (
        "A pathway is Pareto-efficient when no other is at least as good and cheaper, by point "
        "values; the percentage beside a point is the share of 500 draws in which it is. Each "
        "draws blocks, repeats of development and test examples anew, the same blocks and the "
        "same examples for all pathways, and with several training seeds their scatter."
    )


def _costs(analysis: StudyAnalysis) -> str:
    item = one_item(analysis.definition.item)
    return (
        f"The life-cycle cost of a pathway after n {item_words(analysis.definition.item)} is its "
        f"development, plus n times its cost per {item} (Dürlich et al. 2023, eq. 6). Development "
        "is the sum over the rows it rests on, ancestors included: the mean of a row's repeats, "
        "plus its failed and interrupted runs. "
        f"The headline cost is {resource_words(headline(analysis))}; the planned volume is "
        f"{format_items(analysis.recommendation.volume, analysis.definition.item)}. Import, "
        "loading, idle and warm-up are measured apart and never part of the cost per item."
    )


def _quality(analysis: StudyAnalysis) -> str:
    definition = analysis.definition
    settings = ", ".join(f"{key} = {value}" for key, value in sorted(definition.reference.items()))
    called = metric_words(definition.metric)
    text = f"Quality is {called} on the test split at the reference configuration"
    text += f" ({settings})." if settings else "."
    if (bar := definition.constant_score) is not None:
        which = constant_words(definition.metric)
        told = f"{100 * bar:.1f} %" if definition.metric in FRACTIONS else f"{bar:.3g}"
        text += f" Always answering the {which} class scores {told}."
    return text


def _selection(analysis: StudyAnalysis) -> Iterator[str]:
    """What the choice itself rests on, and what that does to the scores it shows."""
    if is_alone(analysis):
        return
    yield (
        f"The recommendation is chosen by {metric_words(analysis.definition.metric)} on the test "
        "split, the same examples whose scores are shown, and no further examples are held "
        "out: of several pathways near the bar, the one that is chosen is likelier to have had "
        "luck. Its score is therefore a little too high as a forecast; confirm it on new data "
        "before relying on it."
    )


def _scores(analysis: StudyAnalysis) -> Iterator[str]:
    """How scores and their differences got their intervals, as far as they have any."""
    scores = _told(p.score for p in analysis.pathways)
    if scores:
        yield f"Scores: {'; or '.join(scores)}."
    differences = _told(d.estimate for d in analysis.score_differences)
    if differences:
        yield f"Differences between the scores of pathways: {'; or '.join(differences)}."


def _told(estimates: Iterable[Estimate | None]) -> list[str]:
    """Methods of estimates, each once, without the p of a single one."""
    found = (e.method for e in estimates if e is not None and e.value is not None)
    return list(dict.fromkeys(_P_VALUE.sub("", method) for method in found))


def _sweep(analysis: StudyAnalysis) -> Iterator[str]:
    axes = [axis for found in analysis.findings for axis in found.axes]
    losses = _told(point.loss for axis in axes for point in axis.points)
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
    own = sorted({c.sensor for c in counts if c.origin not in _ELSEWHERE})
    theirs = sorted({c.sensor for c in counts if c.origin in _ELSEWHERE})
    said = dict.fromkeys(_convention_notes(analysis))
    if not counts and not said:
        return "FLOPs were not counted."
    named = [f"FLOPs are counted by closed form, convention {'; '.join(own)}."] if own else []
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
    text = "Energy is gross, idle draw included"
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
